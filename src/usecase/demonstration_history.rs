//! A history of the demonstration: what its staff did day by day up to now, by the same ways as what real people do.
//!
//! What goes through use cases does so as of the time at which it was done. The many records of a day are taken in one
//! transaction in the night after it, each as if it had arrived when it did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Asia::Shanghai;
use uuid::Uuid;

use super::cleanings::{self, Delivery, Item, Settling, backfill};
use super::demonstration_plans::{Planning, told};
use super::excuses::{self, Decision, NewExcuse};
use super::plans::in_setting;
use super::registering::Expected;
use super::substitutes::{self, NewSubstitute};
use super::{By, Ctx, Failure, demonstration, demonstration_staff, loading, rosters};
use crate::demo::{self, Correcting, Pleading, Visit};
use crate::domain::Toilet;
use crate::domain::account::Actor;
use crate::domain::cleaning::{
    Answered, Checked, Cleaning, CleaningId, Correction, CorrectionKind, Event, Reading, Sending,
};
use crate::domain::excuse::ExcuseRecord;
use crate::domain::holiday::Calendars;
use crate::domain::id::{ExcuseId, RosterId, ToiletId};
use crate::domain::local;
use crate::domain::plan::{Exception, Plan};
use crate::domain::plate::{Plate, PlateKind, Serial};
use crate::domain::roster::Wish;
use crate::domain::secret::fingerprint;
use crate::domain::toilet::Lifecycle;
use crate::store::Store;

/// A toilet is settled every so many nights; each night one part of them, and all of them in the end.
const NIGHTS: i32 = 7;

/// How much of a history is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Over how many days before today; with 0 there is none.
    pub days: u16,
    /// Of every so-manieth toilet.
    pub every: usize,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Made {
    /// Toilets.
    pub toilets: usize,
    /// Records of cleanings.
    pub cleanings: usize,
}

/// Empties a register in which nothing stands but a demonstration whose history was interrupted, so that it is made anew;
/// answers whether it was. Whatever anybody else wrote, the service included, keeps it as it is.
///
/// A history cannot be gone on with once real records stand in it: slots are settled forward in time. For the same reason
/// nothing is served while it is made.
///
/// # Errors
/// What the store fails with.
pub async fn start_over(store: &Store) -> Result<bool, Failure> {
    let is_demonstration = store.source(demo::NAME).await?.is_some_and(|source| source.synthetic);
    if !is_demonstration
        || demonstration_staff::is_signed_off(store).await?
        || store.has_other_writers(demo::NAME).await?
    {
        return Ok(false);
    }
    let steps = store.schema_steps().await?.len();
    store.migrate_down(u32::try_from(steps).unwrap_or(u32::MAX)).await?;
    store.migrate_up().await?;
    Ok(true)
}

/// Fills an empty register with the demonstration county and its history; one that holds anything is left as it is. The
/// same day makes the same records.
///
/// # Errors
/// As [`demonstration::fill`].
pub async fn fill(ctx: &Ctx, extent: Extent, tell: fn(&Cleaning) -> String) -> Result<Made, Failure> {
    if extent.days == 0 {
        return Ok(Made { toilets: demonstration::fill(ctx).await?, cleanings: 0 });
    }
    let now = ctx.clock.now();
    let last = now.with_timezone(&Shanghai).date_naive();
    let first = last - Days::new(extent.days.into());
    let past = ctx.as_of(local_time(first - Days::new(1), 18, 0));
    let mut made = Made { toilets: demonstration::fill(&past).await?, cleanings: 0 };
    if made.toilets == 0 {
        return Ok(made);
    }
    let mut history = History::begin(&past, (first, last), extent.every.max(1)).await?;
    for date in first.iter_days().take_while(|date| *date <= last) {
        history.morning(ctx, date, now, tell).await?;
        history.day(date)?;
        made.cleanings += history.night(ctx, date, now, tell).await?;
    }
    demonstration_staff::sign_off(ctx).await?;
    Ok(made)
}

/// A local time of the county.
fn local_time(date: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    local::instant(Shanghai, date.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()))
}

/// A toilet with its plan.
struct Planned {
    toilet: Toilet,
    plan: Plan,
    exceptions: Vec<Exception>,
    token: Option<String>,
}

/// A history on its way.
struct History {
    first: NaiveDate,
    staff: demo::Staff,
    /// Those who keep toilets together, each with their roster.
    crews: Vec<(demo::Crew, RosterId)>,
    supervisors: Vec<Actor>,
    cleaners: Vec<Actor>,
    /// By their keys.
    planned: BTreeMap<String, Planned>,
    toilets: Arc<BTreeMap<ToiletId, Toilet>>,
    calendars: Arc<Calendars>,
    /// What has not reached the server.
    sent: Vec<Delivery>,
    /// What will be put right, and pleaded, the next morning.
    correcting: Vec<(ToiletId, Visit, Correcting)>,
    pleading: Vec<Pleading>,
    /// What waits to be settled.
    waiting: BTreeMap<ToiletId, Vec<DateTime<Utc>>>,
}

impl History {
    async fn begin(past: &Arc<Ctx>, days: (NaiveDate, NaiveDate), every: usize) -> Result<Self, Failure> {
        let statements = demo::county()?.statements;
        let mut staff = demo::staff(&statements)?;
        let mut passed = 0_usize;
        staff.kept.retain(|_| {
            passed += 1;
            (passed - 1).is_multiple_of(every)
        });
        let mut actors = demonstration_staff::hire(past, &staff).await?;
        let cleaners = actors.split_off(staff.supervisors.len());
        let around = past.store.around().await?;
        let toilets = past.store.toilets_after(ToiletId(0), 1_000, &around).await?;
        let keyed = toilets.into_iter().filter(|toilet| toilet.fact.lifecycle == Lifecycle::InService);
        let keyed = keyed.filter_map(|toilet| Some((toilet.source.as_ref()?.key.clone(), toilet)));
        let keyed: BTreeMap<String, Toilet> =
            keyed.filter(|(key, _)| staff.kept.iter().any(|kept| kept.key == *key)).collect();
        let by = by(actors.first().ok_or(Failure::NotFound)?);
        let planning = Planning { ctx: past, by, days, toilets: &keyed };
        planning.assign(&staff, &cleaners).await?;
        let since = demo::turns_begin(days.0);
        let crews = planning.roster(demo::crews(&staff)?, since, &cleaners).await?;
        planning.plan(&statements).await?;
        planning.close().await?;
        loading::load(past).await?;

        let mut planned = BTreeMap::new();
        for (key, toilet) in keyed {
            let plans = past.store.plans_of(toilet.id).await?;
            let exceptions = past.store.exceptions_of(&toilet, &plans).await?;
            let plate = Plate { kind: PlateKind::Staff, toilet: toilet.id, serial: Serial::FIRST };
            let token = plate.token(&past.keys);
            if let Some(plan) = plans.into_iter().next() {
                planned.insert(key, Planned { toilet, plan, exceptions, token });
            }
        }
        let toilets = planned.values().map(|one| (one.toilet.id, one.toilet.clone())).collect();
        Ok(Self {
            first: days.0,
            staff,
            crews,
            supervisors: actors,
            cleaners,
            planned,
            toilets: Arc::new(toilets),
            calendars: Arc::clone(&past.calendars),
            sent: Vec::new(),
            correcting: Vec::new(),
            pleading: Vec::new(),
            waiting: BTreeMap::new(),
        })
    }

    /// What was wrong the day before is put right, and what could not be done is pleaded and decided.
    async fn morning(
        &mut self,
        ctx: &Ctx,
        date: NaiveDate,
        now: DateTime<Utc>,
        tell: fn(&Cleaning) -> String,
    ) -> Result<(), Failure> {
        self.stand_in(ctx, date, now).await?;
        self.change_shifts(ctx, date, now).await?;
        let mut at = local_time(date, 6, 40);
        for (toilet, visit, correcting) in std::mem::take(&mut self.correcting) {
            at += TimeDelta::seconds(30);
            let Some(actor) = self.cleaners.get(visit.by).filter(|_| at <= now) else { continue };
            let item =
                Item { id: correcting.id.try_into()?, event: corrected(toilet, &visit, correcting, at)?, token: None };
            let sending = Sending { at: Some(at), clock: None };
            cleanings::log(&ctx.as_of(at), by(actor), sending, vec![item], tell).await?;
        }
        let mut asked: BTreeMap<(ToiletId, usize), Vec<Pleading>> = BTreeMap::new();
        for pleading in std::mem::take(&mut self.pleading) {
            asked.entry((pleading.slot.toilet, pleading.by)).or_default().push(pleading);
        }
        let (mut asking, mut deciding) = (local_time(date, 8, 10), Vec::new());
        for ((_, cleaner), pleadings) in asked {
            for one in pleadings {
                asking += TimeDelta::seconds(40);
                let Some(actor) = self.cleaners.get(cleaner).filter(|_| asking <= now) else { continue };
                let new = NewExcuse { slots: vec![one.slot], reason: one.reason, note: Some(one.note) };
                let id = |made: &[ExcuseRecord]| told(&made.first().map_or(0, |one| one.id.0).to_string());
                let made = excuses::ask(&ctx.as_of(asking), by(actor), new, None, id).await?;
                let id = made.body.parse().map(ExcuseId).map_err(|error| Failure::Internal(Box::new(error)))?;
                deciding.push((id, one.approves));
            }
        }
        let mut at = local_time(date, 15, 0).max(asking);
        for (number, (id, approves)) in deciding.into_iter().enumerate() {
            at += TimeDelta::seconds(75);
            let supervisor = self.supervisors.get(number % self.supervisors.len().max(1));
            let Some(actor) = supervisor.filter(|_| at <= now) else { continue };
            let decision = Decision { approves, answer: None };
            excuses::decide(&ctx.as_of(at), by(actor), id, Expected(vec![1]), decision).await?;
        }
        Ok(())
    }

    /// For those who have the week off, others are named.
    async fn stand_in(&self, ctx: &Ctx, date: NaiveDate, now: DateTime<Utc>) -> Result<(), Failure> {
        let at = local_time(date, 5, 0);
        let Some(supervisor) = self.supervisors.first().filter(|_| at <= now) else { return Ok(()) };
        let to = date.week(Weekday::Mon).last_day();
        if date != self.first && date.weekday() != Weekday::Mon {
            return Ok(());
        }
        for kept in &self.staff.kept {
            let other = demo::stand_in(&self.staff, kept.cleaner, date).and_then(|other| self.cleaners.get(other));
            let (Some(other), Some(planned)) = (other, self.planned.get(&kept.key)) else { continue };
            let new = NewSubstitute { person: other.person, from: Some(date), to };
            substitutes::name(&ctx.as_of(at), by(supervisor), planned.toilet.id, new, None, |_| told("")).await?;
        }
        Ok(())
    }

    /// Who is ill, away or swaps does something else than planned.
    async fn change_shifts(&self, ctx: &Ctx, date: NaiveDate, now: DateTime<Utc>) -> Result<(), Failure> {
        let at = local_time(date, 5, 30);
        let Some(supervisor) = self.supervisors.first().filter(|_| at <= now) else { return Ok(()) };
        let person = |place: usize| self.cleaners.get(place).map(|actor| actor.person);
        for (crew, roster) in &self.crews {
            let Some((first, _)) = crew.members.first() else { continue };
            let doings = demo::doings(&self.staff, *first, demo::turns_begin(self.first), date);
            let wishes = doings.iter().filter(|one| one.does != one.planned).filter_map(|one| {
                let (shift, swapped_with) = (Some(one.does), one.swapped_with.and_then(person));
                Some(Wish { person: person(one.cleaner)?, day: date, shift, swapped_with })
            });
            let wishes: Vec<Wish> = wishes.collect();
            if !wishes.is_empty() {
                rosters::change(&ctx.as_of(at), by(supervisor), *roster, wishes).await?;
            }
        }
        Ok(())
    }

    /// What is done on a day.
    fn day(&mut self, date: NaiveDate) -> Result<(), Failure> {
        for kept in &self.staff.kept {
            let Some(planned) = self.planned.get(&kept.key) else { continue };
            let slots: Vec<_> = in_setting(&self.calendars, &planned.toilet, &planned.exceptions, |setting| {
                planned.plan.slots(setting, date, date + Days::new(1)).collect()
            });
            let day = demo::day(&self.staff, kept, (demo::turns_begin(self.first), date), &slots)?;
            self.pleading.extend(day.pleadings);
            for visit in day.visits {
                self.sent.extend(self.delivery(planned, date, &visit)?);
                if let Some(correcting) = visit.correcting.clone() {
                    self.correcting.push((planned.toilet.id, visit, correcting));
                }
            }
        }
        Ok(())
    }

    /// The record of a visit, as it is sent.
    fn delivery(&self, planned: &Planned, date: NaiveDate, visit: &Visit) -> Result<Option<Delivery>, Failure> {
        let recorded = if visit.is_proxy { self.supervisors.last() } else { self.cleaners.get(visit.by) };
        let (Some(actor), Some(cleaner)) = (recorded, self.cleaners.get(visit.by)) else { return Ok(None) };
        let boot = format!("demo-{}-{}", visit.by, date.ordinal());
        let midnight = local_time(date, 0, 0);
        let reading = |at: DateTime<Utc>| {
            let monotonic_ms = (at - midnight).num_milliseconds();
            (!visit.is_proxy).then(|| Reading { boot_id: boot.clone(), monotonic_ms })
        };
        let token = planned.token.clone().filter(|_| visit.has_plate);
        let event = Event {
            toilet: planned.toilet.id,
            performed_by: visit.is_proxy.then_some(cleaner.person),
            tasks: visit.tasks.clone(),
            started_at: Some(visit.started_at + visit.clock_off),
            finished_at: visit.finished_at + visit.clock_off,
            clock: reading(visit.finished_at),
            checklist: answered(&planned.plan, visit),
            remarks: visit.remarks.clone(),
            supplies: visit.supplies.clone(),
            photos: BTreeSet::new(),
            plate: token.as_deref().map(fingerprint),
            position: visit.fix,
            correction: None,
        };
        let sending = Sending { at: Some(visit.received_at + visit.clock_off), clock: reading(visit.received_at) };
        let item = Item { id: visit.id.try_into()?, event, token };
        Ok(Some(Delivery { actor: actor.clone(), sending, received: visit.received_at, item }))
    }

    /// What reached the server by the night, or by now, is taken; answers how many records that were.
    async fn night(
        &mut self,
        ctx: &Ctx,
        date: NaiveDate,
        now: DateTime<Utc>,
        tell: fn(&Cleaning) -> String,
    ) -> Result<usize, Failure> {
        let night = local_time(date, 23, 50);
        let (at, is_last) = (night.min(now), date == now.with_timezone(&Shanghai).date_naive());
        let (mut arrived, later) =
            std::mem::take(&mut self.sent).into_iter().partition::<Vec<_>, _>(|one| one.received <= at);
        self.sent = later;
        arrived.sort_by_key(|one| (one.received, one.item.id));
        let is_turn = |id: &&ToiletId| is_last || (id.0 + date.num_days_from_ce()) % NIGHTS == 0;
        let settling = Settling {
            toilets: Arc::clone(&self.toilets),
            now: self.toilets.keys().filter(is_turn).copied().collect(),
            waiting: std::mem::take(&mut self.waiting),
        };
        let (taken, waiting) = backfill(&ctx.as_of(at), arrived, settling, tell).await?;
        self.waiting = waiting;
        Ok(taken)
    }
}

/// Somebody who does something without a session.
fn by(actor: &Actor) -> By {
    By { actor: actor.clone(), session: Uuid::nil(), request_id: "demo".to_owned(), stepped_up_at: None }
}

/// The answers to the checklists of what was done.
fn answered(plan: &Plan, visit: &Visit) -> Option<Answered> {
    let mut points = Vec::new();
    for task in &visit.tasks {
        let window = plan.windows.placed().map(|(_, window)| window).find(|window| window.task() == *task);
        for point in window.iter().flat_map(|window| window.checklist().points()) {
            let ok = visit.flaw != Some(points.len());
            points.push(Checked { task: *task, code: point.code.clone(), ok, note: None });
        }
    }
    (!points.is_empty()).then_some(Answered { version: plan.version, points })
}

/// The record that puts another right.
fn corrected(toilet: ToiletId, visit: &Visit, correcting: Correcting, at: DateTime<Utc>) -> Result<Event, Failure> {
    let is_void = correcting.kind == CorrectionKind::Voids;
    let of: CleaningId = visit.id.try_into()?;
    Ok(Event {
        toilet,
        performed_by: None,
        tasks: if is_void { BTreeSet::new() } else { visit.tasks.clone() },
        started_at: None,
        finished_at: at,
        clock: None,
        checklist: None,
        remarks: None,
        supplies: Vec::new(),
        photos: BTreeSet::new(),
        plate: None,
        position: None,
        correction: Some(Correction { kind: correcting.kind, of, reason: correcting.reason }),
    })
}

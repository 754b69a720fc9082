//! One's round: what is due from a person now and next, in the order in which to go.

use std::cmp::Ordering;
use std::collections::HashMap;

use chrono::{DateTime, Days, SubsecRound, TimeDelta, Utc};

use super::permission::scope;
use super::plans::in_setting;
use super::registering::subject;
use super::slots::settle_waiting;
use super::{Ctx, Failure, rosters};
use crate::domain::Toilet;
use crate::domain::account::{Actor, PersonId};
use crate::domain::cleaning::Cleaning;
use crate::domain::duties::{Charge, Duties};
use crate::domain::id::ToiletId;
use crate::domain::plan::{Plan, Window};
use crate::domain::policy::Action;
use crate::domain::slot::Slot;
use crate::domain::task::Checklist;
use crate::domain::toilet::Status;
use crate::geo::{Wgs84, great_circle};

/// How far ahead a round looks: a shift.
const AHEAD: TimeDelta = TimeDelta::hours(8);

/// As far back as somebody wants to know of a cleaning.
const BACK: TimeDelta = TimeDelta::days(3);

/// Toilets looked at: those of which something is due first.
const LOOKED_AT: usize = 60;

/// Assignments of a person that are read, the latest first.
const MOST_OWN: u64 = 500;

/// Toilets told.
const TOLD: usize = 20;

/// Slots told of a toilet.
const SLOTS: usize = 6;

/// A slot to be done.
#[derive(Debug, Clone)]
pub struct ToDo {
    /// The slot.
    pub slot: Slot,
    /// Whether it is open.
    pub is_open: bool,
    /// Whether it would be late now.
    pub is_overdue: bool,
    /// What is to be looked at.
    pub checklist: Checklist,
}

/// A toilet of a round.
#[derive(Debug, Clone)]
pub struct Stop {
    /// The toilet.
    pub toilet: Toilet,
    /// Whether the person answers for it, stands in there, or is on shift there.
    pub is_own: bool,
    /// The version of its plan.
    pub version: Option<i32>,
    /// How far it is from where the person stands, in metres, where both are known.
    pub distance: Option<f64>,
    /// What is to be done there, the first due first.
    pub to_do: Vec<ToDo>,
    /// What was done there last.
    pub last: Option<Cleaning>,
    /// What those who were there said of it since yesterday, the newest first.
    pub remarks: Vec<(DateTime<Utc>, String)>,
}

/// A person's round.
#[derive(Debug, Clone)]
pub struct Round {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The toilets in the order in which to go: by when something is due, then by how near they are.
    pub stops: Vec<Stop>,
}

/// What is due from the caller now and next, as seen from where they stand, if they say so.
///
/// # Errors
/// [`Failure::Refused`] for whoever logs no cleanings.
pub async fn round(ctx: &Ctx, actor: &Actor, from: Option<Wgs84>) -> Result<Round, Failure> {
    let scope = scope(actor, Action::LogCleaning)?;
    let now = ctx.clock.now().trunc_subsecs(0);
    settle_waiting(ctx).await?;
    let snapshot = ctx.finder.snapshot();
    let mut waiting = ctx.finder.settlements();
    waiting.retain(|(id, _)| snapshot.get(*id).is_some_and(|entry| scope.meets(entry.path())));
    waiting.sort_by_key(|(id, settlement)| (settlement.next_at, *id));
    let own = own(ctx, actor.person, now).await?;
    // What one answers for or stands in at is looked at, however much is due elsewhere before.
    let is_own = |id: ToiletId| own.contains_key(&id);
    let (kept, rest): (Vec<_>, Vec<_>) = waiting.into_iter().map(|(id, _)| id).partition(|id| is_own(*id));
    let ids: Vec<_> = kept.into_iter().chain(rest).take(LOOKED_AT).collect();
    let toilets = ctx.store.toilets(&ids).await?;
    let mut plans = ctx.store.plans_of_all(&ids).await?;
    let mut stops = Vec::new();
    for toilet in toilets {
        let about = subject(&toilet, now);
        let serves = matches!(toilet.status(now), Status::InService | Status::Closed);
        if serves && scope.covers(about.path, about.operator) {
            let plans = plans.remove(&toilet.id).unwrap_or_default();
            let (zone, ahead) = (toilet.fact.zone, (now, now + AHEAD));
            let charge = own.get(&toilet.id).map(|duties| duties.charge(actor.person, zone, ahead));
            let is_own = charge == Some(Charge::Own);
            let stop = stop(ctx, toilet, &plans, from, now).await?;
            stops.extend(stop.map(|stop| Stop { is_own, ..stop }));
        }
    }
    stops.sort_by(|one, other| first(one).cmp(&first(other)).then_with(|| nearer(one, other)));
    if stops.len() > TOLD {
        // Where not all fit, it is not one's own that is left out.
        stops.sort_by_key(|stop| !stop.is_own);
        stops.truncate(TOLD);
        stops.sort_by(|one, other| first(one).cmp(&first(other)).then_with(|| nearer(one, other)));
    }
    for stop in &mut stops {
        (stop.last, stop.remarks) = before(ctx, stop.toilet.id, now).await?;
    }
    Ok(Round { at: now, stops })
}

/// The toilets that a person answers for, stands in at or is on shift at now or within what a round looks ahead.
async fn own(ctx: &Ctx, person: PersonId, now: DateTime<Utc>) -> Result<HashMap<ToiletId, Duties>, Failure> {
    let (since, until) = (now.date_naive() - Days::new(2), now + AHEAD);
    let custodian = ctx.store.custodians_by(person, MOST_OWN).await?;
    let substitute = ctx.store.substitutes_by(person, MOST_OWN).await?;
    let assigned = custodian.iter().map(|one| (one.toilet, one.days));
    let assigned = assigned.chain(substitute.iter().map(|one| (one.toilet, one.days)));
    let lasting = assigned.filter(|(_, days)| days.to().is_none_or(|last| since <= last));
    let mut own: HashMap<ToiletId, Duties> = HashMap::new();
    for (toilet, days) in lasting {
        own.entry(toilet).or_default().assigned.push((person, days));
    }
    for plan in rosters::of_person(ctx, person, since).await? {
        let duties = plan.duties(since, until.date_naive() + Days::new(1));
        if duties.iter().any(|duty| duty.person == person) {
            for toilet in plan.roster.toilets.clone() {
                own.entry(toilet).or_default().rosters.push(plan.clone());
            }
        }
    }
    Ok(own)
}

async fn stop(
    ctx: &Ctx,
    toilet: Toilet,
    plans: &[Plan],
    from: Option<Wgs84>,
    now: DateTime<Utc>,
) -> Result<Option<Stop>, Failure> {
    let exceptions = ctx.store.exceptions_of(&toilet, plans).await?;
    let (first, until) = (toilet.today(now) - Days::new(31), toilet.today(now + AHEAD) + Days::new(2));
    let mut slots: Vec<Slot> = in_setting(&ctx.calendars, &toilet, &exceptions, |setting| {
        let slots = plans.iter().flat_map(|plan| plan.slots(setting, first, until));
        slots.filter(|slot| slot.cancelled.is_none() && now <= slot.closes && slot.opens <= now + AHEAD).collect()
    });
    let done = ctx.store.outcomes_on(toilet.id, first, until).await?;
    slots.retain(|slot| done.iter().all(|outcome| outcome.key != slot.key));
    slots.sort_by_key(|slot| (slot.due, slot.key));
    slots.truncate(SLOTS);
    if slots.is_empty() {
        return Ok(None);
    }
    let to_do = slots.into_iter().map(|slot| {
        let plan = plans.iter().find(|plan| plan.version == slot.key.version);
        let window = plan.and_then(|plan| plan.window_of(&slot.key, &exceptions));
        let checklist = window.map(Window::checklist).cloned().unwrap_or_default();
        ToDo { slot, is_open: slot.opens <= now, is_overdue: slot.due < now, checklist }
    });
    let to_do: Vec<_> = to_do.collect();
    let snapshot = ctx.finder.snapshot();
    let place = snapshot.get(toilet.id).and_then(|entry| entry.place_at(now));
    let distance = from.zip(place).map(|(from, place)| great_circle(from, place.position));
    let version = to_do.first().map(|to_do| to_do.slot.key.version);
    Ok(Some(Stop { toilet, is_own: false, version, distance, to_do, last: None, remarks: Vec::new() }))
}

/// What was done last, and what was said of it since yesterday.
async fn before(
    ctx: &Ctx,
    toilet: ToiletId,
    now: DateTime<Utc>,
) -> Result<(Option<Cleaning>, Vec<(DateTime<Utc>, String)>), Failure> {
    let cleanings = ctx.store.cleanings_of(toilet, now - BACK, now).await?;
    let recent = cleanings.iter().rev().filter(|cleaning| now - TimeDelta::days(1) <= cleaning.at);
    let remarks = recent.filter_map(|cleaning| Some((cleaning.at, cleaning.event.remarks.as_ref()?.to_string())));
    Ok((cleanings.last().cloned(), remarks.take(2).collect()))
}

fn first(stop: &Stop) -> Option<DateTime<Utc>> {
    stop.to_do.first().map(|to_do| to_do.slot.due)
}

fn nearer(one: &Stop, other: &Stop) -> Ordering {
    let distance = |stop: &Stop| stop.distance.unwrap_or(f64::INFINITY);
    distance(one).total_cmp(&distance(other)).then(one.toilet.id.cmp(&other.toilet.id))
}

//! Working out how slots stand, and writing down what changed: in the transaction that makes something known, or soon
//! after one that left a mark of it. However many toilets are settled at once, the ways to the database are as many.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDate, SubsecRound, TimeDelta, Utc};

use super::doing;
use crate::domain::account::PersonId;
use crate::domain::assignment::Custodian;
use crate::domain::cleaning::CleaningId;
use crate::domain::event::{Action, NewEntry, RecordKind};
use crate::domain::holiday::Calendars;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::plan::{Exception, Plan, Windows};
use crate::domain::share::Share;
use crate::domain::slot::{Block, Done, Ground, Judged, Outcome, Settlement, Slot, SlotKey, SlotState, judge, touched};
use crate::store::{Bases, Known, Settled, Span, Tx, Waiting};
use crate::usecase::Failure;
use crate::usecase::plans::on_ground;

/// Over how many days the public is told how much was on time.
const RECENT: Days = Days::new(30);

/// How far ahead slots are looked at for the next that is due.
const AHEAD: Days = Days::new(3);

/// When a toilet is looked at again of which no slot is near.
const LATER: TimeDelta = TimeDelta::days(1);

/// Works out anew how the slots of a toilet stand that have to do with these instants or with what waits to be settled,
/// and all that changed by themselves since this was done last; writes down what is other than it was. Whoever calls this
/// holds the toilet.
pub(in crate::usecase) async fn settle(
    tx: &Tx,
    calendars: &Calendars,
    toilet: ToiletId,
    instants: &[DateTime<Utc>],
) -> Result<(), Failure> {
    settle_all(tx, calendars, tx.bases(&[toilet]).await?, instants).await
}

/// The same of several toilets (at most 500).
pub(super) async fn settle_all(
    tx: &Tx,
    calendars: &Calendars,
    mut bases: Bases,
    instants: &[DateTime<Utc>],
) -> Result<(), Failure> {
    if bases.grounds.is_empty() {
        return Ok(());
    }
    // What is settled is known by then, whatever the clock of the process says that took it.
    let known = bases.waiting.values().flatten().map(|one| one.known_at).max();
    let now = known.map_or(tx.at(), |known| known.max(tx.at())).trunc_subsecs(6);
    let grounds = std::mem::take(&mut bases.grounds);
    let open = |ground| Opened::of(ground, instants, calendars, &mut bases, now);
    let opened: Vec<Opened> = grounds.into_iter().map(open).collect();
    let since = recent_days(&opened, now);
    let (within, closing) = (spans(&opened, |block| &block.span), spans(&opened, |block| &block.closing));
    let mut known = tx.known(&within, &closing, &since).await?;
    let judged = judge_all(&opened, &mut known, bases.custodians, now);
    let mut wanted = Wanted::default();
    for (one, standing) in opened.iter().zip(&judged) {
        wanted.of_toilet(one, standing, &mut known.outcomes, now);
    }
    if !wanted.settled.is_empty() {
        known.recent = tx.put_settled(&wanted.settled, now, &since).await?;
    }
    wanted.tell(tx).await?;
    let new = opened.iter().zip(&judged).map(|(one, standing)| {
        let (last_cleaned_at, on_time) = known.recent.remove(&one.ground.toilet).unwrap_or_default();
        (one.ground.toilet, settlement(&one.slots, &standing.judged, now, last_cleaned_at, on_time))
    });
    let new: Vec<_> = new.filter(|(id, new)| bases.settlements.get(id) != Some(new)).collect();
    Ok(tx.put_settlements(&new).await?)
}

/// From which day on the public is told of which toilets: it is the same day almost everywhere.
fn recent_days(opened: &[Opened], now: DateTime<Utc>) -> BTreeMap<NaiveDate, Vec<ToiletId>> {
    let mut days: BTreeMap<NaiveDate, Vec<ToiletId>> = BTreeMap::new();
    for one in opened {
        let today = one.ground.today(now);
        days.entry(today.checked_sub_days(RECENT).unwrap_or(today)).or_default().push(one.ground.toilet);
    }
    days
}

/// A toilet with its slots, and those of them that have to be judged.
struct Opened {
    ground: Ground,
    /// The instants of what is known beside what waited.
    asked: Vec<DateTime<Utc>>,
    waiting: Vec<Waiting>,
    since: DateTime<Utc>,
    slots: Vec<Slot>,
    blocks: Vec<Block>,
}

impl Opened {
    fn of(
        ground: Ground,
        asked: &[DateTime<Utc>],
        calendars: &Calendars,
        bases: &mut Bases,
        now: DateTime<Utc>,
    ) -> Self {
        let waiting = bases.waiting.remove(&ground.toilet).unwrap_or_default();
        let instants: Vec<_> = asked.iter().copied().chain(waiting.iter().map(|one| one.at)).collect();
        let plans = bases.plans.get(&ground.toilet).map(Vec::as_slice).unwrap_or_default();
        let made = plans.iter().map(|plan| plan.made_at).min();
        let since = bases.settlements.get(&ground.toilet).map(|before| before.settled_at).or(made).unwrap_or(now);
        let earliest = instants.iter().copied().chain([since]).min().unwrap_or(since);
        let slots = around(calendars, &ground, (plans, &bases.exceptions), earliest, now);
        let concerns = |slot: &Slot| {
            let is_due = slot.opens <= now && since <= slot.closes;
            is_due || instants.iter().any(|at| slot.opens <= *at && *at <= slot.closes)
        };
        let blocks = touched(&slots, concerns);
        Self { ground, asked: asked.to_vec(), waiting, since, slots, blocks }
    }
}

/// The slots among which those that have to do with `earliest` and all later can be judged, up to some days from now:
/// whole months at the beginning, as blocks are.
fn around(
    calendars: &Calendars,
    ground: &Ground,
    (plans, exceptions): (&[Plan], &[Exception]),
    earliest: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Slot> {
    if plans.is_empty() {
        return Vec::new();
    }
    let windows = plans.iter().map(|plan| &plan.windows).chain(exceptions.iter().filter_map(Exception::windows));
    let reach = windows.map(Windows::reach).max().unwrap_or_default() + TimeDelta::days(1);
    let first = ground.today(earliest - reach);
    let first = first.with_day(1).unwrap_or(first);
    let until = ground.today(now) + AHEAD;
    on_ground(calendars, ground, exceptions, |setting| {
        plans.iter().flat_map(|plan| plan.slots(setting, first, until)).collect()
    })
}

/// How slots stand, and what is known of the toilet around them.
#[derive(Default)]
struct Standing {
    /// Whole blocks, in the order of the slots.
    judged: Vec<Judged>,
    did: Vec<Done>,
    custodians: Vec<Custodian>,
}

/// Judges the blocks of all toilets.
fn judge_all(
    opened: &[Opened],
    known: &mut Known,
    mut custodians: HashMap<ToiletId, Vec<Custodian>>,
    now: DateTime<Utc>,
) -> Vec<Standing> {
    let mut excuses: HashMap<ToiletId, Vec<_>> = HashMap::new();
    for excuse in &known.excuses {
        excuses.entry(excuse.toilet).or_default().push(excuse.judged());
    }
    let judged = opened.iter().map(|one| {
        let toilet = one.ground.toilet;
        let did = known.done.remove(&toilet).unwrap_or_default();
        let mut places: Vec<usize> = one.blocks.iter().flat_map(|block| block.places.iter().copied()).collect();
        places.sort_unstable();
        let excuses = excuses.get(&toilet).map(Vec::as_slice).unwrap_or_default();
        let all = if places.is_empty() { Vec::new() } else { judge(&one.slots, &did, excuses, now) };
        let judged = places.into_iter().map(|place| all[place]).collect();
        Standing { judged, did, custodians: custodians.remove(&toilet).unwrap_or_default() }
    });
    judged.collect()
}

/// Times of the blocks of all toilets, those of one toilet that overlap put together.
fn spans(opened: &[Opened], time: impl Fn(&Block) -> &std::ops::RangeInclusive<DateTime<Utc>>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for one in opened {
        let mut own: Vec<_> = one.blocks.iter().map(|block| (*time(block).start(), *time(block).end())).collect();
        own.sort_unstable();
        for (from, to) in own {
            match spans.last_mut() {
                Some((id, _, until)) if *id == one.ground.toilet && from <= *until => *until = to.max(*until),
                _ => spans.push((one.ground.toilet, from, to)),
            }
        }
    }
    spans
}

/// What is to be written.
#[derive(Default)]
struct Wanted {
    settled: Settled,
    /// What the journal is told, and the record that is the cause of it if one is.
    entries: Vec<(Option<CleaningId>, NewEntry)>,
}

impl Wanted {
    fn of_toilet(
        &mut self,
        one: &Opened,
        standing: &Standing,
        known: &mut HashMap<SlotKey, (Outcome, i32)>,
        now: DateTime<Utc>,
    ) {
        for judged in &standing.judged {
            self.of_slot(one, standing, judged, known.remove(&judged.slot.key), now);
        }
    }

    fn of_slot(
        &mut self,
        one: &Opened,
        standing: &Standing,
        judged: &Judged,
        before: Option<(Outcome, i32)>,
        now: DateTime<Utc>,
    ) {
        let (slot, key) = (judged.slot, judged.slot.key);
        let after = Outcome::of(judged, now, |_| doing(&standing.did, judged), standing.by(one, key.date));
        // It counts from now on.
        let mut counts = one.since <= slot.closes && slot.closes < now;
        if judged.is_overdue(now) && one.since < slot.due {
            self.entries.push((None, entry(key, 1, Action::Overdue, [None, None])));
        }
        let (before, revision) = before.unzip();
        let revision = revision.unwrap_or_default() + 1;
        if before != after {
            let told = told(key, revision, before.as_ref(), after.as_ref());
            self.entries.extend(told.map(|entry| (one.cause(&slot, before.as_ref(), after.as_ref()), entry)));
            counts = true;
            match after {
                Some(after) => self.settled.changed.push((after, revision)),
                None => self.settled.gone.push(key),
            }
        }
        if counts {
            self.settled.days.insert((one.ground.toilet, key.date));
        }
    }

    /// Tells the journal, each entry under the name of whoever put on record what is the cause of it.
    async fn tell(self, tx: &Tx) -> Result<(), Failure> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let causes: BTreeSet<CleaningId> = self.entries.iter().filter_map(|(cause, _)| *cause).collect();
        let authors = tx.authors_of(&causes.into_iter().collect::<Vec<_>>()).await?;
        let signed = self.entries.into_iter().map(|(cause, entry)| {
            let author = cause.and_then(|cause| authors.get(&cause));
            (author.unwrap_or_else(|| tx.author()), entry)
        });
        Ok(tx.append_signed(signed.collect()).await?)
    }
}

impl Opened {
    /// The record that made a slot come out otherwise than before: the one that did it, or else one of its time. That a
    /// slot came to its end undone is nobody's doing.
    fn cause(&self, slot: &Slot, before: Option<&Outcome>, after: Option<&Outcome>) -> Option<CleaningId> {
        before?;
        let did = after.and_then(|after| after.doing).map(|doing| doing.cleaning);
        let is_it = |one: &&Waiting| Some(one.cleaning.uuid()) == did;
        let is_near = |at: DateTime<Utc>| slot.opens <= at && at <= slot.closes;
        let is_asked = self.asked.iter().any(|at| is_near(*at));
        let near = || self.waiting.iter().find(|one| !is_asked && is_near(one.at));
        self.waiting.iter().find(is_it).or_else(near).map(|one| one.cleaning)
    }
}

impl Standing {
    /// Who answers for what is due on that day.
    fn by(&self, one: &Opened, day: NaiveDate) -> (Option<OperatorId>, Option<PersonId>) {
        let custodian = self.custodians.iter().find(|custodian| custodian.days.contains(day));
        (one.ground.operator_on(day), custodian.map(|custodian| custodian.person))
    }
}

/// What the journal is told: that a slot was missed, and that a missed one turned out not to be. That one was done says
/// the entry of the cleaning.
fn told(key: SlotKey, version: i32, before: Option<&Outcome>, after: Option<&Outcome>) -> Option<NewEntry> {
    let is_missed = |outcome: Option<&Outcome>| outcome.is_some_and(|outcome| outcome.state == SlotState::Missed);
    let action = match (is_missed(before), is_missed(after)) {
        (false, true) => Action::Miss,
        (true, false) => Action::Settle,
        _ => return None,
    };
    Some(entry(key, version, action, [before, after]))
}

fn entry(key: SlotKey, version: i32, action: Action, states: [Option<&Outcome>; 2]) -> NewEntry {
    let changes = [("state".to_owned(), states.map(Outcome::state_field))].into();
    NewEntry { kind: RecordKind::Slot, key: key.to_string(), version, action, changes }
}

/// How the cleaning of a toilet stands now, and when it changes by itself.
fn settlement(
    slots: &[Slot],
    judged: &[Judged],
    now: DateTime<Utc>,
    last_cleaned_at: Option<DateTime<Utc>>,
    on_time: Share,
) -> Settlement {
    let states: HashMap<SlotKey, SlotState> = judged.iter().map(|one| (one.slot.key, one.state)).collect();
    let is_waiting = |slot: &&Slot| match states.get(&slot.key) {
        Some(state) => matches!(state, SlotState::Planned | SlotState::Open),
        None => slot.cancelled.is_none() && now < slot.opens,
    };
    let waiting = || slots.iter().filter(is_waiting);
    let changes = waiting().map(|slot| if now < slot.due { slot.due } else { slot.closes });
    // What was done, excused or cancelled counts once it is over.
    let settled = slots.iter().filter(|slot| !is_waiting(slot)).map(|slot| slot.closes);
    let next_at = changes.chain(settled).filter(|at| now <= *at).min();
    Settlement {
        settled_at: now,
        // An instant later: a slot is done at its last instant still.
        next_at: next_at.map_or(now + LATER, |at| (at + TimeDelta::milliseconds(1)).min(now + LATER)),
        last_cleaned_at,
        next_due_at: waiting().map(|slot| slot.due).filter(|due| now <= *due).min(),
        on_time,
    }
}

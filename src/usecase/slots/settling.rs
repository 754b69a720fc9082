//! Working out how slots stand, and writing down what changed: in the transaction that makes something known, or soon
//! after one that left a mark of it. However many toilets are settled at once, the number of statements stays the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDate, SubsecRound, TimeDelta, Utc};

use super::doing;
use crate::domain::Toilet;
use crate::domain::account::PersonId;
use crate::domain::assignment::Custodian;
use crate::domain::cleaning::{Cleaning, CleaningId};
use crate::domain::event::{Action, NewEntry, RecordKind};
use crate::domain::excuse::ExcuseRecord;
use crate::domain::holiday::Calendars;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::plan::{Exception, Plan, Windows};
use crate::domain::share::Share;
use crate::domain::slot::{Block, Done, Ground, Judged, Outcome, Settlement, Slot, SlotKey, SlotState, judge, touched};
use crate::store::{Span, Tx, Waiting};
use crate::usecase::Failure;
use crate::usecase::plans::on_ground;

/// Over how many days the public is told how much was on time.
const RECENT: Days = Days::new(30);

/// How far ahead slots are looked at for the next that is due.
const AHEAD: Days = Days::new(3);

/// When a toilet is looked at again of which no slot is near.
const LATER: TimeDelta = TimeDelta::days(1);

/// A toilet whose slots are to be worked out anew.
pub(in crate::usecase) struct Unsettled {
    /// What its slots depend on.
    pub(in crate::usecase) ground: Ground,
    /// The instants at which something became known, beside those of which there are marks.
    pub(in crate::usecase) instants: Vec<DateTime<Utc>>,
}

/// Works out anew how the slots of a toilet stand that have to do with these instants or with what waits to be settled,
/// and all that changed by themselves since this was done last; writes down what is other than it was. Whoever calls this
/// holds the toilet.
pub(in crate::usecase) async fn settle(
    tx: &Tx,
    calendars: &Calendars,
    toilet: &Toilet,
    instants: &[DateTime<Utc>],
) -> Result<(), Failure> {
    let one = Unsettled { ground: toilet.ground(), instants: instants.to_vec() };
    let waiting = tx.take_unsettled(&[toilet.id]).await?;
    settle_all(tx, calendars, vec![one], waiting).await
}

/// The same of several toilets (at most 500), each once, with what waited there and was taken away for this.
pub(super) async fn settle_all(
    tx: &Tx,
    calendars: &Calendars,
    toilets: Vec<Unsettled>,
    mut waiting: HashMap<ToiletId, Vec<Waiting>>,
) -> Result<(), Failure> {
    if toilets.is_empty() {
        return Ok(());
    }
    // What is settled is known by then, whatever the clock of the process says that took it.
    let known = waiting.values().flatten().map(|one| one.known_at).max();
    let now = known.map_or(tx.at(), |known| known.max(tx.at())).trunc_subsecs(6);
    let ids: Vec<ToiletId> = toilets.iter().map(|one| one.ground.toilet).collect();
    let before = tx.settlements(&ids).await?;
    let plans = tx.plans_of_all(&ids).await?;
    let planned: Vec<Ground> =
        toilets.iter().filter(|one| plans.contains_key(&one.ground.toilet)).map(|one| one.ground.clone()).collect();
    let exceptions =
        if planned.is_empty() { Vec::new() } else { tx.exceptions_on(&planned, plans.values().flatten()).await? };
    let open = |one: Unsettled| {
        let waiting = waiting.remove(&one.ground.toilet).unwrap_or_default();
        Opened::of(one, waiting, (calendars, &plans, &exceptions), &before, now)
    };
    let opened: Vec<Opened> = toilets.into_iter().map(open).collect();
    let judged = judge_all(tx, &opened, now).await?;
    write_down(tx, &opened, &judged, now).await?;
    let mut new = standing(tx, &opened, &judged, now).await?;
    new.retain(|(id, new)| before.get(id) != Some(new));
    Ok(tx.put_settlements(&new).await?)
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

/// By what slots are expanded: the holidays, the plans of all toilets and the exceptions from them.
type Rules<'a> = (&'a Calendars, &'a HashMap<ToiletId, Vec<Plan>>, &'a [Exception]);

impl Opened {
    fn of(
        Unsettled { ground, instants: asked }: Unsettled,
        waiting: Vec<Waiting>,
        (calendars, plans, exceptions): Rules<'_>,
        before: &HashMap<ToiletId, Settlement>,
        now: DateTime<Utc>,
    ) -> Self {
        let instants: Vec<_> = asked.iter().copied().chain(waiting.iter().map(|one| one.at)).collect();
        let plans = plans.get(&ground.toilet).map(Vec::as_slice).unwrap_or_default();
        let made = plans.iter().map(|plan| plan.made_at).min();
        let since = before.get(&ground.toilet).map(|before| before.settled_at).or(made).unwrap_or(now);
        let earliest = instants.iter().copied().chain([since]).min().unwrap_or(since);
        let slots = around(calendars, &ground, (plans, exceptions), earliest, now);
        let concerns = |slot: &Slot| {
            let is_due = slot.opens <= now && since <= slot.closes;
            is_due || instants.iter().any(|at| slot.opens <= *at && *at <= slot.closes)
        };
        let blocks = touched(&slots, concerns);
        Self { ground, asked, waiting, since, slots, blocks }
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
    cleanings: Vec<Cleaning>,
    custodians: Vec<Custodian>,
}

/// Judges the blocks of all toilets; of each block no more is read than matters for it.
async fn judge_all(tx: &Tx, opened: &[Opened], now: DateTime<Utc>) -> Result<Vec<Standing>, Failure> {
    let spans = spans(opened, |block| &block.span);
    if spans.is_empty() {
        return Ok(opened.iter().map(|_| Standing::default()).collect());
    }
    let mut cleanings: HashMap<ToiletId, Vec<Cleaning>> = HashMap::new();
    for cleaning in tx.cleanings_within(&spans).await? {
        cleanings.entry(cleaning.toilet()).or_default().push(cleaning);
    }
    let mut excuses: HashMap<ToiletId, Vec<_>> = HashMap::new();
    for excuse in tx.excuses_within(&spans).await? {
        excuses.entry(excuse.toilet).or_default().push(ExcuseRecord::judged(&excuse));
    }
    let ids: Vec<ToiletId> = opened.iter().map(|one| one.ground.toilet).collect();
    let mut custodians = tx.custodians_of_all(&ids).await?;
    let judged = opened.iter().map(|one| {
        let toilet = one.ground.toilet;
        let cleanings = cleanings.remove(&toilet).unwrap_or_default();
        let did: Vec<Done> = cleanings.iter().map(Cleaning::done).collect();
        let mut places: Vec<usize> = one.blocks.iter().flat_map(|block| block.places.iter().copied()).collect();
        places.sort_unstable();
        let all = judge(&one.slots, &did, excuses.get(&toilet).map(Vec::as_slice).unwrap_or_default(), now);
        let judged = places.into_iter().map(|place| all[place]).collect();
        Standing { judged, cleanings, custodians: custodians.remove(&toilet).unwrap_or_default() }
    });
    Ok(judged.collect())
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

/// Writes what is other than it was, and tells the journal what somebody ought to hear of.
async fn write_down(tx: &Tx, opened: &[Opened], judged: &[Standing], now: DateTime<Utc>) -> Result<(), Failure> {
    let spans = spans(opened, |block| &block.closing);
    if spans.is_empty() {
        return Ok(());
    }
    let mut known = tx.outcomes_closing(&spans).await?;
    let mut wanted = Wanted::default();
    for (one, standing) in opened.iter().zip(judged) {
        for judged in &standing.judged {
            wanted.of_slot(one, standing, judged, known.remove(&judged.slot.key), now);
        }
    }
    tx.put_outcomes(&wanted.changed).await?;
    tx.remove_outcomes(&wanted.gone).await?;
    tx.recount(&wanted.days, now).await?;
    wanted.tell(tx).await
}

/// What is to be written.
#[derive(Default)]
struct Wanted {
    changed: Vec<(Outcome, i32)>,
    gone: Vec<SlotKey>,
    days: BTreeSet<(ToiletId, NaiveDate)>,
    /// What the journal is told, and the record that is the cause of it if one is.
    entries: Vec<(Option<CleaningId>, NewEntry)>,
}

impl Wanted {
    fn of_slot(
        &mut self,
        one: &Opened,
        standing: &Standing,
        judged: &Judged,
        before: Option<(Outcome, i32)>,
        now: DateTime<Utc>,
    ) {
        let (slot, key) = (judged.slot, judged.slot.key);
        let after = Outcome::of(judged, now, |_| doing(&standing.cleanings, judged), standing.by(one, key.date));
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
                Some(after) => self.changed.push((after, revision)),
                None => self.gone.push(key),
            }
        }
        if counts {
            self.days.insert((one.ground.toilet, key.date));
        }
    }

    /// Tells the journal, each entry under the name of whoever put on record what is the cause of it.
    async fn tell(self, tx: &Tx) -> Result<(), Failure> {
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

/// How the cleaning of the toilets stands now, and when it changes by itself.
async fn standing(
    tx: &Tx,
    opened: &[Opened],
    judged: &[Standing],
    now: DateTime<Utc>,
) -> Result<Vec<(ToiletId, Settlement)>, Failure> {
    // It is the same day almost everywhere.
    let mut by_day: BTreeMap<NaiveDate, Vec<ToiletId>> = BTreeMap::new();
    for one in opened {
        let today = one.ground.today(now);
        by_day.entry(today.checked_sub_days(RECENT).unwrap_or(today)).or_default().push(one.ground.toilet);
    }
    let mut recent = HashMap::new();
    for (day, ids) in by_day {
        recent.extend(tx.recent(&ids, day).await?);
    }
    let new = opened.iter().zip(judged).map(|(one, standing)| {
        let (last_cleaned_at, on_time) = recent.remove(&one.ground.toilet).unwrap_or_default();
        (one.ground.toilet, settlement(&one.slots, &standing.judged, now, last_cleaned_at, on_time))
    });
    Ok(new.collect())
}

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

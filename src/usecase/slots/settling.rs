//! Working out how slots stand, and writing down what changed: in the transaction that makes something known.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, NaiveDate, SubsecRound, TimeDelta, Utc};

use crate::domain::Toilet;
use crate::domain::cleaning::{Cleaning, Presence};
use crate::domain::event::{Action, NewEntry, RecordKind};
use crate::domain::excuse::ExcuseRecord;
use crate::domain::holiday::Calendars;
use crate::domain::plan::{Exception, Plan, Windows};
use crate::domain::slot::{Doing, Judged, Outcome, Settlement, Slot, SlotKey, SlotState, judge, touched};
use crate::store::Tx;
use crate::usecase::Failure;
use crate::usecase::plans::in_setting;

/// Over how many days the public is told how much was on time.
const RECENT: Days = Days::new(30);

/// How far ahead slots are looked at for the next that is due.
const AHEAD: Days = Days::new(3);

/// When a toilet is looked at again of which no slot is near.
const LATER: TimeDelta = TimeDelta::days(1);

/// Works out anew how the slots of a toilet stand that have to do with these instants, and all that changed by
/// themselves since this was done last; writes down what is other than it was. Whoever calls this holds the toilet.
pub(in crate::usecase) async fn settle(
    tx: &Tx,
    calendars: &Calendars,
    toilet: &Toilet,
    instants: &[DateTime<Utc>],
) -> Result<(), Failure> {
    let now = tx.at().trunc_subsecs(6);
    let before = tx.settlement(toilet.id).await?;
    let plans = tx.plans_of(toilet.id).await?;
    let exceptions = if plans.is_empty() { Vec::new() } else { tx.exceptions_of(toilet, &plans).await? };
    let made = plans.iter().map(|plan| plan.made_at).min();
    let since = before.map(|before| before.settled_at).or(made).unwrap_or(now);
    let earliest = instants.iter().copied().chain([since]).min().unwrap_or(since);
    let slots = around(calendars, toilet, (&plans, &exceptions), earliest, now);

    let concerns = |slot: &Slot| {
        let is_due = slot.opens <= now && since <= slot.closes;
        is_due || instants.iter().any(|at| slot.opens <= *at && *at <= slot.closes)
    };
    let judged = match touched(&slots, concerns) {
        Some((range, places)) => {
            let cleanings = tx.cleanings_of(toilet.id, *range.start(), *range.end()).await?;
            let did: Vec<_> = cleanings.iter().map(Cleaning::done).collect();
            let excuses = tx.excuses_of(toilet.id, *range.start(), *range.end()).await?;
            let excuses: Vec<_> = excuses.iter().map(ExcuseRecord::judged).collect();
            let all = judge(&slots, &did, &excuses, now);
            let judged: Vec<Judged> = places.iter().map(|place| all[*place]).collect();
            let doing = |judged: &Judged| {
                let cleaning = cleanings.iter().find(|cleaning| Some(cleaning.id.uuid()) == judged.cleaning)?;
                Some(Doing {
                    cleaning: cleaning.id.uuid(),
                    at: cleaning.at,
                    synced_late: judged.synced_late,
                    is_verified: cleaning.presence > Presence::E0,
                    is_proxy: cleaning.is_proxy(),
                })
            };
            write_down(tx, toilet, &judged, doing, (since, now)).await?;
            judged
        }
        None => Vec::new(),
    };
    let new = standing(tx, toilet, &slots, &judged, now).await?;
    if before != Some(new) {
        tx.put_settlement(toilet.id, &new).await?;
    }
    Ok(())
}

/// The slots among which those that have to do with `earliest` and all later can be judged, up to some days from now:
/// whole months at the beginning, as blocks are.
fn around(
    calendars: &Calendars,
    toilet: &Toilet,
    (plans, exceptions): (&[Plan], &[Exception]),
    earliest: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Slot> {
    let windows = plans.iter().map(|plan| &plan.windows).chain(exceptions.iter().filter_map(Exception::windows));
    let reach = windows.map(Windows::reach).max().unwrap_or_default() + TimeDelta::days(1);
    let first = toilet.today(earliest - reach);
    let first = first.with_day(1).unwrap_or(first);
    let until = toilet.today(now) + AHEAD;
    in_setting(calendars, toilet, exceptions, |setting| {
        plans.iter().flat_map(|plan| plan.slots(setting, first, until)).collect()
    })
}

/// Writes what is other than it was, and tells the journal what somebody ought to hear of.
async fn write_down(
    tx: &Tx,
    toilet: &Toilet,
    judged: &[Judged],
    doing: impl Fn(&Judged) -> Option<Doing>,
    (since, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), Failure> {
    let closes = || judged.iter().map(|one| one.slot.closes);
    let (Some(first), Some(last)) = (closes().min(), closes().max()) else { return Ok(()) };
    let known = tx.outcomes_closing(toilet.id, first, last).await?;
    let mut known: BTreeMap<SlotKey, (Outcome, i32)> =
        known.into_iter().map(|(outcome, revision)| (outcome.key, (outcome, revision))).collect();
    let custodians = tx.custodians_of(toilet.id).await?;
    let (mut changed, mut gone, mut days, mut entries) = (Vec::new(), Vec::new(), BTreeSet::new(), Vec::new());
    for one in judged {
        let key = one.slot.key;
        let operator = toilet.operator_on(key.date).map(|body| body.id);
        let custodian = custodians.iter().find(|custodian| custodian.days.contains(key.date));
        let by = (operator, custodian.map(|custodian| custodian.person));
        let after = Outcome::of(one, now, |_| doing(one), by);
        let before = known.remove(&key);
        // It counts from now on.
        if since <= one.slot.closes && one.slot.closes < now {
            days.insert(key.date);
        }
        if one.is_overdue(now) && since < one.slot.due {
            entries.push(entry(key, 1, Action::Overdue, [None, None]));
        }
        match (before, after) {
            (Some((before, revision)), Some(after)) if before != after => {
                entries.extend(told(key, revision + 1, Some(&before), Some(&after)));
                days.insert(key.date);
                changed.push((after, revision + 1));
            }
            (Some((before, revision)), None) => {
                entries.extend(told(key, revision + 1, Some(&before), None));
                days.insert(key.date);
                gone.push(key);
            }
            (None, Some(after)) => {
                entries.extend(told(key, 1, None, Some(&after)));
                days.insert(key.date);
                changed.push((after, 1));
            }
            _ => {}
        }
    }
    tx.put_outcomes(&changed).await?;
    tx.remove_outcomes(&gone).await?;
    tx.recount(toilet.id, &days, now).await?;
    Ok(tx.append(entries).await?)
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
async fn standing(
    tx: &Tx,
    toilet: &Toilet,
    slots: &[Slot],
    judged: &[Judged],
    now: DateTime<Utc>,
) -> Result<Settlement, Failure> {
    let states: BTreeMap<SlotKey, SlotState> = judged.iter().map(|one| (one.slot.key, one.state)).collect();
    let is_waiting = |slot: &&Slot| match states.get(&slot.key) {
        Some(state) => matches!(state, SlotState::Planned | SlotState::Open),
        None => slot.cancelled.is_none() && now < slot.opens,
    };
    let waiting = || slots.iter().filter(is_waiting);
    let changes = waiting().map(|slot| if now < slot.due { slot.due } else { slot.closes });
    // What was done, excused or cancelled counts once it is over.
    let settled = slots.iter().filter(|slot| !is_waiting(slot)).map(|slot| slot.closes);
    let next_at = changes.chain(settled).filter(|at| now <= *at).min();
    Ok(Settlement {
        settled_at: now,
        // An instant later: a slot is done at its last instant still.
        next_at: next_at.map_or(now + LATER, |at| (at + TimeDelta::milliseconds(1)).min(now + LATER)),
        last_cleaned_at: tx.last_cleaned(toilet.id).await?,
        next_due_at: waiting().map(|slot| slot.due).filter(|due| now <= *due).min(),
        on_time: tx.on_time_since(toilet.id, first_recent(toilet, now)).await?,
    })
}

fn first_recent(toilet: &Toilet, now: DateTime<Utc>) -> NaiveDate {
    let today = toilet.today(now);
    today.checked_sub_days(RECENT).unwrap_or(today)
}

//! Which cleaning did which slot: a pure function of both sets, so that the order in which logs arrive makes no
//! difference.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::blocks::{blocks, home};
use super::{Done, Slot};
use crate::domain::task::Task;

/// For each slot the place of the cleaning that did it. The slots are of one toilet.
///
/// A cleaning does at most one slot of each task. Of one block (`blocks`), as many slots as can be are done on
/// time; what is left over does those that it is late for. Among equals a slot gets its first cleaning.
pub(super) fn matched(slots: &[Slot], cleanings: &[Done]) -> Vec<Option<usize>> {
    let mut found = vec![None; slots.len()];
    let numbers = blocks(slots);
    let mut tasks: BTreeMap<(Task, usize), Vec<usize>> = BTreeMap::new();
    for (at, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.cancelled.is_none()) {
        tasks.entry((slot.task, numbers[at])).or_default().push(at);
    }
    let homes = |task: Task| -> Vec<Option<usize>> {
        let of_task = || slots.iter().zip(numbers.iter().copied()).filter(|(slot, _)| slot.task == task);
        let did = |done: &Done| done.tasks.contains(&task);
        cleanings.iter().map(|done| did(done).then(|| home(of_task(), done.at)).flatten()).collect()
    };
    let done: BTreeSet<Task> = tasks.keys().map(|(task, _)| *task).collect();
    let homes: BTreeMap<Task, _> = done.into_iter().map(|task| (task, homes(task))).collect();
    for ((task, number), mut own) in tasks {
        own.sort_by_key(|at| (slots[*at].at, slots[*at].key));
        let mut did: Vec<usize> = (0..cleanings.len()).filter(|at| homes[&task][*at] == Some(number)).collect();
        if did.is_empty() {
            continue;
        }
        did.sort_by_key(|at| (cleanings[*at].at, cleanings[*at].id));
        let mut free: Vec<bool> = vec![true; cleanings.len()];
        let is_on_time = |slot: &Slot, at: DateTime<Utc>| slot.opens <= at && at <= slot.due;
        let is_late = |slot: &Slot, at: DateTime<Utc>| slot.due < at && at <= slot.closes;

        // From the last backwards, so that the earlier cleanings are left for slots before, which these are late for.
        // Of the slots that a cleaning can still do, the one that opens last: it has the fewest others to hope for.
        for &cleaning in did.iter().rev() {
            let at = cleanings[cleaning].at;
            let open = own.iter().filter(|slot| found[**slot].is_none() && is_on_time(&slots[**slot], at));
            if let Some(&slot) = open.max_by_key(|slot| (slots[**slot].opens, slots[**slot].key)) {
                (found[slot], free[cleaning]) = (Some(cleaning), false);
            }
        }
        for &slot in &own {
            let first = |fits: &dyn Fn(DateTime<Utc>) -> bool| {
                did.iter().copied().find(|cleaning| free[*cleaning] && fits(cleanings[*cleaning].at))
            };
            let better = match found[slot] {
                Some(did) => first(&|at| is_on_time(&slots[slot], at) && at < cleanings[did].at),
                None => first(&|at| is_late(&slots[slot], at)),
            };
            if let Some(better) = better {
                if let Some(given_back) = found[slot] {
                    free[given_back] = true;
                }
                (found[slot], free[better]) = (Some(better), false);
            }
        }
    }
    found
}

//! Slots that have to be judged together: a cleaning may do one of several whose times overlap.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Utc};

use super::Slot;
use crate::domain::task::Task;

/// For each slot the number of its block. A block holds slots of one task whose times overlap, one by one, and all of
/// whose nominal dates lie in one month: where each round overlaps the next by day and by night, the months are judged
/// one by one, so that to judge a slot never takes all there ever was. Cancelled slots have blocks as well; nothing
/// depends on them. The slots are of one toilet, in any order.
pub(super) fn blocks(slots: &[Slot]) -> Vec<usize> {
    let mut numbers = vec![0; slots.len()];
    let mut by_task: BTreeMap<Task, Vec<usize>> = BTreeMap::new();
    for (place, slot) in slots.iter().enumerate() {
        by_task.entry(slot.task).or_default().push(place);
    }
    let mut number = 0;
    for mut places in by_task.into_values() {
        let month = |place: usize| (slots[place].key.date.year(), slots[place].key.date.month());
        places.sort_by_key(|place| (month(*place), slots[*place].opens, slots[*place].key));
        let mut open_until: Option<DateTime<Utc>> = None;
        let mut last = None;
        for place in places {
            let slot = &slots[place];
            let is_apart = last != Some(month(place)) || open_until.is_some_and(|until| until < slot.opens);
            if is_apart {
                number += 1;
                open_until = None;
            }
            last = Some(month(place));
            open_until = Some(open_until.map_or(slot.closes, |until| until.max(slot.closes)));
            numbers[place] = number;
        }
    }
    numbers
}

/// Slots that have to be judged together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Their places.
    pub places: Vec<usize>,
    /// From when to when cleanings matter for them.
    pub span: RangeInclusive<DateTime<Utc>>,
    /// When they close, the first and the last of them.
    pub closing: RangeInclusive<DateTime<Utc>>,
}

/// The blocks in which there are slots that somebody is concerned with. What is judged of them depends on no cleaning
/// outside of their spans.
#[must_use]
pub fn touched(slots: &[Slot], concerns: impl Fn(&Slot) -> bool) -> Vec<Block> {
    let numbers = blocks(slots);
    let wanted: BTreeSet<usize> =
        slots.iter().zip(&numbers).filter(|(slot, _)| concerns(slot)).map(|(_, number)| *number).collect();
    let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, number) in numbers.iter().enumerate().filter(|(_, number)| wanted.contains(number)) {
        places.entry(*number).or_default().push(place);
    }
    places.into_values().filter_map(|places| block(slots, places)).collect()
}

fn block(slots: &[Slot], places: Vec<usize>) -> Option<Block> {
    let of = || places.iter().map(|place| &slots[*place]);
    let opens = of().map(|slot| slot.opens).min()?;
    let (first, last) = (of().map(|slot| slot.closes).min()?, of().map(|slot| slot.closes).max()?);
    Some(Block { span: opens..=last, closing: first..=last, places })
}

/// The block that a cleaning at that instant is for: where it is on time if it can be, and late if it must. Among
/// several that of the slot that opened last, or that it is least late for.
pub(super) fn home<'a>(slots: impl Iterator<Item = (&'a Slot, usize)>, at: DateTime<Utc>) -> Option<usize> {
    let fitting = slots.filter(|(slot, _)| slot.cancelled.is_none() && slot.opens <= at && at <= slot.closes);
    fitting.max_by_key(|(slot, _)| (at <= slot.due, slot.opens, slot.key)).map(|(_, number)| number)
}

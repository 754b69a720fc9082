//! How a slot stands: a pure function of the slots, the cleanings, the excuses and the time.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::matching::matched;
use super::{Slot, SlotKey};
use crate::domain::codes::codes;
use crate::domain::task::Task;

codes!(
    /// How a slot stands.
    SlotState {
        /// It has not opened.
        Planned = "planned",
        /// It can be done now; overdue where that would be late.
        Open = "open",
        /// Done in time.
        DoneOnTime = "doneOnTime",
        /// Done, but late.
        DoneLate = "doneLate",
        /// Not done, and over.
        Missed = "missed",
        /// Not done in time, for a reason that somebody else agreed to.
        Excused = "excused",
        /// An exception from the plan took it out before it opened.
        Cancelled = "cancelled",
    }
);

codes!(
    /// Why a slot could not be done.
    ExcuseReason {
        /// No water.
        Water = "water",
        /// Repair.
        Repair = "repair",
        /// An event.
        Event = "event",
        /// Frost, flood, storm, snow.
        Weather = "weather",
        /// Something else.
        Other = "other",
    }
);

/// What the judging of slots needs to know of a cleaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its id.
    pub id: Uuid,
    /// What was done.
    pub tasks: BTreeSet<Task>,
    /// When, as the evidence has it.
    pub at: DateTime<Utc>,
    /// When it became known here.
    pub received_at: DateTime<Utc>,
    /// Whether anything shows that whoever cleaned was there.
    pub is_verified: bool,
    /// Whether a supervisor recorded it for somebody without a phone.
    pub is_proxy: bool,
}

/// What the judging of slots needs to know of an excuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excuse {
    /// The slot it is for.
    pub slot: SlotKey,
    /// Why it could not be done.
    pub reason: ExcuseReason,
    /// When somebody else agreed, if they did.
    pub approved_at: Option<DateTime<Utc>>,
}

/// A slot and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The slot.
    pub slot: Slot,
    /// How it stands.
    pub state: SlotState,
    /// The cleaning that did it.
    pub cleaning: Option<Uuid>,
    /// Whether that became known only after the slot had been missed.
    pub synced_late: bool,
}

impl Judged {
    /// Whether it can still be done, but no longer on time.
    #[must_use]
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.state == SlotState::Open && self.slot.due < now
    }
}

/// How the slots of one toilet stand at an instant, by what was known then, in the order in which they are given.
///
/// A cleaning may do one of several slots whose times overlap: to judge slots, give all of their blocks
/// ([`touched`](super::touched)) with all cleanings of that time, and whole months of slots around them.
#[must_use]
pub fn judge(slots: &[Slot], cleanings: &[Done], excuses: &[Excuse], now: DateTime<Utc>) -> Vec<Judged> {
    let known: Vec<Done> = cleanings.iter().filter(|done| done.received_at <= now && done.at <= now).cloned().collect();
    let is_agreed = |excuse: &&Excuse| excuse.approved_at.is_some_and(|at| at <= now);
    let agreed: BTreeSet<SlotKey> = excuses.iter().filter(is_agreed).map(|excuse| excuse.slot).collect();
    let judged = slots.iter().zip(matched(slots, &known)).map(|(slot, done)| {
        let done = done.map(|place| &known[place]);
        Judged {
            slot: *slot,
            state: slot.state(done, agreed.contains(&slot.key), now),
            cleaning: done.map(|done| done.id),
            synced_late: done.is_some_and(|done| done.received_at > slot.closes),
        }
    });
    judged.collect()
}

impl Slot {
    /// How it stands at an instant, given the cleaning that did it, and whether it is excused.
    fn state(&self, done: Option<&Done>, is_excused: bool, now: DateTime<Utc>) -> SlotState {
        match done {
            _ if self.cancelled.is_some() => SlotState::Cancelled,
            Some(done) if done.at <= self.due => SlotState::DoneOnTime,
            _ if is_excused => SlotState::Excused,
            Some(_) => SlotState::DoneLate,
            None if now < self.opens => SlotState::Planned,
            None if now <= self.closes => SlotState::Open,
            None => SlotState::Missed,
        }
    }
}

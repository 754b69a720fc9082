//! How slots came out, as it is kept: what figures are made of.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Judged, SlotKey, SlotState};
use crate::domain::account::PersonId;
use crate::domain::id::OperatorId;
use crate::domain::task::Task;

/// What was found of the cleaning that did a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doing {
    /// The cleaning.
    pub cleaning: Uuid,
    /// When it was done, as the evidence has it.
    pub at: DateTime<Utc>,
    /// Whether that became known only after the slot had been missed.
    pub synced_late: bool,
    /// Whether a plate at least shows that somebody was there.
    pub is_verified: bool,
    /// Whether somebody recorded it for somebody else.
    pub is_proxy: bool,
}

/// How a slot came out: kept from the moment it was done, excused or over. It follows from the plan, the exceptions,
/// the cleanings and the excuses, and is worked out anew whenever one of these becomes known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The slot.
    pub key: SlotKey,
    /// What was due.
    pub task: Task,
    /// Its time.
    pub at: DateTime<Utc>,
    /// Until when it was on time.
    pub due: DateTime<Utc>,
    /// Until when it could be done.
    pub closes: DateTime<Utc>,
    /// How it stands: neither planned nor open.
    pub state: SlotState,
    /// By which cleaning, where it was done.
    pub doing: Option<Doing>,
    /// The body that ran the toilet on its day.
    pub operator: Option<OperatorId>,
    /// The person who answered for the toilet at its time.
    pub person: Option<PersonId>,
}

impl Outcome {
    /// How a judged slot came out; `None` as long as nothing was done and it is not over. A slot that was cancelled is
    /// kept once its time is over.
    #[must_use]
    pub fn of(
        judged: &Judged,
        now: DateTime<Utc>,
        doing: impl FnOnce(Uuid) -> Option<Doing>,
        (operator, person): (Option<OperatorId>, Option<PersonId>),
    ) -> Option<Self> {
        let slot = judged.slot;
        let is_out = match judged.state {
            SlotState::Planned | SlotState::Open => false,
            SlotState::Cancelled => slot.closes < now,
            SlotState::DoneOnTime | SlotState::DoneLate | SlotState::Missed | SlotState::Excused => true,
        };
        let doing = judged.cleaning.and_then(doing);
        is_out.then_some(Self {
            key: slot.key,
            task: slot.task,
            at: slot.at,
            due: slot.due,
            closes: slot.closes,
            state: judged.state,
            doing,
            operator,
            person,
        })
    }

    /// The day on which it counts: the local date on which it was due.
    #[must_use]
    pub const fn day(&self) -> NaiveDate {
        self.key.date
    }

    /// Its state as the journal has it.
    #[must_use]
    pub fn state_field(outcome: Option<&Self>) -> Value {
        outcome.map_or(Value::Null, |outcome| json!(outcome.state.as_str()))
    }
}

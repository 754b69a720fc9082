//! Excuses (免责申请): why a slot could not be done, as one person says and another decides.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::account::PersonId;
use super::codes::codes;
use super::draft::Fields;
use super::id::{ExcuseId, ToiletId};
use super::slot::{Excuse, ExcuseReason, SlotKey};
use super::text::Remark;

codes!(
    /// How an excuse stands.
    ExcuseState {
        /// Nobody has decided it.
        Open = "open",
        /// Somebody else agreed: the slot counts neither as done nor as missed.
        Approved = "approved",
        /// Somebody else did not.
        Refused = "refused",
    }
);

/// For how long after a slot somebody may ask for it to be excused: what nobody mentioned for a month was no reason.
pub const ASKED_WITHIN: TimeDelta = TimeDelta::days(31);

/// For how long before a slot somebody may: a cut of the water is announced, but nobody knows of next month's weather.
pub const ASKED_AHEAD: TimeDelta = TimeDelta::days(7);

/// An excuse on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcuseRecord {
    /// Its id.
    pub id: ExcuseId,
    /// The toilet.
    pub toilet: ToiletId,
    /// The slot that it is for.
    pub slot: SlotKey,
    /// The slot's time.
    pub slot_at: DateTime<Utc>,
    /// Why it could not be done.
    pub reason: ExcuseReason,
    /// What else was said.
    pub note: Option<Remark>,
    /// How it stands.
    pub state: ExcuseState,
    /// Who asked.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Who decided: never the one who asked.
    pub decided_by: Option<PersonId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What they said.
    pub answer: Option<Remark>,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

impl ExcuseRecord {
    /// What the judging of slots needs to know of it.
    #[must_use]
    pub fn judged(&self) -> Excuse {
        let approved_at = self.decided_at.filter(|_| self.state == ExcuseState::Approved);
        Excuse { slot: self.slot, reason: self.reason, approved_at }
    }

    /// All that is on record of it, flat, as the journal has it: what people wrote stays out.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let fields = [
            ("slot", json!(self.slot)),
            ("reason", json!(self.reason.as_str())),
            ("state", json!(self.state.as_str())),
            ("askedBy", json!(self.asked_by)),
            ("decidedBy", json!(self.decided_by)),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

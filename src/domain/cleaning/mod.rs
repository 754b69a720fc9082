//! Cleanings (保洁记录): what somebody says she did, when that was as the clocks of her phone tell, and what shows that
//! she was there.
//!
//! A record is never changed. What is wrong in it is put right by a further record, once: whoever corrects again
//! corrects the newest. All that a record says of itself is settled by its first delivery ([`timing`], [`verdict`],
//! [`Flag`]); what follows from other records ([`among`]) is worked out whenever it is read, so that neither depends on
//! the order in which records arrive.

mod among;
mod clocks;
mod event;
mod flags;
mod presence;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

pub use among::{AROUND, among};
pub use clocks::{Basis, Reading, Sending, Timing, timing};
pub use event::{Answered, Checked, Correction, CorrectionKind, Event, Fix, MOST_PHOTOS, Supply};
pub use flags::{Circumstances, Flag};
pub use presence::{Hanging, Presence, shows, verdict};

use super::Violation;
use super::account::PersonId;
use super::draft::Fields;
use super::id::ToiletId;
use super::slot::Done;
use super::task::Task;

/// A cleaning, by the UUID of version 7 that its client made. The time inside it is evidence of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Uuid", into = "Uuid")]
pub struct CleaningId(Uuid);

impl CleaningId {
    /// The UUID itself.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl TryFrom<Uuid> for CleaningId {
    type Error = Violation;
    fn try_from(id: Uuid) -> Result<Self, Violation> {
        if id.get_version_num() == 7 {
            return Ok(Self(id));
        }
        Err(Violation::new("id", "notVersion7", "must be a UUID of version 7, made anew for each record"))
    }
}

impl From<CleaningId> for Uuid {
    fn from(id: CleaningId) -> Self {
        id.0
    }
}

impl FromStr for CleaningId {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let id = Uuid::try_parse(text).map_err(|_| Violation::new("id", "unreadable", "must be a UUID"))?;
        id.try_into()
    }
}

impl fmt::Display for CleaningId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A record on the log: a cleaning, or a correction of one, which tells of the same visit.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaning {
    /// Its id.
    pub id: CleaningId,
    /// What was fixed when it happened.
    pub event: Event,
    /// Who cleaned.
    pub performed_by: PersonId,
    /// Who recorded it: the same person, or the supervisor who did it for her or corrects it.
    pub recorded_by: PersonId,
    /// When she began, as the evidence has it, if that is known.
    pub started_at: Option<DateTime<Utc>>,
    /// When she was done, as the evidence has it; never later than it was received.
    pub at: DateTime<Utc>,
    /// When the first delivery arrived.
    pub received_at: DateTime<Utc>,
    /// By which clock `at` was found.
    pub basis: Basis,
    /// What shows that she was there.
    pub presence: Presence,
    /// What is odd about it, as far as it says so itself. What follows from other records is told by [`among`].
    pub flags: BTreeSet<Flag>,
}

impl Cleaning {
    /// Where.
    #[must_use]
    pub fn toilet(&self) -> ToiletId {
        self.event.toilet
    }

    /// What was done; nothing by a record that voids another.
    #[must_use]
    pub fn tasks(&self) -> &BTreeSet<Task> {
        &self.event.tasks
    }

    /// Whether a supervisor recorded it for somebody without a phone.
    #[must_use]
    pub fn is_proxy(&self) -> bool {
        self.flags.contains(&Flag::Proxy)
    }

    /// Whether it says that another record is not to count.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.event.correction.as_ref().is_some_and(|correction| correction.kind == CorrectionKind::Voids)
    }

    /// What the judging of slots needs to know of it.
    #[must_use]
    pub fn done(&self) -> Done {
        Done {
            id: self.id.uuid(),
            tasks: self.event.tasks.clone(),
            at: self.at,
            received_at: self.received_at,
            is_verified: self.presence.verifies(),
            is_proxy: self.is_proxy(),
        }
    }

    /// As the journal has it: without words, since these may be somebody's own, and without where the phone was.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let event = &self.event;
        let correction = event.correction.as_ref().map(|correction| (correction.kind.as_str(), json!(correction.of)));
        let known = [
            ("toilet", json!(event.toilet)),
            ("performedBy", json!(self.performed_by)),
            ("recordedBy", json!(self.recorded_by)),
            ("tasks", json!(event.tasks)),
            ("startedAt", json!(self.started_at)),
            ("at", json!(self.at)),
            ("receivedAt", json!(self.received_at)),
            ("basis", json!(self.basis)),
            ("presence", json!(self.presence)),
            ("flags", json!(self.flags)),
            ("checklist", json!(event.checklist.as_ref().map(|list| list.version))),
            ("photos", json!(event.photos)),
        ];
        let known = known.into_iter().chain(correction).filter(|(_, value)| !value.is_null());
        known.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// That somebody else confirmed a cleaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Verified {
    /// As the journal has it, in the record of the cleaning.
    #[must_use]
    pub fn fields(&self) -> Fields {
        [("verifiedBy".to_owned(), json!(self.by)), ("verifiedAt".to_owned(), json!(self.at))].into_iter().collect()
    }
}

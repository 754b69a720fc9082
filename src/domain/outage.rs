//! Dated closures.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::account::PersonId;
use super::codes::codes;
use super::id::OutageId;
use super::period::Span;
use super::text::Remark;

codes!(
    /// Why a toilet is closed (停用原因).
    OutageReason {
        /// Repair of something broken.
        Repair = "repair",
        /// Rebuilding or upgrading.
        Rebuilding = "rebuilding",
        /// No water.
        Water = "water",
        /// No power.
        Power = "power",
        /// Frost, flood, storm, snow.
        Weather = "weather",
        /// Closed for an event.
        Event = "event",
        /// Blocked drains, a full pit.
        Sewage = "sewage",
        /// Thorough cleaning or disinfection.
        Cleaning = "cleaning",
        /// Something else, or not said.
        Other = "other",
    }
);

/// A closure as somebody states it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewOutage {
    /// Why.
    pub reason: OutageReason,
    /// From when, and until when if that is known.
    #[serde(flatten)]
    pub span: Span,
    /// What was said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Remark>,
}

codes!(
    /// What is thought of a closure.
    OutageState {
        /// Whoever opened it may, or somebody who may has agreed.
        Confirmed = "confirmed",
        /// A cleaner closed her own toilet; it counts, and somebody is to look at it.
        Unconfirmed = "unconfirmed",
        /// Somebody looked at it and does not agree: it no longer counts.
        Rejected = "rejected",
    }
);

/// A closure on record (停用).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// Its id.
    #[serde(skip)]
    pub id: OutageId,
    /// What it says.
    #[serde(flatten)]
    pub fact: NewOutage,
    /// Until when it is hoped to last. It goes on until somebody ends it; `span` alone ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_until: Option<DateTime<Utc>>,
    /// What is thought of it.
    pub state: OutageState,
    /// Who opened it here, by their pseudonym; absent for what a source states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}

impl Outage {
    /// A closure that nobody doubts, as sources state them.
    #[must_use]
    pub fn stated(id: OutageId, fact: NewOutage) -> Self {
        Self { id, fact, expected_until: None, state: OutageState::Confirmed, by: None }
    }

    /// Whether it closes the toilet while it lasts.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.state != OutageState::Rejected
    }

    /// Whether it closes the toilet at that instant.
    #[must_use]
    pub fn is_in_force(&self, at: DateTime<Utc>) -> bool {
        self.counts() && self.fact.span.contains(at)
    }

    /// As the journal has it: `outages.7`.
    #[must_use]
    pub fn field(&self) -> (String, Value) {
        (format!("outages.{}", self.id), serde_json::to_value(self).unwrap_or_default())
    }
}

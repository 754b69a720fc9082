//! Dated closures.

use serde::{Deserialize, Serialize};

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

/// A closure on record (停用).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// Its id.
    pub id: OutageId,
    /// What it says.
    pub fact: NewOutage,
}

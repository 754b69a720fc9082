//! Slots (保洁时段): each is one due task, computed from a plan.

mod blocks;
mod ground;
mod matching;
mod outcome;
mod settlement;
mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use blocks::{Block, touched};
pub use ground::Ground;
pub use outcome::{Doing, Outcome};
pub use settlement::Settlement;
pub use state::{Done, Excuse, ExcuseReason, Judged, SlotState, judge};

use super::Violation;
use super::id::{ExceptionId, ToiletId};
use super::plan::Clock;
use super::task::Task;

/// Where a slot comes from: a window of the plan, or of an exception, by its place there, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The exception, if it is one of an exception.
    pub exception: Option<ExceptionId>,
    /// The window's place.
    pub window: u16,
}

impl Origin {
    /// A window of the plan.
    #[must_use]
    pub const fn plan(window: u16) -> Self {
        Self { exception: None, window }
    }

    /// A window of an exception.
    #[must_use]
    pub const fn exception(id: ExceptionId, window: u16) -> Self {
        Self { exception: Some(id), window }
    }
}

/// What tells a slot from every other, whatever the clocks do: the toilet, the version of its plan, the window, and the
/// nominal local date and time. In text `17.3.2.20261123T0800`, or `17.3.x5-2.20261123T0800` for the second window of
/// exception 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlotKey {
    /// The toilet.
    pub toilet: ToiletId,
    /// The version of its plan.
    pub version: i32,
    /// The window.
    pub origin: Origin,
    /// The local date on which it is due.
    pub date: NaiveDate,
    /// The local time at which it is due, whether the clock shows it once, twice or never on that date.
    pub time: Clock,
}

/// One due task. Its instants follow from its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// What tells it from every other.
    pub key: SlotKey,
    /// What is due.
    pub task: Task,
    /// Its time. Two slots may share an instant, and stay two.
    pub at: DateTime<Utc>,
    /// The first instant at which it can be done.
    pub opens: DateTime<Utc>,
    /// The last instant at which it is done on time.
    pub due: DateTime<Utc>,
    /// The last instant at which it can be done at all; then it is missed.
    pub closes: DateTime<Utc>,
    /// The exception that cancels it.
    pub cancelled: Option<ExceptionId>,
}

impl fmt::Display for SlotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.", self.toilet, self.version)?;
        if let Some(exception) = self.origin.exception {
            write!(f, "x{exception}-")?;
        }
        let minutes = self.time.minutes();
        let date = self.date.format("%Y%m%d");
        write!(f, "{}.{date}T{:02}{:02}", self.origin.window, minutes / 60, minutes % 60)
    }
}

impl FromStr for SlotKey {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        let read = || {
            let mut parts = text.split('.');
            let (toilet, version, origin, when) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            let origin = match origin.strip_prefix('x') {
                None => Origin::plan(origin.parse().ok()?),
                Some(exception) => {
                    let (id, window) = exception.split_once('-')?;
                    Origin::exception(ExceptionId(id.parse().ok()?), window.parse().ok()?)
                }
            };
            let (date, time) = when.split_once('T')?;
            let (hours, minutes) = time.split_at_checked(2)?;
            let key = Self {
                toilet: ToiletId(toilet.parse().ok()?),
                version: version.parse().ok()?,
                origin,
                date: NaiveDate::parse_from_str(date, "%Y%m%d").ok()?,
                time: format!("{hours}:{minutes}").parse().ok()?,
            };
            // Whatever else could be read as it is no spelling of it.
            (key.to_string() == text).then_some(key)
        };
        read().ok_or_else(|| Violation::new("", "unreadable", "must be the key of a slot: 17.3.2.20261123T0800"))
    }
}

impl TryFrom<String> for SlotKey {
    type Error = Violation;
    fn try_from(text: String) -> Result<Self, Violation> {
        text.parse()
    }
}

impl From<SlotKey> for String {
    fn from(key: SlotKey) -> Self {
        key.to_string()
    }
}

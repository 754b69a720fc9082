//! Spans of days, whose last day belongs to them, and of instants, whose end does not.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Violation;

/// A span of days, `from ..= to`; an absent bound is open. (Days are counted whole, so the last day belongs to it.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Days {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Days {
    /// A span of days.
    ///
    /// # Errors
    /// `endsBeforeItBegins` on the field `to`.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self, Violation> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => {
                Err(Violation::new("to", "endsBeforeItBegins", format!("{to} is before {from}")))
            }
            _ => Ok(Self { from, to }),
        }
    }

    /// The first day, if bounded.
    #[must_use]
    pub fn from(self) -> Option<NaiveDate> {
        self.from
    }

    /// The last day, if bounded.
    #[must_use]
    pub fn to(self) -> Option<NaiveDate> {
        self.to
    }

    /// Whether the day belongs to the span.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// A span of time from an instant to another or without an end: `from ≤ t < until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    from: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<DateTime<Utc>>,
}

impl Span {
    /// A span of time.
    ///
    /// # Errors
    /// `endsBeforeItBegins` on the field `until` unless it is later than `from`.
    pub fn new(from: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Result<Self, Violation> {
        match until {
            Some(until) if until <= from => {
                Err(Violation::new("until", "endsBeforeItBegins", format!("{until} is not after {from}")))
            }
            _ => Ok(Self { from, until }),
        }
    }

    /// When it begins.
    #[must_use]
    pub fn from(self) -> DateTime<Utc> {
        self.from
    }

    /// When it ends, if that is known.
    #[must_use]
    pub fn until(self) -> Option<DateTime<Utc>> {
        self.until
    }

    /// Whether the instant belongs to the span.
    #[must_use]
    pub fn contains(self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether the span is over at that instant.
    #[must_use]
    pub fn is_over(self, at: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= at)
    }
}

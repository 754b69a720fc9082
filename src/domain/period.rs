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

    /// Whether a day belongs to both spans.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        let before =
            |end: Option<NaiveDate>, begin: Option<NaiveDate>| end.zip(begin).is_some_and(|(end, begin)| end < begin);
        !before(self.to, other.from) && !before(other.to, self.from)
    }

    /// What becomes of what lasts these days when it has to be over before that day; nothing where it is.
    #[must_use]
    pub fn over_before(self, day: NaiveDate) -> Option<Ending> {
        if self.to.is_some_and(|last| last < day) {
            return None;
        }
        let last = day.pred_opt().filter(|last| self.from.is_none_or(|from| from <= *last));
        Some(last.map_or(Ending::NeverBegan, |last| Ending::Ends(Self { from: self.from, to: Some(last) })))
    }
}

/// What becomes of what lasts some days when it has to be over sooner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It lasts these days.
    Ends(Days),
    /// It would have begun later, and never does.
    NeverBegan,
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: u32) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(i32::try_from(730_000 + number).unwrap_or_default())
    }

    fn days(from: u32, length: Option<u32>) -> Days {
        Days::new(day(from), length.and_then(|length| day(from + length))).unwrap_or_default()
    }

    proptest! {
        #[test]
        fn whatever_is_over_is_so_on_that_day_and_later_and_stays_what_it_was_before(
            from in 0_u32..60, length in proptest::option::of(0_u32..60), over in 0_u32..120, at in 0_u32..200,
        ) {
            let before = days(from, length);
            let (over, at) = (day(over).unwrap_or_default(), day(at).unwrap_or_default());
            let holds = match before.over_before(over) {
                None => before.contains(at),
                Some(Ending::Ends(after)) => after.contains(at),
                Some(Ending::NeverBegan) => false,
            };
            prop_assert_eq!(holds, before.contains(at) && at < over);
        }

        #[test]
        fn two_meet_where_a_day_is_in_both(
            from in 0_u32..30, length in proptest::option::of(0_u32..30),
            other in 0_u32..30, other_length in proptest::option::of(0_u32..30),
        ) {
            let (one, two) = (days(from, length), days(other, other_length));
            let shared = (0..100).filter_map(day).any(|day| one.contains(day) && two.contains(day));
            prop_assert_eq!(one.meets(two), shared);
        }
    }
}

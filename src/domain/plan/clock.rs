//! A minute of the day, as the clock on the wall shows it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::Violation;

/// Minutes of a nominal day.
pub(super) const DAY: u16 = 24 * 60;

/// A time of day to the minute, `00:00` to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Clock(u16);

impl Clock {
    /// `00:00`.
    pub const MIDNIGHT: Self = Self(0);

    /// `23:59`.
    pub const LAST: Self = Self(DAY - 1);

    /// The time so many minutes after a midnight, whichever day that is.
    #[must_use]
    pub const fn of_minutes(minutes: u16) -> Self {
        Self(minutes % DAY)
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// How many minutes after `earlier` this is, on the same day or on the next.
    #[must_use]
    pub(super) const fn after(self, earlier: Self) -> u16 {
        (self.0 + DAY - earlier.0) % DAY
    }
}

impl FromStr for Clock {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let two = |digits: &str| {
            let is_sane = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_sane.then(|| digits.parse::<u16>().ok()).flatten()
        };
        let read = || {
            let (hour, minute) = text.split_once(':')?;
            let (hour, minute) = (two(hour)?, two(minute)?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        };
        read().map(Self).ok_or_else(|| Violation::new("", "unreadable", "must be a time of day from 00:00 to 23:59"))
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for Clock {
    type Error = Violation;
    fn try_from(text: String) -> Result<Self, Violation> {
        text.parse()
    }
}

impl From<Clock> for String {
    fn from(clock: Clock) -> Self {
        clock.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_one_spelling() {
        for minute in 0..DAY {
            let clock = Clock::of_minutes(minute);
            assert_eq!(clock.to_string().parse(), Ok(clock));
        }
        for bad in ["", "7:30", "07:3", "24:00", "07:60", "0730", "07:30:00", "+7:30", "０7:30", "厕:所", "1厕:30"]
        {
            assert!(bad.parse::<Clock>().is_err(), "{bad}");
        }
    }
}

//! On which days something is due.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::Violation;
use crate::domain::codes::codes;
use crate::domain::holiday::Calendar;
use crate::domain::period;

codes!(
    /// A day of the week.
    Weekday {
        /// 周一
        Monday = "mon",
        /// 周二
        Tuesday = "tue",
        /// 周三
        Wednesday = "wed",
        /// 周四
        Thursday = "thu",
        /// 周五
        Friday = "fri",
        /// 周六
        Saturday = "sat",
        /// 周日
        Sunday = "sun",
    }
);

impl From<chrono::Weekday> for Weekday {
    fn from(day: chrono::Weekday) -> Self {
        match day {
            chrono::Weekday::Mon => Self::Monday,
            chrono::Weekday::Tue => Self::Tuesday,
            chrono::Weekday::Wed => Self::Wednesday,
            chrono::Weekday::Thu => Self::Thursday,
            chrono::Weekday::Fri => Self::Friday,
            chrono::Weekday::Sat => Self::Saturday,
            chrono::Weekday::Sun => Self::Sunday,
        }
    }
}

/// The days on which a window begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Dates {
    /// Every day.
    Daily,
    /// These days of the week: one to six of them.
    Weekly(BTreeSet<Weekday>),
    /// These days of the month, 1 to 31. A day that a month does not have is its last, so that what is due once a month
    /// is due in February too.
    Monthly(BTreeSet<u8>),
}

impl Dates {
    /// From what somebody states: weekdays, or days of the month, or neither for every day.
    ///
    /// # Errors
    /// `blank`, `outOfRange`, or `contradictory` where both are given.
    pub fn new(weekdays: Option<BTreeSet<Weekday>>, month_days: Option<BTreeSet<u8>>) -> Result<Self, Violation> {
        match (weekdays, month_days) {
            (None, None) => Ok(Self::Daily),
            (Some(days), None) if days.is_empty() => Err(none_of("weekdays")),
            (Some(days), None) if days.len() == Weekday::ALL.len() => Ok(Self::Daily),
            (Some(days), None) => Ok(Self::Weekly(days)),
            (None, Some(days)) if days.is_empty() => Err(none_of("monthDays")),
            (None, Some(days)) => match days.iter().find(|day| !(1..=31).contains(*day)) {
                Some(day) => Err(Violation::new("monthDays", "outOfRange", format!("{day} is no day of a month"))),
                None => Ok(Self::Monthly(days)),
            },
            (Some(_), Some(_)) => {
                let message = "goes by days of the week or by days of the month, not by both";
                Err(Violation::new("monthDays", "contradictory", message))
            }
        }
    }

    /// Whether the day is one of them.
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        match self {
            Self::Daily => true,
            Self::Weekly(days) => days.contains(&date.weekday().into()),
            Self::Monthly(days) => {
                let day = u8::try_from(date.day()).unwrap_or(u8::MAX);
                let is_last = date.checked_add_days(Days::new(1)).is_none_or(|next| next.month() != date.month());
                days.contains(&day) || (is_last && days.last().is_some_and(|last| *last > day))
            }
        }
    }
}

fn none_of(field: &str) -> Violation {
    Violation::new(field, "blank", "must name at least one day; leave it out for every day")
}

/// A day of any year, `MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct YearDay {
    month: u8,
    day: u8,
}

impl YearDay {
    fn of(date: NaiveDate) -> Self {
        let small = |number: u32| u8::try_from(number).unwrap_or_default();
        Self { month: small(date.month()), day: small(date.day()) }
    }

    /// The month, 1 to 12, and the day in it.
    #[must_use]
    pub const fn parts(self) -> (u8, u8) {
        (self.month, self.day)
    }
}

impl std::str::FromStr for YearDay {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        // The 29th of February is a day of some years.
        let read = (text.len() == 5).then(|| format!("2024-{text}").parse::<NaiveDate>().ok()).flatten();
        read.map(Self::of).ok_or_else(|| Violation::new("", "unreadable", "must be a day of the year such as 05-01"))
    }
}

impl TryFrom<String> for YearDay {
    type Error = Violation;
    fn try_from(text: String) -> Result<Self, Violation> {
        text.parse()
    }
}

impl From<YearDay> for String {
    fn from(day: YearDay) -> Self {
        day.to_string()
    }
}

impl std::fmt::Display for YearDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// A part of every year, from a day to a day, both in it; from November to March where it begins later than it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Season {
    /// The first day.
    pub from: YearDay,
    /// The last day.
    pub to: YearDay,
}

impl Season {
    /// Whether the day is in it.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        let day = YearDay::of(date);
        if self.from <= self.to { (self.from..=self.to).contains(&day) } else { day >= self.from || day <= self.to }
    }
}

codes!(
    /// What a day is by the holiday table.
    DayKind {
        /// A public holiday.
        Holiday = "holiday",
        /// A day on which people work, moved working Saturdays and Sundays included (调休).
        Working = "working",
        /// A day on which people do not work: a weekend that is not moved, or a holiday.
        Free = "free",
    }
);

impl DayKind {
    /// Whether the day is of this kind; `None` where the table does not tell.
    #[must_use]
    pub fn holds(self, calendar: Option<&Calendar>, date: NaiveDate) -> Option<bool> {
        match self {
            Self::Holiday => calendar?.is_holiday(date),
            Self::Working => calendar?.is_working_day(date),
            Self::Free => calendar?.is_working_day(date).map(|working| !working),
        }
    }
}

/// When an exception holds: on the days for which everything that is stated here is true.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Occasion {
    /// From a day to a day.
    #[serde(default)]
    pub days: period::Days,
    /// In a part of every year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
    /// On days of the week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekdays: Option<BTreeSet<Weekday>>,
    /// By the holiday table. On days of which the table does not tell, the exception does not hold: what was planned is
    /// done until somebody knows better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DayKind>,
}

impl Occasion {
    /// Holds it to what an exception may be: something that is over at some time, or comes and goes. What holds on every
    /// day without an end would be another plan, or none.
    ///
    /// # Errors
    /// `blank` or `endless`.
    pub fn check(&self) -> Result<(), Violation> {
        if self.weekdays.as_ref().is_some_and(BTreeSet::is_empty) {
            return Err(none_of("weekdays"));
        }
        let comes_and_goes = self.season.is_some()
            || self.kind.is_some()
            || self.weekdays.as_ref().is_some_and(|days| days.len() < Weekday::ALL.len());
        if self.days.to().is_none() && !comes_and_goes {
            let message = "must end, or follow a season, days of the week or the holiday table; else make another plan";
            return Err(Violation::new("to", "endless", message));
        }
        Ok(())
    }

    /// Whether the day is one of them.
    #[must_use]
    pub fn contains(&self, date: NaiveDate, calendar: Option<&Calendar>) -> bool {
        self.days.contains(date)
            && self.season.is_none_or(|season| season.contains(date))
            && self.weekdays.as_ref().is_none_or(|days| days.contains(&date.weekday().into()))
            && self.kind.is_none_or(|kind| kind.holds(calendar, date) == Some(true))
    }
}

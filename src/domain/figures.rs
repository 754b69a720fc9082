//! The cleaning figures: what was counted, by whom or what it is asked for, and by day, week or month.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use super::area::AreaCode;
use super::codes::codes;
use super::coverage::Minutes;
use super::gap::Gaps;
use super::plan::Weekday;
use super::tally::{DayTally, Tally};
use super::toilet::Toilet;

codes!(
    /// By what the figures are told.
    Grouping {
        /// All together.
        All = "all",
        /// By toilet.
        Toilet = "toilet",
        /// By the area that the toilets are registered in.
        Area = "area",
        /// By the body that ran the toilet on the day.
        Operator = "operator",
        /// By the person who answered for the toilet.
        Person = "person",
    }
);

codes!(
    /// By what stretch of time.
    Bucket {
        /// All of it together.
        Whole = "whole",
        /// By day.
        Day = "day",
        /// By week, from Monday.
        Week = "week",
        /// By month.
        Month = "month",
    }
);

impl Bucket {
    /// The first day of the stretch that a day belongs to; `from` where all days are one stretch.
    #[must_use]
    pub fn first(self, day: NaiveDate, from: NaiveDate) -> NaiveDate {
        let first = match self {
            Self::Whole => return from,
            Self::Day => day,
            Self::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
            Self::Month => day.with_day(1).unwrap_or(day),
        };
        // A stretch that began before the span is told from its first day on.
        first.max(from)
    }
}

/// Of whom or what a figure is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// Of all.
    All,
    /// Of a toilet.
    Toilet(i32),
    /// Of an area; of none where a toilet lies in none.
    Area(Option<AreaCode>),
    /// Of a body; of none where nobody ran the toilet.
    Operator(Option<i32>),
    /// Of a person, by their pseudonym; of nobody where nobody answered for the toilet.
    Person(Option<String>),
}

impl Of {
    /// By which it is known: an id, a code, a pseudonym; nothing of all, and of those of which it is not known.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Toilet(id) => Some(id.to_string()),
            Self::Area(code) => code.as_ref().map(ToString::to_string),
            Self::Operator(id) => id.map(|id| id.to_string()),
            Self::Person(person) => person.clone(),
        }
    }
}

/// The figures of one group, stretch by stretch.
pub type Figures = BTreeMap<(Of, NaiveDate), Tally>;

/// Adds what was counted at a toilet to the group and stretch that it belongs to.
pub fn add(figures: &mut Figures, toilet: &Toilet, counted: &DayTally, by: (Grouping, Bucket), from: NaiveDate) {
    let of = match by.0 {
        Grouping::All => Of::All,
        Grouping::Toilet => Of::Toilet(toilet.id.0),
        Grouping::Area => Of::Area(toilet.area.as_ref().map(|area| area.code.clone())),
        Grouping::Operator => Of::Operator(counted.operator.map(|id| id.0)),
        Grouping::Person => Of::Person(counted.person.map(|person| person.to_string())),
    };
    *figures.entry((of, by.1.first(counted.day, from))).or_default() += counted.tally;
}

/// What was counted by the hour and day of the week at which it was due, by the clocks of the toilets.
#[derive(Debug, Clone)]
pub struct HourFigures {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// When they were read. What becomes known later changes them.
    pub as_of: DateTime<Utc>,
    /// The counts, by the day of the week and the hour, 0 to 23: of on time, late and missed alone.
    pub figures: BTreeMap<(Weekday, u8), Tally>,
}

/// The cleaning figures.
pub type CleaningFigures = Told<Tally>;

/// How much of the service hours somebody was on shift.
pub type CoverageFigures = Told<Minutes>;

/// Figures, and what they are of.
#[derive(Debug, Clone)]
pub struct Told<T> {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// By what.
    pub by: Grouping,
    /// By which stretch of time.
    pub bucket: Bucket,
    /// When they were read. What becomes known later changes them.
    pub as_of: DateTime<Utc>,
    /// The figures.
    pub figures: BTreeMap<(Of, NaiveDate), T>,
    /// The longest gaps of the groups, where they were asked for.
    pub gaps: Option<Gaps>,
    /// What the groups are called that have a name.
    pub names: HashMap<Of, String>,
}

impl<T> Told<T> {
    /// The last day of the stretch that begins on a day.
    #[must_use]
    pub fn last(&self, first: NaiveDate) -> NaiveDate {
        let next = first.iter_days().skip(1).take_while(|day| *day <= self.to);
        let within = next.take_while(|day| self.bucket.first(*day, self.from) == first);
        within.last().unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn stretches_begin_where_people_expect() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let from = day("2026-11-04");
        for (bucket, of, first) in [
            (Bucket::Whole, "2026-11-23", "2026-11-04"),
            (Bucket::Day, "2026-11-23", "2026-11-23"),
            (Bucket::Week, "2026-11-29", "2026-11-23"),
            (Bucket::Week, "2026-11-05", "2026-11-04"),
            (Bucket::Month, "2026-12-31", "2026-12-01"),
            (Bucket::Month, "2026-11-30", "2026-11-04"),
        ] {
            assert_eq!(bucket.first(day(of), from), day(first), "{bucket:?} {of}");
        }
    }
}

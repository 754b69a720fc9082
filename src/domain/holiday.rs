//! Holiday calendars: the public holidays and moved working days of a country or region, read from TOML.
//!
//! A toilet names its calendar by id (`CN`). Days outside the years a calendar lists are *unknown*, never "no holiday".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

const BUILT_IN: [&str; 1] = [include_str!("holidays/cn.toml")];

/// A holiday lasts at most this many days; a longer one is a slip in the month.
const LONGEST_HOLIDAY_DAYS: i64 = 31;

/// The public holidays of one country or region and the weekend days that are worked in exchange (调休).
///
/// Opening hours ask it for `PH` days alone and otherwise follow the printed weekday: on a moved working Saturday a
/// toilet keeps its Saturday hours, because that is what the sign on its door says. Cleaning plans, which follow the
/// rhythm of work, ask [`Calendar::is_working_day`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    id: String,
    name: String,
    years: BTreeSet<i32>,
    holidays: BTreeMap<NaiveDate, Arc<str>>,
    working: BTreeSet<NaiveDate>,
}

/// Why a calendar could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// Not TOML, or a key or value that does not belong; the message names the line.
    #[error("the holiday calendar cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// The calendar has no id.
    #[error("the holiday calendar has an empty id")]
    NoId,
    /// A year is listed twice.
    #[error("the holiday calendar lists the year {0} twice")]
    RepeatedYear(i32),
    /// A holiday ends before it begins or is longer than a month.
    #[error("the holiday {name} from {from} to {to} must last between 1 and 31 days")]
    BadSpan {
        /// The holiday's name.
        name: String,
        /// Its first day as written.
        from: NaiveDate,
        /// Its last day as written.
        to: NaiveDate,
    },
    /// A date that lies neither in its year nor in the December before it.
    #[error("{date} does not belong to the list of {year}")]
    WrongYear {
        /// The date.
        date: NaiveDate,
        /// The year whose list names it.
        year: i32,
    },
    /// A day that two holidays claim.
    #[error("{0} is listed as a holiday twice")]
    RepeatedDay(NaiveDate),
    /// A moved working day that is also a holiday.
    #[error("{0} is listed both as a holiday and as a working day")]
    WorkedHoliday(NaiveDate),
    /// A moved working day that is a working day anyway.
    #[error("{0} is no Saturday or Sunday, so it cannot be a moved working day")]
    NotWeekend(NaiveDate),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarText {
    id: String,
    name: String,
    years: Vec<YearText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearText {
    year: i32,
    /// The notice the list was taken from, for whoever checks it.
    #[serde(default, rename = "source")]
    _source: String,
    holidays: Vec<HolidayText>,
    #[serde(default)]
    working: Vec<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayText {
    name: String,
    from: NaiveDate,
    to: NaiveDate,
}

impl Calendar {
    /// Reads a calendar from TOML: `id`, `name` and one `[[years]]` for each year, with `year`, `source` (optional),
    /// `holidays = [{ name, from, to }]` and `working = [dates]`; dates are `"YYYY-MM-DD"`.
    ///
    /// # Errors
    /// [`CalendarError`], naming the line or the date.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let text: CalendarText = toml::from_str(text)?;
        if text.id.trim().is_empty() {
            return Err(CalendarError::NoId);
        }
        let mut calendar = Self {
            id: text.id,
            name: text.name,
            years: BTreeSet::new(),
            holidays: BTreeMap::new(),
            working: BTreeSet::new(),
        };
        for year in text.years {
            calendar.add(year)?;
        }
        match calendar.working.iter().find(|date| calendar.holidays.contains_key(date)) {
            Some(date) => Err(CalendarError::WorkedHoliday(*date)),
            None => Ok(calendar),
        }
    }

    fn add(&mut self, list: YearText) -> Result<(), CalendarError> {
        if !self.years.insert(list.year) {
            return Err(CalendarError::RepeatedYear(list.year));
        }
        for HolidayText { name, from, to } in list.holidays {
            if !(0..LONGEST_HOLIDAY_DAYS).contains(&(to - from).num_days()) {
                return Err(CalendarError::BadSpan { name, from, to });
            }
            let name: Arc<str> = name.into();
            for date in from.iter_days().take_while(|date| *date <= to) {
                check_year(date, list.year)?;
                if self.holidays.insert(date, Arc::clone(&name)).is_some() {
                    return Err(CalendarError::RepeatedDay(date));
                }
            }
        }
        for date in list.working {
            check_year(date, list.year)?;
            if !is_weekend(date) {
                return Err(CalendarError::NotWeekend(date));
            }
            self.working.insert(date);
        }
        Ok(())
    }

    /// The id by which toilets and profiles name this calendar: `CN`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name people read.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The years listed, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.iter().copied()
    }

    /// Whether the day is a public holiday; `None` when its year is not listed.
    #[must_use]
    pub fn is_holiday(&self, date: NaiveDate) -> Option<bool> {
        if self.holidays.contains_key(&date) {
            return Some(true);
        }
        self.years.contains(&date.year()).then_some(false)
    }

    /// The name of the holiday that falls on this day.
    #[must_use]
    pub fn holiday_name(&self, date: NaiveDate) -> Option<&str> {
        self.holidays.get(&date).map(AsRef::as_ref)
    }

    /// Whether people work on this day: a weekday that is no holiday, or a moved working Saturday or Sunday; `None`
    /// when its year is not listed.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> Option<bool> {
        if self.working.contains(&date) {
            return Some(true);
        }
        let holiday = self.is_holiday(date)?;
        Some(!holiday && !is_weekend(date))
    }
}

/// A year's list may reach back into December: the New Year holiday of 2023 began on 31 December 2022.
fn check_year(date: NaiveDate, year: i32) -> Result<(), CalendarError> {
    let december_before = date.year() == year - 1 && date.month() == 12;
    if date.year() == year || december_before {
        return Ok(());
    }
    Err(CalendarError::WrongYear { date, year })
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The calendars known to this process, by id.
#[derive(Clone, Debug, Default)]
pub struct Calendars(BTreeMap<String, Arc<Calendar>>);

impl Calendars {
    /// The calendars that come with the program: `CN` for 2025 and 2026. A test proves that each of them reads.
    #[must_use]
    pub fn builtin() -> Self {
        BUILT_IN.iter().filter_map(|text| Calendar::parse(text).ok()).fold(Self::default(), Self::with)
    }

    /// Adds a calendar; one with the same id is replaced, so that a file can bring a newer list.
    #[must_use]
    pub fn with(mut self, calendar: Calendar) -> Self {
        self.0.insert(calendar.id.clone(), Arc::new(calendar));
        self
    }

    /// The calendar with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Calendar> {
        self.0.get(id).map(AsRef::as_ref)
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn china() -> Calendar {
        Calendars::builtin().get("CN").unwrap().clone()
    }

    #[test]
    fn every_built_in_calendar_reads() {
        for text in BUILT_IN {
            Calendar::parse(text).unwrap();
        }
        assert_eq!(Calendars::builtin().ids().collect::<Vec<_>>(), ["CN"]);
    }

    #[test]
    fn china_has_its_33_days_off_in_2026_and_28_in_2025() {
        let count = |year| china().holidays.keys().filter(|date| date.year() == year).count();
        assert_eq!((count(2025), count(2026)), (28, 33));
        assert_eq!(china().holiday_name(day("2026-02-15")), Some("春节"));
        assert_eq!(china().years().collect::<Vec<_>>(), [2025, 2026]);
    }

    #[test]
    fn a_moved_saturday_is_worked_and_a_holiday_monday_is_not() {
        let china = china();
        for (date, working) in [
            ("2026-02-14", true),
            ("2026-02-28", true),
            ("2026-10-10", true),
            ("2026-10-17", false),
            ("2026-02-16", false),
            ("2026-02-24", true),
        ] {
            assert_eq!(china.is_working_day(day(date)), Some(working), "{date}");
        }
        assert_eq!(china.is_holiday(day("2026-02-14")), Some(false));
    }

    #[test]
    fn a_year_not_listed_is_unknown() {
        assert_eq!(china().is_holiday(day("2027-01-01")), None);
        assert_eq!(china().is_working_day(day("2024-06-03")), None);
    }

    #[test]
    fn mistakes_are_named() {
        let with = |year: &str| format!("id = \"X\"\nname = \"x\"\n[[years]]\nyear = 2026\n{year}");
        for (text, message) in [
            ("holidays = []\nworking = [\"2026-01-05\"]", "2026-01-05 is no Saturday or Sunday"),
            ("holidays = [{ name = \"a\", from = \"2026-02-30\", to = \"2026-03-01\" }]", "line 5"),
            (
                "holidays = [{ name = \"a\", from = \"2026-03-02\", to = \"2026-03-01\" }]",
                "from 2026-03-02 to 2026-03-01",
            ),
            (
                "holidays = [{ name = \"a\", from = \"2027-03-01\", to = \"2027-03-01\" }]",
                "does not belong to the list",
            ),
            (
                "holidays = [{ name = \"a\", from = \"2026-01-03\", to = \"2026-01-03\" }]\nworking = [\"2026-01-03\"]",
                "both as a holiday and as a working day",
            ),
            ("holidays = []\nwokring = []", "wokring"),
        ] {
            let error = Calendar::parse(&with(text)).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_new_year_may_begin_in_the_december_before() {
        let calendar = Calendar::parse(
            "id = \"X\"\nname = \"x\"\n[[years]]\nyear = 2023\n\
             holidays = [{ name = \"元旦\", from = \"2022-12-31\", to = \"2023-01-02\" }]",
        )
        .unwrap();
        assert_eq!(calendar.is_holiday(day("2022-12-31")), Some(true));
        assert_eq!(calendar.is_holiday(day("2022-12-30")), None);
    }
}

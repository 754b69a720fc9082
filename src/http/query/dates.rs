//! Parameters that are days and months of the calendar, optional.

use chrono::{Datelike, NaiveDate};
use poem_openapi::registry::MetaSchema;

use super::kinds::{YEARS, only};
use super::{Declared, Readable};
use crate::domain::Violation;
use crate::domain::report::Month;

/// A day, such as `2026-10-31`.
#[derive(Debug)]
pub(in crate::http) struct Day {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
}

impl Declared for Day {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema::new_with_format("string", "date")
    }
}

impl Readable for Day {
    type Value = Option<NaiveDate>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        let text = only(values)?;
        let fault = || Violation::new("", "unreadable", "must be a day such as 2026-10-31");
        // The library takes years of any length.
        let day = Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse::<NaiveDate>().ok());
        in_range(day.ok_or_else(fault)?).map(Some)
    }
}

/// A month, such as `2026-10`.
#[derive(Debug)]
pub(in crate::http) struct MonthOf {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
    pub(in crate::http) required: bool,
}

impl Declared for MonthOf {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn is_required(&self) -> bool {
        self.required
    }

    fn schema(&self) -> MetaSchema {
        // The years that `chrono` and the holiday calendars are asked about: 1970 to 2199.
        let pattern = "^(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])$";
        MetaSchema { pattern: Some(pattern.to_owned()), ..MetaSchema::new("string") }
    }
}

impl Readable for MonthOf {
    type Value = Option<Month>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        let month: Month = only(values)?.parse()?;
        in_range(month.first()).map(|_| Some(month))
    }
}

fn in_range(day: NaiveDate) -> Result<NaiveDate, Violation> {
    if (YEARS.0..YEARS.1).contains(&day.year()) {
        return Ok(day);
    }
    let message = format!("must lie in the years from {} to {}", YEARS.0, YEARS.1 - 1);
    Err(Violation::new("", "outOfRange", message))
}

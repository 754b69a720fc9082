//! The kinds of parameters that take one value.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::registry::MetaSchema;
use serde_json::Value;

use super::given::shown;
use super::{Declared, Readable};
use crate::domain::Violation;
use crate::http::instant;
use crate::http::words::{Vocabulary, schema_of_words};

/// A finite number within bounds.
#[derive(Debug)]
pub(in crate::http) struct Number {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
    pub(in crate::http) range: (f64, f64),
    pub(in crate::http) required: bool,
    pub(in crate::http) example: f64,
}

impl Declared for Number {
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
        MetaSchema {
            minimum: Some(self.range.0),
            maximum: Some(self.range.1),
            // The reader of the document fills examples in, and optional ones would then narrow what is found.
            example: self.required.then(|| self.example.into()),
            ..MetaSchema::new_with_format("number", "double")
        }
    }
}

impl Readable for Number {
    type Value = f64;

    fn absent(&self) -> Option<f64> {
        None
    }

    fn read(&self, values: &[&str]) -> Result<f64, Violation> {
        number(only(values)?, self.range)
    }
}

/// A whole number within bounds, with a default.
#[derive(Debug)]
pub(in crate::http) struct Integer {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
    pub(in crate::http) range: (u16, u16),
    pub(in crate::http) default: u16,
}

impl Declared for Integer {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema {
            minimum: Some(self.range.0.into()),
            maximum: Some(self.range.1.into()),
            default: Some(self.default.into()),
            ..MetaSchema::new_with_format("integer", "int32")
        }
    }
}

impl Readable for Integer {
    type Value = usize;

    fn absent(&self) -> Option<usize> {
        Some(self.default.into())
    }

    fn read(&self, values: &[&str]) -> Result<usize, Violation> {
        let (least, most) = self.range;
        let read = digits(only(values)?)
            .and_then(|text| text.parse::<u16>().ok())
            .filter(|value| (least..=most).contains(value));
        let fault = || Violation::new("", "outOfRange", format!("must be a whole number from {least} to {most}"));
        read.map(usize::from).ok_or_else(fault)
    }
}

/// `true` or `false`, with a default.
#[derive(Debug)]
pub(in crate::http) struct Flag {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
    pub(in crate::http) default: bool,
}

impl Declared for Flag {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema { default: Some(self.default.into()), ..MetaSchema::new("boolean") }
    }
}

impl Readable for Flag {
    type Value = bool;

    fn absent(&self) -> Option<bool> {
        Some(self.default)
    }

    fn read(&self, values: &[&str]) -> Result<bool, Violation> {
        let fault = |_| Violation::new("", "unknownValue", "must be true or false");
        only(values)?.parse().map_err(fault)
    }
}

/// An instant, RFC 3339.
#[derive(Debug)]
pub(in crate::http) struct Time {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
}

/// Beyond these years nobody asks in earnest, and calendar arithmetic reaches its own ends.
pub(super) const YEARS: (i32, i32) = (1970, 2200);

impl Declared for Time {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn schema(&self) -> MetaSchema {
        instant::schema()
    }
}

impl Readable for Time {
    type Value = Option<DateTime<Utc>>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        // A plus sign that was not escaped arrives as a space.
        let text = only(values)?.replace(' ', "+");
        let fault = |_| Violation::new("", "unreadable", "must be an instant such as 2026-11-23T08:00:00Z (RFC 3339)");
        let at = DateTime::parse_from_rfc3339(&text).map_err(fault)?.to_utc();
        if at.timestamp_subsec_nanos() >= 1_000_000_000 {
            return Err(Violation::new("", "unreadable", "must not lie in a leap second"));
        }
        let first_day = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        if !(first_day(YEARS.0)..first_day(YEARS.1)).contains(&at.date_naive()) {
            let message = format!("must lie in the years from {} to {}", YEARS.0, YEARS.1 - 1);
            return Err(Violation::new("", "outOfRange", message));
        }
        Ok(Some(at))
    }
}

/// A short text.
#[derive(Debug)]
pub(in crate::http) struct Text {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
    pub(in crate::http) longest: usize,
}

impl Declared for Text {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema { max_length: Some(self.longest), ..MetaSchema::new("string") }
    }
}

impl Readable for Text {
    type Value = Option<String>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn takes_empty(&self) -> bool {
        true
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        let text = only(values)?;
        if text.chars().count() > self.longest {
            return Err(Violation::new("", "tooLong", format!("must have at most {} characters", self.longest)));
        }
        Ok(Some(text.to_owned()))
    }
}

/// A short text of a form that the document tells; whoever reads it says what is wrong with one that has another.
#[derive(Debug)]
pub(in crate::http) struct Formed {
    pub(in crate::http) text: Text,
    pub(in crate::http) pattern: fn() -> String,
}

impl Declared for Formed {
    fn name(&self) -> &'static str {
        self.text.name
    }

    fn about(&self) -> &'static str {
        self.text.about
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema { pattern: Some((self.pattern)()), ..self.text.schema() }
    }
}

impl Readable for Formed {
    type Value = Option<String>;

    fn absent(&self) -> Option<Self::Value> {
        self.text.absent()
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        self.text.read(values)
    }
}

/// One word of a closed list.
#[derive(Debug)]
pub(in crate::http) struct OneOf<T> {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
    /// What its absence means; without a default it is required.
    pub(in crate::http) default: Option<T>,
    /// The code for its absence.
    pub(in crate::http) missing: &'static str,
}

impl<T: Vocabulary> Declared for OneOf<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn is_required(&self) -> bool {
        self.default.is_none()
    }

    fn schema(&self) -> MetaSchema {
        let words = T::words();
        let example = words.first().filter(|_| self.is_required()).map(|&word| Value::from(word));
        MetaSchema { default: self.default.map(|value| value.word().into()), example, ..schema_of_words(&words) }
    }
}

impl<T: Vocabulary> Readable for OneOf<T> {
    type Value = T;

    fn absent(&self) -> Option<T> {
        self.default
    }

    fn read(&self, values: &[&str]) -> Result<T, Violation> {
        word(only(values)?)
    }

    fn missing(&self) -> &'static str {
        self.missing
    }

    fn wanted(&self) -> String {
        format!("is required: one of {}", T::words().join(", "))
    }
}

/// A number within bounds; `NaN` and the infinities are within none.
pub(super) fn number(text: &str, (least, most): (f64, f64)) -> Result<f64, Violation> {
    let read = text.parse::<f64>().ok().filter(|value| (least..=most).contains(value));
    read.ok_or_else(|| Violation::new("", "outOfRange", format!("must be a number from {least} to {most}")))
}

/// A word of a list.
pub(super) fn word<T: Vocabulary>(text: &str) -> Result<T, Violation> {
    T::read(text).ok_or_else(|| {
        let message = format!("“{}” is not one of {}", shown(text), T::words().join(", "));
        Violation::new("", "unknownValue", message)
    })
}

/// A text of digits alone; the standard library reads `+5` as well.
pub(super) fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)
}

pub(super) fn only<'a>(values: &[&'a str]) -> Result<&'a str, Violation> {
    match values {
        [value] => Ok(value),
        _ => Err(Violation::new("", "repeated", "must be given once")),
    }
}

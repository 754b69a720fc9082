//! A record from the cells of a row.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{COLUMNS, Closure, Column, Holds, Origin, Record};
use crate::domain::draft::Fields;
use crate::domain::id::ToiletId;
use crate::domain::outage::NewOutage;
use crate::domain::period::{Days, Span};
use crate::domain::place::Place;
use crate::domain::stalls::Stalls;
use crate::domain::toilet::Lifecycle;
use crate::domain::{Draft, Violation};
use crate::geo::Crs;

/// What a row is without, and is not a field of the draft.
const BESIDE: [&str; 15] = [
    "id",
    "source",
    "sourceKey",
    "attribution",
    "license",
    "synthetic",
    "latitude",
    "longitude",
    "crs",
    "datum",
    "shifted",
    "areas",
    "operators",
    "outages",
    "grades",
];

impl Record {
    /// Reads a record from the texts of its cells; `cell` answers none for an empty one.
    ///
    /// # Errors
    /// A [`Violation`] in the field that is wrong.
    pub fn read(cell: impl Fn(&str) -> Option<String>) -> Result<Self, Violation> {
        let mut cells = Cells(Map::new());
        for column in COLUMNS {
            if let Some(text) = cell(column.name) {
                cells.0.insert(column.name.to_owned(), value(column, &text)?);
            }
        }
        let origin = Origin {
            source: cells.required("source")?,
            key: cells.required("sourceKey")?,
            attribution: cells.take("attribution")?,
            license: cells.take("license")?,
            synthetic: cells.take("synthetic")?.unwrap_or(false),
        };
        let mut record = Self {
            id: cells.take("id")?.map(ToiletId),
            origin,
            areas: cells.take("areas")?.unwrap_or_default(),
            operators: cells.take("operators")?.unwrap_or_default(),
            outages: cells.take("outages")?.unwrap_or_default(),
            grades: cells.take("grades")?.unwrap_or_default(),
            fact: cells.draft()?,
            updated_at: None,
        };
        for tie in &record.operators {
            Days::new(tie.from, tie.to).map_err(|broken| broken.in_field("operators"))?;
        }
        record.outages = record.outages.into_iter().map(checked).collect::<Result<_, _>>()?;
        if record.id.is_some_and(|id| !(1..800_000_000).contains(&id.0)) {
            return Err(wrong("id", "must be from 1 to 799999999"));
        }
        if record.areas.last().map(|step| &step.0) != record.fact.area.as_ref() && !record.areas.is_empty() {
            return Err(wrong("areas", "must end with the area of the column area"));
        }
        record.sort();
        Ok(record)
    }
}

/// The cells of a row that were not taken yet.
struct Cells(Map<String, Value>);

impl Cells {
    fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Violation> {
        let Some(value) = self.0.remove(name) else { return Ok(None) };
        serde_json::from_value(value).map(Some).map_err(|error| wrong(name, error.to_string()))
    }

    fn required(&mut self, name: &str) -> Result<String, Violation> {
        self.take(name)?.ok_or_else(|| Violation::new(name, "blank", "must not be empty"))
    }

    fn place(&mut self) -> Result<Option<Place>, Violation> {
        let (latitude, longitude): (Option<f64>, Option<f64>) = (self.take("latitude")?, self.take("longitude")?);
        let crs = self.crs("crs")?.unwrap_or(Crs::Wgs84);
        let given = self.crs("datum")?.unwrap_or(crs);
        let shifted = self.take("shifted")?.unwrap_or(true);
        let (latitude, longitude) = match (latitude, longitude) {
            (None, None) => return Ok(None),
            (Some(latitude), Some(longitude)) => (latitude, longitude),
            _ => return Err(wrong("latitude", "must be given together with longitude")),
        };
        // Where nothing is shifted, the numbers are the same in every datum.
        let crs = if shifted { crs } else { Crs::Wgs84 };
        let position = crs.read(latitude, longitude);
        let position = position.map_err(|error| Violation::new(error.field, "outOfRange", error.to_string()))?;
        Ok(Some(Place::new(position, given, shifted)))
    }

    fn crs(&mut self, name: &str) -> Result<Option<Crs>, Violation> {
        let text: Option<String> = self.take(name)?;
        text.map(|text| text.parse().map_err(|_| wrong(name, "must be wgs84, gcj02 or bd09"))).transpose()
    }

    fn draft(mut self) -> Result<Draft, Violation> {
        let place = self.place()?;
        let extra: Vec<(String, String)> = self.take("extra")?.unwrap_or_default();
        for name in ["name", "zone"] {
            if !self.0.contains_key(name) {
                return Err(Violation::new(name, "blank", "must not be empty"));
            }
        }
        let mut fields: Fields = self.0.into_iter().filter(|(name, _)| !BESIDE.contains(&name.as_str())).collect();
        fields.entry("lifecycle".to_owned()).or_insert_with(|| Lifecycle::InService.as_str().into());
        if let Some(counted) = fields.iter().find(|(name, value)| name.starts_with("stalls.") && is_too_many(value)) {
            return Err(wrong(counted.0, format!("must be from 0 to {}", Stalls::MOST)));
        }
        fields.extend(extra.into_iter().map(|(name, value)| (format!("extra.{name}"), value.into())));
        let draft = Draft::from_fields(&fields).map_err(|broken| culprit(&fields, broken))?;
        draft.check()?;
        Ok(Draft { position: place, ..draft })
    }
}

fn is_too_many(value: &Value) -> bool {
    value.as_u64().is_none_or(|count| count > u64::from(Stalls::MOST))
}

/// The field that spoils a draft: the one with which the least of all drafts cannot be read either.
fn culprit(fields: &Fields, broken: Violation) -> Violation {
    let least = |name: &str, value: &Value| {
        let mut one = Fields::from([
            ("name".to_owned(), json!("?")),
            ("zone".to_owned(), json!("UTC")),
            ("lifecycle".to_owned(), json!(Lifecycle::InService.as_str())),
        ]);
        one.insert(name.to_owned(), value.clone());
        one
    };
    let found = fields.iter().find_map(|(name, value)| {
        let error = Draft::from_fields(&least(name, value)).err()?;
        Some(wrong(name, error.message))
    });
    found.unwrap_or(broken)
}

/// The value of a cell's text.
fn value(column: &Column, text: &str) -> Result<Value, Violation> {
    let read = match column.holds {
        Holds::Text | Holds::Day | Holds::Instant => Some(text.into()),
        Holds::Whole => text.parse::<i64>().ok().map(Value::from),
        Holds::Degrees => text.parse::<f64>().ok().filter(|degrees| degrees.is_finite()).map(Value::from),
        // Spreadsheets write TRUE.
        Holds::Flag => text.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
        Holds::List => serde_json::from_str::<Value>(text).ok().filter(Value::is_array),
    };
    read.ok_or_else(|| {
        let wanted = match column.holds {
            Holds::Whole => "a whole number",
            Holds::Degrees => "degrees",
            Holds::Flag => "true or false",
            _ => "a list, as JSON",
        };
        wrong(column.name, format!("“{}” is not {wanted}", text.chars().take(40).collect::<String>()))
    })
}

fn checked(closure: Closure) -> Result<Closure, Violation> {
    let span = closure.fact.span;
    let span = Span::new(span.from(), span.until()).map_err(|broken| broken.in_field("outages"))?;
    Ok(Closure { fact: NewOutage { span, ..closure.fact }, ..closure })
}

fn wrong(field: &str, message: impl Into<String>) -> Violation {
    Violation::new(field, "badValue", message)
}

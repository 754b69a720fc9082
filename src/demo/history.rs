//! What the tables tell of single toilets: works, closures, and facts that were surveyed and not drawn.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::table;
use crate::domain::Violation;
use crate::domain::facility::Facilities;
use crate::domain::grade::Grade;
use crate::domain::outage::{NewOutage, OutageReason};
use crate::domain::period::Span;
use crate::domain::stalls::Stalls;
use crate::domain::text::Remark;
use crate::geo::Wgs84;

/// All of it, by the toilet's key.
pub(super) struct History {
    pub(super) works: BTreeMap<String, Work>,
    pub(super) outages: BTreeMap<String, NewOutage>,
    pub(super) surveyed: BTreeMap<String, Surveyed>,
}

/// What was built.
#[derive(Deserialize)]
pub(super) struct Work {
    key: String,
    pub(super) kind: WorkKind,
    /// When it opened, for the first time or again.
    pub(super) day: Option<NaiveDate>,
    /// The urban class that it had before.
    pub(super) grade_before: Option<Grade>,
    pub(super) assessed_before: Option<NaiveDate>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum WorkKind {
    New,
    Rebuilt,
    Planned,
}

/// A toilet whose facts are stated.
pub(super) struct Surveyed {
    /// Where it stands; `None` where only its address is known.
    pub(super) position: Option<Wgs84>,
    pub(super) facilities: Facilities,
    pub(super) stalls: Stalls,
}

#[derive(Deserialize)]
struct OutageRow {
    key: String,
    reason: OutageReason,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    note: Remark,
}

#[derive(Deserialize)]
struct SurveyedRow {
    key: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    facilities: String,
    stalls: String,
}

impl History {
    pub(super) fn load() -> Result<Self, Violation> {
        let works: Vec<Work> = table::rows("works.csv", include_str!("data/works.csv"))?;
        let outages: Vec<OutageRow> = table::rows("outages.csv", include_str!("data/outages.csv"))?;
        let surveyed: Vec<SurveyedRow> = table::rows("surveyed.csv", include_str!("data/surveyed.csv"))?;
        Ok(Self {
            works: works.into_iter().map(|work| (work.key.clone(), work)).collect(),
            outages: outages.into_iter().map(outage).collect::<Result<_, _>>()?,
            surveyed: surveyed.into_iter().map(survey).collect::<Result<_, _>>()?,
        })
    }
}

fn outage(row: OutageRow) -> Result<(String, NewOutage), Violation> {
    let span = Span::new(row.from, row.until)?;
    Ok((row.key, NewOutage { reason: row.reason, span, note: Some(row.note) }))
}

fn survey(row: SurveyedRow) -> Result<(String, Surveyed), Violation> {
    let position = row.latitude.zip(row.longitude);
    let position = position.map(|(latitude, longitude)| Wgs84::new(latitude, longitude)).transpose();
    let surveyed = Surveyed {
        position: position.map_err(|error| Violation::new("surveyed.csv", "badRow", error.to_string()))?,
        facilities: pairs(&row.facilities)?,
        stalls: pairs(&row.stalls)?,
    };
    Ok((row.key, surveyed))
}

/// Reads `women=12 men=3` or `wheelchair=yes paper=limited`.
fn pairs<T: DeserializeOwned>(text: &str) -> Result<T, Violation> {
    let pair = |(name, value): (&str, &str)| {
        let value = value.parse::<u16>().map_or_else(|_| Value::from(value), Value::from);
        (name.to_owned(), value)
    };
    let object: Map<_, _> = text.split_whitespace().filter_map(|word| word.split_once('=')).map(pair).collect();
    serde_json::from_value(Value::Object(object))
        .map_err(|error| Violation::new("surveyed.csv", "badRow", error.to_string()))
}

//! What a client fixes when something happens, and never changes again however often it sends it.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::CleaningId;
use super::clocks::Reading;
use crate::domain::account::PersonId;
use crate::domain::codes::codes;
use crate::domain::draft::Fields;
use crate::domain::id::ToiletId;
use crate::domain::photo::PhotoId;
use crate::domain::place::Place;
use crate::domain::task::Task;
use crate::domain::text::{Line, Name, Remark};
use crate::domain::{Violation, Violations, event};
use crate::geo::Crs;

/// As many photos as WeChat lets somebody choose at once.
pub const MOST_PHOTOS: usize = 9;

/// Kinds of supplies in one record.
const MOST_SUPPLIES: usize = 20;

/// The most of one supply, in its unit.
const MOST_QUANTITY: f64 = 10_000.0;

/// Answers to checklists: four tasks of forty points.
const MOST_ANSWERS: usize = 160;

/// What a device's clock may show. One that lost its battery stands at 1970.
const YEARS: RangeInclusive<i32> = 1970..=2199;

/// What was fixed when it happened. Two deliveries of one id are compared by this alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// Where.
    pub toilet: ToiletId,
    /// Who cleaned, where somebody else records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performed_by: Option<PersonId>,
    /// What was done.
    pub tasks: BTreeSet<Task>,
    /// When it began, by the device's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    /// When it was done, by the device's clock. Of a correction, when that was made.
    pub finished_at: DateTime<Utc>,
    /// The device's other clock at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Reading>,
    /// What was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist: Option<Answered>,
    /// What is to be said besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Remark>,
    /// What was used up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supplies: Vec<Supply>,
    /// The photos of it, which may arrive before or after.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub photos: BTreeSet<PhotoId>,
    /// A fingerprint of the token that was scanned: the token itself opens something, and is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    /// Where the phone was. It is kept apart, so that it can be forgotten.
    #[serde(skip)]
    pub position: Option<Fix>,
    /// The record that this one puts right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
}

codes!(
    /// In what way a record puts another right.
    CorrectionKind {
        /// It says anew what was done at that visit.
        Amends = "amends",
        /// The other does not count.
        Voids = "voids",
    }
);

/// That a record puts another right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// In what way.
    pub kind: CorrectionKind,
    /// Which.
    pub of: CleaningId,
    /// Why.
    pub reason: Remark,
}

/// The answers to the points of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The version of the toilet's plan whose points were gone through.
    pub version: i32,
    /// The points.
    pub points: Vec<Checked>,
}

/// One point that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// The task whose list it is on.
    pub task: Task,
    /// Its code there.
    pub code: String,
    /// Whether it was as it should be.
    pub ok: bool,
    /// What was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Line>,
}

/// Something that was used up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supply {
    /// What.
    pub name: Name,
    /// How much, above 0.
    pub quantity: f64,
    /// Of what: rolls, litres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Name>,
}

/// Where a phone says that it is, as it says so.
#[derive(Clone, Copy, PartialEq)]
pub struct Fix {
    /// Degrees north, in the datum of `crs`.
    pub latitude: f64,
    /// Degrees east, in the datum of `crs`.
    pub longitude: f64,
    /// The datum.
    pub crs: Crs,
    /// The radius in metres within which it is, if the phone says so; nothing else is known of this number.
    pub accuracy: Option<f64>,
}

/// Where somebody was is for no log.
impl fmt::Debug for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fix(…)")
    }
}

impl Fix {
    /// The place. Where the datums of a source are not shifted from each other, the numbers are taken as they are.
    ///
    /// # Errors
    /// `outOfRange` for degrees that no place has.
    pub fn place(&self, shifted: bool) -> Result<Place, Violation> {
        let read = self.crs.read(self.latitude, self.longitude);
        let position = read.map_err(|error| Violation::new(error.field, "outOfRange", error.to_string()))?;
        let place = Place::new(position, self.crs, true);
        Ok(if shifted { place } else { place.unshifted() })
    }
}

impl Event {
    /// The same, if it keeps the rules.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn sound(self) -> Result<Self, Violations> {
        let mut wrong = Vec::new();
        let mut rule = |holds: bool, field: &str, code: &'static str, message: &str| {
            if !holds {
                wrong.push(Violation::new(field, code, message));
            }
        };
        let is_time = |at: &DateTime<Utc>| YEARS.contains(&at.year());
        rule(self.started_at.iter().all(is_time), "startedAt", "outOfRange", "must lie in the years 1970 to 2199");
        rule(is_time(&self.finished_at), "finishedAt", "outOfRange", "must lie in the years 1970 to 2199");
        rule(self.photos.len() <= MOST_PHOTOS, "photos", "tooMany", "names 9 photos at most");
        rule(self.supplies.len() <= MOST_SUPPLIES, "supplies", "tooMany", "names 20 supplies at most");
        let fits = |supply: &Supply| supply.quantity > 0.0 && supply.quantity <= MOST_QUANTITY;
        rule(self.supplies.iter().all(fits), "supplies", "outOfRange", "of each above 0 and at most 10,000");
        if let Some(list) = &self.checklist {
            let mut seen = BTreeSet::new();
            let is_new = list.points.iter().all(|point| seen.insert((point.task, point.code.as_str())));
            rule(is_new, "checklist.points", "repeated", "must answer each point once");
            rule(list.points.len() <= MOST_ANSWERS, "checklist.points", "tooMany", "answers 160 points at most");
            let is_code = |point: &Checked| (1..=32).contains(&point.code.len());
            rule(list.points.iter().all(is_code), "checklist.points", "badCode", "are named by 1 to 32 characters");
        }
        if let Some(fix) = &self.position {
            rule(fix.place(true).is_ok(), "position", "outOfRange", "must be a place in degrees");
        }
        let kind = self.correction.as_ref().map(|correction| correction.kind);
        let is_void = kind == Some(CorrectionKind::Voids);
        rule(is_void || !self.tasks.is_empty(), "tasks", "required", "must name what was done");
        if is_void {
            let says = "a record that voids another says nothing of what was done";
            rule(self.tasks.is_empty(), "tasks", "notHere", says);
            rule(self.checklist.is_none(), "checklist", "notHere", says);
            rule(self.supplies.is_empty(), "supplies", "notHere", says);
            rule(self.photos.is_empty(), "photos", "notHere", says);
        }
        if kind.is_some() {
            let says = "a correction leaves when, where and by whom as it is: void the record and log anew";
            rule(self.performed_by.is_none(), "performedBy", "notHere", says);
            rule(self.started_at.is_none(), "startedAt", "notHere", says);
            rule(self.plate.is_none(), "plate", "notHere", says);
            rule(self.position.is_none(), "position", "notHere", says);
        }
        if wrong.is_empty() { Ok(self) } else { Err(Violations(wrong)) }
    }

    /// The names of the fields in which another delivery differs, in the interface's spelling.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        event::changes(&self.told(), &other.told()).into_keys().collect()
    }

    /// Field by field, as the interface names them.
    fn told(&self) -> Fields {
        let mut fields: Fields = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields.into_iter().collect(),
            _ => Fields::new(),
        };
        fields.remove("correction");
        if let Some(Correction { kind, of, reason }) = &self.correction {
            fields.insert(kind.as_str().to_owned(), json!(of));
            fields.insert("reason".to_owned(), json!(reason));
        }
        if let Some(Fix { latitude, longitude, crs, accuracy }) = &self.position {
            fields.insert("position".to_owned(), json!([latitude, longitude, crs.as_str(), accuracy]));
        }
        fields
    }
}

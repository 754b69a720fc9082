//! What is stated about a toilet: the fields that a person, a file or a phone may write.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Violation;
use super::area::AreaCode;
use super::contact::Contact;
use super::facility::{Facilities, Fact};
use super::hours::Hours;
use super::place::Place;
use super::stalls::Stalls;
use super::text::{Line, Name, Remark};
use super::toilet::{Access, Form, Kind, Lifecycle, Status, serves};

/// All the facts about one toilet that have a field of their own. What is not known is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Draft {
    /// Its name (公厕名称).
    pub name: Name,
    /// Its name in English.
    pub name_en: Option<Name>,
    /// The number on its sign (公厕编号).
    pub code: Option<Name>,
    /// What sort of toilet it is.
    pub kind: Option<Kind>,
    /// How it is built.
    pub form: Option<Form>,
    /// Who may use it.
    pub access: Option<Access>,
    /// The IANA time zone in which its hours and days are meant.
    pub zone: Tz,
    /// The id of the holiday calendar for its hours, such as `CN`; without one, holidays are unknown.
    pub calendar: Option<String>,
    /// Where it stands; a toilet known by its address alone has none and is left out of every search by distance.
    pub position: Option<Place>,
    /// Its address as people would say it.
    pub address: Option<Line>,
    /// The district a source names, in the source's words.
    pub district: Option<Line>,
    /// The code of the area it is registered in.
    pub area: Option<AreaCode>,
    /// Where it stands in its life.
    pub lifecycle: Lifecycle,
    /// When it is open; absent is unknown.
    pub hours: Option<Hours>,
    /// What a source says about the hours, where that could not be read as hours.
    pub hours_note: Option<Line>,
    /// Whether a fee is taken.
    pub fee: Option<Fact>,
    /// What is inside.
    #[serde(default)]
    pub facilities: Facilities,
    /// Counted stalls.
    #[serde(default)]
    pub stalls: Stalls,
    /// When it was first opened.
    pub opened_on: Option<NaiveDate>,
    /// When it was last rebuilt or upgraded (改造提档).
    pub rebuilt_on: Option<NaiveDate>,
    /// When somebody last confirmed the record.
    pub verified_at: Option<DateTime<Utc>>,
    /// The line that the public sign names.
    pub contact: Option<Contact>,
    /// From when a temporary toilet serves.
    pub service_from: Option<DateTime<Utc>>,
    /// Until when it serves.
    pub service_until: Option<DateTime<Utc>>,
    /// A remark for the public.
    pub note: Option<Remark>,
    /// What a source states beyond these fields, by the source's own names, so that nothing is lost.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

/// Field names with their JSON values, flat: `facilities.wheelchair`, `stalls.women`, `extra.…`. Absent is unknown.
pub type Fields = BTreeMap<String, Value>;

/// The fields whose parts are fields of their own.
const GROUPS: [&str; 3] = ["facilities", "stalls", "extra"];

impl Draft {
    /// A toilet of which only its name and time zone are known.
    #[must_use]
    pub fn new(name: Name, zone: Tz) -> Self {
        Self {
            name,
            name_en: None,
            code: None,
            kind: None,
            form: None,
            access: None,
            zone,
            calendar: None,
            position: None,
            address: None,
            district: None,
            area: None,
            lifecycle: Lifecycle::InService,
            hours: None,
            hours_note: None,
            fee: None,
            facilities: Facilities::default(),
            stalls: Stalls::default(),
            opened_on: None,
            rebuilt_on: None,
            verified_at: None,
            contact: None,
            service_from: None,
            service_until: None,
            note: None,
            extra: BTreeMap::new(),
        }
    }

    /// What the public is told at that instant, closures left out (see [`serves`]).
    #[must_use]
    pub fn serves(&self, at: DateTime<Utc>) -> Status {
        serves(self.lifecycle, (self.service_from, self.service_until), at)
    }

    /// Whether the fields fit each other.
    ///
    /// # Errors
    /// `endsBeforeItBegins` on `serviceUntil`.
    pub fn check(&self) -> Result<(), Violation> {
        match (self.service_from, self.service_until) {
            (Some(from), Some(until)) if until <= from => {
                let message = format!("{until} is not after the start of service, {from}");
                Err(Violation::new("serviceUntil", "endsBeforeItBegins", message))
            }
            _ => Ok(()),
        }
    }

    /// The known fields, flat. This one form serves the journal, the comparison of imports and exports alike.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Ok(Value::Object(object)) = serde_json::to_value(self) else { return Fields::new() };
        let mut fields = Fields::new();
        for (name, value) in object {
            match value {
                Value::Null => {}
                Value::Object(parts) if GROUPS.contains(&name.as_str()) => {
                    let known = parts.into_iter().filter(|(_, value)| !value.is_null());
                    fields.extend(known.map(|(part, value)| (format!("{name}.{part}"), value)));
                }
                value => {
                    fields.insert(name, value);
                }
            }
        }
        fields
    }

    /// The draft that has exactly these fields.
    ///
    /// # Errors
    /// `badField` when a name is no field or a value does not fit.
    pub fn from_fields(fields: &Fields) -> Result<Self, Violation> {
        let mut object = Map::new();
        for (name, value) in fields {
            match name.split_once('.').filter(|(group, _)| GROUPS.contains(group)) {
                Some((group, part)) => {
                    let group = object.entry(group).or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(parts) = group {
                        parts.insert(part.to_owned(), value.clone());
                    }
                }
                None => {
                    object.insert(name.clone(), value.clone());
                }
            }
        }
        serde_json::from_value(Value::Object(object))
            .map_err(|error| Violation::new("toilet", "badField", error.to_string()))
    }
}

//! Writes bundles: each toilet from its prepared fragment, in as few bytes as may be.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::fragment::Fragment;
use super::instant::written;
use super::json::Json;
use crate::domain::facility::{Facility, Fact};
use crate::domain::holiday::Calendars;
use crate::domain::toilet::Access;
use crate::finder::{Entry, OpenTimes};
use crate::geo::Crs;
use crate::usecase::bundles::{Bundle, open_minutes, shut_minutes};

/// What one toilet takes, in bytes; only a hint.
const USUAL_BYTES: usize = 256;

/// From when until when a door is open, in minutes of the week.
type Week = Vec<(u16, u16)>;

/// Writes one bundle.
pub(super) struct Writer<'a> {
    calendars: &'a Calendars,
    crs: Crs,
    bundle: &'a Bundle,
    areas: Vec<AreaRef>,
    weeks: Vec<Week>,
    opens: Vec<Vec<(i64, i64)>>,
}

/// The members of a fragment that a bundle tells of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    code: Option<String>,
    name: String,
    name_en: Option<String>,
    kind: Option<String>,
    access: Option<String>,
    zone: String,
    address: Option<String>,
    area: Option<AreaRef>,
    #[serde(default)]
    facilities: Map<String, Value>,
    fee: Option<String>,
}

#[derive(Deserialize, PartialEq, Eq)]
struct AreaRef {
    code: String,
    name: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(calendars: &'a Calendars, crs: Crs, bundle: &'a Bundle) -> Self {
        Self { calendars, crs, bundle, areas: Vec::new(), weeks: Vec::new(), opens: Vec::new() }
    }

    /// The whole.
    pub(super) fn bundle(self) -> Vec<u8> {
        let mut json = self.written();
        json.close(b'}');
        json.into_bytes()
    }

    /// What changed.
    pub(super) fn changes(self) -> Vec<u8> {
        let removed = self.bundle.removed.iter();
        let mut json = self.written();
        json.key("removed");
        list(&mut json, removed, Json::bare);
        json.close(b'}');
        json.into_bytes()
    }

    /// Everything but the end.
    fn written(mut self) -> Json {
        let mut items = Json::with_capacity(self.bundle.entries.len() * USUAL_BYTES);
        items.open(b'[');
        for entry in &self.bundle.entries {
            self.item(&mut items, entry);
        }
        items.close(b']');
        let items = items.into_bytes();
        let mut json = Json::with_capacity(items.len() + 1024);
        json.open(b'{');
        json.bare_field("version", self.bundle.version);
        json.text_field("crs", self.crs.as_str());
        json.text_field("zone", self.bundle.zone.name());
        json.text_field("hoursFrom", written(self.bundle.window.0));
        json.text_field("hoursUntil", written(self.bundle.window.1));
        json.key("facilities");
        list(&mut json, Facility::ALL, |json, facility| json.text(facility.as_str()));
        json.key("areas");
        list(&mut json, &self.areas, |json, area| {
            json.open(b'{');
            json.text_field("code", &area.code);
            json.text_field("name", &area.name);
            json.close(b'}');
        });
        json.key("weeks");
        list(&mut json, &self.weeks, pairs);
        json.key("opens");
        list(&mut json, &self.opens, pairs);
        json.key("items");
        json.written(&items);
        json
    }

    fn item(&mut self, json: &mut Json, entry: &Entry) {
        let fragment = Fragment::read(entry.fragment());
        let runs = [fragment.identity, fragment.whereabouts, fragment.inside];
        let members = runs.into_iter().filter(|run| !run.is_empty()).collect::<Vec<_>>().join(&b',');
        let Ok(told) = serde_json::from_slice::<Told>(&[b"{", members.as_slice(), b"}"].concat()) else { return };
        json.open(b'{');
        json.bare_field("id", entry.id());
        json.known_text("code", told.code);
        json.text_field("name", told.name);
        json.known_text("nameEn", told.name_en);
        json.known_text("kind", told.kind);
        json.known_text("access", told.access.filter(|access| access != Access::Public.as_str()));
        json.known_text("zone", Some(told.zone).filter(|zone| zone != self.bundle.zone.name()));
        if let Some(place) = entry.place_at(self.bundle.at) {
            let (latitude, longitude) = place.in_crs(self.crs);
            json.bare_field("latitude", format_args!("{latitude:.7}"));
            json.bare_field("longitude", format_args!("{longitude:.7}"));
        }
        json.known_text("address", told.address);
        if let Some(area) = told.area {
            json.bare_field("area", place_in(&mut self.areas, area));
        }
        let letters: String = Facility::ALL.iter().map(|one| letter(told.facilities.get(one.as_str()))).collect();
        json.known_text("facilities", Some(letters.trim_end_matches('-')).filter(|letters| !letters.is_empty()));
        json.known_text("fee", told.fee);
        let today = entry.day(self.bundle.at);
        let mut held = entry.grades().iter().filter(|grade| grade.is_held(today)).peekable();
        if held.peek().is_some() {
            json.key("grades");
            list(json, held, |json, grade| json.text(grade.grade().as_str()));
        }
        if entry.is_planned() {
            json.bare_field("planned", true);
        }
        self.open_times(json, entry);
        json.close(b'}');
    }

    fn open_times(&mut self, json: &mut Json, entry: &Entry) {
        match entry.open_times(self.calendars, self.bundle.window) {
            OpenTimes::Weekly(week) => json.bare_field("week", place_in(&mut self.weeks, week)),
            OpenTimes::Dated(open) => {
                let open = open.into_iter().map(|stretch| open_minutes(stretch, self.bundle.window.0));
                let open: Vec<_> = open.filter(|(from, until)| from < until).collect();
                json.bare_field("open", place_in(&mut self.opens, open));
            }
            OpenTimes::Unknown(shut) if shut.is_empty() => {}
            OpenTimes::Unknown(shut) => {
                json.key("shut");
                let shut = shut.into_iter().map(|stretch| shut_minutes(stretch, self.bundle.window.0));
                pairs(json, &shut.collect::<Vec<_>>());
            }
        }
    }
}

/// The place of something in a list, at the end of which it is put if it is not there yet.
fn place_in<T: PartialEq>(list: &mut Vec<T>, wanted: T) -> usize {
    list.iter().position(|one| *one == wanted).unwrap_or_else(|| {
        list.push(wanted);
        list.len() - 1
    })
}

fn letter(fact: Option<&Value>) -> char {
    match fact.and_then(Value::as_str) {
        Some(word) if word == Fact::Yes.as_str() => 'y',
        Some(word) if word == Fact::Limited.as_str() => 'l',
        Some(word) if word == Fact::No.as_str() => 'n',
        _ => '-',
    }
}

fn list<T>(json: &mut Json, several: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Json, T)) {
    json.open(b'[');
    several.into_iter().for_each(|item| one(json, item));
    json.close(b']');
}

fn pairs<'p, T: Display + 'p>(json: &mut Json, pairs: impl IntoIterator<Item = &'p (T, T)>) {
    list(json, pairs, |json, (from, until)| {
        json.open(b'[');
        json.bare(from);
        json.bare(until);
        json.close(b']');
    });
}

//! The JSON of a toilet that does not depend on the time, prepared once for every answer to come.
//!
//! The order of the members is that of the document, and what changes with the datum or the time stands among them; so
//! a fragment is four runs of members with gaps for the rest, each run with its length before it. After them come its
//! position in each datum, and the bodies that run it, each with its days: which of them does so today is found when an
//! answer is written.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::instant;
use super::json::Json;
use crate::domain::attested::Attested;
use crate::domain::contact::Contact;
use crate::domain::facility::Fact;
use crate::domain::operator::{OperatorRole, Tenure};
use crate::domain::place::Place;
use crate::domain::stalls::Stalls;
use crate::domain::text::Text;
use crate::domain::toilet::{Access, Form, Kind};
use crate::domain::{Draft, Toilet};
use crate::geo::Crs;

/// Prepares the bytes that [`Finder`](crate::finder::Finder) keeps of a toilet.
#[must_use]
pub fn render_fragment(toilet: &Toilet) -> Vec<u8> {
    let mut bytes = Vec::new();
    for run in [identity, whereabouts, inside, record] {
        put_run(&mut bytes, toilet, run);
    }
    for crs in DATUMS {
        put_run(&mut bytes, &(toilet.fact.position, crs), |(place, crs), json| {
            place.iter().for_each(|place| position(place, *crs, json));
        });
    }
    for tenure in toilet.tenures.iter().filter(|tenure| tenure.role == OperatorRole::Operating) {
        put_tenure(&mut bytes, tenure);
    }
    bytes
}

/// The datums in which positions are prepared.
const DATUMS: [Crs; 3] = [Crs::Wgs84, Crs::Gcj02, Crs::Bd09];

/// A fragment, taken apart again.
#[derive(Debug)]
pub(super) struct Fragment<'a> {
    /// From `id` to `zone`.
    pub(super) identity: &'a [u8],
    /// From `address` to `area`.
    pub(super) whereabouts: &'a [u8],
    /// From `facilities` to `stalls`.
    pub(super) inside: &'a [u8],
    /// From `openedOn` to the end.
    pub(super) record: &'a [u8],
    positions: [&'a [u8]; DATUMS.len()],
    tenures: &'a [u8],
}

/// What a toilet is called, and where people say it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) name_en: Option<String>,
    pub(super) address: Option<String>,
}

impl<'a> Fragment<'a> {
    /// Takes apart what [`render_fragment`] made.
    pub(super) fn read(mut bytes: &'a [u8]) -> Self {
        let [identity, whereabouts, inside, record] = [(); 4].map(|()| take_run(&mut bytes));
        let positions = DATUMS.map(|_| take_run(&mut bytes));
        Self { identity, whereabouts, inside, record, positions, tenures: bytes }
    }

    /// Where it is registered, in that datum.
    pub(super) fn position(&self, crs: Crs) -> &'a [u8] {
        DATUMS.iter().zip(self.positions).find(|(datum, _)| **datum == crs).map_or(&[], |(_, position)| position)
    }

    /// Its names and address, read back.
    pub(super) fn named(&self) -> Named {
        let read = |members: &[u8]| serde_json::from_slice(&[b"{", members, b"}"].concat()).unwrap_or_default();
        let (identity, whereabouts): (Named, Named) = (read(self.identity), read(self.whereabouts));
        Named { address: whereabouts.address, ..identity }
    }

    /// The body that runs the toilet on that day, as a JSON object; the one that began last if several do.
    pub(super) fn operator(&self, day: NaiveDate) -> Option<&'a [u8]> {
        let today = day.num_days_from_ce();
        let mut rest = self.tenures;
        let mut current: Option<(i32, &'a [u8])> = None;
        while let (Some(from), Some(to)) = (take_number(&mut rest), take_number(&mut rest)) {
            let body = take_run(&mut rest);
            if (from..=to).contains(&today) && current.is_none_or(|(latest, _)| latest <= from) {
                current = Some((from, body));
            }
        }
        current.map(|(_, body)| body)
    }
}

/// Where it is, in that datum.
pub(super) fn position(place: &Place, crs: Crs, json: &mut Json) {
    let (latitude, longitude) = place.in_crs(crs);
    json.key("position");
    json.open(b'{');
    json.bare_field("latitude", format_args!("{latitude:.7}"));
    json.bare_field("longitude", format_args!("{longitude:.7}"));
    json.close(b'}');
}

fn identity(toilet: &Toilet, json: &mut Json) {
    let fact = &toilet.fact;
    json.bare_field("id", toilet.id);
    json.known_text("code", fact.code.as_ref().map(Text::as_str));
    json.text_field("name", fact.name.as_str());
    json.known_text("nameEn", fact.name_en.as_ref().map(Text::as_str));
    json.known_text("kind", fact.kind.map(Kind::as_str));
    json.known_text("form", fact.form.map(Form::as_str));
    json.known_text("access", fact.access.map(Access::as_str));
    json.text_field("zone", fact.zone.name());
}

fn whereabouts(toilet: &Toilet, json: &mut Json) {
    json.known_text("address", toilet.fact.address.as_ref().map(Text::as_str));
    json.known_text("district", toilet.fact.district.as_ref().map(Text::as_str));
    if let Some(area) = &toilet.area {
        json.key("area");
        json.open(b'{');
        json.text_field("code", area.code.as_str());
        json.text_field("name", area.name.as_str());
        json.close(b'}');
    }
}

fn inside(toilet: &Toilet, json: &mut Json) {
    let fact = &toilet.fact;
    let mut known = fact.facilities.known().peekable();
    if known.peek().is_some() {
        json.key("facilities");
        json.open(b'{');
        for (facility, fact) in known {
            json.text_field(facility.as_str(), fact.as_str());
        }
        json.close(b'}');
    }
    json.known_text("fee", fact.fee.map(Fact::as_str));
    stalls(&fact.stalls, json);
}

fn stalls(stalls: &Stalls, json: &mut Json) {
    if stalls.is_unknown() {
        return;
    }
    let Stalls { total, women, men, urinals, accessible, family } = *stalls;
    let counts = [
        ("total", total),
        ("women", women),
        ("men", men),
        ("urinals", urinals),
        ("accessible", accessible),
        ("family", family),
    ];
    json.key("stalls");
    json.open(b'{');
    for (name, count) in counts.into_iter().filter_map(|(name, count)| Some((name, count?))) {
        json.bare_field(name, count);
    }
    json.close(b'}');
}

fn record(toilet: &Toilet, json: &mut Json) {
    let Draft { opened_on, rebuilt_on, hours_note, note, verified_at, extra, .. } = &toilet.fact;
    let Draft { contact, service_from, service_until, .. } = &toilet.fact;
    json.known_text("openedOn", opened_on.map(|day| day.to_string()));
    json.known_text("rebuiltOn", rebuilt_on.map(|day| day.to_string()));
    json.known_text("hoursNote", hours_note.as_ref().map(Text::as_str));
    json.known_text("note", note.as_ref().map(Text::as_str));
    json.known_text("contact", contact.as_ref().map(Contact::as_str));
    json.known_text("serviceFrom", service_from.map(instant::written));
    json.known_text("serviceUntil", service_until.map(instant::written));
    json.bare_field("revision", toilet.revision);
    json.known_text("verifiedAt", verified_at.map(instant::written));
    attested(&toilet.attested, json);
    if let Some(source) = &toilet.source {
        json.key("source");
        json.open(b'{');
        json.text_field("name", &source.name);
        json.text_field("key", &source.key);
        if source.synthetic {
            json.bare_field("synthetic", true);
        }
        json.close(b'}');
    }
    if !extra.is_empty() {
        json.key("extra");
        json.open(b'{');
        for (name, value) in extra {
            json.foreign_key(name);
            json.text(value);
        }
        json.close(b'}');
    }
}

/// When fields were seen, and never by whom: that is for the staff.
fn attested(attested: &Attested, json: &mut Json) {
    if attested.0.is_empty() {
        return;
    }
    json.key("attested");
    json.open(b'{');
    for (field, one) in &attested.0 {
        json.key(field);
        json.open(b'{');
        json.text_field("at", instant::written(one.at));
        if let Some(metres) = one.accuracy {
            json.bare_field("accuracy", metres);
        }
        json.close(b'}');
    }
    json.close(b'}');
}

fn operator(tenure: &Tenure, json: &mut Json) {
    let body = &tenure.operator;
    json.open(b'{');
    json.bare_field("id", body.id);
    json.text_field("name", body.name.as_str());
    json.text_field("kind", body.kind.as_str());
    json.close(b'}');
}

fn put_tenure(bytes: &mut Vec<u8>, tenure: &Tenure) {
    let day = |day: NaiveDate| day.num_days_from_ce();
    bytes.extend(tenure.days.from().map_or(i32::MIN, day).to_le_bytes());
    bytes.extend(tenure.days.to().map_or(i32::MAX, day).to_le_bytes());
    put_run(bytes, tenure, operator);
}

fn put_run<T>(bytes: &mut Vec<u8>, of: &T, write: impl Fn(&T, &mut Json)) {
    let mut json = Json::default();
    write(of, &mut json);
    let run = json.into_bytes();
    // A run is kilobytes at most: every text in it is bounded.
    let length = i32::try_from(run.len()).unwrap_or_default();
    bytes.extend(length.to_le_bytes());
    bytes.extend(run);
}

fn take_run<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let length = take_number(bytes).and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let Some((run, rest)) = bytes.split_at_checked(length) else { return &[] };
    *bytes = rest;
    run
}

fn take_number(bytes: &mut &[u8]) -> Option<i32> {
    let (number, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(i32::from_le_bytes(*number))
}

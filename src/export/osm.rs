//! `OpenStreetMap`'s tags (wiki.openstreetmap.org, “Tag:amenity=toilets” and the keys it names), as properties of
//! `GeoJSON`, which JOSM and iD open. For comparing and for careful editing; not for a blind import.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::geojson::point;
use crate::domain::contact::Contact;
use crate::domain::facility::{Facility, Fact};
use crate::domain::hours::Hours;
use crate::domain::operator::{OperatorKind, OperatorRole};
use crate::domain::outage::NewOutage;
use crate::domain::record::Record;
use crate::domain::text::Text;
use crate::domain::toilet::{Access, Form, Status};
use crate::geo::Crs;

/// The longest value that `OpenStreetMap` takes, in characters.
const LONGEST: usize = 255;

/// A feature with tags; none for what has no position or is gone.
pub(super) fn feature(record: &Record, at: DateTime<Utc>) -> Option<Value> {
    let place = record.fact.position?;
    if record.fact.serves(at) == Status::Retired {
        return None;
    }
    let tags = Value::Object(tags(record, at));
    Some(json!({"type": "Feature", "geometry": point(place.in_crs(Crs::Wgs84)), "properties": tags}))
}

/// The tags in the order in which they are looked for.
struct Tags(Map<String, Value>);

impl Tags {
    /// Adds a tag; what is longer than a value may be is left out rather than cut.
    fn put(&mut self, key: &str, value: Option<impl Into<String>>) {
        let value = value.map(Into::into).filter(|value: &String| value.chars().count() <= LONGEST);
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
    }
}

fn tags(record: &Record, at: DateTime<Utc>) -> Map<String, Value> {
    let fact = &record.fact;
    let mut tags = Tags(Map::new());
    let key = if fact.serves(at) == Status::Planned { "proposed:amenity" } else { "amenity" };
    tags.put(key, Some("toilets"));
    tags.put("name", Some(fact.name.as_str()));
    tags.put("name:en", fact.name_en.as_ref().map(Text::as_str));
    tags.put("ref", fact.code.as_ref().map(Text::as_str));
    tags.put("ref:gongce", record.id.map(|id| id.to_string()));
    tags.put("access", fact.access.map(access));
    tags.put("opening_hours", fact.hours.as_ref().map(Hours::as_str));
    // A fee that is taken at times has no value of its own.
    tags.put("fee", fact.fee.and_then(yes_or_no));
    put_facilities(record, &mut tags);
    let chambers = fact.stalls.total.map(|total| total.to_string());
    tags.put("toilets:num_chambers", chambers);
    tags.put("portable", (fact.form == Some(Form::Portable)).then_some("yes"));
    put_operator(record, at.with_timezone(&fact.zone).date_naive(), &mut tags);
    tags.put("phone", fact.contact.as_ref().map(Contact::as_str));
    tags.put("addr:full", fact.address.as_ref().map(Text::as_str));
    tags.put("start_date", fact.opened_on.map(|day| day.to_string()));
    let day = |at: DateTime<Utc>| at.with_timezone(&fact.zone).date_naive();
    let closure = record.outages.iter().find(|closure| closure.is_in_force(at));
    tags.put("access:conditional", closure.map(|closure| closed(&closure.fact, &day)));
    tags.put("check_date", fact.verified_at.map(|at| day(at).to_string()));
    tags.put("description", fact.note.as_ref().map(Text::as_str));
    tags.put("source", Some(record.origin.source.as_str()));
    tags.0
}

fn put_facilities(record: &Record, tags: &mut Tags) {
    let fact = |facility| record.fact.facilities.get(facility);
    for (facility, key) in [
        (Facility::Wheelchair, "wheelchair"),
        (Facility::Wheelchair, "toilets:wheelchair"),
        (Facility::BabyChanging, "changing_table"),
        (Facility::Women, "female"),
        (Facility::Men, "male"),
        (Facility::Unisex, "unisex"),
        (Facility::Paper, "toilets:paper_supplied"),
        (Facility::HandWashing, "toilets:handwashing"),
        (Facility::Shower, "shower"),
        (Facility::DrinkingWater, "drinking_water"),
    ] {
        // These two keys know `limited`; the others only what is there and what is not.
        let takes_limited = matches!(facility, Facility::Wheelchair | Facility::BabyChanging);
        let value = fact(facility).and_then(|fact| if takes_limited { Some(fact.as_str()) } else { yes_or_no(fact) });
        tags.put(key, value);
    }
}

fn put_operator(record: &Record, today: NaiveDate, tags: &mut Tags) {
    let running = record.operators.iter().filter(|tie| tie.role == OperatorRole::Operating && tie.holds_on(today));
    let Some(tie) = running.max_by_key(|tie| tie.from) else { return };
    tags.put("operator", Some(tie.name.as_str()));
    let kind = match tie.kind {
        OperatorKind::Department => Some("government"),
        OperatorKind::Village => Some("community"),
        OperatorKind::Contractor | OperatorKind::Host => Some("business"),
        OperatorKind::ScenicArea | OperatorKind::Other => None,
    };
    tags.put("operator:type", kind);
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Public => "yes",
        Access::Customers => "customers",
        Access::Private => "private",
    }
}

fn yes_or_no(fact: Fact) -> Option<&'static str> {
    (fact != Fact::Limited).then_some(fact.as_str())
}

/// A closure as a condition on access, by whole days.
fn closed(outage: &NewOutage, day: &dyn Fn(DateTime<Utc>) -> NaiveDate) -> String {
    const DAY: &str = "%Y %b %d";
    let from = day(outage.span.from()).format(DAY);
    match outage.span.until() {
        Some(until) => format!("no @ ({from}-{})", day(until - chrono::TimeDelta::seconds(1)).format(DAY)),
        None => format!("no @ ({from}+)"),
    }
}

//! Whatever a record says comes back from its cells.

#![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::domain::facility::{Facility, Fact};
use crate::domain::grade::{Grade, Standard};
use crate::domain::hours::Hours;
use crate::domain::outage::{OutageReason, OutageState};
use crate::domain::period::Span;
use crate::domain::place::Place;
use crate::domain::stalls::Stalls;
use crate::domain::text::{Line, Remark};
use crate::domain::toilet::{Access, Form, Kind};
use crate::geo::Wgs84;

/// A record of which every field is known.
fn full() -> Record {
    let mut fact =
        Draft::new(Name::new("=HYPERLINK(\"x\")，<img src=x onerror=…>").unwrap(), chrono_tz::Asia::Hong_Kong);
    fact.name_en = Some(Name::new("-1+1").unwrap());
    fact.code = Some(Name::new("007").unwrap());
    fact.kind = Some(Kind::Tourist);
    fact.form = Some(Form::Attached);
    fact.access = Some(Access::Customers);
    fact.calendar = Some("CN".to_owned());
    fact.position = Some(Place::new(Wgs84::new(-89.999_999_9, -179.999_999_9).unwrap(), Crs::Bd09, true));
    fact.address = Some(Line::new("东街, “7” 号").unwrap());
    fact.district = Some(Line::new("'引号").unwrap());
    fact.area = Some("410308101".parse().unwrap());
    fact.hours = Some(Hours::parse("Mo-Fr 06:00-22:00; PH off").unwrap());
    fact.hours_note = Some(Line::new("dawn to dusk").unwrap());
    fact.fee = Some(Fact::No);
    for &facility in Facility::ALL {
        fact.facilities.set(facility, Some(Fact::Limited));
    }
    fact.stalls =
        Stalls { total: Some(9), women: Some(0), men: Some(1), urinals: Some(2), accessible: Some(3), family: Some(4) };
    fact.opened_on = "2015-10-01".parse().ok();
    fact.rebuilt_on = "2020-02-29".parse().ok();
    fact.verified_at = "2026-10-02T03:00:00.123456Z".parse().ok();
    fact.contact = "12345".parse().ok();
    fact.service_from = "2026-01-01T00:00:00Z".parse().ok();
    fact.service_until = "2036-01-01T00:00:00Z".parse().ok();
    fact.note = Some(Remark::new("two\nlines").unwrap());
    fact.extra = BTreeMap::from([(" x.y ".to_owned(), "a\r\nb".to_owned()), ("电话".to_owned(), "+86".to_owned())]);
    let origin = Origin {
        source: "demo".to_owned(),
        key: "U-001|\\".to_owned(),
        attribution: Some("示范".to_owned()),
        license: Some("CC0".to_owned()),
        synthetic: true,
    };
    let tie = |role, name: &str, from: Option<&str>, to: Option<&str>| Tie {
        role,
        name: Name::new(name).unwrap(),
        kind: OperatorKind::Contractor,
        from: from.map(|day| day.parse().unwrap()),
        to: to.map(|day| day.parse().unwrap()),
    };
    let area = |code: &str, level| AreaStep(code.parse().unwrap(), Name::new(code).unwrap(), level, 2023);
    let span = |from: &str, until: Option<&str>| {
        Span::new(from.parse().unwrap(), until.map(|until| until.parse().unwrap())).unwrap()
    };
    let outage = |reason, span, state| Closure {
        fact: NewOutage { reason, span, note: Remark::new("a\nb").ok() },
        expected_until: "2026-12-24T00:00:00Z".parse().ok(),
        state,
    };
    let mut grade = NewGrade::new(Standard::Cjj2016, Grade::Class2).unwrap();
    grade.certificate = Name::new("No 1").ok();
    grade.valid_to = "2030-01-01".parse().ok();
    grade.revoked_on = "2027-01-01".parse().ok();
    let assessed = NewGrade::new(Standard::GbT2016, Grade::Aaa).unwrap().assessed("2018-09-30".parse().unwrap());
    let mut record = Record {
        id: Some(ToiletId(17)),
        origin,
        areas: vec![area("410308", AreaLevel::County), area("410308101", AreaLevel::Town)],
        fact,
        operators: vec![
            tie(OperatorRole::Operating, "新", Some("2026-01-01"), None),
            tie(OperatorRole::Operating, "旧", None, Some("2025-12-31")),
            tie(OperatorRole::Owner, "县", None, None),
        ],
        outages: vec![
            outage(OutageReason::Water, span("2026-11-20T00:00:00Z", None), OutageState::Unconfirmed),
            outage(OutageReason::Power, span("2026-11-21T00:00:00Z", None), OutageState::Rejected),
            outage(
                OutageReason::Repair,
                span("2026-10-01T00:00:00Z", Some("2026-10-02T00:00:00Z")),
                OutageState::Confirmed,
            ),
        ],
        grades: vec![grade, assessed],
        updated_at: None,
    };
    record.sort();
    record
}

/// The text of a cell, as a table writes it.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

fn read(cells: &[Value]) -> Result<Record, crate::domain::Violation> {
    let place = |name: &str| COLUMNS.iter().position(|column| column.name == name).unwrap();
    Record::read(|name| text(&cells[place(name)]))
}

#[test]
fn a_record_comes_back_from_its_cells() {
    let record = full();
    let cells = record.cells(Crs::Wgs84);
    assert_eq!(cells.len(), COLUMNS.len());
    let unknown: Vec<_> = COLUMNS.iter().zip(&cells).filter(|(_, cell)| cell.is_null()).collect();
    assert_eq!(unknown, [], "the record of this test must know every column");
    assert_eq!(read(&cells), Ok(record));
}

#[test]
fn every_field_of_a_draft_has_a_column() {
    let draft = serde_json::to_value(Draft::new(Name::new("x").unwrap(), chrono_tz::UTC)).unwrap();
    for field in draft.as_object().unwrap().keys().filter(|field| *field != "position") {
        let below = format!("{field}.");
        let has = COLUMNS.iter().any(|column| column.name == field || column.name.starts_with(&below));
        assert!(has, "{field} has no column and would be lost");
    }
    for field in full().fact.fields().keys().filter(|field| *field != "position" && !field.starts_with("extra.")) {
        assert!(COLUMNS.iter().any(|column| column.name == field), "{field} has no column and would be lost");
    }
}

#[test]
fn the_least_record_knows_a_name_a_zone_and_its_source() {
    let known = [("source", "s"), ("sourceKey", "1"), ("name", "甲"), ("zone", "Asia/Shanghai")];
    let cell = |name: &str| known.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
    let record = Record::read(cell).unwrap();
    assert_eq!((record.id, record.fact.name.as_str(), record.fact.position), (None, "甲", None));
    for (missing, _) in known {
        let broken = Record::read(|name| if name == missing { None } else { cell(name) }).unwrap_err();
        assert_eq!((broken.field.as_str(), broken.code), (missing, "blank"));
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (column, text) in [
        ("id", "0"),
        ("id", "x"),
        ("latitude", "91"),
        ("latitude", "NaN"),
        ("crs", "nad27"),
        ("kind", "villa"),
        ("hours", "whenever"),
        ("zone", "Mars/Olympus"),
        ("stalls.women", "1000"),
        ("stalls.women", "-1"),
        ("facilities.paper", "maybe"),
        ("areas", "[]]"),
        ("areas", "[[\"1\",\"x\",\"town\",2023]]"),
        ("operators", "{}"),
        ("outages", "[{\"reason\":\"water\",\"from\":\"2026-01-02T00:00:00Z\",\"until\":\"2026-01-01T00:00:00Z\"}]"),
        ("grades", "[{\"standard\":\"GB/T 18973-2022\",\"grade\":\"AAA\"}]"),
        ("contact", "13800138000"),
        ("serviceUntil", "2025-01-01T00:00:00Z"),
        ("synthetic", "perhaps"),
        ("openedOn", "2026-02-30"),
    ] {
        let mut cells = full().cells(Crs::Wgs84);
        let place = COLUMNS.iter().position(|known| known.name == column).unwrap();
        cells[place] = text.into();
        let broken = read(&cells).unwrap_err();
        assert_eq!(broken.field, column, "{text}: {broken}");
    }
}

#[test]
fn the_public_gets_what_the_public_view_shows() {
    let at = "2026-11-23T08:00:00Z".parse().unwrap();
    let public = full().public(at).unwrap();
    let names: Vec<_> = public.operators.iter().map(|tie| tie.name.as_str()).collect();
    assert_eq!(names, ["新"]);
    assert_eq!(public.outages.iter().map(|closure| closure.fact.reason).collect::<Vec<_>>(), [OutageReason::Water]);
    assert!(public.outages.iter().all(|closure| closure.fact.note.is_none()));
    assert!(public.grades.iter().all(|grade| grade.certificate.is_none()));
    let mut gone = full();
    gone.fact.service_until = Some(at);
    assert_eq!(gone.public(at), None);
}

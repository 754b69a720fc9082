//! What the formats make of a record that is out to break them.

#![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use serde_json::{Value, json};

use super::{Format, Sheets, Text};
use crate::domain::record::{COLUMNS, Record};
use crate::geo::Crs;

const AT: &str = "2026-11-23T08:00:00Z";

fn record(cells: &[(&str, &str)]) -> Record {
    let least = [("id", "17"), ("source", "s"), ("sourceKey", "1"), ("name", "甲"), ("zone", "Asia/Shanghai")];
    let find = |cells: &[(&str, &str)], name: &str| {
        cells.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
    };
    Record::read(|name| find(cells, name).or_else(|| find(&least, name))).unwrap()
}

fn written(format: Format, crs: Crs, records: &[Record]) -> String {
    let mut text = Text::new(format, crs, AT.parse().unwrap()).unwrap();
    let mut out = Vec::new();
    text.begin(&mut out);
    for record in records {
        text.record(record, &mut out);
    }
    text.end(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_table_begins_no_formula_and_keeps_its_shape() {
    let nasty = record(&[("name", "=1+1"), ("nameEn", "say \"hi\", you"), ("note", "@two\nlines"), ("address", "x ")]);
    let text = written(Format::Csv, Crs::Wgs84, &[nasty]);
    assert!(text.starts_with("\u{FEFF}id,source,"));
    assert_eq!(text.matches("\r\n").count(), 2);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    let cell = |name: &str| &rows[1][COLUMNS.iter().position(|column| column.name == name).unwrap()];
    assert_eq!((cell("name"), cell("nameEn"), cell("note")), ("'=1+1", "say \"hi\", you", "'@two\nlines"));
}

#[test]
fn positions_have_seven_decimals_and_a_named_datum() {
    let at = [("latitude", "34.8264"), ("longitude", "112.4364"), ("crs", "wgs84"), ("datum", "gcj02")];
    let text = written(Format::Csv, Crs::Wgs84, &[record(&at)]);
    assert!(text.contains(",34.8264000,112.4364000,wgs84,gcj02,true,"), "{text}");
    let shifted = written(Format::Csv, Crs::Gcj02, &[record(&at)]);
    assert!(!shifted.contains("34.8264000") && shifted.contains(",gcj02,gcj02,true,"), "{shifted}");
}

#[test]
fn geojson_has_one_feature_to_a_line_and_null_where_no_position_is() {
    let placed = record(&[("latitude", "-17"), ("longitude", "-179.5")]);
    let text = written(Format::Geojson, Crs::Wgs84, &[placed, record(&[("id", "18")])]);
    assert_eq!(text.lines().count(), 4);
    let whole: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(whole["features"][0]["geometry"], json!({"type": "Point", "coordinates": [-179.5, -17.0]}));
    assert_eq!((&whole["features"][1]["geometry"], &whole["features"][1]["id"]), (&Value::Null, &json!(18)));
    assert!(whole["features"][0]["properties"].get("crs").is_none());
    assert!(whole["features"][0]["properties"].get("fee").is_none(), "what is unknown is left out");
    let none = written(Format::Geojson, Crs::Wgs84, &[]);
    assert_eq!(serde_json::from_str::<Value>(&none).unwrap()["features"], json!([]));
}

#[test]
fn tags_are_those_of_openstreetmap() {
    let one = record(&[
        ("latitude", "34.8"),
        ("longitude", "112.4"),
        ("access", "public"),
        ("fee", "no"),
        ("hours", "06:00-22:00"),
        ("facilities.wheelchair", "limited"),
        ("facilities.babyChanging", "yes"),
        ("facilities.paper", "limited"),
        ("verifiedAt", "2026-10-01T20:00:00Z"),
        ("outages", r#"[{"reason":"repair","from":"2026-11-20T00:00:00Z","until":"2026-11-30T16:00:00Z"}]"#),
        (
            "operators",
            r#"[{"role":"operating","name":"旧","kind":"other","to":"2025-12-31"},
                {"role":"operating","name":"城管局","kind":"department"}]"#,
        ),
    ]);
    let text = written(Format::Osm, Crs::Gcj02, &[one.clone(), record(&[])]);
    let whole: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(whole["features"].as_array().map(Vec::len), Some(1), "what has no position is left out");
    assert_eq!(whole["features"][0]["geometry"]["coordinates"], json!([112.4, 34.8]));
    let tags = &whole["features"][0]["properties"];
    assert_eq!(
        tags,
        &json!({
            "amenity": "toilets", "name": "甲", "ref:gongce": "17", "access": "yes", "opening_hours": "06:00-22:00",
            "fee": "no", "wheelchair": "limited", "toilets:wheelchair": "limited", "changing_table": "yes",
            "operator": "城管局", "operator:type": "government",
            "access:conditional": "no @ (2026 Nov 20-2026 Nov 30)", "check_date": "2026-10-02", "source": "s"
        })
    );
}

#[test]
fn a_workbook_is_the_same_in_every_run() {
    let bytes = || {
        let (mut sheets, mut out) = (Sheets::new(Crs::Wgs84).unwrap(), Vec::new());
        sheets.record(&record(&[("name", "=1+1")])).unwrap();
        sheets.finish(&mut out).unwrap();
        out
    };
    let first = bytes();
    assert!(first.starts_with(b"PK") && first == bytes());
}

//! `GeoJSON` (RFC 7946), one feature to a line.

use std::io::Write;

use serde_json::{Map, Value, json};

use crate::domain::record::{COLUMNS, Holds, Record};
use crate::geo::Crs;

/// Which properties a feature has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureStyle {
    /// What is known. For files, which are read whole.
    Known,
    /// Every one, `null` where it is unknown: for pages, from the first of which a client learns what there is.
    Every,
}

/// A feature. Its position is in that datum; the standard knows WGS-84 alone, so any other is named in `crs`.
#[must_use]
pub fn feature(record: &Record, crs: Crs, style: FeatureStyle) -> Value {
    let mut properties = Map::new();
    for (column, value) in COLUMNS.iter().zip(record.cells(crs)) {
        let is_beside = column.name == "id" || column.holds == Holds::Degrees;
        let is_standard = column.name == "crs" && crs == Crs::Wgs84;
        if !is_beside && !is_standard && (style == FeatureStyle::Every || !value.is_null()) {
            properties.insert(column.name.to_owned(), value);
        }
    }
    let geometry = record.fact.position.map(|place| point(place.in_crs(crs)));
    let mut feature = Map::from_iter([("type".to_owned(), json!("Feature"))]);
    feature.extend(record.id.map(|id| ("id".to_owned(), json!(id.0))));
    feature.insert("geometry".to_owned(), geometry.unwrap_or_default());
    feature.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(feature)
}

/// A point, longitude first. The degrees have seven decimals already.
pub(super) fn point((latitude, longitude): (f64, f64)) -> Value {
    json!({"type": "Point", "coordinates": [longitude, latitude]})
}

pub(super) fn head(out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[");
}

pub(super) fn line(feature: &Value, is_first: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if is_first { b"\n" } else { b",\n" });
    // Writing to a vector cannot fail.
    let _ = write!(out, "{feature}");
}

pub(super) fn tail(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\n]}\n");
}

//! A GeoJSON `FeatureCollection` (RFC 7946).

use std::collections::BTreeMap;

use ::geojson::{Geometry, GeometryValue};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::cells::NamedCells;
use super::error::{FileError, RowError};
use super::json;
use super::row::{Row, Table};
use super::settings::FormatKind;

/// Reads the features of a collection. The properties are cells under their own names; the feature's `id` is one beside
/// them, numbered `id#2` where a property has that name. A feature may have no geometry.
///
/// # Errors
/// Not JSON, too large, or not a `FeatureCollection`.
pub(super) fn open<'a>(text: &str) -> Result<Table<'a>, FileError> {
    let root: Root = json::parse(FormatKind::Geojson, text)?;
    let Some(features) = root.features.filter(|_| root.kind == "FeatureCollection") else {
        let message = format!("its type is {:?}, which must be a FeatureCollection with features", root.kind);
        return Err(FileError::Malformed { kind: FormatKind::Geojson, message });
    };
    json::refuse_too_many(features.len())?;
    let rows =
        (1..).zip(features).map(|(line, feature)| row(line, feature).map_err(|message| RowError { line, message }));
    Ok(Table { headers: Vec::new(), lookups: BTreeMap::new(), rows: Box::new(rows) })
}

/// The collection, with features that are judged one by one.
#[derive(Deserialize)]
struct Root {
    #[serde(rename = "type", default)]
    kind: String,
    features: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: String,
    id: Option<Value>,
    properties: Option<Map<String, Value>>,
    geometry: Option<Value>,
}

fn row(line: u64, feature: Value) -> Result<Row, String> {
    let feature: Feature = serde_json::from_value(feature).map_err(|error| error.to_string())?;
    if feature.kind != "Feature" {
        return Err(format!("its type is {:?}, not Feature", feature.kind));
    }
    let mut cells = NamedCells::default();
    for (name, value) in feature.properties.iter().flatten() {
        json::add(&mut cells, name, value)?;
    }
    if let Some(id) = &feature.id {
        json::add(&mut cells, "id", id)?;
    }
    let geometry = feature.geometry.map(geometry).transpose()?;
    Ok(Row { geometry, ..Row::new(line, cells) })
}

fn geometry(value: Value) -> Result<GeometryValue, String> {
    let geometry: Geometry =
        serde_json::from_value(value).map_err(|error| format!("its geometry cannot be read: {error}"))?;
    Ok(geometry.value)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn rows(features: &str) -> Vec<Result<Row, RowError>> {
        let text = format!(r#"{{"type":"FeatureCollection","generator":"x","features":[{features}]}}"#);
        open(&text).unwrap().rows.collect()
    }

    #[test]
    fn properties_stand_without_prefix_beside_the_id() {
        let row = rows(
            r#"{"type":"Feature","id":"way/1","properties":{"@id":"way/1","fee":"no","a":{"b":1},"x":null},
                "geometry":{"type":"Point","coordinates":[114.2,22.3]}}"#,
        )
        .remove(0)
        .unwrap();
        assert_eq!(row.cells.names().collect::<Vec<_>>(), ["@id", "fee", "a.b", "id"]);
        assert_eq!(row.cells.get("id"), Some("way/1"));
        assert_eq!(row.geometry, Some(GeometryValue::new_point([114.2, 22.3])));
    }

    #[test]
    fn a_feature_may_lack_geometry_properties_and_id() {
        let row = rows(r#"{"type":"Feature","properties":null,"geometry":null}"#).remove(0).unwrap();
        assert!(row.geometry.is_none());
        assert_eq!(row.cells.names().count(), 0);
    }

    #[test]
    fn a_property_called_id_keeps_its_name() {
        let row = rows(r#"{"type":"Feature","id":7,"properties":{"id":"a"},"geometry":null}"#).remove(0).unwrap();
        assert_eq!((row.cells.get("id"), row.cells.get("id#2")), (Some("a"), Some("7")));
    }

    #[test]
    fn a_broken_feature_spares_the_others() {
        let rows = rows(
            r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1]}},
               {"type":"Point","coordinates":[1,2]}, 5,
               {"type":"Feature","properties":{},"geometry":null}"#,
        );
        let outcome: Vec<_> = rows.iter().map(|row| row.as_ref().map_err(|error| error.line).is_ok()).collect();
        assert_eq!(outcome, [false, false, false, true]);
        assert_eq!(rows[1].as_ref().unwrap_err().line, 2);
    }

    #[test]
    fn anything_but_a_collection_is_refused() {
        for text in [r#"{"type":"Feature","properties":{},"geometry":null}"#, r#"{"features":[]}"#, "[]", "{"] {
            assert!(open(text).is_err(), "{text}");
        }
    }
}

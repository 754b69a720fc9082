//! JSON with an array of records.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cells::{NamedCells, below};
use super::error::{FileError, RowError};
use super::row::{Row, Table};
use super::settings::{Format, FormatKind, MAX_ROWS, MAX_TREE_BYTES};

/// How many elements of an array are cells of their own; a pair of coordinates is, the outline of a building is not.
const MAX_ELEMENTS: usize = 16;
/// From here on a 64-bit float no longer tells neighbouring whole numbers apart.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads the records of a JSON file. A record is an object, or an array whose cells are called `0`, `1`, and so on.
///
/// # Errors
/// Not JSON, too large, or no array where the profile says.
pub(super) fn open<'a>(format: &Format, text: &str) -> Result<Table<'a>, FileError> {
    let mut root: Value = parse(FormatKind::Json, text)?;
    let path = format.records.as_deref().unwrap_or_default();
    let found = path.split('.').filter(|key| !key.is_empty()).try_fold(&mut root, |value, key| value.get_mut(key));
    let Some(Value::Array(records)) = found.map(Value::take) else {
        return Err(FileError::NoRecords { path: path.to_owned(), hint: hint(format, text) });
    };
    refuse_too_many(records.len())?;
    let rows = (1..).zip(records).map(|(line, record)| {
        let cells = cells(&record).map_err(|message| RowError { line, message })?;
        Ok(Row::new(line, cells))
    });
    Ok(Table { headers: Vec::new(), lookups: BTreeMap::new(), rows: Box::new(rows) })
}

/// Parses a JSON text of bounded size.
pub(super) fn parse<T: serde::de::DeserializeOwned>(kind: FormatKind, text: &str) -> Result<T, FileError> {
    if text.len() > MAX_TREE_BYTES {
        return Err(FileError::TooMuch { limit: MAX_TREE_BYTES as u64, of: "bytes" });
    }
    serde_json::from_str(text).map_err(|error| FileError::Malformed { kind, message: error.to_string() })
}

/// Refuses more records than a file may have.
pub(super) fn refuse_too_many(records: usize) -> Result<(), FileError> {
    if records > MAX_ROWS {
        return Err(FileError::TooMuch { limit: MAX_ROWS as u64, of: "rows" });
    }
    Ok(())
}

/// Adds the cells of a value under a path: of an object, its members; of an array, its text as JSON and, of those that
/// are short, each plain element by its number. Null gives no cell.
///
/// # Errors
/// A sentence, when there are too many cells or a number has lost digits in reading.
pub(super) fn add(cells: &mut NamedCells, path: &str, value: &Value) -> Result<(), String> {
    match value {
        Value::Null => Ok(()),
        Value::Bool(truth) => cells.push(path, truth.to_string()),
        Value::String(text) => cells.push(path, text.clone()),
        Value::Number(number) => {
            if number.is_f64() && number.as_f64().is_some_and(|number| number.abs() >= MAX_EXACT) {
                return Err(format!("the number at {path:?} has more digits than can be read: publish it as text"));
            }
            cells.push(path, number.to_string())
        }
        Value::Object(members) => members.iter().try_for_each(|(key, value)| add(cells, &below(path, key), value)),
        Value::Array(elements) => {
            cells.push(path, value.to_string())?;
            add_elements(cells, path, elements)
        }
    }
}

fn add_elements(cells: &mut NamedCells, path: &str, elements: &[Value]) -> Result<(), String> {
    if elements.len() > MAX_ELEMENTS {
        return Ok(());
    }
    let plain = elements.iter().enumerate().filter(|(_, element)| !element.is_array() && !element.is_object());
    for (index, element) in plain {
        add(cells, &below(path, &index.to_string()), element)?;
    }
    Ok(())
}

fn cells(record: &Value) -> Result<NamedCells, String> {
    let mut cells = NamedCells::default();
    match record {
        Value::Object(_) => add(&mut cells, "", record)?,
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                add(&mut cells, &index.to_string(), element)?;
            }
        }
        _ => return Err("the record is neither an object nor an array".to_owned()),
    }
    Ok(cells)
}

/// Tells where arrays of records are, for the person who writes the profile.
fn hint(format: &Format, text: &str) -> String {
    let root = parse(format.kind, text).unwrap_or_default();
    let mut paths = Vec::new();
    find_arrays(&root, "", 3, &mut paths);
    if paths.is_empty() {
        return "the file holds no array of objects".to_owned();
    }
    paths.truncate(5);
    format!("arrays of objects are at {}", paths.join(", "))
}

fn find_arrays(value: &Value, path: &str, depth: usize, paths: &mut Vec<String>) {
    match value {
        Value::Array(elements) if elements.first().is_some_and(Value::is_object) => {
            paths.push(format!("{path:?}"));
        }
        Value::Object(members) if depth > 0 => {
            for (key, value) in members {
                find_arrays(value, &below(path, key), depth - 1, paths);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    fn table(records: &str, text: &str) -> Result<Table<'static>, FileError> {
        open(&serde_json::from_value(json!({ "kind": "json", "records": records })).unwrap(), text)
    }

    fn rows(records: &str, text: &str) -> Vec<Result<Row, RowError>> {
        table(records, text).unwrap().rows.collect()
    }

    #[test]
    fn members_are_cells_by_their_dotted_path() {
        let text = r#"[{"attributes":{"NAME":" ","N":5,"OK":true,"X":null},"geometry":{"x":113.26984220000006}}]"#;
        let row = rows("", text).remove(0).unwrap();
        assert_eq!(row.line, 1);
        assert_eq!(row.cells.get("attributes.NAME"), Some(" "));
        assert_eq!(row.cells.get("attributes.N"), Some("5"));
        assert_eq!(row.cells.get("attributes.OK"), Some("true"));
        assert_eq!(row.cells.get("attributes.X"), None);
        assert!(row.cells.get("geometry.x").unwrap().starts_with("113.2698422"));
        assert_eq!(
            row.cells.names().collect::<Vec<_>>(),
            ["attributes.NAME", "attributes.N", "attributes.OK", "geometry.x"]
        );
    }

    #[test]
    fn arrays_are_text_and_short_ones_elements_too() {
        let row =
            rows("data.rows", r#"{"data":{"rows":[{"at":[112.4,34.8],"ring":[[1,2],[3,4]]}]}}"#).remove(0).unwrap();
        assert_eq!(row.cells.get("at"), Some("[112.4,34.8]"));
        assert_eq!(row.cells.get("at.1"), Some("34.8"));
        assert_eq!(row.cells.get("ring"), Some("[[1,2],[3,4]]"));
        assert_eq!(row.cells.get("ring.0"), None);
    }

    #[test]
    fn records_may_be_arrays() {
        let row = rows("", r#"[["东关", 3]]"#).remove(0).unwrap();
        assert_eq!((row.cells.get("0"), row.cells.get("1")), (Some("东关"), Some("3")));
    }

    #[test]
    fn a_record_that_cannot_be_read_spares_the_others() {
        let rows = rows("", r#"[5, {"id": 123456789012345678901234}, {"id": 12345678901234567}]"#);
        assert_eq!(rows[0].as_ref().unwrap_err().line, 1);
        assert!(rows[1].as_ref().unwrap_err().message.contains("publish it as text"));
        assert_eq!(rows[2].as_ref().unwrap().cells.get("id"), Some("12345678901234567"));
    }

    #[test]
    fn records_that_are_elsewhere_are_pointed_at() {
        let refusal = table("", r#"{"result":{"records":[{"a":1}]}}"#).err().unwrap();
        assert_eq!(refusal.to_string(), r#"there are no records at ""; arrays of objects are at "result.records""#);
        assert!(table("a.b", "[]").is_err());
    }

    #[test]
    fn no_records_are_an_empty_table() {
        assert!(rows("", "[]").is_empty());
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        assert!(table("", "[{]").err().unwrap().to_string().contains("line 1 column 3"));
        let large = " ".repeat(MAX_TREE_BYTES + 1);
        assert_eq!(table("", &large).err(), Some(FileError::TooMuch { limit: 32 << 20, of: "bytes" }));
    }
}

//! CSV as spreadsheets and programs both read it: RFC 4180, CR LF, a byte order mark, no cell that begins a formula.

use std::fmt::Write as _;

use serde_json::Value;

use super::book::{Cell, Table};
use crate::domain::record::{COLUMNS, Column, Holds, Record, guarded};
use crate::geo::Crs;

/// Without it, spreadsheets of Chinese systems read UTF-8 as GBK.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The header.
pub(super) fn head(out: &mut Vec<u8>) {
    out.extend_from_slice(BYTE_ORDER_MARK);
    line(out, COLUMNS.iter().map(|column| column.name.to_owned()));
}

/// A row.
pub(super) fn row(record: &Record, crs: Crs, out: &mut Vec<u8>) {
    let cells = record.cells(crs);
    line(out, COLUMNS.iter().zip(&cells).map(|(column, value)| text(column, value)));
}

/// A table of a report, its heads first.
#[must_use]
pub fn table(table: &Table) -> Vec<u8> {
    let mut out = BYTE_ORDER_MARK.to_vec();
    line(&mut out, table.columns.iter().map(|head| guarded(head).into_owned()));
    for row in &table.rows {
        line(&mut out, row.iter().map(cell));
    }
    out
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(text).into_owned(),
        Cell::Number(number) | Cell::Share(number) => number.to_string(),
    }
}

fn text(column: &Column, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => guarded(text).into_owned(),
        Value::Number(number) if column.holds == Holds::Degrees => degrees(number.as_f64().unwrap_or_default()),
        value => value.to_string(),
    }
}

fn degrees(degrees: f64) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{degrees:.7}");
    text
}

fn line(out: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let quoted = cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ');
        if quoted {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}

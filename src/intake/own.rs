//! Rows of files that this program wrote: taken as they stand, so that what was taken away comes back to the letter.
//!
//! What a spreadsheet may have done to a file in between is undone: dates in its own form, `TRUE` for `true`.

use std::borrow::Cow;

use chrono::SecondsFormat;
use chrono_tz::Tz;
use geojson::GeometryValue;

use super::dates;
use super::format::{FormatKind, Row};
use super::notice::Notice;
use crate::domain::record::{COLUMNS, Holds, Record, unguarded};

/// The longest name of a source, in characters.
const LONGEST_SOURCE: usize = 64;

/// Reads a row.
///
/// # Errors
/// Which column is wrong, and why.
pub(super) fn read(row: &Row, kind: FormatKind) -> Result<Record, Notice> {
    let zone = row.cells.get("zone").and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
    let record = Record::read(|name| cell(row, kind, name, zone)).map_err(|broken| {
        let field = broken.field.clone();
        Notice::of_rule(&field, &broken)
    })?;
    if record.origin.source.chars().count() > LONGEST_SOURCE {
        let message = format!("a source's name has at most {LONGEST_SOURCE} characters");
        return Err(Notice::new("source", "too_long", message));
    }
    Ok(record)
}

/// The text of a cell, as it was before the format was put upon it; none for an empty one.
fn cell(row: &Row, kind: FormatKind, name: &str, zone: Tz) -> Option<String> {
    let found: Cow<'_, str> = match (name, &row.geometry) {
        ("longitude", Some(geometry)) => corner(geometry, 0)?.into(),
        ("latitude", Some(geometry)) => corner(geometry, 1)?.into(),
        _ => row.cells.get(name)?.into(),
    };
    let text = if kind == FormatKind::Csv { unguarded(&found) } else { &found };
    if text.trim().is_empty() {
        return None;
    }
    let holds = COLUMNS.iter().find(|column| column.name == name)?.holds;
    let read = match holds {
        Holds::Day => dates::day(text, &[]).map(|day| day.to_string()),
        Holds::Instant => dates::instant(text, &[], zone).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        _ => None,
    };
    Some(read.unwrap_or_else(|| text.to_owned()))
}

/// A number of a point: 0 for the longitude, 1 for the latitude.
fn corner(geometry: &GeometryValue, place: usize) -> Option<String> {
    let GeometryValue::Point { coordinates } = geometry else { return None };
    coordinates.as_slice().get(place).map(ToString::to_string)
}

//! Lists of administrative divisions, and outlines for them: see `docs/areas.md`.

use std::str::FromStr;

use chrono::NaiveDate;

use super::format::{self, Cells, Encoding, FileError, Format, FormatKind};
use super::notice::Notice;
use super::outline::rings;
use crate::domain::Violation;
use crate::domain::area::{Alias, AreaCode, AreaLevel, NewArea};
use crate::domain::period::Days;
use crate::domain::text::Name;
use crate::geo::{Crs, Outline};

/// The columns of a list of divisions; the first three must be there.
pub const COLUMNS: [&str; 9] =
    ["code", "name", "level", "parent", "vintage", "validFrom", "validTo", "oldCodes", "otherNames"];

/// A record of a file by its place in it, or why it cannot be used.
pub type Read<T> = (u64, Result<T, Notice>);

/// The areas of a list of divisions (CSV with the header [`COLUMNS`] or some of them). `vintage` is the year of the list
/// where a row does not state one.
///
/// # Errors
/// What is wrong with the file as a whole: see [`format::open`]; also a column that is missing or not known.
pub fn divisions(bytes: &[u8], encoding: Encoding, vintage: u16) -> Result<Vec<Read<NewArea>>, FileError> {
    let table = format::open(&plain(FormatKind::Csv, encoding), bytes)?;
    let malformed = |message| FileError::Malformed { kind: FormatKind::Csv, message };
    let known = |header: &&String| !COLUMNS.contains(&header.as_str());
    if let Some(unknown) = table.headers.iter().find(known) {
        return Err(malformed(format!("the column “{unknown}” is none of {}", COLUMNS.join(", "))));
    }
    if let Some(missing) = COLUMNS.iter().take(3).find(|column| !table.headers.iter().any(|header| header == *column)) {
        return Err(malformed(format!("the column {missing} is missing")));
    }
    let read = table.rows.map(|row| match row {
        Ok(row) => (row.line, division(&row.cells, vintage)),
        Err(error) => (error.line, Err(Notice::of_row("unreadable_row", error.message))),
    });
    Ok(read.collect())
}

/// The outlines of a `GeoJSON` file whose corners are in that datum, each with the code that a property states.
///
/// # Errors
/// What is wrong with the file as a whole: see [`format::open`].
pub fn boundaries(bytes: &[u8], crs: Crs, code_property: &str) -> Result<Vec<Read<(AreaCode, Outline)>>, FileError> {
    let table = format::open(&plain(FormatKind::Geojson, Encoding::default()), bytes)?;
    let read = table.rows.map(|row| match row {
        Ok(row) => {
            let outline = || {
                let code = required(&row.cells, code_property)?;
                let geometry = row.geometry.as_ref().ok_or_else(|| refused(&"the feature has no geometry"))?;
                let convert = &mut |x, y| crs.read(y, x).map_err(|error| refused(&error));
                let outline = Outline::of_area(rings(geometry, convert)?).map_err(|fault| refused(&fault))?;
                Ok((code, outline.rounded()))
            };
            (row.line, outline())
        }
        Err(error) => (error.line, Err(Notice::of_row("unreadable_row", error.message))),
    });
    Ok(read.collect())
}

/// A file of that kind without anything peculiar.
pub(super) fn plain(kind: FormatKind, encoding: Encoding) -> Format {
    Format {
        kind,
        encoding,
        separator: None,
        records: None,
        sheet: None,
        header_row: None,
        data_row: None,
        until: None,
        fill_merged: true,
        lookups: Vec::new(),
    }
}

fn division(cells: &Cells, vintage: u16) -> Result<NewArea, Notice> {
    let name = required_text(cells, "name")?;
    let days = Days::new(optional(cells, "validFrom")?, optional(cells, "validTo")?);
    Ok(NewArea {
        code: required(cells, "code")?,
        name: Name::new(name).map_err(|violation| Notice::of_rule("name", &violation))?,
        level: required::<AreaLevel>(cells, "level")?,
        parent: text(cells, "parent").map(|code| parse(code, "parent")).transpose()?,
        vintage: optional(cells, "vintage")?.unwrap_or(vintage),
        days: days.map_err(|violation| Notice::of_rule("validTo", &violation))?,
        aliases: aliases(cells)?,
    })
}

/// `410322@2020;410306@2020` and `孟津县@2020`: older codes and other names, with the year of the list that has them.
fn aliases(cells: &Cells) -> Result<Vec<Alias>, Notice> {
    let mut aliases = Vec::new();
    for (word, vintage) in dated(cells, "oldCodes")? {
        aliases.push(Alias { code: Some(parse(word, "oldCodes")?), name: None, vintage });
    }
    for (word, vintage) in dated(cells, "otherNames")? {
        let name = Name::new(word).map_err(|violation| Notice::of_rule("otherNames", &violation))?;
        aliases.push(Alias { code: None, name: Some(name), vintage });
    }
    Ok(aliases)
}

fn dated<'a>(cells: &'a Cells, column: &'static str) -> Result<Vec<(&'a str, Option<u16>)>, Notice> {
    let words =
        text(cells, column).unwrap_or_default().split([';', '；']).map(str::trim).filter(|word| !word.is_empty());
    let split = words.map(|word| match word.split_once('@') {
        None => Ok((word, None)),
        Some((word, year)) => {
            let year = year.parse().map_err(|_| {
                Notice::new(column, "bad_value", format!("“{year}” is no year: write {word}@2020 or {word}"))
            })?;
            Ok((word, Some(year)))
        }
    });
    split.collect()
}

fn text<'a>(cells: &'a Cells, column: &str) -> Option<&'a str> {
    cells.get(column).map(str::trim).filter(|text| !text.is_empty())
}

fn required_text<'a>(cells: &'a Cells, column: &str) -> Result<&'a str, Notice> {
    text(cells, column).ok_or_else(|| Notice::new(column, "missing", "must not be empty"))
}

fn required<T: FromStr<Err = Violation>>(cells: &Cells, column: &str) -> Result<T, Notice> {
    parse(required_text(cells, column)?, column)
}

fn parse<T: FromStr<Err = Violation>>(text: &str, column: &str) -> Result<T, Notice> {
    text.parse().map_err(|violation| Notice::of_rule(column, &violation))
}

trait Plain: FromStr {
    const WANTED: &'static str;
}

impl Plain for NaiveDate {
    const WANTED: &'static str = "day, such as 2021-03-18";
}

impl Plain for u16 {
    const WANTED: &'static str = "year, such as 2023";
}

fn optional<T: Plain>(cells: &Cells, column: &str) -> Result<Option<T>, Notice> {
    let read = |text: &str| {
        let fault = |_| Notice::new(column, "bad_value", format!("“{text}” is no {}", T::WANTED));
        text.parse().map_err(fault)
    };
    text(cells, column).map(read).transpose()
}

fn refused(why: &dyn std::fmt::Display) -> Notice {
    Notice::new("outline", "bad_outline", why.to_string())
}

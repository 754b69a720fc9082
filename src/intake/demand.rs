//! Points that need toilets, such as villages: see `docs/layout.md`.

use super::divisions::plain;
use super::format::{self, Cells, Encoding, FileError, FormatKind};
use super::notice::Notice;
use super::transform::number;
use crate::domain::layout::Demand;
use crate::domain::text::Name;
use crate::geo::Crs;

/// The columns of a list of demand; the first two must be there.
pub const COLUMNS: [&str; 5] = ["longitude", "latitude", "weight", "name", "code"];

/// The points of a list of demand (CSV with the header [`COLUMNS`] or some of them), positions in that datum. A point
/// without a weight counts once; one without a name goes by its code.
///
/// # Errors
/// What is wrong with the file as a whole, or with the first row that cannot be used: a layout without it would mislead.
pub fn demand(bytes: &[u8], encoding: Encoding, crs: Crs) -> Result<Vec<Demand>, FileError> {
    let table = format::open(&plain(FormatKind::Csv, encoding), bytes)?;
    let malformed = |message| FileError::Malformed { kind: FormatKind::Csv, message };
    let known = |header: &&String| !COLUMNS.contains(&header.as_str());
    if let Some(unknown) = table.headers.iter().find(known) {
        return Err(malformed(format!("the column “{unknown}” is none of {}", COLUMNS.join(", "))));
    }
    let read = table.rows.map(|row| {
        let row = row.map_err(|error| malformed(format!("line {}: {}", error.line, error.message)))?;
        point(&row.cells, crs).map_err(|notice| {
            let field = notice.field.unwrap_or_default();
            malformed(format!("line {}: {field} {}", row.line, notice.message))
        })
    });
    read.collect()
}

fn point(cells: &Cells, crs: Crs) -> Result<Demand, Notice> {
    let text = |column: &str| cells.get(column).map(str::trim).filter(|text| !text.is_empty());
    let degrees = |column: &str| {
        let text = text(column).ok_or_else(|| Notice::new(column, "missing", "must not be empty"))?;
        number(text).ok_or_else(|| Notice::new(column, "bad_value", format!("“{text}” is no number")))
    };
    let (latitude, longitude) = (degrees("latitude")?, degrees("longitude")?);
    let position = crs.read(latitude, longitude).map_err(|error| {
        let column = error.field;
        Notice::new(column, "bad_position", error.to_string())
    })?;
    let weight = text("weight").map_or(Ok(1.0), |_| degrees("weight"))?;
    if !(0.0..=1e12).contains(&weight) {
        return Err(Notice::new("weight", "bad_value", "must be a number from 0 to 1,000,000,000,000"));
    }
    let name = text("name").or_else(|| text("code")).map(Name::new).transpose();
    Ok(Demand { position, weight, name: name.map_err(|violation| Notice::of_rule("name", &violation))? })
}

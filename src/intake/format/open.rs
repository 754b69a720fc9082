//! The door: one function for every format.

use super::encoding::decode;
use super::error::FileError;
use super::row::Table;
use super::settings::{Format, FormatKind};
use super::{csv, geojson, json, sheet, workbook, xml};

/// The first bytes of a ZIP archive, which an XLSX is.
const ZIP: &[u8] = b"PK\x03\x04";
/// The first bytes of a compound file ([MS-CFB] 2.2), which an XLS is, and an XLSX locked by a password.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Decodes a file and reads its rows.
///
/// CSV is read as its rows are asked for; the other formats are parsed here, since their records cannot be told apart
/// before the whole is known to be sound.
///
/// # Errors
/// A [`FileError`] that a person can act upon, when the settings contradict themselves, the bytes are not of the stated
/// encoding or format, the header or the records are not where they should be, or a limit is passed: 2,000,000 rows,
/// 512 columns, 32 MiB for JSON, GeoJSON and XML, 512 MiB unpacked for XLSX.
pub fn open<'a>(format: &Format, bytes: &'a [u8]) -> Result<Table<'a>, FileError> {
    format.check()?;
    recognise(format.kind, bytes)?;
    if matches!(format.kind, FormatKind::Xlsx | FormatKind::Xls) {
        return sheet::open(format, bytes);
    }
    let text = decode(format.encoding, bytes)?;
    match format.kind {
        FormatKind::Json => json::open(format, &text),
        FormatKind::Geojson => geojson::open(&text),
        FormatKind::Xml => xml::open(format, &text),
        FormatKind::Csv | FormatKind::Xlsx | FormatKind::Xls => csv::open(format, text),
    }
}

/// The text of a cell, with its row and column from 0.
type Placed = ((u32, u32), String);

/// The cells of a sheet that are not empty, by row and column from 0, as a person sees them: for tables that have two
/// sides.
///
/// # Errors
/// As [`open`].
pub fn cells(format: &Format, bytes: &[u8]) -> Result<Vec<Placed>, FileError> {
    recognise(format.kind, bytes)?;
    Ok(workbook::read(format, bytes)?.cells.into_iter().map(|cell| (cell.at, cell.text)).collect())
}

/// Refuses a file whose first bytes tell of another container than the profile's: people rename `.xls` to `.csv`.
fn recognise(kind: FormatKind, bytes: &[u8]) -> Result<(), FileError> {
    let found = if bytes.starts_with(ZIP) {
        "a ZIP archive, as XLSX files are"
    } else if bytes.starts_with(COMPOUND) {
        "an XLS workbook or one locked by a password"
    } else {
        "neither XLSX nor XLS"
    };
    let sound = match kind {
        FormatKind::Xlsx => bytes.starts_with(ZIP),
        FormatKind::Xls => bytes.starts_with(COMPOUND),
        _ => !bytes.starts_with(ZIP) && !bytes.starts_with(COMPOUND),
    };
    if sound {
        return Ok(());
    }
    Err(FileError::OtherKind { stated: kind, found })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn refusal(kind: &str, bytes: &[u8]) -> String {
        let format: Format = serde_json::from_value(serde_json::json!({ "kind": kind })).unwrap();
        open(&format, bytes).err().unwrap().to_string()
    }

    #[test]
    fn a_workbook_named_as_text_is_recognised() {
        assert_eq!(
            refusal("csv", b"PK\x03\x04..."),
            "the profile says csv, but this is a ZIP archive, as XLSX files are"
        );
        assert!(refusal("xlsx", COMPOUND).contains("locked by a password"));
        assert!(refusal("xls", b"<html><table>").contains("neither XLSX nor XLS"));
    }
}

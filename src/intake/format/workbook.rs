//! The cells of one sheet of a workbook, XLSX or XLS.

use std::fmt::Display;
use std::io::Cursor;
use std::panic::catch_unwind;

use calamine::{Data, Dimensions, Reader, SheetType, SheetVisible, Xls, Xlsx};

use super::error::FileError;
use super::settings::{Format, FormatKind, MAX_COLUMNS};
use super::value::text_of;
use super::zip::stated_size;

/// The most bytes an XLSX may unpack to.
const MAX_UNPACKED: u64 = 512 << 20;

/// A sheet, without its empty cells: a stray cell in the last row of an otherwise empty sheet costs nothing.
#[derive(Debug)]
pub(super) struct Sheet {
    /// In order of row and column.
    pub(super) cells: Vec<Cell>,
    /// The merged regions, none if they are not to be filled.
    pub(super) merged: Vec<Dimensions>,
}

/// A cell that is not empty.
#[derive(Debug)]
pub(super) struct Cell {
    /// Row and column, from 0.
    pub(super) at: (u32, u32),
    /// Its text, as [`text_of`] writes it.
    pub(super) text: String,
}

/// Reads the sheet the profile names, else the first visible one.
///
/// # Errors
/// Not a workbook of that kind, no such sheet, or too large.
pub(super) fn read(format: &Format, bytes: &[u8]) -> Result<Sheet, FileError> {
    let mut sheet = match format.kind {
        // The library indexes into damaged XLS records unchecked; its panic is a verdict on the file.
        FormatKind::Xls => catch_unwind(|| read_xls(format, bytes))
            .unwrap_or_else(|_| Err(malformed(FormatKind::Xls, &"its records are damaged")))?,
        _ => read_xlsx(format, bytes)?,
    };
    if sheet.cells.iter().any(|cell| cell.at.1 as usize >= MAX_COLUMNS) {
        return Err(FileError::TooMuch { limit: MAX_COLUMNS as u64, of: "columns" });
    }
    sheet.cells.sort_by_key(|cell| cell.at);
    Ok(sheet)
}

/// Reads cell by cell: the library's own range holds the whole rectangle, which a stray cell makes huge.
fn read_xlsx(format: &Format, bytes: &[u8]) -> Result<Sheet, FileError> {
    if stated_size(bytes) > MAX_UNPACKED {
        return Err(FileError::TooMuch { limit: MAX_UNPACKED, of: "bytes when unpacked" });
    }
    let malformed = |error| malformed(FormatKind::Xlsx, &error);
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(malformed)?;
    let name = choose(format, workbook.sheets_metadata())?;
    let merged =
        if format.fill_merged { workbook.merge_cells_by_sheet_name(&name).map_err(malformed)? } else { Vec::new() };
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(malformed)?;
    let mut cells = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(malformed)? {
        let at = cell.get_position();
        cells.extend(text_of(Data::from(cell.get_value().clone())).map(|text| Cell { at, text }));
    }
    Ok(Sheet { cells, merged })
}

fn read_xls(format: &Format, bytes: &[u8]) -> Result<Sheet, FileError> {
    let malformed = |error| malformed(FormatKind::Xls, &error);
    let mut workbook = Xls::new(Cursor::new(bytes)).map_err(malformed)?;
    let name = choose(format, workbook.sheets_metadata())?;
    let merged =
        if format.fill_merged { workbook.merge_cells_by_sheet_name(&name).map_err(malformed)? } else { Vec::new() };
    let range = workbook.worksheet_range(&name).map_err(malformed)?;
    let (top, left) = range.start().unwrap_or_default();
    let cell = |(row, column, value): (usize, usize, &Data)| {
        let at = (top + u32::try_from(row).ok()?, left + u32::try_from(column).ok()?);
        Some(Cell { at, text: text_of(value.clone())? })
    };
    Ok(Sheet { cells: range.used_cells().filter_map(cell).collect(), merged })
}

fn choose(format: &Format, sheets: &[calamine::Sheet]) -> Result<String, FileError> {
    let sheets = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let mut candidates = sheets.clone();
    let chosen = match format.sheet.as_deref() {
        Some(name) => candidates.find(|sheet| sheet.name.trim() == name.trim()),
        None => candidates.find(|sheet| sheet.visible == SheetVisible::Visible),
    };
    let missing = || FileError::NoSheet {
        name: format.sheet.clone().unwrap_or_default(),
        sheets: sheets.map(|sheet| sheet.name.clone()).collect(),
    };
    chosen.map(|sheet| sheet.name.clone()).ok_or_else(missing)
}

fn malformed(kind: FormatKind, error: &impl Display) -> FileError {
    FileError::Malformed { kind, message: error.to_string() }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    /// A BIFF8 record ([MS-XLS] 2.1.4).
    fn record(number: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&number.to_le_bytes(), &length.to_le_bytes(), data].concat()
    }

    fn words(numbers: &[u16]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// Row, column, format and text of a LABEL record.
    fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
        let text: Vec<u16> = text.encode_utf16().collect();
        let length = u16::try_from(text.len()).unwrap();
        record(0x0204, &[words(&[row, column, 0, length]), vec![1], words(&text)].concat())
    }

    fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
        record(0x0203, &[words(&[row, column, 0]), value.to_le_bytes().to_vec()].concat())
    }

    /// A workbook stream with one sheet, `表`.
    fn stream(cells: &[Vec<u8>]) -> Vec<u8> {
        let begin = |kind| record(0x0809, &words(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
        let sheet_record =
            |offset: u32| record(0x0085, &[offset.to_le_bytes().to_vec(), vec![0, 0, 1, 1], words(&[0x8868])].concat());
        let plain = record(0x00E0, &[0; 20]);
        let head = [begin(5), plain].concat();
        let end = record(0x000A, &[]);
        let offset = head.len() + sheet_record(0).len() + end.len();
        let globals = [head, sheet_record(u32::try_from(offset).unwrap()), end.clone()].concat();
        [globals, begin(0x10), cells.concat(), end].concat()
    }

    /// A compound file ([MS-CFB]) of 512-byte sectors: the allocation table, the directory, and the stream, which is padded
    /// to the 4,096 bytes from which on a stream lies in ordinary sectors.
    fn compound(mut stream: Vec<u8>) -> Vec<u8> {
        const FREE: u32 = u32::MAX;
        const LAST: u32 = u32::MAX - 1;
        const TABLE: u32 = u32::MAX - 2;
        stream.resize(4_096, 0);
        let mut header = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        header.resize(24, 0);
        header.extend(words(&[0x3E, 3, 0xFFFE, 9, 6]));
        header.resize(44, 0);
        for field in [1, 1, 0, 4_096, LAST, 0, LAST, 0, 0] {
            header.extend(field.to_le_bytes());
        }
        header.resize(512, 0xFF);
        let mut table = vec![TABLE, LAST, 3, 4, 5, 6, 7, 8, 9, LAST];
        table.resize(128, FREE);
        let table: Vec<u8> = table.iter().flat_map(|sector| sector.to_le_bytes()).collect();
        let entry = |name: &str, kind: u8, child: u32, start: u32, size: u64| {
            let mut entry = words(&name.encode_utf16().collect::<Vec<_>>());
            let length = u16::try_from(entry.len() + 2).unwrap();
            entry.resize(64, 0);
            entry.extend(length.to_le_bytes());
            entry.extend([kind, 1]);
            entry.extend([FREE, FREE, child].iter().flat_map(|sibling| sibling.to_le_bytes()));
            entry.resize(116, 0);
            entry.extend(start.to_le_bytes());
            entry.extend(size.to_le_bytes());
            entry
        };
        let mut directory = [entry("Root Entry", 5, 1, LAST, 0), entry("Workbook", 2, FREE, 2, 4_096)].concat();
        directory.resize(512, 0);
        [header, table, directory, stream].concat()
    }

    fn xls(cells: &[Vec<u8>], sheet: Option<&str>) -> Result<Sheet, FileError> {
        let format = serde_json::from_value(json!({ "kind": "xls", "sheet": sheet })).unwrap();
        read(&format, &compound(stream(cells)))
    }

    #[test]
    fn an_xls_is_read() {
        let merged = record(0x00E5, &words(&[1, 1, 2, 0, 0]));
        let cells = [label(0, 0, "名称"), label(0, 1, "座数"), label(1, 0, "东关公厕"), number(1, 1, 12.0), merged];
        let sheet = xls(&cells, None).unwrap();
        let texts: Vec<_> = sheet.cells.iter().map(|cell| (cell.at, cell.text.as_str())).collect();
        assert_eq!(texts, [((0, 0), "名称"), ((0, 1), "座数"), ((1, 0), "东关公厕"), ((1, 1), "12")]);
        assert_eq!(sheet.merged, [Dimensions::new((1, 0), (2, 0))]);
    }

    #[test]
    fn a_sheet_that_is_not_there_is_refused_with_those_that_are() {
        assert!(xls(&[], Some("表")).is_ok());
        let refusal = xls(&[], Some("Sheet1")).unwrap_err();
        assert_eq!(refusal.to_string(), "there is no sheet \"Sheet1\"; the sheets are 表");
    }

    #[test]
    fn a_broken_workbook_is_refused() {
        let format = |kind| serde_json::from_value(json!({ "kind": kind })).unwrap();
        assert!(matches!(read(&format("xls"), b"\xD0\xCF\x11\xE0"), Err(FileError::Malformed { .. })));
        assert!(matches!(read(&format("xlsx"), b"PK\x03\x04"), Err(FileError::Malformed { .. })));
    }
}

//! A workbook, written row by row into a temporary file, so that its length costs no memory.

use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use crate::domain::record::{COLUMNS, Record};
use crate::geo::Crs;

/// Why a workbook cannot be written: mostly, that no temporary file can be.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be written: {0}")]
pub struct SheetsError(#[from] XlsxError);

/// Rows of one sheet below its header. A sheet ends at 1,048,576; what is more goes into further ones.
const ROWS: u32 = 1_000_000;

/// The longest text of a cell, in characters.
const LONGEST: usize = 32_767;

/// What stands in the place of a longer one, which only lists can be.
const TOO_LONG: &str = "(too long for a workbook: see the CSV)";

/// A workbook as it grows.
pub struct Sheets {
    workbook: Workbook,
    crs: Crs,
    sheet: usize,
    row: u32,
}

impl std::fmt::Debug for Sheets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sheets").field("sheet", &self.sheet).field("row", &self.row).finish_non_exhaustive()
    }
}

impl Sheets {
    /// A workbook with positions in that datum.
    ///
    /// # Errors
    /// [`SheetsError`] where no temporary file can be written.
    pub fn new(crs: Crs) -> Result<Self, SheetsError> {
        let mut workbook = Workbook::new();
        // The same register gives the same workbook at any time.
        let created = ExcelDateTime::from_ymd(2026, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let mut sheets = Self { workbook, crs, sheet: 0, row: 0 };
        sheets.begin()?;
        Ok(sheets)
    }

    /// Writes a record. Texts are texts to a workbook, whatever they begin with.
    ///
    /// # Errors
    /// [`SheetsError`] where the temporary file cannot be written.
    pub fn record(&mut self, record: &Record) -> Result<(), SheetsError> {
        if self.row == ROWS {
            self.sheet += 1;
            self.begin()?;
        }
        self.row += 1;
        let (row, crs) = (self.row, self.crs);
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        for (place, value) in (0_u16..).zip(record.cells(crs)) {
            write(sheet, row, place, &value)?;
        }
        Ok(())
    }

    /// Adds the sheet that explains the columns, and writes the whole.
    ///
    /// # Errors
    /// [`SheetsError`] where `out` or the temporary file cannot be written.
    pub fn finish(mut self, out: impl Write + Send) -> Result<(), SheetsError> {
        let guide = self.workbook.add_worksheet().set_name("columns")?;
        guide.set_column_width(0, 24)?.set_column_width(1, 80)?;
        for (row, column) in (0_u32..).zip(COLUMNS) {
            guide.write_string(row, 0, column.name)?.write_string(row, 1, column.about)?;
        }
        Ok(self.workbook.save_to_writer(out)?)
    }

    /// Begins a sheet with its header.
    fn begin(&mut self) -> Result<(), XlsxError> {
        let head = Format::new().set_bold();
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        let name = if self.sheet == 0 { "公厕".to_owned() } else { format!("公厕 {}", self.sheet + 1) };
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (place, column) in (0_u16..).zip(COLUMNS) {
            sheet.write_string_with_format(0, place, column.name, &head)?;
        }
        self.row = 0;
        Ok(())
    }
}

fn write(sheet: &mut Worksheet, row: u32, place: u16, value: &Value) -> Result<(), XlsxError> {
    match value {
        Value::Null => {}
        Value::Bool(truth) => drop(sheet.write_boolean(row, place, *truth)?),
        Value::Number(number) => drop(sheet.write_number(row, place, number.as_f64().unwrap_or_default())?),
        Value::String(text) => drop(sheet.write_string(row, place, fitting(text))?),
        list => drop(sheet.write_string(row, place, fitting(&list.to_string()))?),
    }
    Ok(())
}

fn fitting(text: &str) -> &str {
    if text.chars().count() > LONGEST { TOO_LONG } else { text }
}

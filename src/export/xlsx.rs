//! A book as a workbook: its tables one below the other on a sheet that prints on A4.

use rust_xlsxwriter::{Format, FormatBorder, Workbook, Worksheet, XlsxError};

use super::book::{Book, Cell, Table};

/// Why a workbook cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be written: {0}")]
pub struct SheetError(#[from] XlsxError);

/// A4, as OOXML counts paper (ECMA-376, 18.18.50).
const A4: u8 = 9;

/// As wide as a name, and as wide as a number.
const WIDTHS: (f64, f64) = (34.0, 16.0);

/// The workbook as bytes. Texts are written as texts: what begins with `=` stays a name.
///
/// # Errors
/// [`SheetError`] for more rows than a sheet takes.
pub fn xlsx(book: &Book) -> Result<Vec<u8>, SheetError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0);
    let widest = book.tables.iter().map(|table| table.columns.len()).max().unwrap_or(1);
    sheet.set_column_width(0, WIDTHS.0)?;
    for column in 1..widest {
        sheet.set_column_width(u16::try_from(column).unwrap_or(u16::MAX), WIDTHS.1)?;
    }
    sheet.write_string_with_format(0, 0, &book.title, &Format::new().set_bold().set_font_size(16))?;
    let mut row = 1;
    for line in &book.lines {
        sheet.write_string(row, 0, line)?;
        row += 1;
    }
    for table in &book.tables {
        row = write_table(sheet, table, row + 1)?;
    }
    for who in &book.signatures {
        row += 2;
        sheet.write_string_with_format(row, 0, who, &Format::new().set_border_bottom(FormatBorder::Thin))?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Writes a table from that row on; answers the row below it.
fn write_table(sheet: &mut Worksheet, table: &Table, mut row: u32) -> Result<u32, XlsxError> {
    let boxed = || Format::new().set_border(FormatBorder::Thin);
    sheet.write_string_with_format(row, 0, &table.title, &Format::new().set_bold().set_font_size(12))?;
    row += 1;
    if !table.note.is_empty() {
        sheet.write_string_with_format(row, 0, &table.note, &Format::new().set_italic())?;
        row += 1;
    }
    for (column, head) in (0_u16..).zip(&table.columns) {
        sheet.write_string_with_format(row, column, head, &boxed().set_bold())?;
    }
    for cells in &table.rows {
        row += 1;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => sheet.write_blank(row, column, &boxed())?,
                Cell::Text(text) => sheet.write_string_with_format(row, column, text, &boxed())?,
                Cell::Number(number) => sheet.write_number_with_format(row, column, *number, &boxed())?,
                Cell::Share(share) => {
                    sheet.write_number_with_format(row, column, *share, &boxed().set_num_format("0.0%"))?
                }
            };
        }
    }
    Ok(row + 1)
}

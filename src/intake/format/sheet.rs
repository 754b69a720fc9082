//! The table on a sheet of a workbook.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;
use std::vec::IntoIter;

use super::cells::{Cells, Columns};
use super::error::{FileError, RowError};
use super::merged::Merged;
use super::row::{Row, Table};
use super::settings::{Format, MAX_COLUMNS};
use super::workbook::{self, Cell};

/// Reads the table. A row is blank, and passed over, when it has no text of its own: where every column is merged over
/// two rows, they are one record. What stands to the right of the last header belongs to no column.
///
/// # Errors
/// Those of the workbook, and no header where the profile says.
pub(super) fn open<'a>(format: &Format, bytes: &[u8]) -> Result<Table<'a>, FileError> {
    let sheet = workbook::read(format, bytes)?;
    let merged = Merged::new(sheet.merged, &sheet.cells);
    let mut rows = SheetRows { cells: sheet.cells.into_iter().peekable(), merged, width: MAX_COLUMNS };
    let columns = Arc::new(header(&mut rows, format.header_row())?);
    rows.width = columns.names().len();
    Ok(Table {
        headers: columns.names().to_vec(),
        lookups: BTreeMap::new(),
        rows: Box::new(Rows { source: rows, columns, format: format.clone() }),
    })
}

fn header(rows: &mut SheetRows, wanted: u32) -> Result<Columns, FileError> {
    let found = rows.find(|(row, _)| *row >= wanted);
    if let Some((row, texts)) = found
        && row == wanted
    {
        let width = texts.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        return Ok(Columns::new(texts.iter().take(width).map(|text| text.as_deref().unwrap_or_default())));
    }
    Err(FileError::NoHeader { row: wanted })
}

/// The rows below the header.
struct Rows {
    source: SheetRows,
    columns: Arc<Columns>,
    format: Format,
}

impl Iterator for Rows {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (row, texts) = self.source.by_ref().find(|(row, _)| *row >= self.format.data_row())?;
        if self.format.ends_table(texts.iter().flatten().map(String::as_str)) {
            self.source.end();
            return None;
        }
        Some(Ok(Row::new(u64::from(row), Cells::of_sheet(&self.columns, texts))))
    }
}

/// The rows of a sheet that are not blank, numbered from 1, merged cells filled.
struct SheetRows {
    cells: Peekable<IntoIter<Cell>>,
    merged: Merged,
    width: usize,
}

impl Iterator for SheetRows {
    type Item = (u32, Vec<Option<String>>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let row = self.cells.peek()?.at.0;
            let mut texts = vec![None; self.width];
            while let Some(cell) = self.cells.next_if(|cell| cell.at.0 == row) {
                if let Some(text) = texts.get_mut(cell.at.1 as usize) {
                    *text = Some(cell.text);
                }
            }
            if texts.iter().flatten().any(|text| !text.trim().is_empty()) {
                self.merged.fill(row, &mut texts);
                return Some((row + 1, texts));
            }
        }
    }
}

impl SheetRows {
    fn end(&mut self) {
        self.cells = Vec::new().into_iter().peekable();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use rust_xlsxwriter::{ExcelDateTime, Format as Style, Formula, Workbook, Worksheet};
    use serde_json::{Value, json};

    use super::*;

    fn workbook(write: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
        let mut workbook = Workbook::new();
        write(workbook.add_worksheet().set_name("公厕").unwrap());
        workbook.save_to_buffer().unwrap()
    }

    fn table(settings: &Value, bytes: &[u8]) -> Result<Table<'static>, FileError> {
        let mut format = json!({ "kind": "xlsx" });
        format.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        open(&serde_json::from_value(format).unwrap(), bytes)
    }

    /// `row: cells` of every row, absent cells as `-`.
    fn rows(settings: &Value, bytes: &[u8]) -> Vec<String> {
        let table = table(settings, bytes).unwrap();
        let headers = table.headers.clone();
        let show = |row: Row| {
            let cells: Vec<_> = headers.iter().map(|name| row.cells.get(name).unwrap_or("-")).collect();
            format!("{}: {}", row.line, cells.join("|"))
        };
        table.rows.map(Result::unwrap).map(show).collect()
    }

    /// A list as a bureau draws it up: title, merged town, blank row, total.
    fn bureau_list() -> Vec<u8> {
        let plain = Style::new();
        workbook(|sheet| {
            sheet.merge_range(0, 0, 0, 2, "孟津区公厕一览表", &plain).unwrap();
            sheet.write_row(2, 0, ["乡镇 ", "名称", "座数"]).unwrap();
            sheet.merge_range(3, 0, 5, 0, "城关镇", &plain).unwrap();
            sheet.write(3, 1, "东关公厕").unwrap().write(3, 2, 12).unwrap();
            sheet.write(5, 1, "西关公厕").unwrap().write(5, 2, 7.5).unwrap();
            sheet.write(6, 0, " ").unwrap();
            sheet.write(7, 1, "老城公厕").unwrap().write(7, 5, "见附件").unwrap();
            sheet.write(8, 0, "合计").unwrap().write(8, 2, 19.5).unwrap();
            sheet.write(9, 0, "填表人：").unwrap();
        })
    }

    #[test]
    fn a_bureaus_list_is_read_as_its_rows() {
        let settings = json!({ "header_row": 3, "until": "合计" });
        let expected = ["4: 城关镇|东关公厕|12", "6: 城关镇|西关公厕|7.5", "8: -|老城公厕|-"];
        assert_eq!(rows(&settings, &bureau_list()), expected);
    }

    #[test]
    fn merged_cells_can_be_left_as_they_are() {
        let settings = json!({ "header_row": 3, "until": "合计", "fill_merged": false });
        assert_eq!(rows(&settings, &bureau_list())[1], "6: -|西关公厕|7.5");
    }

    #[test]
    fn a_header_of_two_rows_is_read_by_its_lower_one() {
        let plain = Style::new();
        let bytes = workbook(|sheet| {
            sheet.merge_range(0, 0, 1, 0, "名称", &plain).unwrap();
            sheet.merge_range(0, 1, 0, 2, "位置", &plain).unwrap();
            sheet.write_row(1, 1, ["经度", "纬度"]).unwrap();
            sheet.write(2, 0, "东关").unwrap().write(2, 1, 112.4364).unwrap().write(2, 2, 34.8264).unwrap();
        });
        assert_eq!(table(&json!({ "header_row": 2 }), &bytes).unwrap().headers, ["名称", "经度", "纬度"]);
        assert_eq!(rows(&json!({ "header_row": 2 }), &bytes), ["3: 东关|112.4364|34.8264"]);
        let upper = table(&json!({ "header_row": 1, "data_row": 3 }), &bytes).unwrap();
        assert_eq!(upper.headers, ["名称", "位置", "位置#2"]);
    }

    #[test]
    fn dates_times_truth_and_errors_are_told_apart() {
        let date = Style::new().set_num_format("yyyy-mm-dd");
        let time = Style::new().set_num_format("hh:mm");
        let bytes = workbook(|sheet| {
            sheet.write_row(0, 0, ["date", "time", "yes", "error", "code"]).unwrap();
            let day = ExcelDateTime::from_ymd(2024, 3, 6).unwrap();
            sheet.write_with_format(1, 0, &day, &date).unwrap();
            sheet.write_with_format(1, 1, ExcelDateTime::from_hms(6, 30, 0).unwrap(), &time).unwrap();
            sheet.write(1, 2, true).unwrap();
            sheet.write(1, 3, Formula::new("=NA()").set_result("#N/A")).unwrap();
            sheet.write(1, 4, "007").unwrap();
        });
        assert_eq!(rows(&json!({}), &bytes), ["2: 2024-03-06|06:30|true|-|007"]);
    }

    #[test]
    fn a_sheet_is_chosen_by_name() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("说明").unwrap().write(0, 0, "填写说明").unwrap();
        workbook.add_worksheet().set_name("公厕").unwrap().write(0, 0, "名称").unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        assert_eq!(table(&json!({}), &bytes).unwrap().headers, ["填写说明"]);
        assert_eq!(table(&json!({ "sheet": "公厕" }), &bytes).unwrap().headers, ["名称"]);
        let refusal = table(&json!({ "sheet": "Sheet1" }), &bytes).err().unwrap();
        assert_eq!(refusal.to_string(), "there is no sheet \"Sheet1\"; the sheets are 说明, 公厕");
    }

    #[test]
    fn a_missing_header_is_refused() {
        let bytes = bureau_list();
        assert_eq!(table(&json!({ "header_row": 2 }), &bytes).err(), Some(FileError::NoHeader { row: 2 }));
        assert_eq!(table(&json!({ "header_row": 90 }), &bytes).err(), Some(FileError::NoHeader { row: 90 }));
    }

    #[test]
    fn a_stray_cell_far_away_costs_nothing_but_too_many_columns_are_refused() {
        let far_below = workbook(|sheet| {
            sheet.write(0, 0, "名称").unwrap().write(1, 0, "东关").unwrap().write(1_048_575, 511, "x").unwrap();
        });
        assert_eq!(rows(&json!({}), &far_below), ["2: 东关"]);
        let far_right = workbook(|sheet| {
            sheet.write(0, 0, "名称").unwrap().write(0, 512, "x").unwrap();
        });
        assert_eq!(table(&json!({}), &far_right).err(), Some(FileError::TooMuch { limit: 512, of: "columns" }));
    }
}

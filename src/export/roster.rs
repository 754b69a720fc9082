//! A month of a roster as a workbook that hangs on a wall, and can be filled in and taken in again.

use chrono::{Datelike, Weekday};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::xlsx::SheetError;
use crate::domain::language::Language;
use crate::domain::roster::{MonthTable, ShiftKind, TableCell};

/// A4, as OOXML counts paper (ECMA-376, 18.18.50).
const A4: u8 = 9;

/// The table as bytes: the month in the first cell, the days of the month beside it and the days of the week below, then
/// a row for each person with their pseudonym, by which it is taken in again, and their name; on a second sheet what the
/// signs mean.
///
/// # Errors
/// [`SheetError`] for more persons than a sheet takes.
pub fn roster_sheet(table: &MonthTable, language: Language) -> Result<Vec<u8>, SheetError> {
    let mut workbook = Workbook::new();
    // The same roster gives the same workbook at any time.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?));
    write_table(&mut workbook, table, language)?;
    write_legend(&mut workbook, table, language)?;
    Ok(workbook.save_to_buffer()?)
}

fn write_table(workbook: &mut Workbook, table: &MonthTable, language: Language) -> Result<(), XlsxError> {
    let boxed = || Format::new().set_border(FormatBorder::Thin);
    let middle = || boxed().set_align(FormatAlign::Center);
    let sheet = workbook.add_worksheet().set_name(language.pick("排班表", "Roster"))?;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 1)?;
    sheet.set_freeze_panes(2, 2)?.set_column_width(0, 9)?.set_column_width(1, 14)?;
    sheet.write_string_with_format(0, 0, table.month.to_string(), &boxed().set_bold())?;
    sheet.write_string_with_format(0, 1, language.pick("姓名", "Name"), &boxed().set_bold())?;
    for (column, day) in (2_u16..).zip(table.days()) {
        let head = middle().set_bold();
        sheet.set_column_width(column, 4)?;
        sheet.write_number_with_format(0, column, day.day(), &head)?;
        sheet.write_string_with_format(1, column, weekday(day.weekday(), language), &middle())?;
    }
    for (row, person) in (2_u32..).zip(&table.rows) {
        sheet.write_string_with_format(row, 0, person.person.to_string(), &boxed().set_shrink())?;
        let name = person.name.as_ref().map(ToString::to_string).unwrap_or_default();
        sheet.write_string_with_format(row, 1, name, &boxed())?;
        for (column, cell) in (2_u16..).zip(&person.days) {
            match cell {
                Some(cell) => sheet.write_string_with_format(row, column, sign(*cell, language), &middle())?,
                None => sheet.write_blank(row, column, &middle())?,
            };
        }
    }
    Ok(())
}

fn write_legend(workbook: &mut Workbook, table: &MonthTable, language: Language) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet().set_name(language.pick("图例", "Legend"))?;
    sheet.set_column_width(0, 10)?.set_column_width(1, 60)?;
    let mut lines = vec![(String::new(), table.roster.name.to_string())];
    lines.extend(table.roster.shifts.iter().map(|(kind, shift)| {
        let told = format!("{} {}–{}", meaning(kind, language), shift.from, shift.to);
        (kind.sign(language).to_owned(), told)
    }));
    let off = ShiftKind::Off;
    lines.push((off.sign(language).to_owned(), meaning(off, language).to_owned()));
    lines.push(("*".to_owned(), language.pick("换班", "swapped with somebody").to_owned()));
    let blank = language
        .pick("空格：没有安排；导入时空格不改变任何内容", "empty: nothing is planned; nothing is changed by it");
    lines.push((String::new(), blank.to_owned()));
    for (row, (sign, told)) in (0_u32..).zip(lines) {
        sheet.write_string(row, 0, sign)?.write_string(row, 1, told)?;
    }
    Ok(())
}

/// What a cell shows.
fn sign(cell: TableCell, language: Language) -> String {
    let star = if cell.swapped_with.is_some() { "*" } else { "" };
    format!("{}{star}", cell.shift.sign(language))
}

fn meaning(kind: ShiftKind, language: Language) -> &'static str {
    match kind {
        ShiftKind::Early => language.pick("早班", "early shift"),
        ShiftKind::Late => language.pick("晚班", "late shift"),
        ShiftKind::Rotation => language.pick("轮班", "rotation"),
        ShiftKind::Off => language.pick("休息", "off"),
    }
}

fn weekday(day: Weekday, language: Language) -> &'static str {
    match day {
        Weekday::Mon => language.pick("一", "Mo"),
        Weekday::Tue => language.pick("二", "Tu"),
        Weekday::Wed => language.pick("三", "We"),
        Weekday::Thu => language.pick("四", "Th"),
        Weekday::Fri => language.pick("五", "Fr"),
        Weekday::Sat => language.pick("六", "Sa"),
        Weekday::Sun => language.pick("日", "Su"),
    }
}

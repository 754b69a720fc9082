//! A month table of a roster that somebody filled in.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::divisions::plain;
use super::format::{self, Encoding, FileError, FormatKind};
use crate::domain::account::PersonId;
use crate::domain::report::Month;
use crate::domain::roster::{CellFault, FilledCell, FilledRow, ShiftKind, cell_name, day_of};

/// The first row of persons and the first column of days: the month and the days of the week stand before.
const FIRST: (u32, u32) = (2, 2);

/// What somebody filled in, and what is wrong with it, cell by cell.
#[derive(Debug, Default)]
pub struct Filled {
    /// A row for each person.
    pub rows: Vec<FilledRow>,
    /// What cannot be read.
    pub faults: Vec<CellFault>,
}

/// Reads the first sheet of a workbook as the table of a month. Empty cells say nothing.
///
/// # Errors
/// [`FileError`] for what is no workbook.
pub fn roster_table(bytes: &[u8], month: Month) -> Result<Filled, FileError> {
    let mut lines: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    for ((row, column), text) in format::cells(&plain(FormatKind::Xlsx, Encoding::default()), bytes)? {
        let text = text.trim();
        if !text.is_empty() {
            lines.entry(row).or_default().insert(column, text.to_owned());
        }
    }
    let mut filled = Filled::default();
    let head = lines.remove(&0).unwrap_or_default();
    if head.get(&0).map(String::as_str) != Some(month.to_string().as_str()) {
        let message = format!("must be the month, {month}: is this the table of another one?");
        filled.faults.push(CellFault { cell: cell_name(0, 0), code: "otherMonth", message });
        return Ok(filled);
    }
    let days = days(&head, month, &mut filled.faults);
    for (row, texts) in lines.range(FIRST.0..) {
        read_row(*row, texts, &days, &mut filled);
    }
    Ok(filled)
}

/// The days that the heads of the columns name.
fn days(head: &BTreeMap<u32, String>, month: Month, faults: &mut Vec<CellFault>) -> BTreeMap<u32, NaiveDate> {
    let mut days = BTreeMap::new();
    for (column, text) in head.range(FIRST.1..) {
        let wrong = match day_of(month, text) {
            None => Some(("badDay", format!("“{text}” is no day of {month}"))),
            Some(day) if days.values().any(|other| *other == day) => {
                Some(("repeated", format!("has {text} once more")))
            }
            Some(day) => {
                days.insert(*column, day);
                None
            }
        };
        let fault = wrong.map(|(code, message)| CellFault { cell: cell_name(0, *column), code, message });
        faults.extend(fault);
    }
    days
}

fn read_row(row: u32, texts: &BTreeMap<u32, String>, days: &BTreeMap<u32, NaiveDate>, filled: &mut Filled) {
    let mut fault = |column: u32, code: &'static str, message: String| {
        filled.faults.push(CellFault { cell: cell_name(row, column), code, message });
    };
    let person = match texts.get(&0).map(|text| text.parse::<uuid::Uuid>()) {
        None => None,
        Some(Ok(id)) => Some(PersonId(id)),
        Some(Err(_)) => return fault(0, "unreadable", "must be the pseudonym of a person, or empty".to_owned()),
    };
    let name = texts.get(&1).cloned();
    if person.is_none() && name.is_none() {
        return fault(0, "blank", "must say who: by the pseudonym, or by the name beside it".to_owned());
    }
    let mut cells = Vec::new();
    for (column, text) in texts.range(FIRST.1..) {
        let Some(day) = days.get(column) else {
            fault(*column, "badDay", "stands below no day".to_owned());
            continue;
        };
        if let Some(shift) = ShiftKind::of_sign(text.trim_end_matches('*').trim()) {
            cells.push(FilledCell { cell: cell_name(row, *column), day: *day, shift });
        } else {
            let message = format!("“{text}” is none of 早 (E), 晚 (L), 轮 (R), 休 (-)");
            fault(*column, "unknownShift", message);
        }
    }
    filled.rows.push(FilledRow { cell: cell_name(row, 0), person, name, cells });
}

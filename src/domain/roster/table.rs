//! A roster as the month table that hangs on the wall (月排班表): a row for each person, a column for each day.

use chrono::{Datelike, NaiveDate};

use super::{Roster, RosterPlan, ShiftKind};
use crate::domain::account::{PersonId, PersonName};
use crate::domain::report::Month;

/// A month of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthTable {
    /// The roster.
    pub roster: Roster,
    /// The month.
    pub month: Month,
    /// Everybody who has anything to do with it, by their names.
    pub rows: Vec<TableRow>,
}

/// A person's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Who, by their pseudonym.
    pub person: PersonId,
    /// What they are called; nothing where who it was is forgotten.
    pub name: Option<PersonName>,
    /// What they do on each day of the month from the first on; nothing where nothing is planned.
    pub days: Vec<Option<TableCell>>,
}

/// What somebody does on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableCell {
    /// The shift.
    pub shift: ShiftKind,
    /// With whom they swapped, if they did.
    pub swapped_with: Option<PersonId>,
}

/// What is wrong with a cell of a month table that somebody filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFault {
    /// Where, as a workbook names it: `C5`.
    pub cell: String,
    /// A stable code in camelCase.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A cell of a month table that somebody filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledCell {
    /// Where.
    pub cell: String,
    /// The day.
    pub day: NaiveDate,
    /// What stands there.
    pub shift: ShiftKind,
}

/// A row of a month table that somebody filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledRow {
    /// Where its first cell is.
    pub cell: String,
    /// Who, by their pseudonym, where it stands there.
    pub person: Option<PersonId>,
    /// Who, by their name.
    pub name: Option<String>,
    /// What was filled in.
    pub cells: Vec<FilledCell>,
}

impl RosterPlan {
    /// A month of it; `name` tells what somebody is called.
    #[must_use]
    pub fn month(&self, month: Month, name: impl Fn(PersonId) -> Option<PersonName>) -> MonthTable {
        let (first, last) = (month.first(), month.last());
        let row = |person: PersonId| {
            let cell = |day: NaiveDate| {
                let swapped_with = self.other(person, day).and_then(|other| other.swapped_with);
                Some(TableCell { shift: self.shift(person, day)?, swapped_with })
            };
            let days = first.iter_days().take_while(|day| *day <= last).map(cell).collect();
            TableRow { person, name: name(person), days }
        };
        let mut rows: Vec<_> = self.persons(first, last).into_iter().map(row).collect();
        rows.sort_by(|one, other| (&one.name, one.person).cmp(&(&other.name, other.person)));
        MonthTable { roster: self.roster.clone(), month, rows }
    }
}

impl MonthTable {
    /// Its days, in order.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let last = self.month.last();
        self.month.first().iter_days().take_while(move |day| *day <= last)
    }
}

/// The name of a cell in a workbook, from its row and column, counted from 0.
#[must_use]
pub fn cell_name(row: u32, column: u32) -> String {
    let (mut letters, mut left) = (Vec::new(), column + 1);
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or_default()));
        left = (left - 1) / 26;
    }
    format!("{}{}", letters.into_iter().rev().collect::<String>(), row + 1)
}

/// The day of a month that a number in the head of a column names.
#[must_use]
pub fn day_of(month: Month, head: &str) -> Option<NaiveDate> {
    month.first().with_day(head.trim().parse().ok()?)
}

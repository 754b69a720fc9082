//! Rosters (班表): which shifts there are at some toilets, whose turn it is when, and days that are other than planned.

mod change;
mod cycle;
mod plan;
mod shifts;
mod table;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::json;
use std::collections::BTreeSet;

use super::account::PersonId;
use super::draft::Fields;
use super::id::{RosterDayId, RosterId, ToiletId, TurnId};
use super::period::Days;
use super::text::Name;

pub use change::{Change, Wish};
pub use cycle::Cycle;
pub use plan::{Duty, RosterPlan};
pub use shifts::{Shift, ShiftKind, Shifts};
pub use table::{CellFault, FilledCell, FilledRow, MonthTable, TableCell, TableRow, cell_name, day_of};

/// A roster: a set of toilets in one time zone, and the shifts that there are at all of them. But for its last day it never
/// changes: whoever was on shift when stays true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// Its id.
    pub id: RosterId,
    /// What it is called.
    pub name: Name,
    /// The zone of its toilets.
    pub zone: Tz,
    /// Its toilets, one at least.
    pub toilets: BTreeSet<ToiletId>,
    /// From when to when its shifts are.
    pub shifts: Shifts,
    /// On which days shifts of it begin.
    pub days: Days,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

/// A person's turn (轮次): shifts that come again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its id.
    pub id: TurnId,
    /// The roster.
    pub roster: RosterId,
    /// Who, by their pseudonym.
    pub person: PersonId,
    /// Their shifts, day by day from the first day on.
    pub cycle: Cycle,
    /// From when until when.
    pub days: Days,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

/// A day of a person that is other than their turn plans (调班).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterDay {
    /// Its id.
    pub id: RosterDayId,
    /// The roster.
    pub roster: RosterId,
    /// Who, by their pseudonym.
    pub person: PersonId,
    /// The day.
    pub day: NaiveDate,
    /// What they do instead.
    pub shift: ShiftKind,
    /// With whom they swapped (换班), if it is for that.
    pub swapped_with: Option<PersonId>,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

impl Roster {
    /// As the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        known([
            ("name", json!(self.name)),
            ("zone", json!(self.zone.name())),
            ("toilets", json!(self.toilets)),
            ("shifts", json!(self.shifts)),
            ("from", json!(self.days.from())),
            ("to", json!(self.days.to())),
        ])
    }
}

impl Turn {
    /// As the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        known([
            ("roster", json!(self.roster)),
            ("person", json!(self.person.to_string())),
            ("cycle", json!(self.cycle)),
            ("from", json!(self.days.from())),
            ("to", json!(self.days.to())),
        ])
    }
}

impl RosterDay {
    /// As the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        known([
            ("roster", json!(self.roster)),
            ("person", json!(self.person.to_string())),
            ("day", json!(self.day)),
            ("shift", json!(self.shift)),
            ("swappedWith", json!(self.swapped_with.map(|person| person.to_string()))),
        ])
    }
}

fn known<const N: usize>(fields: [(&str, serde_json::Value); N]) -> Fields {
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

//! Rosters as JSON: what goes in and comes out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use poem_openapi::Object;
use uuid::Uuid;

use super::instant::Instant;
use super::plans::span;
use super::words::Word;
use crate::domain::Violation;
use crate::domain::account::{PersonId, PersonName};
use crate::domain::id::ToiletId;
use crate::domain::plan::Clock;
use crate::domain::roster::{
    CellFault, Cycle, Duty, MonthTable, Roster, RosterDay, Shift, ShiftKind, Shifts, TableRow, Turn, Wish,
};
use crate::domain::text::Name;
use crate::usecase::Failure;
use crate::usecase::rosters::{Imported, Named, NewRoster, NewTurn, TableChange};

/// From when to when a shift is, by the clock of the toilets. One that ends no later than it begins runs past midnight and
/// belongs to the day on which it begins.
#[derive(Debug, Object)]
#[oai(rename = "Shift", deny_unknown_fields)]
pub(super) struct ShiftFacts {
    /// Which shift; not `off`.
    kind: Word<ShiftKind>,
    /// When it begins, `06:00`.
    from: String,
    /// When it ends, `14:00`.
    to: String,
}

/// A roster to be made: toilets in one time zone, and the shifts that there are at all of them. It does not change: whoever
/// was on shift when stays true. For other toilets or times end it and make another.
#[derive(Debug, Object)]
#[oai(rename = "NewRoster", deny_unknown_fields)]
pub(super) struct RosterInput {
    /// What it is called: 1 to 128 characters.
    name: String,
    /// The ids of its toilets, 200 at most.
    #[oai(validator(min_items = 1, max_items = 200))]
    toilets: Vec<i32>,
    /// Its shifts, each kind once.
    #[oai(validator(min_items = 1, max_items = 3))]
    shifts: Vec<ShiftFacts>,
    /// The first day on which a shift begins; today if left out.
    from: Option<NaiveDate>,
    /// The last such day, if there is one.
    to: Option<NaiveDate>,
}

/// A roster.
#[derive(Debug, Object)]
#[oai(rename = "Roster", skip_serializing_if_is_none)]
pub(super) struct RosterView {
    /// Its id.
    id: i32,
    /// What it is called.
    name: String,
    /// The time zone of its toilets.
    zone: String,
    /// The ids of its toilets.
    toilets: Vec<i32>,
    /// Its shifts.
    shifts: Vec<ShiftFacts>,
    /// The first day on which a shift begins.
    from: Option<NaiveDate>,
    /// The last such day, if there is one.
    to: Option<NaiveDate>,
    /// Counts the writes to it.
    revision: i32,
}

/// A page of rosters, in the order of their ids.
#[derive(Debug, Object)]
#[oai(rename = "RosterPage", skip_serializing_if_is_none)]
pub(super) struct RosterPage {
    /// The rosters.
    pub(super) items: Vec<RosterView>,
    /// The `cursor` of the next page, if there is more.
    pub(super) next: Option<String>,
}

/// A turn that somebody is to have: shifts day by day, which then begin anew.
#[derive(Debug, Object)]
#[oai(rename = "NewRosterTurn", deny_unknown_fields)]
pub(super) struct TurnInput {
    /// The id of a cleaner or supervisor whose role counts at all toilets of the roster.
    person: Uuid,
    /// The shifts from the first day on, such as early, early, late, late, off, off.
    #[oai(validator(min_items = 1, max_items = 62))]
    cycle: Vec<Word<ShiftKind>>,
    /// The first day; today, or the first of the roster, if left out.
    from: Option<NaiveDate>,
    /// The last day; that of the roster if left out.
    to: Option<NaiveDate>,
}

/// Somebody's turn.
#[derive(Debug, Object)]
#[oai(rename = "RosterTurn", skip_serializing_if_is_none)]
pub(super) struct TurnView {
    /// Its id.
    id: i32,
    /// Who: their pseudonym.
    person: Uuid,
    /// What they are called; left out for who is forgotten.
    name: Option<String>,
    /// The shifts from the first day on, which then begin anew.
    cycle: Vec<Word<ShiftKind>>,
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day, if there is one.
    to: Option<NaiveDate>,
    /// Counts the writes to it.
    revision: i32,
}

/// A day of somebody that is other than their turn plans.
#[derive(Debug, Object)]
#[oai(rename = "RosterDay", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct DayView {
    /// Who: their pseudonym.
    person: Uuid,
    /// The day.
    day: NaiveDate,
    /// What they do.
    shift: Word<ShiftKind>,
    /// With whom they swapped.
    swapped_with: Option<Uuid>,
}

/// A roster with whose turn it is from yesterday on.
#[derive(Debug, Object)]
#[oai(rename = "RosterDetail", skip_serializing_if_is_none)]
pub(super) struct RosterDetail {
    /// The roster.
    roster: RosterView,
    /// The turns.
    turns: Vec<TurnView>,
    /// The days that are other than planned.
    days: Vec<DayView>,
}

/// What somebody is to do on a day.
#[derive(Debug, Object)]
#[oai(rename = "RosterDayChange", deny_unknown_fields)]
struct DayInput {
    /// Who: their id.
    person: Uuid,
    /// The day, today or later.
    day: NaiveDate,
    /// What; as their turn plans if left out.
    shift: Option<Word<ShiftKind>>,
}

/// What persons are to do on days of a roster.
#[derive(Debug, Object)]
#[oai(rename = "RosterDayChanges", deny_unknown_fields)]
pub(super) struct DaysInput {
    /// The days, 400 at most.
    #[oai(validator(min_items = 1, max_items = 400))]
    days: Vec<DayInput>,
}

/// How many days are other than before.
#[derive(Debug, Object)]
#[oai(rename = "RosterDaysChanged")]
pub(super) struct DaysChanged {
    /// How many.
    pub(super) changed: u32,
}

/// Two who swap what they do on a day (换班).
#[derive(Debug, Object)]
#[oai(rename = "RosterSwap", deny_unknown_fields)]
pub(super) struct SwapFacts {
    /// The day, today or later.
    pub(super) day: NaiveDate,
    /// One of them.
    pub(super) person: Uuid,
    /// The other.
    pub(super) with: Uuid,
}

/// A person's month.
#[derive(Debug, Object)]
#[oai(rename = "RosterMonthRow", skip_serializing_if_is_none)]
struct RowView {
    /// Who: their pseudonym.
    person: Uuid,
    /// What they are called; left out for who is forgotten.
    name: Option<String>,
    /// The days on which something is planned.
    days: Vec<CellView>,
}

/// What somebody does on a day.
#[derive(Debug, Object)]
#[oai(rename = "RosterMonthCell", rename_all = "camelCase", skip_serializing_if_is_none)]
struct CellView {
    /// The day.
    day: NaiveDate,
    /// What they do.
    shift: Word<ShiftKind>,
    /// With whom they swapped.
    swapped_with: Option<Uuid>,
}

/// A month of a roster.
#[derive(Debug, Object)]
#[oai(rename = "RosterMonth")]
pub(super) struct MonthView {
    /// The month.
    month: String,
    /// The roster.
    roster: RosterView,
    /// A row for each person who has anything to do with it.
    rows: Vec<RowView>,
}

/// What taking in the table of a month does.
#[derive(Debug, Object)]
#[oai(rename = "RosterImport")]
pub(super) struct ImportedView {
    /// Whether it was written.
    applied: bool,
    /// The cells that say something new.
    changes: Vec<ChangeView>,
    /// What is wrong with cells. As long as there is anything, nothing can be written.
    faults: Vec<FaultView>,
}

/// A cell that says something new.
#[derive(Debug, Object)]
#[oai(rename = "RosterImportChange", skip_serializing_if_is_none)]
struct ChangeView {
    /// Where: `C5`.
    cell: String,
    /// Who: their pseudonym.
    person: Uuid,
    /// The day.
    day: NaiveDate,
    /// What they did; left out where nothing was planned.
    from: Option<Word<ShiftKind>>,
    /// What they do now.
    to: Word<ShiftKind>,
}

/// What is wrong with a cell.
#[derive(Debug, Object)]
#[oai(rename = "RosterImportFault")]
struct FaultView {
    /// Where: `C5`.
    cell: String,
    /// A stable code.
    code: String,
    /// What is wrong and what would be right.
    message: String,
}

/// One of the caller's shifts.
#[derive(Debug, Object)]
#[oai(rename = "OwnShift")]
pub(super) struct OwnShiftView {
    /// The id of the roster.
    roster: i32,
    /// What it is called.
    name: String,
    /// The day on which it begins.
    day: NaiveDate,
    /// Which shift.
    shift: Word<ShiftKind>,
    /// When it begins.
    from: Instant,
    /// When it ends.
    until: Instant,
    /// The ids of the toilets.
    toilets: Vec<i32>,
}

/// The caller's shifts.
#[derive(Debug, Object)]
#[oai(rename = "OwnRoster")]
pub(super) struct OwnRosterView {
    /// The shifts in the order in which they begin.
    pub(super) items: Vec<OwnShiftView>,
}

impl RosterInput {
    pub(super) fn read(self) -> Result<NewRoster, Failure> {
        let (from, to) = span(self.from, self.to)?;
        let name = Name::new(&self.name).map_err(|wrong| wrong.in_field("name"))?;
        let mut shifts = BTreeMap::new();
        for (place, facts) in self.shifts.into_iter().enumerate() {
            let inside = |wrong: Violation| wrong.within(&format!("shifts.{place}"));
            let clock = |field: &str, text: &str| text.parse::<Clock>().map_err(|wrong| inside(wrong.in_field(field)));
            let shift = Shift { from: clock("from", &facts.from)?, to: clock("to", &facts.to)? };
            if shifts.insert(facts.kind.0, shift).is_some() {
                return Err(inside(Violation::new("kind", "repeated", "is given twice")).into());
            }
        }
        let shifts = Shifts::new(shifts).map_err(|wrong| wrong.within("shifts"))?;
        let toilets: BTreeSet<_> = self.toilets.into_iter().map(ToiletId).collect();
        Ok(NewRoster { name, toilets, shifts, from, to })
    }
}

impl From<&Roster> for RosterView {
    fn from(roster: &Roster) -> Self {
        let shift = |(kind, shift): (ShiftKind, Shift)| ShiftFacts {
            kind: Word(kind),
            from: shift.from.to_string(),
            to: shift.to.to_string(),
        };
        Self {
            id: roster.id.0,
            name: roster.name.to_string(),
            zone: roster.zone.name().to_owned(),
            toilets: roster.toilets.iter().map(|id| id.0).collect(),
            shifts: roster.shifts.iter().map(shift).collect(),
            from: roster.days.from(),
            to: roster.days.to(),
            revision: roster.revision,
        }
    }
}

impl TurnInput {
    pub(super) fn read(self) -> Result<NewTurn, Failure> {
        let (from, to) = span(self.from, self.to)?;
        let cycle = Cycle::new(self.cycle.into_iter().map(|kind| kind.0).collect());
        let cycle = cycle.map_err(|wrong| wrong.in_field("cycle"))?;
        Ok(NewTurn { person: PersonId(self.person), cycle, from, to })
    }
}

impl TurnView {
    pub(super) fn of(turn: &Turn, name: Option<&PersonName>) -> Self {
        Self {
            id: turn.id.0,
            person: turn.person.0,
            name: name.map(ToString::to_string),
            cycle: turn.cycle.shifts().iter().copied().map(Word).collect(),
            from: turn.days.from(),
            to: turn.days.to(),
            revision: turn.revision,
        }
    }
}

impl From<&RosterDay> for DayView {
    fn from(other: &RosterDay) -> Self {
        let swapped_with = other.swapped_with.map(|person| person.0);
        Self { person: other.person.0, day: other.day, shift: Word(other.shift), swapped_with }
    }
}

impl From<&Named> for RosterDetail {
    fn from(found: &Named) -> Self {
        let names: &HashMap<PersonId, PersonName> = &found.names;
        let turn = |turn: &Turn| TurnView::of(turn, names.get(&turn.person));
        Self {
            roster: RosterView::from(&found.plan.roster),
            turns: found.plan.turns.iter().map(turn).collect(),
            days: found.plan.days.iter().map(DayView::from).collect(),
        }
    }
}

impl DaysInput {
    pub(super) fn read(self) -> Vec<Wish> {
        let wish = |day: DayInput| Wish {
            person: PersonId(day.person),
            day: day.day,
            shift: day.shift.map(|shift| shift.0),
            swapped_with: None,
        };
        self.days.into_iter().map(wish).collect()
    }
}

impl From<&MonthTable> for MonthView {
    fn from(table: &MonthTable) -> Self {
        let row = |row: &TableRow| {
            let planned = table.days().zip(&row.days).filter_map(|(day, cell)| Some((day, (*cell)?)));
            let days = planned.map(|(day, cell)| {
                let swapped_with = cell.swapped_with.map(|person| person.0);
                CellView { day, shift: Word(cell.shift), swapped_with }
            });
            let name = row.name.as_ref().map(ToString::to_string);
            RowView { person: row.person.0, name, days: days.collect() }
        };
        Self {
            month: table.month.to_string(),
            roster: RosterView::from(&table.roster),
            rows: table.rows.iter().map(row).collect(),
        }
    }
}

impl From<Imported> for ImportedView {
    fn from(imported: Imported) -> Self {
        let change = |TableChange { cell, person, day, from, to }| ChangeView {
            cell,
            person: person.0,
            day,
            from: from.map(Word),
            to: Word(to),
        };
        let fault = |CellFault { cell, code, message }: CellFault| FaultView { cell, code: code.to_owned(), message };
        Self {
            applied: imported.applied,
            changes: imported.changes.into_iter().map(change).collect(),
            faults: imported.faults.into_iter().map(fault).collect(),
        }
    }
}

impl From<&(Duty, Roster)> for OwnShiftView {
    fn from((duty, roster): &(Duty, Roster)) -> Self {
        Self {
            roster: roster.id.0,
            name: roster.name.to_string(),
            day: duty.day,
            shift: Word(duty.kind),
            from: Instant(duty.from),
            until: Instant(duty.until),
            toilets: roster.toilets.iter().map(|id| id.0).collect(),
        }
    }
}

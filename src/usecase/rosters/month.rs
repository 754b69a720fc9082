//! The table of a month: shown, printed, and taken in again after somebody filled it in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::days::{fulfil, looked_at};
use super::{get, held};
use crate::domain::account::{Actor, PersonId};
use crate::domain::id::RosterId;
use crate::domain::language::Language;
use crate::domain::policy::Action;
use crate::domain::report::Month;
use crate::domain::roster::{CellFault, FilledRow, MonthTable, RosterPlan, ShiftKind, Wish};
use crate::domain::{Violation, Violations};
use crate::export;
use crate::intake::roster_table;
use crate::usecase::permission::scope;
use crate::usecase::{By, Ctx, Failure};

/// What taking a table in does.
#[derive(Debug, Default)]
pub struct Imported {
    /// The cells that say something new.
    pub changes: Vec<TableChange>,
    /// What is wrong with cells; nothing is written as long as there is anything.
    pub faults: Vec<CellFault>,
    /// Whether it was written.
    pub applied: bool,
}

/// A cell that says something new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableChange {
    /// Where.
    pub cell: String,
    /// Who.
    pub person: PersonId,
    /// When.
    pub day: NaiveDate,
    /// What they did, if anything was planned.
    pub from: Option<ShiftKind>,
    /// What they do now.
    pub to: ShiftKind,
}

/// A month of a roster; the present one if none is asked for.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn month(ctx: &Ctx, actor: &Actor, id: RosterId, month: Option<Month>) -> Result<MonthTable, Failure> {
    let found = get(ctx, actor, id).await?;
    let today = ctx.clock.now().with_timezone(&found.plan.roster.zone).date_naive();
    Ok(found.plan.month(month.unwrap_or_else(|| Month::of(today)), |person| found.names.get(&person).cloned()))
}

/// The same as a workbook that can be filled in and taken in again.
///
/// # Errors
/// As [`month`].
pub async fn sheet(
    ctx: &Ctx,
    actor: &Actor,
    id: RosterId,
    asked: Option<Month>,
    language: Language,
) -> Result<Vec<u8>, Failure> {
    let table = month(ctx, actor, id, asked).await?;
    export::roster_sheet(&table, language).map_err(|error| Failure::Internal(Box::new(error)))
}

/// Takes in the table of a month that somebody filled in: what its cells say other than the roster is written as other
/// days, all of it or nothing, and only with `apply`. The same table again changes nothing.
///
/// # Errors
/// [`Failure::NotFound`] where the roster is not there or out of the caller's scope; [`Failure::Invalid`] for what is no
/// workbook and, with `apply`, with the name of each cell that cannot be taken; [`Failure::Refused`].
pub async fn import(
    ctx: &Ctx,
    by: By,
    id: RosterId,
    month: Month,
    bytes: Vec<u8>,
    apply: bool,
) -> Result<Imported, Failure> {
    scope(&by.actor, Action::EditAssignment)?;
    let filled = roster_table(&bytes, month);
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let (plan, toilets) = held(tx, &by.actor, id).await?;
            let filled = filled.map_err(|error| Violation::new("body", "unreadable", error.to_string()))?;
            let persons: BTreeSet<_> = plan.persons(month.first(), month.last());
            let names = tx.names_of(&persons).await?;
            let mut faults = filled.faults;
            let (wishes, cells) = wishes(&filled.rows, &names, &mut faults);
            for (place, violation) in looked_at(tx, &plan, &toilets, &wishes).await? {
                let Violation { code, message, .. } = violation;
                faults.extend(cells.get(place).map(|cell| CellFault { cell: cell.clone(), code, message }));
            }
            if apply && !faults.is_empty() {
                let violation = |fault: CellFault| Violation::new(fault.cell, fault.code, fault.message);
                return Err(Failure::Invalid(Violations(faults.into_iter().map(violation).collect())));
            }
            let changes = changes(&plan, &wishes, &cells);
            if apply {
                fulfil(tx, &plan, &wishes).await?;
            }
            Ok(Imported { changes, faults, applied: apply })
        })
    });
    written.await
}

/// What the cells ask for, with where each stands.
fn wishes(
    rows: &[FilledRow],
    names: &HashMap<PersonId, crate::domain::account::PersonName>,
    faults: &mut Vec<CellFault>,
) -> (Vec<Wish>, Vec<String>) {
    let mut by_name: BTreeMap<&str, Vec<PersonId>> = BTreeMap::new();
    for (person, name) in names {
        by_name.entry(name.as_str()).or_default().push(*person);
    }
    let (mut wishes, mut cells, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for row in rows {
        let alone = row.name.as_deref().and_then(|name| by_name.get(name)).filter(|persons| persons.len() == 1);
        let Some(person) = row.person.or_else(|| alone.and_then(|persons| persons.first().copied())) else {
            let message = "must be the pseudonym: nobody on the roster this month, or more than one, has that name";
            let (cell, message) = (row.cell.clone(), message.to_owned());
            faults.push(CellFault { cell, code: "unknownPerson", message });
            continue;
        };
        if !seen.insert(person) {
            let (cell, message) = (row.cell.clone(), "is of somebody who has a row above already".to_owned());
            faults.push(CellFault { cell, code: "repeated", message });
            continue;
        }
        for filled in &row.cells {
            let (day, shift) = (filled.day, Some(filled.shift));
            wishes.push(Wish { person, day, shift, swapped_with: None });
            cells.push(filled.cell.clone());
        }
    }
    (wishes, cells)
}

fn changes(plan: &RosterPlan, wishes: &[Wish], cells: &[String]) -> Vec<TableChange> {
    let change = |(wish, cell): (&Wish, &String)| {
        let (from, to) = (plan.shift(wish.person, wish.day), wish.shift?);
        let (person, day) = (wish.person, wish.day);
        (from != Some(to)).then(|| TableChange { cell: cell.clone(), person, day, from, to })
    };
    wishes.iter().zip(cells).filter_map(change).collect()
}

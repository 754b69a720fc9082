//! One row of a file → what it states about one toilet.

use chrono::{DateTime, Utc};

use super::clean;
use super::locate::{Given, Whereabouts};
use super::notice::{Notes, Notice};
use super::profile::{Profile, Unused};
use super::transform::Source;
use crate::domain::Draft;
use crate::domain::statement::Statement;

/// A row as far as it could be read.
pub(super) struct Mapped {
    /// Its key; `None` where that could not be made.
    pub(super) key: Option<String>,
    /// What it states, its key still without an ordinal; or why it is turned away.
    pub(super) statement: Result<Box<Statement>, Notice>,
    /// Remarks and facts.
    pub(super) notes: Notes,
}

/// Whether the profile leaves the row out.
pub(super) fn is_skipped(profile: &Profile, source: Source<'_>) -> bool {
    profile.skip.iter().any(|rule| {
        let cell = source.cell(&rule.column).unwrap_or_default();
        let among = |words: &[String]| words.iter().any(|word| *word == cell);
        among(&rule.when) || !(rule.unless.is_empty() || among(&rule.unless))
    })
}

/// The key of a row alone.
pub(super) fn key(profile: &Profile, source: Source<'_>) -> Option<String> {
    let given = match profile.positions.read(source, &mut Notes::default()) {
        Whereabouts::At(_, given) => Some(given),
        _ => None,
    };
    profile.key.of(source, given)
}

/// Reads a row. A broken name, key or position turns it away; any other value that breaks a rule is told, kept
/// beside, and unknown.
pub(super) fn map(profile: &Profile, source: Source<'_>, at: DateTime<Utc>) -> Mapped {
    let mut notes = Notes::default();
    clean::report_oddities(source.row, &mut notes);
    let draft = profile.fields.read(source, profile.zone, &mut notes);
    let whereabouts = profile.positions.read(source, &mut notes);
    let given = given(&whereabouts);
    notes.fact("position", Some(if given.is_some() { "located" } else { "unlocated" }));
    let key = profile.key.of(source, given);
    let grades = profile.grades.iter().filter_map(|table| table.read(source, &mut notes)).collect();
    let outages: Vec<_> =
        profile.closures.iter().filter_map(|table| table.read(source, profile.zone, at, &mut notes)).collect();
    let operators = profile.operators.iter().filter_map(|table| table.read(source, &mut notes)).collect();
    for (field, recipe) in &profile.facts {
        let taken = source.take(field, recipe, &mut notes);
        notes.fact(field, taken.as_ref().map(|taken| taken.text.as_ref()));
    }
    profile.checks.iter().for_each(|check| check.read(source, &mut notes));
    if profile.unused == Unused::Extra {
        keep_unused(profile, source, &mut notes);
    }
    let statement = key.clone().ok_or_else(|| missing_key(&whereabouts)).and_then(|key| {
        let draft = complete(profile, draft?, whereabouts, &mut notes)?;
        Ok(Box::new(Statement { key, draft, grades, outages, operators }))
    });
    Mapped { key, statement, notes }
}

fn given(whereabouts: &Whereabouts) -> Option<Given> {
    match whereabouts {
        Whereabouts::At(_, given) => Some(*given),
        Whereabouts::Unlocated | Whereabouts::Refused(_) => None,
    }
}

/// A key made of the position is missing because the position is: that says more.
fn missing_key(whereabouts: &Whereabouts) -> Notice {
    match whereabouts {
        Whereabouts::Refused(notice) => notice.clone(),
        _ => Notice::new("key", "missing_key", "all that would make the row's key is blank"),
    }
}

fn complete(profile: &Profile, draft: Draft, whereabouts: Whereabouts, notes: &mut Notes) -> Result<Draft, Notice> {
    let position = match whereabouts {
        Whereabouts::At(place, _) => Some(place),
        Whereabouts::Unlocated => None,
        Whereabouts::Refused(notice) => return Err(notice),
    };
    let extra = std::mem::take(&mut notes.kept);
    Ok(Draft { position, extra, calendar: profile.calendar.clone(), ..draft })
}

/// Keeps the cells that no part of the profile names.
fn keep_unused(profile: &Profile, source: Source<'_>, notes: &mut Notes) {
    for column in source.row.cells.names().filter(|column| !profile.named.contains(*column)) {
        if let Some(cell) = source.cell(column) {
            notes.keep(column, &cell);
        }
    }
}

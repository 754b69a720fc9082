//! From the text of one value to the type of its field. What does not fit is told, kept beside, and unknown.

use std::str::FromStr;

use chrono::NaiveDate;

use super::dates;
use super::notice::{Notes, Notice};
use super::recipe::Recipe;
use super::transform::{Source, number};
use crate::domain::Violation;
use crate::domain::stalls::Stalls;
use crate::domain::text::Text;

/// A text that keeps the rules of its field.
pub(super) fn words<const MAX: usize, const LINES: bool>(
    source: Source<'_>,
    field: &str,
    recipe: Option<&Recipe>,
    notes: &mut Notes,
) -> Option<Text<MAX, LINES>> {
    let taken = source.take(field, recipe?, notes)?;
    let checked = Text::new(&taken.text);
    checked
        .map_err(|broken| {
            notes.tell_and_keep(Notice::of_rule(field, &broken), taken.column, &taken.raw);
        })
        .ok()
}

/// A code of a closed list, counted as a fact.
pub(super) fn coded<T: FromStr<Err = Violation> + ToString>(
    source: Source<'_>,
    field: &str,
    recipe: Option<&Recipe>,
    notes: &mut Notes,
) -> Option<T> {
    let code: Option<T> = parsed(source, field, recipe, notes);
    notes.fact(field, code.as_ref().map(ToString::to_string).as_deref());
    code
}

/// A value that knows how to read itself.
pub(super) fn parsed<T: FromStr<Err = Violation>>(
    source: Source<'_>,
    field: &str,
    recipe: Option<&Recipe>,
    notes: &mut Notes,
) -> Option<T> {
    let taken = source.take(field, recipe?, notes)?;
    let read = taken.text.parse();
    let told = read.map_err(|broken: Violation| {
        let notice = match broken.code {
            "unknownValue" => Notice::new(field, "unmapped_value", broken.message),
            _ => Notice::of_rule(field, &broken),
        };
        notes.tell_and_keep(notice, taken.column, &taken.raw);
    });
    told.ok()
}

/// A date or time by `read`.
pub(super) fn dated<T>(
    source: Source<'_>,
    field: &str,
    recipe: Option<&Recipe>,
    notes: &mut Notes,
    read: impl Fn(&str, &[String]) -> Option<T>,
) -> Option<T> {
    let recipe = recipe?;
    let taken = source.take(field, recipe, notes)?;
    let value = read(&taken.text, &recipe.formats);
    if value.is_none() {
        let message = format!("“{}” is no date that can be read; say how dates are written in `formats`", taken.text);
        notes.tell_and_keep(Notice::new(field, "unread_value", message), taken.column, &taken.raw);
    }
    value
}

/// A day by the formats of its recipe.
pub(super) fn day(source: Source<'_>, field: &str, recipe: Option<&Recipe>, notes: &mut Notes) -> Option<NaiveDate> {
    dated(source, field, recipe, notes, dates::day)
}

/// A count of stalls.
pub(super) fn counted(source: Source<'_>, field: &str, recipe: &Recipe, notes: &mut Notes) -> Option<u16> {
    let taken = source.take(field, recipe, notes)?;
    let whole = number(&taken.text).and_then(|count| count.to_string().parse().ok());
    let count = whole.filter(|count| *count <= Stalls::MOST);
    if count.is_none() {
        let message = format!("“{}” is no whole number from 0 to {}", taken.text, Stalls::MOST);
        notes.tell_and_keep(Notice::new(field, "bad_count", message), taken.column, &taken.raw);
    }
    count
}

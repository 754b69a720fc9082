//! From the cells of a row to the text of one value, by a [`Recipe`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::clean::clean;
use super::format::Row;
use super::notice::{Notes, Notice};
use super::recipe::{Join, Piece, Recipe, UNKNOWN};

/// Tables that stand in the file beside its records, by name.
pub(super) type Lookups = BTreeMap<String, BTreeMap<String, String>>;

/// A row with what is needed to read it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// The row.
    pub(super) row: &'a Row,
    /// The tables of its file.
    pub(super) lookups: &'a Lookups,
    /// The words that mean nothing is known anywhere in the file.
    pub(super) blank: &'a [String],
}

/// A value as text, not blank.
pub(super) struct Taken<'a> {
    /// The value.
    pub(super) text: Cow<'a, str>,
    /// The text in the file, for messages and for keeping.
    pub(super) raw: Cow<'a, str>,
    /// The column it came from, or the field where several were joined or none was used.
    pub(super) column: &'a str,
    /// Whether another column than the first, or the constant after blank columns, stood in.
    pub(super) stood_in: bool,
}

impl<'a> Source<'a> {
    /// The cleaned cell of a column, unless it is blank.
    pub(super) fn cell(&self, column: &str) -> Option<Cow<'a, str>> {
        let cell = clean(self.row.cells.get(column)?);
        (!self.is_blank(&cell, &[])).then_some(cell)
    }

    fn is_blank(&self, text: &str, more: &[String]) -> bool {
        text.is_empty() || self.blank.iter().chain(more).any(|word| word == text)
    }

    /// Takes a value; `None` is unknown. What stands in the file but cannot be taken is told and kept.
    pub(super) fn take(&self, field: &'a str, recipe: &'a Recipe, notes: &mut Notes) -> Option<Taken<'a>> {
        let Some(found) = self.find(field, recipe, notes) else {
            let constant = recipe.constant.as_deref()?;
            let stood_in = !recipe.columns.is_empty() || recipe.join.is_some();
            return Some(Taken { text: constant.into(), raw: constant.into(), column: field, stood_in });
        };
        match change(recipe, &found.text, self.lookups) {
            Ok(text) => {
                let text = text.filter(|text| text != UNKNOWN && !self.is_blank(text, &recipe.blank))?;
                Some(Taken { raw: found.text, text: text.into(), ..found })
            }
            Err((code, message)) => {
                notes.tell_and_keep(Notice::new(field, code, message), found.column, &found.text);
                None
            }
        }
    }

    /// The first cell that is not blank, or the joined ones.
    fn find(&self, field: &'a str, recipe: &'a Recipe, notes: &mut Notes) -> Option<Taken<'a>> {
        if let Some(join) = &recipe.join {
            let text = self.joined(join).filter(|text| !self.is_blank(text, &recipe.blank))?;
            return Some(Taken { text: text.into(), raw: "".into(), column: field, stood_in: false });
        }
        recipe.columns.iter().enumerate().find_map(|(place, column)| {
            let cell = self.row.cells.get(column)?;
            let text = clean(cell);
            if self.is_blank(&text, &recipe.blank) {
                return None;
            }
            if text != cell {
                let message = format!("“{text}” had space around it or a line break in it");
                notes.tell(Notice::new(field, "trimmed", message));
            }
            Some(Taken { text, raw: "".into(), column, stood_in: place > 0 })
        })
    }

    /// The pieces in order, blank cells as nothing; `None` when every cell is blank.
    fn joined(&self, join: &Join) -> Option<String> {
        let mut text = String::new();
        let mut known = false;
        for piece in &join.0 {
            match piece {
                Piece::Text(between) => text.push_str(between),
                Piece::Column(column) => {
                    if let Some(cell) = self.cell(column) {
                        text.push_str(&cell);
                        known = true;
                    }
                }
            }
        }
        known.then(|| clean(&text).into_owned())
    }
}

/// Lookup, split, pattern, number, map, sign: in this order, each where the recipe asks for it.
fn change(recipe: &Recipe, found: &str, lookups: &Lookups) -> Result<Option<String>, (&'static str, String)> {
    let otherwise = |code: &'static str, message: String| match &recipe.default {
        Some(default) => Ok(Some(default.clone())),
        None => Err((code, message)),
    };
    let mut text = found.to_owned();
    if let Some(table) = &recipe.lookup {
        match lookups.get(table).and_then(|table| table.get(&text)) {
            Some(value) => text = clean(value).into_owned(),
            None => {
                return otherwise("unmapped_value", format!("“{text}” is not in the file's table “{table}”"));
            }
        }
    }
    if let Some(split) = &recipe.split {
        let parts: Vec<_> = text.split(split.on.as_str()).collect();
        let index = usize::try_from(split.index).ok();
        let index = index.or_else(|| parts.len().checked_sub(split.index.unsigned_abs() as usize));
        let Some(part) = index.and_then(|index| parts.get(index)) else {
            return Ok(None);
        };
        text = clean(part).into_owned();
    }
    if let Some(pattern) = &recipe.pattern {
        let Some(groups) = pattern.0.captures(&text) else {
            return otherwise("unread_value", format!("“{text}” does not match the pattern {}", pattern.0));
        };
        let part = groups.name("value").or_else(|| groups.get(1)).or_else(|| groups.get(0));
        text = part.map_or_else(String::new, |part| clean(part.as_str()).into_owned());
    }
    if recipe.pick_number {
        match first_number(&text) {
            Some(number) => text = number,
            None => return otherwise("unread_value", format!("“{text}” holds no number")),
        }
    }
    if !recipe.map.is_empty() {
        match recipe.map.get(&text) {
            Some(value) => text.clone_from(value),
            None => {
                return otherwise("unmapped_value", format!("“{text}” has no entry in the profile's map"));
            }
        }
    }
    if recipe.when_positive.is_some() || recipe.when_zero.is_some() {
        return match number(&text) {
            Some(number) if number > 0.0 => Ok(recipe.when_positive.clone()),
            Some(0.0) => Ok(recipe.when_zero.clone()),
            _ => otherwise("unread_value", format!("“{text}” is no number from zero up")),
        };
    }
    Ok(Some(text))
}

/// A number as people type it: `12`, `１２`, `12.0`. Commas are refused, since they mean thousands here and decimals there.
pub(super) fn number(text: &str) -> Option<f64> {
    text.chars().map(half_width).collect::<String>().trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn first_number(text: &str) -> Option<String> {
    let text: String = text.chars().map(half_width).collect();
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let rest = &text[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    Some(rest[..end].trim_end_matches('.').to_owned())
}

/// The digits and signs of the full-width block as ASCII.
fn half_width(c: char) -> char {
    let ascii = u32::from(c).checked_sub(0xFEE0).filter(|code| (0x21..=0x7E).contains(code));
    ascii.and_then(char::from_u32).unwrap_or(c)
}

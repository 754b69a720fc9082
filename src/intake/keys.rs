//! The key of a row in its source, and the memory of those already seen.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;

use super::format::Row;
use super::locate::Given;
use super::profile_error::ProfileError;
use super::transform::Source;

/// The `[key]` table of a profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyTable {
    /// Columns that together tell one toilet from the next.
    #[serde(default)]
    pub(super) columns: Vec<String>,
    /// Columns to take where the former are all blank.
    #[serde(default)]
    pub(super) otherwise: Vec<String>,
    /// Decimals of the given position, for lists that have nothing better.
    position: Option<usize>,
    /// Whether rows of one key that differ are toilets of their own.
    #[serde(default)]
    pub(super) number_repeats: bool,
    /// Which of the rows of one key in one file counts.
    #[serde(default)]
    pub(super) wins: Wins,
}

/// Which of several rows with one key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wins {
    /// The first in the file.
    #[default]
    First,
    /// The last in the file, for publishers who add corrections below.
    Last,
}

impl KeyTable {
    /// # Errors
    /// Where it says nothing, or two things.
    pub(super) fn check(&self) -> Result<(), ProfileError> {
        let wrong = |right: &str| Err(ProfileError::wrong("key", &right));
        if self.columns.is_empty() == self.position.is_none() {
            return wrong("give either `columns` or `position` (a number of decimals)");
        }
        if self.number_repeats && self.wins == Wins::Last {
            return wrong("`wins = \"last\"` has no meaning with `number_repeats`, which keeps every row that differs");
        }
        Ok(())
    }

    /// The key of a row; `None` where all that would make it is blank.
    pub(super) fn of(&self, source: Source<'_>, given: Option<Given>) -> Option<String> {
        let Some(decimals) = self.position else {
            return joined(source, &self.columns).or_else(|| joined(source, &self.otherwise));
        };
        given.map(|Given { x, y }| format!("{y:.decimals$},{x:.decimals$}"))
    }
}

/// The cells with `|` between them; a `|` inside a cell is escaped, so that no two rows share a key by accident.
fn joined(source: Source<'_>, columns: &[String]) -> Option<String> {
    let cells: Vec<_> = columns.iter().map(|column| source.cell(column)).collect();
    cells.iter().any(Option::is_some).then(|| {
        let cells = cells.into_iter().map(|cell| cell.map_or_else(String::new, |cell| escaped(&cell)));
        cells.collect::<Vec<_>>().join("|")
    })
}

fn escaped(cell: &str) -> String {
    if cell.contains(['|', '\\']) { cell.replace('\\', r"\\").replace('|', r"\|") } else { cell.to_owned() }
}

/// The keys of a run: of each only its hash and the hashes and first line of its rows, so that memory stays small.
#[derive(Debug, Default)]
pub(super) struct Memory(HashMap<u64, Seen>);

#[derive(Debug)]
struct Seen {
    line: u64,
    rows: Vec<u64>,
}

/// What the memory says of a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recall {
    /// Its key is new.
    New,
    /// A row with its key stood on that line; `same` when it was the same in every cell.
    Repeat { line: u64, same: bool },
    /// It differs from `ordinal - 1` rows with its key, the first of them on that line.
    Numbered { line: u64, ordinal: usize },
}

impl Memory {
    /// Remembers a row and says whether it was there before. Rows of one key that differ are counted if `number`.
    pub(super) fn recall(&mut self, key: &str, row: &Row, number: bool) -> Recall {
        let (line, row) = (row.line, hash_of_cells(row));
        let Some(seen) = self.0.get_mut(&hash(key)) else {
            self.0.insert(hash(key), Seen { line, rows: vec![row] });
            return Recall::New;
        };
        if seen.rows.contains(&row) {
            return Recall::Repeat { line: seen.line, same: true };
        }
        if !number {
            return Recall::Repeat { line: seen.line, same: false };
        }
        seen.rows.push(row);
        Recall::Numbered { line: seen.line, ordinal: seen.rows.len() }
    }
}

/// A hash that is the same in every run.
pub(super) fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn hash_of_cells(row: &Row) -> u64 {
    let mut hasher = DefaultHasher::new();
    for column in row.cells.names() {
        (column, row.cells.get(column)).hash(&mut hasher);
    }
    if let Some(geometry) = &row.geometry {
        geometry.to_string().hash(&mut hasher);
    }
    hasher.finish()
}

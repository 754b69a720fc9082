//! The stream of a run: files in, one outcome a row out.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::format::{self, Format, Row, RowError};
use super::keys::{Memory, Recall, Wins, hash};
use super::mapping::{self, Mapped};
use super::notice::{Notes, Notice};
use super::own;
use super::profile::Profile;
use super::transform::Lookups;
use crate::domain::record::Record;
use crate::domain::statement::Statement;

/// The reading of files under one profile. Keys are remembered over all files of the run.
#[derive(Debug)]
pub struct Intake<'p> {
    profile: &'p Profile,
    at: DateTime<Utc>,
    memory: Memory,
}

/// What became of one row.
#[derive(Debug)]
pub struct RowOutcome {
    /// Its line in the file, from 1; the ordinal of the record where the format has no lines.
    pub line: u64,
    /// What became of it.
    pub result: RowResult,
    /// Remarks about values that were taken, or left unknown.
    pub notices: Vec<Notice>,
    /// Categorical fields with their values, `unknown` included; none for a skipped row.
    pub facts: Vec<(String, String)>,
}

/// What became of one row: each is exactly one of these.
#[derive(Debug)]
pub enum RowResult {
    /// It states something about a toilet.
    Stated(Box<Statement>),
    /// It is a record that this program wrote.
    Recorded(Box<Record>),
    /// It cannot be used; the toilet of its key, if it has one, is not missing from its source.
    Rejected {
        /// Its key, where that could be made.
        key: Option<String>,
        /// Why.
        notice: Notice,
    },
    /// Another row with its key counts.
    Repeated {
        /// Its key.
        key: String,
        /// Which row counts.
        notice: Notice,
    },
    /// The profile leaves it out.
    Skipped,
}

impl RowOutcome {
    /// A row of which nothing was read.
    fn bare(line: u64, result: RowResult) -> Self {
        Self { line, result, notices: Vec::new(), facts: Vec::new() }
    }
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// It is not what the profile's `[format]` says.
    #[error(transparent)]
    File(#[from] format::FileError),
    /// It lacks a column that the profile names.
    #[error("{file} has no column “{column}”, which the profile reads for {field}; its columns are: {headers}")]
    MissingColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// What the profile reads from it.
        field: String,
        /// The columns that are there.
        headers: String,
    },
}

impl<'p> Intake<'p> {
    /// A run that has read nothing yet. Closures are counted as active, over or to come by `at`.
    #[must_use]
    pub fn new(profile: &'p Profile, at: DateTime<Utc>) -> Self {
        Self { profile, at, memory: Memory::default() }
    }

    /// Reads one file row by row; `name` is for messages.
    ///
    /// # Errors
    /// [`IntakeError`] where the file as a whole cannot be read.
    pub fn file<'a>(
        &'a mut self,
        name: &str,
        bytes: &'a [u8],
    ) -> Result<impl Iterator<Item = RowOutcome> + 'a, IntakeError> {
        let format = self.profile.format_of(bytes);
        let table = format::open(&format, bytes)?;
        self.check_columns(name, &table.headers)?;
        let (lookups, rows) = (table.lookups, table.rows);
        let last = match self.profile.key.wins {
            Wins::First => None,
            Wins::Last => Some(Last::find(self.profile, &format, bytes)?),
        };
        Ok(rows.map(move |row| self.row(row, &lookups, last.as_ref())))
    }

    fn check_columns(&self, file: &str, headers: &[String]) -> Result<(), IntakeError> {
        if headers.is_empty() {
            return Ok(());
        }
        let has = |column: &str| headers.iter().any(|header| header == column);
        let Some((field, column)) = self.profile.missing_column(&has) else {
            return Ok(());
        };
        let (file, headers) = (file.to_owned(), headers.join(", "));
        Err(IntakeError::MissingColumn { file, column, field, headers })
    }

    fn row(&mut self, row: Result<Row, RowError>, lookups: &Lookups, last: Option<&Last>) -> RowOutcome {
        let row = match row {
            Ok(row) => row,
            Err(RowError { line, message }) => {
                let notice = Notice::of_row("unreadable_row", message);
                return RowOutcome::bare(line, RowResult::Rejected { key: None, notice });
            }
        };
        if self.profile.own {
            let result = self.record(&row);
            return RowOutcome::bare(row.line, result);
        }
        let source = self.profile.source(&row, lookups);
        if mapping::is_skipped(self.profile, source) {
            return RowOutcome::bare(row.line, RowResult::Skipped);
        }
        let Mapped { key, statement, mut notes } = mapping::map(self.profile, source, self.at);
        let result = match (key, statement) {
            (None, Err(notice)) => RowResult::Rejected { key: None, notice },
            (None, Ok(statement)) => RowResult::Stated(statement),
            (Some(key), statement) => match last.and_then(|last| last.later_than(&key, row.line)) {
                Some(line) => repeated(key, line, "counts instead"),
                None => self.settle(&row, key, statement, &mut notes),
            },
        };
        RowOutcome { line: row.line, result, notices: notes.notices, facts: notes.facts }
    }

    /// Takes the row as the record it is.
    fn record(&mut self, row: &Row) -> RowResult {
        let record = match own::read(row, self.profile.format.kind) {
            Ok(record) => record,
            Err(notice) => return RowResult::Rejected { key: None, notice },
        };
        // Keys are unique in a source, and nothing in a source's name is a line break.
        let key = format!("{}\n{}", record.origin.source, record.origin.key);
        match self.memory.recall(&key, row, false) {
            Recall::New | Recall::Numbered { .. } => RowResult::Recorded(Box::new(record)),
            Recall::Repeat { line, .. } => repeated(record.origin.key, line, "came first and counts"),
        }
    }

    /// States the row, unless it is turned away or its key was there before.
    ///
    /// A row that is turned away does not stand in the way of a later one with its key; but where rows of one key are
    /// numbered it takes its number, so that mending it does not renumber the others.
    fn settle(
        &mut self,
        row: &Row,
        key: String,
        statement: Result<Box<Statement>, Notice>,
        notes: &mut Notes,
    ) -> RowResult {
        let number = self.profile.key.number_repeats;
        let statement = match statement {
            Err(notice) if !number => {
                return RowResult::Rejected { key: Some(key), notice };
            }
            statement => statement,
        };
        let key = match self.memory.recall(&key, row, number) {
            Recall::New => key,
            Recall::Repeat { line, same: true } => {
                return repeated(key, line, "is the same in every column");
            }
            Recall::Repeat { line, same: false } => {
                return repeated(key, line, "came first and counts");
            }
            Recall::Numbered { line, ordinal } => {
                let message = format!("line {line} has the same key but differs; this row is number {ordinal} of it");
                notes.tell(Notice::new("key", "repeat_numbered", message));
                format!("{key}#{ordinal}")
            }
        };
        match statement {
            Ok(statement) => RowResult::Stated(Box::new(Statement { key, ..*statement })),
            Err(notice) => RowResult::Rejected { key: Some(key), notice },
        }
    }
}

fn repeated(key: String, line: u64, why: &str) -> RowResult {
    let notice = Notice::new("key", "repeated", format!("line {line} has the same key and {why}"));
    RowResult::Repeated { key, notice }
}

/// The last line of each key in a file, found by reading it once beforehand.
struct Last(HashMap<u64, u64>);

impl Last {
    fn find(profile: &Profile, format: &Format, bytes: &[u8]) -> Result<Self, format::FileError> {
        let table = format::open(format, bytes)?;
        let mut last = HashMap::new();
        for row in table.rows.flatten() {
            let source = profile.source(&row, &table.lookups);
            if mapping::is_skipped(profile, source) {
                continue;
            }
            if let Some(key) = mapping::key(profile, source) {
                last.insert(hash(&key), row.line);
            }
        }
        Ok(Self(last))
    }

    /// The last line with this key, if it is a later one.
    fn later_than(&self, key: &str, line: u64) -> Option<u64> {
        self.0.get(&hash(key)).copied().filter(|&last| last > line)
    }
}

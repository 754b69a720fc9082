//! What an import did, row by row and in sums.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::event::Action;
use crate::intake::Notice;

/// What an import did. `read = created + updated + unchanged + rejected + repeated + skipped`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The source.
    pub source: String,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Rows read.
    pub read: u64,
    /// Toilets made.
    pub created: u64,
    /// Toilets changed.
    pub updated: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows turned away.
    pub rejected: u64,
    /// Rows whose key had come before.
    pub repeated: u64,
    /// Rows that the profile leaves out.
    pub skipped: u64,
    /// Toilets taken out of use because their source lists them no longer.
    pub retired: u64,
    /// How often each remark was made about the values of a row, repeated and rejected rows included.
    pub warnings_by_code: BTreeMap<String, u64>,
    /// For each field, how many rows had each value.
    pub facts: BTreeMap<String, BTreeMap<String, u64>>,
    /// Every row about which there is something to say; clean and skipped ones are only counted.
    pub rows: Vec<RowReport>,
}

/// One remark about one row.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RowReport {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// `created`, `updated`, `unchanged`, `rejected` or `repeated`.
    pub outcome: &'static str,
    /// The field it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Report {
    /// Counts the values of one row.
    pub(super) fn count_facts(&mut self, facts: Vec<(String, String)>) {
        for (field, value) in facts {
            *self.facts.entry(field).or_default().entry(value).or_default() += 1;
        }
    }

    /// Counts a row that was taken, with what there is to say about it.
    pub(in crate::usecase) fn take(&mut self, file: &str, line: u64, action: Option<Action>, notices: Vec<Notice>) {
        let (outcome, count) = match action {
            Some(Action::Create) => ("created", &mut self.created),
            Some(_) => ("updated", &mut self.updated),
            None => ("unchanged", &mut self.unchanged),
        };
        *count += 1;
        self.warn(file, line, outcome, notices);
    }

    /// Counts remarks about a row, whatever became of it, and tells them.
    pub(in crate::usecase) fn warn(&mut self, file: &str, line: u64, outcome: &'static str, notices: Vec<Notice>) {
        for notice in notices {
            *self.warnings_by_code.entry(notice.code.to_owned()).or_default() += 1;
            self.tell(file, line, outcome, notice);
        }
    }

    /// Adds a remark about a row.
    pub(in crate::usecase) fn tell(&mut self, file: &str, line: u64, outcome: &'static str, notice: Notice) {
        let Notice { field, code, message } = notice;
        self.rows.push(RowReport { file: file.to_owned(), line, outcome, field, code, message });
    }
}

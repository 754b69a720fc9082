//! What an import did, row by row and in sums.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::event::{Action, Changes};
use crate::domain::id::ToiletId;
use crate::intake::Notice;

/// How much of a report is told row by row. What is more is only counted, so that a file with a fault in each row cannot
/// make a report without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// Remarks about rows.
    pub remarks: usize,
    /// Toilets that are made, changed or retired.
    pub changes: usize,
}

impl Detail {
    /// For whoever has the host: every remark.
    pub const REMARKS: Self = Self { remarks: usize::MAX, changes: 0 };
    /// For whoever is to decide by it.
    pub const REVIEW: Self = Self { remarks: 1_000, changes: 1_000 };
}

impl Default for Detail {
    fn default() -> Self {
        Self::REMARKS
    }
}

/// What an import did. `read = created + updated + unchanged + rejected + repeated + skipped`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
    /// How many remarks there are beyond those.
    #[serde(default, skip_serializing_if = "is_none")]
    pub rows_left_out: u64,
    /// The toilets that are made, changed or retired, as far as that is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeReport>,
    /// How many there are beyond those, if they are told at all.
    #[serde(default, skip_serializing_if = "is_none")]
    pub changes_left_out: u64,
    /// How much is told row by row.
    #[serde(skip)]
    pub(in crate::usecase) detail: Detail,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What becomes of one toilet.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeReport {
    /// The line of the file, from 1; none for a toilet that it no longer lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// `created`, `updated` or `retired`.
    pub outcome: Cow<'static, str>,
    /// Its key in the source.
    pub key: String,
    /// The toilet, if it is there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toilet: Option<ToiletId>,
    /// What changes; of one that is made its name alone.
    #[serde(default)]
    pub fields: Changes,
}

/// One remark about one row.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowReport {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// `created`, `updated`, `unchanged`, `rejected` or `repeated`.
    pub outcome: Cow<'static, str>,
    /// The field it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// A stable code.
    pub code: Cow<'static, str>,
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
        if self.rows.len() >= self.detail.remarks {
            self.rows_left_out += 1;
            return;
        }
        let Notice { field, code, message } = notice;
        let (outcome, code) = (outcome.into(), code.into());
        self.rows.push(RowReport { file: file.to_owned(), line, outcome, field, code, message });
    }

    /// Adds what becomes of a toilet.
    pub(super) fn change(&mut self, change: impl FnOnce() -> ChangeReport) {
        if self.changes.len() < self.detail.changes {
            self.changes.push(change());
        } else if self.detail.changes > 0 {
            self.changes_left_out += 1;
        }
    }
}

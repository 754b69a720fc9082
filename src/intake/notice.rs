//! What a reader of a file is told about one of its rows.

use std::collections::BTreeMap;

use crate::domain::Violation;
use crate::domain::text::Remark;

/// One remark about a row: why it was turned away, or what to look at although it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The field it is about in the API's spelling (`stalls.women`), or the file's column where no field is meant.
    pub field: Option<String>,
    /// A stable code in snake case, such as `unmapped_value`; `docs/profiles.md` lists them.
    pub code: &'static str,
    /// What is wrong and what would be right, for a person.
    pub message: String,
}

impl Notice {
    /// A remark about a field or column.
    pub(super) fn new(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), code, message: message.into() }
    }

    /// A remark about the row as a whole.
    pub(super) fn of_row(code: &'static str, message: impl Into<String>) -> Self {
        Self { field: None, code, message: message.into() }
    }

    /// A broken rule of the domain, met in `field`.
    pub(super) fn of_rule(field: &str, broken: &Violation) -> Self {
        let code = match broken.code {
            "blank" => "missing",
            "tooLong" => "too_long",
            "badCharacter" => "bad_character",
            "badCode" => "bad_code",
            "unknownGrade" => "unknown_grade",
            "endsBeforeItBegins" => "ends_before_it_begins",
            _ => "bad_value",
        };
        Self::new(field, code, broken.message.clone())
    }
}

/// What gathers beside the values while a row is read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Remarks, in the order in which they were met.
    pub(super) notices: Vec<Notice>,
    /// Categorical fields with their values, for the count over all rows.
    pub(super) facts: Vec<(String, String)>,
    /// Values that fit no field, by the name of their column, so that nothing is lost.
    pub(super) kept: BTreeMap<String, String>,
}

impl Notes {
    /// Adds a remark.
    pub(super) fn tell(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// Adds a remark and keeps the value it is about, as far as it can be shown.
    pub(super) fn tell_and_keep(&mut self, notice: Notice, column: &str, value: &str) {
        self.tell(notice);
        self.keep(column, value);
    }

    /// Keeps a value that has no field of its own. What is too long or cannot be shown is told and left out.
    pub(super) fn keep(&mut self, column: &str, value: &str) {
        match Remark::new(value) {
            Ok(value) => {
                self.kept.insert(column.to_owned(), value.into());
            }
            Err(broken) => self.tell(Notice::of_rule(&format!("extra.{column}"), &broken)),
        }
    }

    /// Records the value of a categorical field; `None` counts as `unknown`.
    pub(super) fn fact(&mut self, field: &str, value: Option<&str>) {
        self.facts.push((field.to_owned(), value.unwrap_or("unknown").to_owned()));
    }
}

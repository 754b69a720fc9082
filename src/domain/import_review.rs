//! Files that an admin uploads to be taken in: looked at first, applied then, kept for a while.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::account::PersonId;
use super::codes::codes;
use super::draft::Fields;
use super::id::ImportReviewId;

codes!(
    /// How an uploaded file stands.
    ImportState {
        /// It was read, and nothing of it is in the register.
        Ready = "ready",
        /// It is being taken in.
        Applying = "applying",
        /// It was taken in.
        Applied = "applied",
        /// Taking it in broke off; what was written until then stays.
        Failed = "failed",
    }
);

/// For how long a file and what is said of it are kept.
pub const KEPT: TimeDelta = TimeDelta::days(7);

/// A file to be kept, with what taking it in would change.
#[derive(Debug, Clone, PartialEq)]
pub struct NewImportReview {
    /// The profile under which it is read.
    pub profile: String,
    /// Whether it is the whole truth of its source.
    pub sync: bool,
    /// The name of its source.
    pub source: String,
    /// What is in it.
    pub content: Vec<u8>,
    /// Its SHA-256, in hexadecimal.
    pub fingerprint: String,
    /// What taking it in would change.
    pub report: Value,
    /// The state of the register for which that holds.
    pub mark: String,
    /// Who uploaded it.
    pub by: PersonId,
}

/// A file that was uploaded, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReview {
    /// Its id.
    pub id: ImportReviewId,
    /// The profile under which it is read.
    pub profile: String,
    /// Whether it is the whole truth of its source.
    pub sync: bool,
    /// The name of its source.
    pub source: String,
    /// How many bytes it has.
    pub bytes: i64,
    /// Its SHA-256, in hexadecimal.
    pub fingerprint: String,
    /// How it stands.
    pub state: ImportState,
    /// What taking it in would change or, once it was taken in, what it changed.
    pub report: Value,
    /// The state of the register for which the report holds.
    pub mark: String,
    /// Why taking it in broke off.
    pub reason: Option<String>,
    /// Who uploaded it.
    pub by: PersonId,
    /// Who had it taken in.
    pub applied_by: Option<PersonId>,
    /// When it was taken in.
    pub applied_at: Option<DateTime<Utc>>,
    /// When it was uploaded.
    pub uploaded_at: DateTime<Utc>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

impl ImportReview {
    /// As the journal has it: without the file, and without what is said of it, which repeats its rows.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let fields = [
            ("profile", json!(self.profile)),
            ("sync", json!(self.sync)),
            ("source", json!(self.source)),
            ("bytes", json!(self.bytes)),
            ("fingerprint", json!(self.fingerprint)),
            ("state", json!(self.state.as_str())),
            ("mark", json!(self.mark)),
            ("by", json!(self.by.to_string())),
            ("appliedBy", json!(self.applied_by.map(|person| person.to_string()))),
            ("appliedAt", json!(self.applied_at)),
            ("uploadedAt", json!(self.uploaded_at)),
            ("expiresAt", json!(self.expires_at)),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

//! Publishers whose files are taken in.

use super::id::SourceId;

/// A source on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Its name, unique, such as `taipei`.
    pub name: String,
    /// The words with which its publisher wants to be named.
    pub attribution: Option<String>,
    /// The licence of its data.
    pub license: Option<String>,
    /// Whether it is made up for demonstration and must be marked so wherever it is shown.
    pub synthetic: bool,
}

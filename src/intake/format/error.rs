//! What can be wrong with a file as a whole, and with one of its rows.

use super::encoding::Encoding;
use super::settings::FormatKind;

/// Why a file cannot be read at all. Its text is written for the person who holds the file or writes its profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The `[format]` table contradicts itself.
    #[error("the [format] table of the profile cannot be used: {0}")]
    Settings(String),
    /// Another kind of file than the profile says.
    #[error("the profile says {stated}, but this is {found}")]
    OtherKind {
        /// What the profile says.
        stated: FormatKind,
        /// What the first bytes tell.
        found: &'static str,
    },
    /// More than one character in a hundred could not be decoded.
    #[error("this does not look like {encoding}: {damaged} of {characters} characters cannot be decoded")]
    NotThatEncoding {
        /// What the profile says.
        encoding: Encoding,
        /// How many characters came out as U+FFFD.
        damaged: usize,
        /// How many characters there are.
        characters: usize,
    },
    /// The byte order mark contradicts the profile.
    #[error("the profile says {stated}, but the file begins with the byte order mark of {found}")]
    OtherByteOrderMark {
        /// What the profile says.
        stated: Encoding,
        /// Whose mark the file bears.
        found: &'static str,
    },
    /// `utf-16` without a mark says nothing of the byte order.
    #[error("the file has no byte order mark: the profile must say utf-16le or utf-16be")]
    NoByteOrderMark,
    /// Not a sound file of its kind.
    #[error("this is not a readable {kind} file: {message}")]
    Malformed {
        /// What the profile says.
        kind: FormatKind,
        /// What the parser says, with the place where it knows it.
        message: String,
    },
    /// A quotation mark is missing, so that many rows would be read as one cell.
    #[error(
        "the quotation mark that opens a cell on line {line} is not closed where the cell ends: rows after it would be lost"
    )]
    OpenQuote {
        /// The 1-based line of the opening mark.
        line: u64,
    },
    /// No headers where the profile says they are.
    #[error("there is no header in row {row}")]
    NoHeader {
        /// The 1-based row or line.
        row: u32,
    },
    /// No such sheet.
    #[error("there is no sheet {name:?}; the sheets are {}", .sheets.join(", "))]
    NoSheet {
        /// The name the profile gives.
        name: String,
        /// The names there are.
        sheets: Vec<String>,
    },
    /// The records are not where the profile says.
    #[error("there are no records at {path:?}; {hint}")]
    NoRecords {
        /// `format.records`.
        path: String,
        /// Where they may be instead.
        hint: String,
    },
    /// A lookup table of the profile is not in the file, or contradicts itself.
    #[error("the lookup {name:?} {message}")]
    Lookup {
        /// Its name.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// A limit is passed.
    #[error("the file has more than {limit} {of}")]
    TooMuch {
        /// The limit.
        limit: u64,
        /// Of what: rows, columns, bytes.
        of: &'static str,
    },
}

/// Why one row cannot be read; the others can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RowError {
    /// The same as [`super::Row::line`].
    pub line: u64,
    /// What is wrong, without the line.
    pub message: String,
}

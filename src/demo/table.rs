//! Reading the embedded tables.

use serde::de::DeserializeOwned;

use crate::domain::Violation;

/// The rows of an embedded table with a heading; `file` names it in an error.
pub(super) fn rows<T: DeserializeOwned>(file: &str, text: &str) -> Result<Vec<T>, Violation> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| Violation::new(file, "badRow", error.to_string()))
}

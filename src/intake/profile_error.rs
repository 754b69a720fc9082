//! What is wrong with a profile.

use std::fmt::Display;

/// Why a text is no profile.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProfileError {
    /// It is not TOML, lacks a key, or has one that does not exist; the text names the line and what would be right.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A key's value cannot be used.
    #[error("`{key}`: {right}")]
    Wrong {
        /// The key, dotted.
        key: String,
        /// What is wrong or would be right.
        right: String,
    },
}

impl ProfileError {
    pub(super) fn wrong(key: &str, right: &dyn Display) -> Self {
        Self::Wrong { key: key.to_owned(), right: right.to_string() }
    }

    /// A position without a datum does not exist.
    pub(super) fn no_datum() -> Self {
        let right = "say in which datum the positions are: `crs = \"wgs84\"`, \"gcj02\" or \"bd09\", or `epsg = …` for \
                     a grid. It is not guessed, since a wrong one puts every toilet some 570 m off";
        Self::wrong("position.crs", &right)
    }
}

//! Counted stalls.

use serde::{Deserialize, Serialize};

/// The counted stalls of a toilet; what nobody counted is left out. `total` is what a source states and need not be
/// the sum of the others, since many sources count only in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stalls {
    /// Stalls in all, as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u16>,
    /// Stalls for women.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub women: Option<u16>,
    /// Stalls for men, urinals left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub men: Option<u16>,
    /// Urinals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urinals: Option<u16>,
    /// Stalls for wheelchair users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessible: Option<u16>,
    /// Family rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<u16>,
}

impl Stalls {
    /// More stalls than any building has; a larger count is a slip of the keyboard.
    pub const MOST: u16 = 999;

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

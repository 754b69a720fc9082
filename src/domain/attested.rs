//! Which fields of a record somebody saw with their own eyes, and when.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::account::PersonId;
use super::draft::Fields;

/// That somebody found a field to be so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attestation {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by their pseudonym.
    pub by: PersonId,
    /// How exact it is, in metres, where that is known: for a position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
}

/// The fields of one toilet that were attested, by their flat names (`facilities.wheelchair`, `position`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attested(pub BTreeMap<String, Attestation>);

impl Attested {
    /// Drops what is no longer attested, since the field says something else now, or nothing.
    pub fn keep_true(&mut self, before: &Fields, after: &Fields) {
        self.0.retain(|name, _| after.contains_key(name) && before.get(name) == after.get(name));
    }

    /// One field for each, as the journal has them: `attested.facilities.wheelchair`.
    pub fn fields(&self) -> impl Iterator<Item = (String, serde_json::Value)> + '_ {
        self.0.iter().filter_map(|(name, one)| Some((format!("attested.{name}"), serde_json::to_value(one).ok()?)))
    }
}

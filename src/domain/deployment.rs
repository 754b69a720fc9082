//! Toilets that are put somewhere for a time, and sets of them that are put out and taken away together (活动保障).

use serde_json::{Value, json};

use super::draft::Fields;
use super::id::{DeploymentId, StationId, ToiletId};
use super::period::Span;
use super::place::Place;
use super::text::Name;

/// Where a toilet stands for a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// Its id.
    pub id: StationId,
    /// The set with which it was put there.
    pub deployment: DeploymentId,
    /// From when, and until when.
    pub span: Span,
    /// Where.
    pub place: Place,
}

impl Station {
    /// As the journal has it: `stations.7`.
    #[must_use]
    pub fn field(&self) -> (String, Value) {
        let value = json!({"deployment": self.deployment.0, "span": self.span, "place": self.place});
        (format!("stations.{}", self.id), value)
    }
}

/// A set of toilets put out together for a time, for an event say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// What it is for.
    pub name: Name,
    /// From when, and until when.
    pub span: Span,
    /// The toilets, in the order of their ids.
    pub toilets: Vec<ToiletId>,
    /// Counts the writes to the set, from 1.
    pub revision: i32,
}

impl Deployment {
    /// What is on record of it, flat, as the journal compares it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let toilets: Vec<_> = self.toilets.iter().map(|toilet| toilet.0).collect();
        let known = [("name", self.name.as_str().into()), ("span", json!(self.span)), ("toilets", toilets.into())];
        known.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

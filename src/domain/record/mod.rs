//! A toilet as it is taken away and taken in again: all that the register states about it, in one flat row.
//!
//! Whatever the format, a record has the same [`COLUMNS`]. What is written can be read back to the same record; its
//! history, and who did what, is not part of it.

mod columns;
mod guard;
mod read;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Draft;
use super::area::{AreaCode, AreaLevel};
use super::grade::NewGrade;
use super::id::ToiletId;
use super::operator::{OperatorKind, OperatorRole};
use super::outage::{NewOutage, OutageState};
use super::statement::{NamedOperator, Statement};
use super::text::Name;
use super::toilet::Status;
use crate::geo::Crs;

pub use columns::{COLUMNS, Column, Holds};
pub use guard::{guarded, unguarded};

/// The name of the source of what was entered in a register itself.
pub const OWN: &str = "gongce";

/// A toilet as a file holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its id; a row that somebody added to a file has none.
    pub id: Option<ToiletId>,
    /// Who stated it first.
    pub origin: Origin,
    /// The areas from the top of the tree down to the one it is registered in.
    pub areas: Vec<AreaStep>,
    /// What is stated about it.
    pub fact: Draft,
    /// The bodies behind it, past and present.
    pub operators: Vec<Tie>,
    /// Its closures, past and to come.
    pub outages: Vec<Closure>,
    /// Its grade records.
    pub grades: Vec<NewGrade>,
    /// When the record was last written here. No file carries it.
    pub updated_at: Option<DateTime<Utc>>,
}

/// Who stated a toilet first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The name of the source; [`OWN`] for what was entered in the register itself.
    pub source: String,
    /// The toilet's key there.
    pub key: String,
    /// The words with which the source wants to be named.
    pub attribution: Option<String>,
    /// The licence of its data.
    pub license: Option<String>,
    /// Whether it is made up for demonstration.
    pub synthetic: bool,
}

/// An area on the way from the top of the tree down: `["410308", "孟津区", "county", 2023]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaStep(
    /// Its code.
    pub AreaCode,
    /// Its name.
    pub Name,
    /// Its level.
    pub AreaLevel,
    /// The year of the list that states the code.
    pub u16,
);

/// A body's dated tie to a toilet, the body by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tie {
    /// What the body is to the toilet.
    pub role: OperatorRole,
    /// Its name.
    pub name: Name,
    /// What sort of body it is.
    pub kind: OperatorKind,
    /// The first day, if bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// The last day, if bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

/// A closure, without who opened it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Closure {
    /// What it says.
    #[serde(flatten)]
    pub fact: NewOutage,
    /// Until when it is hoped to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_until: Option<DateTime<Utc>>,
    /// What is thought of it; left out where nobody doubts it.
    #[serde(default = "confirmed", skip_serializing_if = "is_confirmed")]
    pub state: OutageState,
}

impl Record {
    /// Puts its lists into one order, so that the same register always writes the same file.
    pub fn sort(&mut self) {
        let tie = |tie: &Tie| (tie.role, tie.from, tie.to, tie.name.clone());
        self.operators.sort_by_key(tie);
        self.outages.sort_by_key(|closure| (closure.fact.span, closure.fact.reason));
        let grade = |grade: &NewGrade| (grade.standard(), grade.assessed_on, grade.grade(), grade.certificate.clone());
        self.grades.sort_by_key(grade);
    }

    /// What the public may have of it at that instant, as the public view shows it: closures in force, the body that
    /// runs it, grades given so far, none with a remark or a certificate's number; nothing of a retired toilet.
    #[must_use]
    pub fn public(mut self, at: DateTime<Utc>) -> Option<Self> {
        if self.fact.serves(at) == Status::Retired {
            return None;
        }
        let today = at.with_timezone(&self.fact.zone).date_naive();
        self.operators.retain(|tie| tie.role == OperatorRole::Operating && tie.holds_on(today));
        self.outages.retain(|closure| closure.is_in_force(at));
        self.outages.iter_mut().for_each(|closure| closure.fact.note = None);
        self.grades.retain(|grade| grade.is_given_by(today));
        self.grades.iter_mut().for_each(|grade| grade.certificate = None);
        Some(self)
    }

    /// The cells in the order of [`COLUMNS`], `null` for what is unknown; positions in that datum.
    #[must_use]
    pub fn cells(&self, crs: Crs) -> Vec<Value> {
        let mut stated = self.fact.fields();
        let place = self.fact.position.map(|place| (place, place.in_crs(crs)));
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let cell = |column: &Column| match (column.name, &place) {
            ("id", _) => self.id.map_or(Value::Null, |id| id.0.into()),
            ("source", _) => self.origin.source.as_str().into(),
            ("sourceKey", _) => self.origin.key.as_str().into(),
            ("attribution", _) => text(self.origin.attribution.as_deref()),
            ("license", _) => text(self.origin.license.as_deref()),
            ("synthetic", _) => self.origin.synthetic.into(),
            ("latitude", Some((_, (latitude, _)))) => (*latitude).into(),
            ("longitude", Some((_, (_, longitude)))) => (*longitude).into(),
            ("crs", Some(_)) => crs.as_str().into(),
            ("datum", Some((place, _))) => place.given.as_str().into(),
            ("shifted", Some((place, _))) => place.shifted.into(),
            ("areas", _) => list(&self.areas),
            ("operators", _) => list(&self.operators),
            ("outages", _) => list(&self.outages),
            ("grades", _) => list(&self.grades),
            ("extra", _) => list(&self.fact.extra.iter().collect::<Vec<_>>()),
            (name, _) => stated.remove(name).unwrap_or_default(),
        };
        COLUMNS.iter().map(cell).collect()
    }

    /// What it says as a statement of its source, as an import compares it: of the bodies only those that have no end.
    #[must_use]
    pub fn statement(&self) -> Statement {
        let standing = self.operators.iter().filter(|tie| tie.to.is_none());
        let named = standing.map(|tie| NamedOperator { role: tie.role, name: tie.name.clone(), kind: tie.kind });
        Statement {
            key: self.origin.key.clone(),
            draft: self.fact.clone(),
            grades: self.grades.clone(),
            outages: self.outages.iter().map(|closure| closure.fact.clone()).collect(),
            operators: named.collect(),
        }
    }
}

impl Closure {
    /// Whether it closes the toilet at that instant.
    #[must_use]
    pub fn is_in_force(&self, at: DateTime<Utc>) -> bool {
        self.state != OutageState::Rejected && self.fact.span.contains(at)
    }
}

fn confirmed() -> OutageState {
    OutageState::Confirmed
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_confirmed(state: &OutageState) -> bool {
    *state == OutageState::Confirmed
}

impl Tie {
    /// Whether it holds on that day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// An empty list is unknown, as everything else that is not there.
fn list<T: Serialize>(list: &[T]) -> Value {
    if list.is_empty() { Value::Null } else { serde_json::to_value(list).unwrap_or_default() }
}

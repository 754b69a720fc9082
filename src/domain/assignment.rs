//! Who answers for a toilet (责任保洁员), from day to day: at most one at a time, and nobody is legal.

use serde_json::json;

use super::account::{Grant, PersonId, PersonName, Role};
use super::area::AreaCode;
use super::draft::Fields;
use super::id::{CustodianId, OperatorId, SubstituteId, ToiletId};
use super::period::Days;

/// Somebody who answers for a toilet, whole days by the clock of the toilet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Custodian {
    /// Its id.
    pub id: CustodianId,
    /// The toilet.
    pub toilet: ToiletId,
    /// Who, by their pseudonym.
    pub person: PersonId,
    /// From when, and until when.
    pub days: Days,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

/// Somebody who stands in at a toilet (替班), whole days by its clock: beside its custodian, who goes on answering for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Substitute {
    /// Its id.
    pub id: SubstituteId,
    /// The toilet.
    pub toilet: ToiletId,
    /// Who, by their pseudonym.
    pub person: PersonId,
    /// From when until when; both ends are bounded.
    pub days: Days,
    /// Counts the writes to it, from 1.
    pub revision: i32,
}

/// A record about a person with what they are called; nothing where who it was is forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<T> {
    /// The record.
    pub record: T,
    /// What they are called.
    pub name: Option<PersonName>,
}

/// Who answered, answers and will answer for a toilet, and who stands in, in the order of their days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignments {
    /// Its custodians, at most one on any day.
    pub custodians: Vec<Named<Custodian>>,
    /// Who stands in.
    pub substitutes: Vec<Named<Substitute>>,
}

impl Custodian {
    /// As the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        fields(self.toilet, self.person, self.days)
    }
}

impl Substitute {
    /// As the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        fields(self.toilet, self.person, self.days)
    }
}

fn fields(toilet: ToiletId, person: PersonId, days: Days) -> Fields {
    let fields = [
        ("toilet", json!(toilet)),
        ("person", json!(person.to_string())),
        ("from", json!(days.from())),
        ("to", json!(days.to())),
    ];
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Whether somebody who was granted that keeps toilets clean, or leads those who do, where one lies that this body runs.
#[must_use]
pub fn works_at(grants: &[Grant], path: &[AreaCode], operator: Option<OperatorId>) -> bool {
    let cleans = |role: Role| matches!(role, Role::Cleaner | Role::Supervisor);
    grants.iter().any(|grant| cleans(grant.role) && grant.reach.covers(path, operator))
}

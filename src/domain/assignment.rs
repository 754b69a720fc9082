//! Who answers for a toilet (责任保洁员), from day to day: at most one at a time, and nobody is legal.

use chrono::NaiveDate;
use serde_json::json;

use super::account::{Grant, PersonId, PersonName, Role};
use super::area::AreaCode;
use super::draft::Fields;
use super::id::{CustodianId, OperatorId, ToiletId};
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

/// A custodian with what the sign says; nothing where who it was is forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCustodian {
    /// The custodian.
    pub custodian: Custodian,
    /// What they are called.
    pub name: Option<PersonName>,
}

/// What becomes of a custodian when another one begins, or nobody follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Their last day comes sooner.
    Ends(Custodian),
    /// They would have begun later, and never do.
    NeverBegan,
}

impl Custodian {
    /// What becomes of a custodian who has to be over before that day; nothing where they are.
    #[must_use]
    pub fn over_before(&self, day: NaiveDate) -> Option<Ending> {
        if self.days.to().is_some_and(|last| last < day) {
            return None;
        }
        let last = day.pred_opt().filter(|last| self.days.from().is_none_or(|from| from <= *last));
        let ended = last.and_then(|last| Days::new(self.days.from(), Some(last)).ok());
        Some(ended.map_or(Ending::NeverBegan, |days| Ending::Ends(Self { days, revision: self.revision + 1, ..*self })))
    }

    /// Whether they are custodian on any of these days.
    #[must_use]
    pub fn meets(&self, days: Days) -> bool {
        let before =
            |end: Option<NaiveDate>, begin: Option<NaiveDate>| end.zip(begin).is_some_and(|(end, begin)| end < begin);
        !before(self.days.to(), days.from()) && !before(days.to(), self.days.from())
    }

    /// As the journal has it.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let fields = [
            ("toilet", json!(self.toilet)),
            ("person", json!(self.person.to_string())),
            ("from", json!(self.days.from())),
            ("to", json!(self.days.to())),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Whether somebody who was granted that keeps toilets clean, or leads those who do, where one lies that this body runs.
#[must_use]
pub fn works_at(grants: &[Grant], path: &[AreaCode], operator: Option<OperatorId>) -> bool {
    let cleans = |role: Role| matches!(role, Role::Cleaner | Role::Supervisor);
    grants.iter().any(|grant| cleans(grant.role) && grant.reach.covers(path, operator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn day(number: u32) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(i32::try_from(730_000 + number).unwrap_or_default())
    }

    fn custodian(from: u32, length: Option<u32>) -> Custodian {
        let days = Days::new(day(from), length.and_then(|length| day(from + length))).unwrap_or_default();
        Custodian { id: CustodianId(1), toilet: ToiletId(1), person: PersonId(Uuid::nil()), days, revision: 1 }
    }

    proptest! {
        #[test]
        fn whoever_is_over_is_so_on_that_day_and_later_and_stays_what_they_were_before(
            from in 0_u32..60, length in proptest::option::of(0_u32..60), over in 0_u32..120, at in 0_u32..200,
        ) {
            let before = custodian(from, length);
            let (over, at) = (day(over).unwrap_or_default(), day(at).unwrap_or_default());
            let holds = match before.over_before(over) {
                None => before.days.contains(at),
                Some(Ending::Ends(after)) => after.days.contains(at),
                Some(Ending::NeverBegan) => false,
            };
            prop_assert_eq!(holds, before.days.contains(at) && at < over);
        }

        #[test]
        fn two_meet_where_a_day_is_in_both(
            from in 0_u32..30, length in proptest::option::of(0_u32..30),
            other in 0_u32..30, other_length in proptest::option::of(0_u32..30),
        ) {
            let (one, two) = (custodian(from, length), custodian(other, other_length));
            let shared = (0..100).filter_map(day).any(|day| one.days.contains(day) && two.days.contains(day));
            prop_assert_eq!(one.meets(two.days), shared);
        }
    }
}

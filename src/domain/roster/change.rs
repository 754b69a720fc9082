//! What it takes to have somebody do something else on a day.

use chrono::NaiveDate;

use super::{RosterDay, RosterPlan, ShiftKind};
use crate::domain::Violation;
use crate::domain::account::PersonId;

/// What somebody is to do on a day, instead of what they do as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Who.
    pub person: PersonId,
    /// When.
    pub day: NaiveDate,
    /// What; nothing is what their turn plans.
    pub shift: Option<ShiftKind>,
    /// With whom they swap, if it is for that.
    pub swapped_with: Option<PersonId>,
}

/// What is to be written for a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// Another day than planned.
    Create,
    /// Something else on a day that is other than planned already.
    Put(&'a RosterDay),
    /// It is as planned again.
    Remove(&'a RosterDay),
}

impl RosterPlan {
    /// What is to be written for a wish; nothing where it is fulfilled.
    ///
    /// # Errors
    /// `past` in `day` for a day before `today`, `outOfRange` for one that the roster does not last to, `unknownShift` in
    /// `shift` for one that it does not have.
    pub fn change(&self, wish: &Wish, today: NaiveDate) -> Result<Option<Change<'_>>, Violation> {
        let (other, planned) = (self.other(wish.person, wish.day), self.planned(wish.person, wish.day));
        let change = match (wish.shift, other) {
            (None, None) => return Ok(None),
            (None, Some(other)) => Change::Remove(other),
            (Some(shift), Some(other)) if other.shift == shift => return Ok(None),
            (shift, Some(other)) if shift == planned => Change::Remove(other),
            (_, Some(other)) => Change::Put(other),
            (shift, None) if shift == planned => return Ok(None),
            (_, None) => Change::Create,
        };
        if wish.day < today {
            return Err(Violation::new("day", "past", format!("{} is past, and stays as it was", wish.day)));
        }
        if !self.roster.days.contains(wish.day) {
            let message = format!("the roster does not last to {}, or has not begun by then", wish.day);
            return Err(Violation::new("day", "outOfRange", message));
        }
        match wish.shift.filter(|shift| !self.roster.shifts.knows(*shift)) {
            Some(shift) => Err(Violation::new("shift", "unknownShift", format!("the roster has no shift “{shift}”"))),
            None => Ok(Some(change)),
        }
    }
}

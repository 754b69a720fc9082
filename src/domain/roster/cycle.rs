//! Shifts that come again and again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ShiftKind;
use super::shifts::Shifts;
use crate::domain::Violation;

/// The longest cycle, in days: two months.
const LONGEST: usize = 62;

/// The shifts of a turn, day by day, which then begin anew: early, early, late, late, off, off. 1 to 62 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<ShiftKind>", into = "Vec<ShiftKind>")]
pub struct Cycle(Vec<ShiftKind>);

impl Cycle {
    /// A cycle.
    ///
    /// # Errors
    /// `blank` or `tooLong`.
    pub fn new(shifts: Vec<ShiftKind>) -> Result<Self, Violation> {
        if shifts.is_empty() {
            return Err(Violation::new("", "blank", "must have one day at least"));
        }
        if shifts.len() > LONGEST {
            let message = format!("has {} days; at most {LONGEST} are taken", shifts.len());
            return Err(Violation::new("", "tooLong", message));
        }
        Ok(Self(shifts))
    }

    /// What is done on a day when the first day was that one; nothing before it.
    #[must_use]
    pub fn on(&self, first: NaiveDate, day: NaiveDate) -> Option<ShiftKind> {
        let passed = usize::try_from((day - first).num_days()).ok()?;
        self.0.get(passed % self.0.len()).copied()
    }

    /// Whether a roster knows all of its shifts.
    ///
    /// # Errors
    /// `unknownShift` in the field of the first day of which it does not: `cycle.2`.
    pub fn fits(&self, shifts: &Shifts) -> Result<(), Violation> {
        match self.0.iter().enumerate().find(|(_, kind)| !shifts.knows(**kind)) {
            None => Ok(()),
            Some((place, kind)) => {
                let message = format!("the roster has no shift “{kind}”");
                Err(Violation::new(format!("cycle.{place}"), "unknownShift", message))
            }
        }
    }

    /// The shifts in their order.
    #[must_use]
    pub fn shifts(&self) -> &[ShiftKind] {
        &self.0
    }
}

impl TryFrom<Vec<ShiftKind>> for Cycle {
    type Error = Violation;
    fn try_from(shifts: Vec<ShiftKind>) -> Result<Self, Violation> {
        Self::new(shifts)
    }
}

impl From<Cycle> for Vec<ShiftKind> {
    fn from(cycle: Cycle) -> Self {
        cycle.0
    }
}

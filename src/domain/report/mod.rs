//! What the register as a whole says on one day: counts and shares for those who answer for it.
//!
//! Each report is filled toilet by toilet, so that a register of any size is gone through once and never held.
//! A toilet counts while it is *in service*: built, not retired, and opened by that day if the day is known. One that
//! is closed for repair is still in service.

mod census;
mod custody;
mod fittings;
mod grading;
mod monthly;
mod works;

use chrono::NaiveDate;

pub use census::{Census, Classes};
pub use custody::{Custody, Without};
pub use fittings::{Fittings, Known, Ratio, StallRatios, Thing};
pub use grading::{Due, Grading, Wanted};
pub use monthly::Monthly;
pub use works::{Month, Rebuilt, Works};

use super::Toilet;
use super::area::AreaCode;
use super::id::OperatorId;
use super::operator::{Operator, OperatorRole};
use super::toilet::Lifecycle;

/// Whether a toilet counts on that day.
#[must_use]
pub fn is_in_service(toilet: &Toilet, day: NaiveDate) -> bool {
    toilet.fact.lifecycle == Lifecycle::InService && toilet.fact.opened_on.is_none_or(|opened| opened <= day)
}

/// The body in that role on that day; of several, the one that came last.
#[must_use]
pub fn body(toilet: &Toilet, role: OperatorRole, day: NaiveDate) -> Option<&Operator> {
    let holding = toilet.tenures.iter().filter(|tenure| tenure.role == role && tenure.days.contains(day));
    holding.max_by_key(|tenure| tenure.days.from()).map(|tenure| &tenure.operator)
}

/// Which toilets a report is about: those of an area's whole subtree, or all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Within(Vec<AreaCode>);

impl Within {
    /// The subtree of the area of that path, from the top down to it; an empty path is the whole register.
    #[must_use]
    pub fn new(path: Vec<AreaCode>) -> Self {
        Self(path)
    }

    /// Whether a toilet lies in it.
    #[must_use]
    pub fn covers(&self, toilet: &Toilet) -> bool {
        self.0.is_empty() || path(toilet).starts_with(&self.0)
    }

    /// The area directly below by which a toilet is counted; the area itself for one that lies in none below.
    #[must_use]
    pub fn part(&self, toilet: &Toilet) -> Option<AreaCode> {
        let path = path(toilet);
        path.get(self.0.len()).or_else(|| path.last()).cloned()
    }
}

fn path(toilet: &Toilet) -> &[AreaCode] {
    toilet.area.as_ref().map(|area| area.path.as_slice()).unwrap_or_default()
}

/// The body by which a toilet is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Body {
    /// Its id.
    pub id: OperatorId,
    /// Its name.
    pub name: String,
}

impl From<&Operator> for Body {
    fn from(operator: &Operator) -> Self {
        Self { id: operator.id, name: operator.name.to_string() }
    }
}

//! What the slots of a toilet depend on of the toilet itself.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::Toilet;
use crate::domain::area::AreaCode;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::operator::OperatorRole;
use crate::domain::period::Days;

/// What the slots of a toilet depend on of the toilet itself: a small part of it, which is read for many at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// The toilet.
    pub toilet: ToiletId,
    /// The time zone in which it stands.
    pub zone: Tz,
    /// The holiday table that is kept there.
    pub calendar: Option<String>,
    /// The codes of the area that it lies in, from the top of the tree down.
    pub path: Vec<AreaCode>,
    /// The bodies that run it, past and present, in the order of their ties.
    pub running: Vec<(OperatorId, Days)>,
}

impl Ground {
    /// The day that it is there at that instant.
    #[must_use]
    pub fn today(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The body that runs it on that day; the one that began last if several do.
    #[must_use]
    pub fn operator_on(&self, day: NaiveDate) -> Option<OperatorId> {
        let tied = self.running.iter().filter(|(_, days)| days.contains(day));
        tied.max_by_key(|(_, days)| days.from()).map(|(operator, _)| *operator)
    }
}

impl Toilet {
    /// What its slots depend on.
    #[must_use]
    pub fn ground(&self) -> Ground {
        let running = self.tenures.iter().filter(|tie| tie.role == OperatorRole::Operating);
        Ground {
            toilet: self.id,
            zone: self.fact.zone,
            calendar: self.fact.calendar.clone(),
            path: self.path().to_vec(),
            running: running.map(|tie| (tie.operator.id, tie.days)).collect(),
        }
    }
}

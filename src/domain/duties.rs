//! Who is to be at a toilet: its custodian, whoever stands in, whoever is on shift.

use chrono::{DateTime, Days as Length, TimeDelta, Utc};
use chrono_tz::Tz;

use super::account::PersonId;
use super::period::Days;
use super::roster::RosterPlan;

/// So much earlier may somebody begin and so much later leave without being off the roster.
pub const SLACK: TimeDelta = TimeDelta::minutes(30);

/// Who is to be at a toilet, from day to day.
#[derive(Debug, Clone, Default)]
pub struct Duties {
    /// Its custodians and those who stand in.
    pub assigned: Vec<(PersonId, Days)>,
    /// The rosters that it is on.
    pub rosters: Vec<RosterPlan>,
}

/// What a toilet is to somebody at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// Nobody has recorded who keeps it.
    Nobodys,
    /// Theirs: they answer for it, stand in, or are on shift.
    Own,
    /// That of others.
    Others,
}

impl Duties {
    /// What the toilet, whose clock goes by that zone, is to a person at any time between two instants, both included.
    #[must_use]
    pub fn charge(&self, person: PersonId, zone: Tz, (from, until): (DateTime<Utc>, DateTime<Utc>)) -> Charge {
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let span = Days::new(Some(day(from)), Some(day(until))).unwrap_or_default();
        let mut assigned = self.assigned.iter().filter(|(_, days)| days.meets(span)).peekable();
        let mut in_force = self.rosters.iter().filter(|plan| plan.roster.days.meets(span)).peekable();
        if assigned.peek().is_none() && in_force.peek().is_none() {
            return Charge::Nobodys;
        }
        let is_on_shift = |plan: &RosterPlan| {
            let day = |at: DateTime<Utc>| at.with_timezone(&plan.roster.zone).date_naive();
            // A shift that began the day before may go on, and one of the next morning may be begun early.
            let duties = plan.duties(day(from) - Length::new(1), day(until) + Length::new(1));
            let meets = |from_then: DateTime<Utc>, until_then: DateTime<Utc>| {
                from_then - SLACK <= until && from <= until_then + SLACK
            };
            duties.iter().any(|duty| duty.person == person && meets(duty.from, duty.until))
        };
        let is_own = assigned.any(|(who, _)| *who == person) || self.rosters.iter().any(is_on_shift);
        if is_own { Charge::Own } else { Charge::Others }
    }
}

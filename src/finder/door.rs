//! Whether the door of a toilet is open, its closures worked into its hours.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::entry::{Closure, Entry};
use super::schedule::{Doors, Schedule};
use crate::domain::holiday::Calendars;
use crate::domain::hours::{Opening, State};
use crate::domain::toilet::{Access, Status};

/// How often a search for the next opening may run into a closure and go on behind it. Closures of one toilet that
/// follow each other this often are a mistake, and "not known" is then a fair answer.
const MOST_CLOSURES: usize = 16;

/// Longer than any local day: a clock goes back by a day at most.
const LONGEST_DAY: TimeDelta = TimeDelta::hours(48);

/// Whether somebody who comes in from the street can use a toilet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usability {
    /// It is in service, and open.
    Usable,
    /// It is in service, and nobody knows whether it is open.
    HoursUnknown,
    /// It is not.
    Unusable,
}

impl Entry {
    /// Whether somebody who comes in from the street can use it at that instant.
    #[must_use]
    pub fn usability(&self, calendars: &Calendars, at: DateTime<Utc>) -> Usability {
        if self.access == Some(Access::Private) || self.status(at) != Status::InService {
            return Usability::Unusable;
        }
        match self.schedule.state(calendars, at) {
            State::Open => Usability::Usable,
            State::Closed => Usability::Unusable,
            State::Unknown => Usability::HoursUnknown,
        }
    }

    /// Whether the door is open at that instant, and when that changes: by its hours, and shut while a closure lasts.
    #[must_use]
    pub fn opening(&self, calendars: &Calendars, at: DateTime<Utc>) -> Opening {
        if let Some(closure) = self.closure(at) {
            let opens_at = closure.span.until().and_then(|end| self.first_open(calendars, end));
            return Opening::Closed { opens_at };
        }
        match self.schedule.opening(calendars, at) {
            Opening::Open { until } => {
                let shut = self.closures.iter().map(|closure| closure.span.from()).filter(|&from| from > at).min();
                let gone = self.service.1.filter(|&until| until > at);
                Opening::Open { until: [until, shut, gone].into_iter().flatten().min() }
            }
            Opening::Closed { opens_at } => {
                Opening::Closed { opens_at: opens_at.and_then(|opens| self.first_open(calendars, opens)) }
            }
            Opening::Unknown => Opening::Unknown,
        }
    }

    /// The ranges in which it opens on the local day of `at`, its closures taken out; empty when it does not open, `None`
    /// when nobody can tell.
    #[must_use]
    pub fn today(&self, calendars: &Calendars, at: DateTime<Utc>) -> Option<Vec<String>> {
        let closures = self.closures.iter().map(|closure| closure.span);
        let Schedule { hours, zone, .. } = &*self.schedule;
        hours.as_ref()?.today(*zone, self.schedule.known(calendars), at, closures)
    }

    /// What its hours say, where that is all there is to say of the day of that instant: no closure of that time is known,
    /// nor an end of its service.
    #[must_use]
    pub fn doors(&self, calendars: &Calendars, at: DateTime<Utc>) -> Option<Arc<Doors>> {
        let is_over = |closure: &Closure| closure.span.until().is_some_and(|until| until + LONGEST_DAY <= at);
        let is_plain = self.service.1.is_none() && self.closures.iter().all(is_over);
        is_plain.then(|| self.schedule.doors(calendars, at))
    }

    /// The first instant from `at` on at which it is open and no closure lasts; `None` when nobody can tell.
    fn first_open(&self, calendars: &Calendars, mut at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        for _ in 0..MOST_CLOSURES {
            if let Some(closure) = self.closure(at) {
                at = closure.span.until()?;
                continue;
            }
            match self.schedule.opening(calendars, at) {
                Opening::Open { .. } => return Some(at),
                Opening::Closed { opens_at } => at = opens_at?,
                Opening::Unknown => return None,
            }
        }
        None
    }
}

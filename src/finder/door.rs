//! Whether the door of a toilet is open, its closures worked into its hours.

use chrono::{DateTime, Utc};

use super::entry::Entry;
use crate::domain::holiday::{Calendar, Calendars};
use crate::domain::hours::{Opening, State};
use crate::domain::toilet::{Access, Status};

/// How often a search for the next opening may run into a closure and go on behind it. Closures of one toilet that
/// follow each other this often are a mistake, and "not known" is then a fair answer.
const MOST_CLOSURES: usize = 16;

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
        let state = self.hours.as_ref().map(|hours| hours.state_at(self.zone, self.known(calendars), at));
        match state {
            Some(State::Open) => Usability::Usable,
            Some(State::Closed) => Usability::Unusable,
            Some(State::Unknown) | None => Usability::HoursUnknown,
        }
    }

    /// Whether the door is open at that instant, and when that changes: by its hours, and shut while a closure lasts.
    #[must_use]
    pub fn opening(&self, calendars: &Calendars, at: DateTime<Utc>) -> Opening {
        let calendar = self.known(calendars);
        if let Some(closure) = self.closure(at) {
            let opens_at = closure.span.until().and_then(|end| self.first_open(calendar, end));
            return Opening::Closed { opens_at };
        }
        match self.by_hours(calendar, at) {
            Opening::Open { until } => {
                let shut = self.closures.iter().map(|closure| closure.span.from()).filter(|&from| from > at).min();
                let gone = self.service.1.filter(|&until| until > at);
                Opening::Open { until: [until, shut, gone].into_iter().flatten().min() }
            }
            Opening::Closed { opens_at } => {
                Opening::Closed { opens_at: opens_at.and_then(|opens| self.first_open(calendar, opens)) }
            }
            Opening::Unknown => Opening::Unknown,
        }
    }

    /// The ranges in which it opens on the local day of `at`, its closures taken out; empty when it does not open, `None`
    /// when nobody can tell.
    #[must_use]
    pub fn today(&self, calendars: &Calendars, at: DateTime<Utc>) -> Option<Vec<String>> {
        let closures = self.closures.iter().map(|closure| closure.span);
        self.hours.as_ref()?.today(self.zone, self.known(calendars), at, closures)
    }

    /// The first instant from `at` on at which it is open and no closure lasts; `None` when nobody can tell.
    fn first_open(&self, calendar: Option<&Calendar>, mut at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        for _ in 0..MOST_CLOSURES {
            if let Some(closure) = self.closure(at) {
                at = closure.span.until()?;
                continue;
            }
            match self.by_hours(calendar, at) {
                Opening::Open { .. } => return Some(at),
                Opening::Closed { opens_at } => at = opens_at?,
                Opening::Unknown => return None,
            }
        }
        None
    }

    fn by_hours(&self, calendar: Option<&Calendar>, at: DateTime<Utc>) -> Opening {
        self.hours.as_ref().map_or(Opening::Unknown, |hours| hours.opening(self.zone, calendar, at))
    }

    fn known<'a>(&self, calendars: &'a Calendars) -> Option<&'a Calendar> {
        calendars.get(self.calendar.as_deref()?)
    }
}

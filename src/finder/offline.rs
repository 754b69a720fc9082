//! What is told of a toilet to a phone that keeps a copy: nothing that only an evaluator of hours could make out.

use chrono::{DateTime, TimeDelta, Utc};

use super::entry::Entry;
use super::snapshot::Snapshot;
use crate::domain::area::AreaCode;
use crate::domain::grade::NewGrade;
use crate::domain::holiday::Calendars;
use crate::domain::hours::Hours;
use crate::domain::stretch::{Stretch, meeting, united, without};
use crate::domain::toilet::Lifecycle;
use std::sync::Arc;

/// When the door of a toilet is open, within a window of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenTimes {
    /// Every week alike: from which minute until which, counted from Monday's midnight by the clock on the wall.
    Weekly(Vec<(u16, u16)>),
    /// In these stretches of the window, closures taken out.
    Dated(Vec<Stretch>),
    /// Nobody knows; but not in these.
    Unknown(Vec<Stretch>),
}

impl Snapshot {
    /// The toilets that are not retired, in those areas or below if any are named, in the order of their ids.
    pub fn on_record<'a>(&'a self, areas: Option<&'a [AreaCode]>) -> impl Iterator<Item = &'a Arc<Entry>> {
        self.entries().filter(move |entry| entry.is_on_record(areas))
    }
}

impl Entry {
    /// Whether it is not retired, and lies in one of those areas or below if any are named. Nothing but a write changes
    /// that.
    #[must_use]
    pub fn is_on_record(&self, areas: Option<&[AreaCode]>) -> bool {
        let is_within = |areas: &[AreaCode]| self.path().iter().any(|code| areas.contains(code));
        self.lifecycle != Lifecycle::Retired && areas.is_none_or(is_within)
    }

    /// Whether it is there but not to be used yet.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.lifecycle == Lifecycle::Planned
    }

    /// When its door is open within a window.
    #[must_use]
    pub fn open_times(&self, calendars: &Calendars, window: Stretch) -> OpenTimes {
        let shut = self.shut();
        let met: Vec<Stretch> = meeting(window, &shut).collect();
        let Some(hours) = self.hours() else { return OpenTimes::Unknown(met) };
        if let Some(week) = hours.week().filter(|_| met.is_empty()) {
            return OpenTimes::Weekly(week);
        }
        let calendar = self.calendar().and_then(|id| calendars.get(id));
        match hours.open_within(self.zone(), calendar, window) {
            Some(open) => OpenTimes::Dated(without(&open, &shut)),
            None => OpenTimes::Unknown(met),
        }
    }

    /// Whether what is told of it may have changed since an instant though nobody wrote to it.
    #[must_use]
    pub fn may_have_passed(&self, since: DateTime<Utc>) -> bool {
        let is_dated = |hours: &Hours| hours.week().is_none() && !hours.is_unknowable();
        let day = (since - TimeDelta::days(1)).date_naive();
        let dates = |grade: &NewGrade| {
            [grade.assessed_on, grade.valid_to, grade.revoked_on, grade.superseded_on].into_iter().flatten().max()
        };
        self.hours().is_some_and(is_dated)
            || self.shut().iter().any(|(_, until)| since < *until)
            || self.stations.iter().any(|(span, ..)| span.until().is_none_or(|until| since < until))
            || self.grades.iter().filter_map(dates).any(|last| day <= last)
    }

    /// When it cannot be used whatever its hours say: while it is closed, and before and after the time that it is there.
    fn shut(&self) -> Vec<Stretch> {
        let closures = self
            .closures
            .iter()
            .map(|closure| (closure.span.from(), closure.span.until().unwrap_or(DateTime::<Utc>::MAX_UTC)));
        let (from, until) = self.service;
        let before = from.map(|from| (DateTime::<Utc>::MIN_UTC, from));
        let after = until.map(|until| (until, DateTime::<Utc>::MAX_UTC));
        united(closures.chain(before).chain(after).collect())
    }
}

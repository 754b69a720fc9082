//! When what a toilet is changes by itself: its hours, its closures, the time it serves, its grades.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::bits::{DOOR, KEPT, SURE, grade};
use super::door::Usability;
use super::entry::Entry;
use crate::domain::holiday::Calendars;
use crate::domain::local::instant;
use crate::domain::toilet::Access;

/// How long what nothing is known to change is taken for granted: hours are looked through for a year only, and those that
/// are unknown may be known one day.
const GRANTED: TimeDelta = TimeDelta::days(30);

/// What holds of a toilet at a time, and until when at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Its bits that hold at a time.
    pub(super) bits: u64,
    /// When they may be others; `None` if never.
    pub(super) next: Option<DateTime<Utc>>,
}

impl Entry {
    /// What holds at that instant, and until when.
    pub(super) fn turn(&self, calendars: &Calendars, at: DateTime<Utc>) -> Turn {
        let held = self.held(at).fold(0, |bits, held| bits | held);
        let kept = if self.is_kept(at) { KEPT } else { 0 };
        let door = match self.usability(calendars, at) {
            Usability::Usable => DOOR | SURE,
            Usability::HoursUnknown => DOOR,
            Usability::Unusable => 0,
        };
        Turn { bits: held | kept | door, next: self.next_turn(calendars, at) }
    }

    fn held(&self, at: DateTime<Utc>) -> impl Iterator<Item = u64> {
        let today = self.day(at);
        self.grades.iter().filter(move |record| record.is_held(today)).map(|record| grade(record.grade()))
    }

    fn next_turn(&self, calendars: &Calendars, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let closures = self.closures.iter().flat_map(|closure| [Some(closure.span.from()), closure.span.until()]);
        let served = [self.service.0, self.service.1];
        let later = closures.chain(served).flatten().filter(|instant| *instant > at).min();
        let today = self.day(at);
        let graded = self.grades.iter().filter_map(|record| record.changes_after(today)).min();
        let graded = graded.map(|day: NaiveDate| instant(self.schedule.zone, day.and_time(NaiveTime::MIN)));
        [later, graded, self.next_opening(calendars, at)].into_iter().flatten().min()
    }

    fn next_opening(&self, calendars: &Calendars, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.access == Some(Access::Private) || self.schedule.is_constant() {
            return None;
        }
        Some(self.schedule.doors(calendars, at).change.map_or(at + GRANTED, |change| change.min(at + GRANTED)))
    }
}

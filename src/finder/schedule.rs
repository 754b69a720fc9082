//! Opening hours that many toilets share, with what they say just now, worked out once for all of them.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Days, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::domain::holiday::{Calendar, Calendars};
use crate::domain::hours::{Hours, Opening, State};
use crate::domain::local::instant;

/// Hours, with where and by which holidays they hold.
#[derive(Debug)]
pub(super) struct Schedule {
    pub(super) hours: Option<Hours>,
    pub(super) zone: Tz,
    pub(super) calendar: Option<Arc<str>>,
    /// What was asked for last, which is nearly always what is asked for next.
    latest: ArcSwapOption<Doors>,
}

/// What hours say for a while, of toilets that nothing else keeps shut.
#[derive(Debug)]
pub struct Doors {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    pub(super) state: State,
    pub(super) change: Option<DateTime<Utc>>,
    opening: Opening,
    today: Option<Vec<String>>,
    written: OnceLock<Box<[u8]>>,
}

impl Doors {
    /// Whether the doors are open, and when that changes.
    #[must_use]
    pub fn opening(&self) -> Opening {
        self.opening
    }

    /// The ranges of the day; `None` when nobody can tell.
    #[must_use]
    pub fn today(&self) -> Option<&[String]> {
        self.today.as_deref()
    }

    /// The bytes that somebody writes of this, written once.
    pub fn written(&self, write: impl FnOnce(&Self) -> Vec<u8>) -> &[u8] {
        self.written.get_or_init(|| write(self).into_boxed_slice())
    }

    fn hold(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }
}

impl Schedule {
    pub(super) fn new(hours: Option<Hours>, zone: Tz, calendar: Option<Arc<str>>) -> Self {
        Self { hours, zone, calendar, latest: ArcSwapOption::empty() }
    }

    /// What they say at that instant and for as long as that does not change, a local day at most.
    pub(super) fn doors(&self, calendars: &Calendars, at: DateTime<Utc>) -> Arc<Doors> {
        if let Some(doors) = self.latest.load().as_ref().filter(|doors| doors.hold(at)) {
            return Arc::clone(doors);
        }
        let doors = Arc::new(self.work_out(calendars, at));
        self.latest.store(Some(Arc::clone(&doors)));
        doors
    }

    fn work_out(&self, calendars: &Calendars, at: DateTime<Utc>) -> Doors {
        let calendar = self.known(calendars);
        let tomorrow = at.with_timezone(&self.zone).date_naive() + Days::new(1);
        let midnight = instant(self.zone, tomorrow.and_time(NaiveTime::MIN));
        let hours = self.hours.as_ref();
        let change = hours.and_then(|hours| hours.next_change(self.zone, calendar, at));
        Doors {
            from: at,
            until: change.map_or(midnight, |change| change.min(midnight)),
            state: hours.map_or(State::Unknown, |hours| hours.state_at(self.zone, calendar, at)),
            change,
            opening: self.opening(calendars, at),
            today: hours.and_then(|hours| hours.today(self.zone, calendar, at, [])),
            written: OnceLock::new(),
        }
    }

    /// Whether they are known to be open or closed at that instant.
    pub(super) fn state(&self, calendars: &Calendars, at: DateTime<Utc>) -> State {
        if let Some(doors) = self.latest.load().as_ref().filter(|doors| doors.hold(at)) {
            return doors.state;
        }
        self.hours.as_ref().map_or(State::Unknown, |hours| hours.state_at(self.zone, self.known(calendars), at))
    }

    /// Whether they say open at that instant, and when that changes.
    pub(super) fn opening(&self, calendars: &Calendars, at: DateTime<Utc>) -> Opening {
        self.hours.as_ref().map_or(Opening::Unknown, |hours| hours.opening(self.zone, self.known(calendars), at))
    }

    /// Whether they never change.
    pub(super) fn is_constant(&self) -> bool {
        self.hours.as_ref().is_none_or(Hours::is_always)
    }

    pub(super) fn known<'a>(&self, calendars: &'a Calendars) -> Option<&'a Calendar> {
        calendars.get(self.calendar.as_deref()?)
    }
}

//! Hours at an instant, in a time zone, under a holiday calendar.
//!
//! Clock changes: a boundary that falls into the gap moves to the first valid instant after it, and one that falls into
//! the hour that occurs twice takes the first of the two.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::hours::Hours;
use super::rules::{Begun, DayKind};
use super::timeline::{DAY, State, Timeline};
use crate::domain::holiday::Calendar;
use crate::domain::local;
use crate::domain::period::Span;
use crate::domain::stretch::{Stretch, united};

/// How far ahead a change is looked for, in days.
const HORIZON_DAYS: u64 = 366;

/// The same for hours whose weeks are all alike: one week, and the days at its ends.
const PLAIN_WEEK_DAYS: u64 = 9;

/// Whether a door is open at an instant, and when that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Open.
    Open {
        /// The first instant at which it is no longer known to be open; `None` when it stays open for at least a year.
        until: Option<DateTime<Utc>>,
    },
    /// Closed.
    Closed {
        /// When it opens; `None` when that is more than a year away, or when unknown hours come before.
        opens_at: Option<DateTime<Utc>>,
    },
    /// The hours do not say.
    Unknown,
}

/// A stretch of a local day: the day, from when until when, and what the hours say.
type DayStretch = (NaiveDate, Stretch, State);

impl Hours {
    /// Whether the door is open at `at`, and until when. The next change is looked for up to a year ahead; stretches
    /// that touch (over midnight, or with different comments) are one.
    #[must_use]
    pub fn opening(&self, zone: Tz, calendar: Option<&Calendar>, at: DateTime<Utc>) -> Opening {
        if self.is_always() {
            return Opening::Open { until: None };
        }
        let (now, change) = self.now_and_next(zone, calendar, at);
        match now {
            State::Unknown => Opening::Unknown,
            State::Open => Opening::Open { until: change.map(|(instant, _)| instant) },
            State::Closed => Opening::Closed {
                opens_at: change.filter(|(_, state)| *state == State::Open).map(|(instant, _)| instant),
            },
        }
    }

    /// The state at `at` alone, which looks at two days instead of searching for a change.
    #[must_use]
    pub fn state_at(&self, zone: Tz, calendar: Option<&Calendar>, at: DateTime<Utc>) -> State {
        if self.is_always() {
            return State::Open;
        }
        let date = local_date(zone, at);
        // The day after is needed where the clock goes back over midnight.
        self.starts(zone, calendar, date, 1)
            .take_while(|(start, _)| *start <= at)
            .last()
            .map_or(State::Unknown, |(_, state)| state)
    }

    /// The next instant after `at` at which the state differs from the one at `at`; `None` when there is none within a
    /// year, or none can be known.
    #[must_use]
    pub fn next_change(&self, zone: Tz, calendar: Option<&Calendar>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_always() {
            return None;
        }
        self.now_and_next(zone, calendar, at).1.map(|(instant, _)| instant)
    }

    /// The stretches within bounds during which the door is open, in order; `None` where some of it is unknown.
    #[must_use]
    pub fn open_within(&self, zone: Tz, calendar: Option<&Calendar>, (from, until): Stretch) -> Option<Vec<Stretch>> {
        let mut open = Vec::new();
        for (_, (start, end), state) in self.stretches(zone, calendar, local_date(zone, from), local_date(zone, until))
        {
            let (start, end) = (start.max(from), end.min(until));
            match state {
                State::Unknown if start < end => return None,
                State::Open if start < end => open.push((start, end)),
                _ => {}
            }
        }
        Some(united(open))
    }

    /// When the door is open in every week, by the clock on the wall: from which minute until which, counted from Monday's
    /// midnight, in order. `None` where weeks are not all alike, or are not known to be.
    #[must_use]
    pub fn week(&self) -> Option<Vec<(u16, u16)>> {
        if self.is_always() {
            return Some(vec![(0, 7 * DAY)]);
        }
        if !self.is_plain_week() || self.rules().is_none() {
            return None;
        }
        // Any Monday would do.
        let monday = NaiveDate::default() - Days::new(NaiveDate::default().weekday().num_days_from_monday().into());
        let mut carried = self.begun(None, monday - Days::new(1)).after;
        let mut week: Vec<(u16, u16)> = Vec::new();
        for (date, first) in monday.iter_days().zip([0, DAY, 2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY, 6 * DAY]) {
            let begun = self.begun(None, date);
            let whole = begun.before.merge(&carried, Ord::max);
            carried = begun.after;
            if whole.stretches().any(|(_, _, state)| state == State::Unknown) {
                return None;
            }
            for (start, end) in open_ranges(&whole).map(|(start, end)| (first + start, first + end)) {
                match week.last_mut() {
                    Some(last) if last.1 == start => last.1 = end,
                    _ => week.push((start, end)),
                }
            }
        }
        Some(week)
    }

    /// The ranges that begin on the local day of `at`, for people: `06:00-22:00`, `00:00-24:00`, and `22:00-02:00` for
    /// one that runs past midnight, the closures taken out. What still runs from the day before is left out. An empty
    /// list means "closed all day"; `None` is that some stretch of the day is unknown.
    #[must_use]
    pub fn today(
        &self,
        zone: Tz,
        calendar: Option<&Calendar>,
        at: DateTime<Utc>,
        closures: impl IntoIterator<Item = Span>,
    ) -> Option<Vec<String>> {
        let date = local_date(zone, at);
        let mut ranges = if self.is_always() { vec![(0, DAY)] } else { self.ranges(calendar, date)? };
        for closure in closures {
            let shut = minutes_of(closure, zone, date);
            ranges = ranges.into_iter().flat_map(|range| without(range, shut)).collect();
        }
        Some(ranges.into_iter().map(written).collect())
    }

    /// What they say on the local days from `first` to `last`, both included, stretch by stretch: the day, from when until
    /// when, and what. A day is as long as the clock makes it.
    #[must_use]
    pub fn stretches(
        &self,
        zone: Tz,
        calendar: Option<&Calendar>,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Vec<DayStretch> {
        let mut stretches = Vec::new();
        let mut carried = self.begun(calendar, first - Days::new(1)).after;
        for date in first.iter_days().take_while(|date| *date <= last) {
            let begun = self.begun(calendar, date);
            let whole = begun.before.merge(&carried, Ord::max);
            carried = begun.after;
            stretches.extend(whole.stretches().filter_map(|(start, end, state)| {
                let span = (instant(zone, date, start), instant(zone, date, end));
                (span.0 < span.1).then_some((date, span, state))
            }));
        }
        stretches
    }

    /// The open minutes that begin on a day, counted from its midnight; `None` if some stretch of it is unknown.
    fn ranges(&self, calendar: Option<&Calendar>, date: NaiveDate) -> Option<Vec<(u16, u16)>> {
        let begun = self.begun(calendar, date);
        let carried = self.begun(calendar, date - Days::new(1)).after;
        let day = begun.before.merge(&carried, Ord::max);
        if ![&day, &begun.after].into_iter().all(|day| day.stretches().all(|(_, _, state)| state != State::Unknown)) {
            return None;
        }
        let mut ranges: Vec<(u16, u16)> = open_ranges(&begun.before).collect();
        for (start, end) in open_ranges(&begun.after).map(|(start, end)| (start + DAY, end + DAY)) {
            match ranges.last_mut() {
                Some(last) if last.1 == start => last.1 = end,
                _ => ranges.push((start, end)),
            }
        }
        Some(ranges)
    }

    fn now_and_next(
        &self,
        zone: Tz,
        calendar: Option<&Calendar>,
        at: DateTime<Utc>,
    ) -> (State, Option<(DateTime<Utc>, State)>) {
        let days = if self.is_plain_week() { PLAIN_WEEK_DAYS } else { HORIZON_DAYS };
        let mut now = State::Unknown;
        let mut change: Option<(DateTime<Utc>, State)> = None;
        for (start, state) in self.starts(zone, calendar, local_date(zone, at), days) {
            // Two starts share an instant in a clock gap, where the later one counts; hence the look at the next.
            if change.is_some_and(|(instant, _)| instant < start) {
                return (now, change);
            }
            if start <= at {
                now = state;
            } else {
                change = (state != now).then_some((start, state));
            }
        }
        (now, change)
    }

    /// The instants at which a stretch starts, in order, from the first minute of `date` on, over `days` more days.
    fn starts(
        &self,
        zone: Tz,
        calendar: Option<&Calendar>,
        date: NaiveDate,
        days: u64,
    ) -> impl Iterator<Item = (DateTime<Utc>, State)> {
        let mut carried = self.begun(calendar, date - Days::new(1)).after;
        (0..=days).map(move |ahead| date + Days::new(ahead)).flat_map(move |date| {
            let begun = self.begun(calendar, date);
            let whole = begun.before.merge(&carried, Ord::max);
            carried = begun.after;
            let starts: Vec<_> =
                whole.stretches().map(|(start, _, state)| (instant(zone, date, start), state)).collect();
            starts
        })
    }

    fn begun(&self, calendar: Option<&Calendar>, date: NaiveDate) -> Begun {
        let Some(rules) = self.rules() else {
            return Begun { before: Timeline::all(State::Unknown), after: Timeline::all(State::Closed) };
        };
        let mentioned = self.holidays();
        let public = if mentioned.public { calendar.and_then(|known| known.is_holiday(date)) } else { Some(false) };
        let school = if mentioned.school { None } else { Some(false) };
        rules.begun(DayKind { date, public, school })
    }
}

/// The local day of an instant. Instants outside the years 1 to 9998 are taken as the nearest inside, so that no date
/// reckoned from it can overflow.
fn local_date(zone: Tz, at: DateTime<Utc>) -> NaiveDate {
    const YEAR_1: TimeDelta = TimeDelta::seconds(-62_135_596_800 + 2 * 86_400);
    const YEAR_9998: TimeDelta = TimeDelta::seconds(253_370_764_800 - 2 * 86_400);
    let (first, last) = (DateTime::UNIX_EPOCH + YEAR_1, DateTime::UNIX_EPOCH + YEAR_9998);
    at.clamp(first, last).with_timezone(&zone).date_naive()
}

/// The instant of a local minute, which may be the 1440th.
fn instant(zone: Tz, date: NaiveDate, minute: u16) -> DateTime<Utc> {
    local::instant(zone, date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute.into()))
}

fn open_ranges(day: &Timeline) -> impl Iterator<Item = (u16, u16)> + '_ {
    day.stretches().filter(|(_, _, state)| *state == State::Open).map(|(start, end, _)| (start, end))
}

/// The minutes of a closure by the clock on the wall, counted from the midnight of a day. What begins or ends within a
/// minute covers all of it.
fn minutes_of(closure: Span, zone: Tz, date: NaiveDate) -> (u16, u16) {
    let midnight = date.and_time(NaiveTime::MIN);
    // Further away it makes no difference, and no arithmetic can overflow.
    let (first, last) = (midnight.and_utc() - TimeDelta::days(3), midnight.and_utc() + TimeDelta::days(4));
    let seconds =
        |at: DateTime<Utc>| (at.clamp(first, last).with_timezone(&zone).naive_local() - midnight).num_seconds();
    let minute = |seconds: i64| u16::try_from(seconds.max(0) / 60).unwrap_or(u16::MAX);
    (minute(seconds(closure.from())), closure.until().map_or(u16::MAX, |until| minute(seconds(until) + 59)))
}

/// What is left of a range when another is taken out.
fn without((start, end): (u16, u16), (from, to): (u16, u16)) -> impl Iterator<Item = (u16, u16)> {
    let parts = if from >= to { [(start, end), (end, end)] } else { [(start, end.min(from)), (start.max(to), end)] };
    parts.into_iter().filter(|(start, end)| start < end)
}

/// A range as people write it; one that starts past midnight or lasts longer than a day keeps its counted hours.
fn written((start, end): (u16, u16)) -> String {
    let runs_past_midnight = start < DAY && end > DAY && end - DAY <= start;
    let end = if runs_past_midnight { end - DAY } else { end };
    format!("{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
}

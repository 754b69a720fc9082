//! What happened in a month: new and rebuilt toilets, and closures.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::census::class;
use super::is_in_service;
use crate::domain::grade::Grade;
use crate::domain::id::ToiletId;
use crate::domain::period::Span;
use crate::domain::{Toilet, Violation};

/// A month of the calendar, written `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(NaiveDate);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> NaiveDate {
        self.0
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        self.next().0.pred_opt().unwrap_or(self.0)
    }

    /// The month after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add_months(Months::new(1)).unwrap_or(self.0))
    }

    /// The month before it.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.checked_sub_months(Months::new(1)).unwrap_or(self.0))
    }

    fn has(self, day: Option<NaiveDate>) -> bool {
        day.is_some_and(|day| Self::of(day) == self)
    }

    /// From its first instant in a time zone to the first of the next.
    #[must_use]
    pub fn span(self, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        let midnight = |day: NaiveDate| {
            let local = day.and_time(chrono::NaiveTime::MIN);
            let first = zone.from_local_datetime(&local).earliest();
            first.map_or_else(|| local.and_utc(), |first| first.with_timezone(&Utc))
        };
        (midnight(self.0), midnight(self.next().0))
    }
}

impl FromStr for Month {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let wrong = || Violation::new("", "badMonth", format!("“{text}” is no month such as 2026-10"));
        if text.len() != 7 {
            return Err(wrong());
        }
        format!("{text}-01").parse().map(Self).map_err(|_| wrong())
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m"))
    }
}

/// The works and closures of one month.
#[derive(Debug, Clone, PartialEq)]
pub struct Works {
    month: Month,
    now: DateTime<Utc>,
    /// Toilets first opened in it.
    pub opened: Vec<(ToiletId, String)>,
    /// Toilets rebuilt or upgraded in it (改造提档), in the order of their ids.
    pub rebuilt: Vec<Rebuilt>,
    /// Closures that began in it.
    pub closures_begun: u64,
    /// Toilets in service that were closed at some time in it.
    pub toilets_closed: u64,
    /// Toilets in service closed at its end, or now if the month is not over.
    pub closed_at_end: u64,
    /// For how long all of them were closed in it, two closures at a time counted once.
    pub closed_for: TimeDelta,
}

/// A toilet that was rebuilt or upgraded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The toilet.
    pub id: ToiletId,
    /// Its name.
    pub name: String,
    /// When the work was done.
    pub on: NaiveDate,
    /// Its urban class the day before.
    pub class_before: Option<Grade>,
    /// Its urban class at the end of the month.
    pub class_after: Option<Grade>,
}

impl Works {
    /// A report on a month as it stands `now`.
    #[must_use]
    pub fn new(month: Month, now: DateTime<Utc>) -> Self {
        Self {
            month,
            now,
            opened: Vec::new(),
            rebuilt: Vec::new(),
            closures_begun: 0,
            toilets_closed: 0,
            closed_at_end: 0,
            closed_for: TimeDelta::zero(),
        }
    }

    /// [`Works::closed_for`] in hours, one decimal.
    #[must_use]
    pub fn closed_hours(&self) -> f64 {
        let tenths = self.closed_for.num_minutes() / 6;
        f64::from(i32::try_from(tenths).unwrap_or(i32::MAX)) / 10.0
    }

    /// Counts a toilet.
    pub fn add(&mut self, toilet: &Toilet) {
        let fact = &toilet.fact;
        if self.month.has(fact.opened_on) {
            self.opened.push((toilet.id, fact.name.to_string()));
        }
        if let Some(on) = fact.rebuilt_on.filter(|on| self.month.has(Some(*on))) {
            let before = on.pred_opt().unwrap_or(on);
            self.rebuilt.push(Rebuilt {
                id: toilet.id,
                name: fact.name.to_string(),
                on,
                class_before: class(toilet, before),
                class_after: class(toilet, self.month.last()),
            });
        }
        if is_in_service(toilet, self.month.last()) {
            self.add_closures(toilet);
        }
    }

    fn add_closures(&mut self, toilet: &Toilet) {
        let (from, month_end) = self.month.span(toilet.fact.zone);
        // What has not happened yet is not counted.
        let until = month_end.min(self.now);
        let spans = toilet.outages.iter().map(|outage| outage.fact.span);
        let is_new = |span: &Span| (from..until).contains(&span.from());
        self.closures_begun += spans.clone().filter(is_new).count() as u64;
        let goes_on = |span: Span| span.from() < until && span.until().is_none_or(|end| end > until);
        self.closed_at_end += u64::from(spans.clone().any(goes_on));
        let mut parts: Vec<_> = spans
            .map(|span| (span.from().max(from), span.until().map_or(until, |end| end.min(until))))
            .filter(|(begin, end)| begin < end)
            .collect();
        parts.sort_unstable();
        self.toilets_closed += u64::from(!parts.is_empty());
        let mut covered = from;
        for (begin, end) in parts {
            let begin = begin.max(covered);
            if begin < end {
                self.closed_for += end - begin;
                covered = end;
            }
        }
    }
}

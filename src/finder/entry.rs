//! A toilet as the searches see it.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::intern::Interner;
use super::needs::Answers;
use super::plain::plain;
use super::schedule::Schedule;
use super::upkeep::Upkeep;
use crate::domain::Toilet;
use crate::domain::area::AreaCode;
use crate::domain::grade::NewGrade;
use crate::domain::hours::Hours;
use crate::domain::id::ToiletId;
use crate::domain::outage::{NewOutage, Outage, OutageReason, OutageState};
use crate::domain::period::Span;
use crate::domain::place::Place;
use crate::domain::text::Text;
use crate::domain::toilet::{Access, Kind, Lifecycle, Status, serves};
use crate::geo::UnitVector;

/// One toilet of a snapshot: what searches filter and rank by, and the bytes that the web floor prepared of the rest.
///
/// The [`Toilet`] itself is dropped once its entry is built; at 50,000 toilets that is most of the memory.
#[derive(Debug)]
pub struct Entry {
    pub(super) id: ToiletId,
    pub(super) kind: Option<Kind>,
    pub(super) access: Option<Access>,
    pub(super) lifecycle: Lifecycle,
    pub(super) service: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    pub(super) revision: i32,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) answers: Answers,
    pub(super) place: Option<Place>,
    pub(super) point: Option<UnitVector>,
    pub(super) stations: Box<[(Span, Place, UnitVector)]>,
    pub(super) schedule: Arc<Schedule>,
    pub(super) area: Option<Arc<[AreaCode]>>,
    pub(super) closures: Box<[Closure]>,
    pub(super) grades: Box<[NewGrade]>,
    pub(super) text: Box<str>,
    fragment: Box<[u8]>,
    /// How its cleaning stands: what changes far more often than the rest, and so in place.
    upkeep: ArcSwapOption<Upkeep>,
}

/// A closure as the public is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closure {
    /// Why.
    pub reason: OutageReason,
    /// From when, and until when if that is known.
    pub span: Span,
    /// Until when it is hoped to last, where it does not end by itself.
    pub expected_until: Option<DateTime<Utc>>,
}

impl Closure {
    fn of(outage: &Outage) -> Self {
        let NewOutage { reason, span, .. } = outage.fact;
        Self { reason, span, expected_until: outage.expected_until }
    }
}

impl Entry {
    /// What the searches need of this toilet, beside the bytes prepared of it.
    pub(super) fn new(toilet: &Toilet, fragment: Vec<u8>, interner: &mut Interner) -> Self {
        let fact = &toilet.fact;
        let counts = toilet.outages.iter().filter(|outage| outage.state != OutageState::Rejected);
        Self {
            id: toilet.id,
            kind: fact.kind,
            access: fact.access,
            lifecycle: fact.lifecycle,
            service: (fact.service_from, fact.service_until),
            revision: toilet.revision,
            updated_at: toilet.updated_at,
            answers: Answers::of(fact),
            place: fact.position,
            point: fact.position.map(|place| place.position.into()),
            stations: toilet.stations.iter().map(|one| (one.span, one.place, one.place.position.into())).collect(),
            schedule: interner.schedule(fact.hours.as_ref(), fact.zone, fact.calendar.as_deref()),
            area: toilet.area.as_ref().map(|area| interner.path(&area.path)),
            closures: counts.map(Closure::of).collect(),
            grades: toilet.grades.iter().map(|record| record.fact.clone()).collect(),
            text: searchable(toilet),
            fragment: fragment.into_boxed_slice(),
            upkeep: ArcSwapOption::empty(),
        }
    }

    /// Takes over how its cleaning stands.
    pub(super) fn keep_up(&self, upkeep: Option<Arc<Upkeep>>) {
        self.upkeep.store(upkeep);
    }

    /// How its cleaning stands, if anything is known of it.
    #[must_use]
    pub fn upkeep(&self) -> Option<Arc<Upkeep>> {
        self.upkeep.load_full()
    }

    /// Whether it was cleaned within that time before an instant; `None` where that is not known, since no cleaning is,
    /// or none before the instant is any more.
    pub(super) fn cleaned_within(&self, at: DateTime<Utc>, within: TimeDelta) -> Option<bool> {
        let cleaned = self.upkeep.load().as_ref()?.settlement.last_cleaned_at?;
        (cleaned <= at).then(|| at - cleaned <= within)
    }

    /// Where it stands if that is the same at any time.
    pub(super) fn fixed_point(&self) -> Option<[f64; 3]> {
        self.point.filter(|_| !self.moves()).map(|point| point.components())
    }

    /// Whether it is put elsewhere for a time.
    #[must_use]
    pub fn moves(&self) -> bool {
        !self.stations.is_empty()
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> ToiletId {
        self.id
    }

    /// Counts the writes to its record, from 1.
    #[must_use]
    pub fn revision(&self) -> i32 {
        self.revision
    }

    /// Where it is registered, if that is known.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The codes of the area it lies in, from the top of the tree down; empty for what lies in none.
    #[must_use]
    pub fn path(&self) -> &[AreaCode] {
        self.area.as_deref().unwrap_or_default()
    }

    /// Where it stands at that instant: where it was put for a time, or else where it is registered.
    #[must_use]
    pub fn place_at(&self, at: DateTime<Utc>) -> Option<&Place> {
        self.station(at).map(|(_, place, _)| place).or(self.place.as_ref())
    }

    /// The same as a vector.
    pub(super) fn point_at(&self, at: DateTime<Utc>) -> Option<&UnitVector> {
        // Few toilets are ever put anywhere, and this is asked of each in every search.
        if self.stations.is_empty() { self.point.as_ref() } else { self.moved_point(at) }
    }

    fn moved_point(&self, at: DateTime<Utc>) -> Option<&UnitVector> {
        self.station(at).map(|(.., point)| point).or(self.point.as_ref())
    }

    /// Where it was put last of the places where it is at that instant.
    fn station(&self, at: DateTime<Utc>) -> Option<&(Span, Place, UnitVector)> {
        self.stations.iter().rev().find(|(span, ..)| span.contains(at))
    }

    /// When it is open, if that is known.
    #[must_use]
    pub fn hours(&self) -> Option<&Hours> {
        self.schedule.hours.as_ref()
    }

    /// The time zone of its hours and days.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.schedule.zone
    }

    /// The id of the holiday calendar for its hours.
    #[must_use]
    pub fn calendar(&self) -> Option<&str> {
        self.schedule.calendar.as_deref()
    }

    /// What its grade records say.
    #[must_use]
    pub fn grades(&self) -> &[NewGrade] {
        &self.grades
    }

    /// The bytes that the renderer made of it.
    #[must_use]
    pub fn fragment(&self) -> &[u8] {
        &self.fragment
    }

    /// Its local day at that instant.
    #[must_use]
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.schedule.zone).date_naive()
    }

    /// The closure in force at that instant, the one that ends last if there are several.
    #[must_use]
    pub fn closure(&self, at: DateTime<Utc>) -> Option<&Closure> {
        let in_force = self.closures.iter().filter(|closure| closure.span.contains(at));
        in_force.max_by_key(|closure| closure.span.until().unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// What the public is told at that instant; the same as [`Toilet::status`].
    #[must_use]
    pub fn status(&self, at: DateTime<Utc>) -> Status {
        match serves(self.lifecycle, self.service, at) {
            Status::InService if self.closure(at).is_some() => Status::Closed,
            status => status,
        }
    }
}

/// What a search by text looks through: the names, the address and the code, one to a line.
fn searchable(toilet: &Toilet) -> Box<str> {
    let fact = &toilet.fact;
    let name_en = fact.name_en.as_ref().map(Text::as_str);
    let address = fact.address.as_ref().map(Text::as_str);
    let code = fact.code.as_ref().map(Text::as_str);
    let lines: Vec<&str> = [Some(fact.name.as_str()), name_en, address, code].into_iter().flatten().collect();
    plain(&lines.join("\n")).into_boxed_str()
}

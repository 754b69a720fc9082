//! The nearest toilets to a place.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::door::Usability;
use super::entry::Entry;
use super::filter::Filter;
use super::needs::NeedSet;
use super::snapshot::Snapshot;
use crate::domain::facility::Need;
use crate::geo::{UnitVector, Wgs84, great_circle, metres_to_chord_squared};

/// A search for the nearest toilets.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestQuery {
    /// The place.
    pub from: Wgs84,
    /// How many at most.
    pub limit: usize,
    /// How far away at most, in metres along the great circle.
    pub max_distance: Option<f64>,
    /// What they must be like.
    pub filter: Filter,
    /// The instant at which usable, closed and graded are judged.
    pub at: DateTime<Utc>,
    /// Whether only toilets that can be used at that instant will do; otherwise all but retired ones.
    pub usable: bool,
}

/// A toilet that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The toilet.
    pub entry: Arc<Entry>,
    /// How far away it is, in metres along the great circle.
    pub distance_metres: f64,
    /// What nobody knows about it though it was asked for.
    pub unsure: Unsure,
}

/// What nobody knows about a toilet though it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unsure {
    /// Needs that may be met or not.
    pub needs: NeedSet,
    /// Whether the door may be open or not.
    pub hours: bool,
}

impl Unsure {
    /// The names of what is unsure: the needs in the order of the API's list, then `hours`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.needs.iter().map(Need::as_str).chain(self.hours.then_some("hours"))
    }
}

impl Snapshot {
    /// The nearest toilets that will do, sorted by distance, then id; exact for every place on Earth.
    ///
    /// Distance is judged first: the hours of a toilet are evaluated only if it would enter the result.
    #[must_use]
    pub fn nearest(&self, query: &NearestQuery) -> Vec<Hit> {
        let from = UnitVector::from(query.from);
        let reach = query.max_distance.map_or(f64::INFINITY, reach);
        let mut best: BinaryHeap<Candidate<'_>> = BinaryHeap::with_capacity(query.limit + 1);
        for entry in self.entries() {
            let Some(point) = entry.point_at(query.at) else { continue };
            let Some(rank) = rank(&from, point, reach) else { continue };
            if best.len() >= query.limit && best.peek().is_none_or(|worst| worst.precedes(rank, entry)) {
                continue;
            }
            let Some(unsure) = self.judge(query, entry) else { continue };
            best.push(Candidate { rank, entry, unsure });
            if best.len() > query.limit {
                best.pop();
            }
        }
        best.into_sorted_vec().into_iter().filter_map(|candidate| candidate.into_hit(query)).collect()
    }

    /// What is unsure about a toilet that will do; `None` for one that will not.
    fn judge(&self, query: &NearestQuery, entry: &Entry) -> Option<Unsure> {
        let place = entry.place_at(query.at)?;
        if query.max_distance.is_some_and(|most| great_circle(query.from, place.position) > most) {
            return None;
        }
        let needs = query.filter.admits(entry, query.at)?;
        if !query.usable {
            return entry.is_kept(query.at).then_some(Unsure { needs, hours: false });
        }
        match entry.usability(self.calendars(), query.at) {
            Usability::Usable => Some(Unsure { needs, hours: false }),
            Usability::HoursUnknown => Some(Unsure { needs, hours: true }),
            Usability::Unusable => None,
        }
    }
}

/// A toilet on its way into the result. The greatest is the farthest, and of equals the one with the highest id.
struct Candidate<'a> {
    rank: f64,
    entry: &'a Arc<Entry>,
    unsure: Unsure,
}

impl Candidate<'_> {
    /// Whether this one belongs before a toilet of that rank.
    fn precedes(&self, rank: f64, entry: &Entry) -> bool {
        self.rank.total_cmp(&rank).then(self.entry.id.cmp(&entry.id)).is_lt()
    }

    fn into_hit(self, query: &NearestQuery) -> Option<Hit> {
        let distance_metres = great_circle(query.from, self.entry.place_at(query.at)?.position);
        Some(Hit { entry: Arc::clone(self.entry), distance_metres, unsure: self.unsure })
    }
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.total_cmp(&other.rank).then(self.entry.id.cmp(&other.entry.id))
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate<'_> {}

/// A squared chord that no place within so many metres exceeds, whatever the rounding. Those in between are judged by
/// their distance itself.
fn reach(metres: f64) -> f64 {
    metres_to_chord_squared(metres) * (1.0 + 1e-9) + 1e-12
}

/// A number that grows with the distance between two places, without trigonometry; `None` beyond `reach`.
///
/// Up to a quarter of the way around it is the squared chord. Beyond, the chord loses its digits (near the antipode it
/// hardly changes over hundreds of metres), so there the chord to the antipode counts, turned upside down.
fn rank(from: &UnitVector, to: &UnitVector, reach: f64) -> Option<f64> {
    let chord_squared = from.chord_squared(to);
    if chord_squared > reach {
        return None;
    }
    if chord_squared <= 2.0 {
        return Some(chord_squared);
    }
    let ([ax, ay, az], [bx, by, bz]) = (from.components(), to.components());
    let to_antipode = (ax + bx).powi(2) + (ay + by).powi(2) + (az + bz).powi(2);
    Some(8.0 / to_antipode.max(f64::MIN_POSITIVE))
}

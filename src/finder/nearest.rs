//! The nearest toilets to a place.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::door::Usability;
use super::entry::Entry;
use super::filter::Filter;
use super::snapshot::Snapshot;
use super::unsure::Unsure;
use crate::domain::text::Name;
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
    /// The name of the first barrier on the straight way to it, if one bars that.
    pub across: Option<Name>,
    /// What nobody knows about it though it was asked for.
    pub unsure: Unsure,
}

impl Snapshot {
    /// The nearest toilets that will do, sorted by distance, then id; exact for every place on Earth. Those across a
    /// barrier say so. Those that come [last](super::Uncleaned::Last) do so in the same order.
    ///
    /// Distance is judged first: the hours of a toilet are evaluated only if it would enter the result.
    #[must_use]
    pub fn nearest(&self, query: &NearestQuery) -> Vec<Hit> {
        self.search(query, false)
    }

    /// The same with those across a barrier after all others: sorted by (across, last, distance, id).
    #[must_use]
    pub fn nearest_avoiding(&self, query: &NearestQuery) -> Vec<Hit> {
        self.search(query, !self.barriers().is_empty())
    }

    fn search(&self, query: &NearestQuery, avoid: bool) -> Vec<Hit> {
        let from = UnitVector::from(query.from);
        let reach = query.max_distance.map_or(f64::INFINITY, reach);
        let mut best = Best::new(query.limit);
        for entry in self.entries() {
            let Some(point) = entry.point_at(query.at) else { continue };
            let Some(rank) = rank(&from, point, reach) else { continue };
            // What has no place among the best of the first class has none in a lower one.
            if !best.admits(Class::default(), rank, entry) {
                continue;
            }
            let class = Class { across: false, last: query.filter.is_last(entry, query.at) };
            if !best.admits(class, rank, entry) {
                continue;
            }
            let Some(unsure) = self.judge(query, entry) else { continue };
            let across = avoid && self.barriers().across(&from, point).is_some();
            best.push(Candidate { class: Class { across, ..class }, rank, entry, unsure });
        }
        best.sorted().into_iter().filter_map(|candidate| self.hit(query, &from, &candidate)).collect()
    }

    fn hit(&self, query: &NearestQuery, from: &UnitVector, found: &Candidate<'_>) -> Option<Hit> {
        let &Candidate { entry, unsure, .. } = found;
        let distance_metres = great_circle(query.from, entry.place_at(query.at)?.position);
        let across = self.barriers().across(from, entry.point_at(query.at)?).cloned();
        Some(Hit { entry: Arc::clone(entry), distance_metres, across, unsure })
    }

    /// What is unsure about a toilet that will do; `None` for one that will not.
    fn judge(&self, query: &NearestQuery, entry: &Entry) -> Option<Unsure> {
        let place = entry.place_at(query.at)?;
        if query.max_distance.is_some_and(|most| great_circle(query.from, place.position) > most) {
            return None;
        }
        let unsure = query.filter.admits(entry, query.at)?;
        if !query.usable {
            return entry.is_kept(query.at).then_some(unsure);
        }
        match entry.usability(self.calendars(), query.at) {
            Usability::Usable => Some(unsure),
            Usability::HoursUnknown => Some(Unsure { hours: true, ..unsure }),
            Usability::Unusable => None,
        }
    }
}

/// What comes after all others however near it is; the first comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Class {
    /// Across a barrier.
    across: bool,
    /// Asked to come last.
    last: bool,
}

/// A toilet on its way into the result. The greatest is the farthest of the lowest class, and of equals the one with
/// the highest id.
struct Candidate<'a> {
    class: Class,
    rank: f64,
    entry: &'a Arc<Entry>,
    unsure: Unsure,
}

/// The nearest of those that came.
struct Best<'a> {
    kept: BinaryHeap<Candidate<'a>>,
    limit: usize,
}

impl<'a> Best<'a> {
    fn new(limit: usize) -> Self {
        Self { kept: BinaryHeap::with_capacity(limit + 1), limit }
    }

    /// Whether a toilet of that class and rank would be kept.
    fn admits(&self, class: Class, rank: f64, entry: &Entry) -> bool {
        let before = |worst: &Candidate<'_>| worst.place(class, rank, entry).is_gt();
        self.kept.len() < self.limit || self.kept.peek().is_some_and(before)
    }

    fn push(&mut self, candidate: Candidate<'a>) {
        self.kept.push(candidate);
        if self.kept.len() > self.limit {
            self.kept.pop();
        }
    }

    fn sorted(self) -> Vec<Candidate<'a>> {
        self.kept.into_sorted_vec()
    }
}

impl Candidate<'_> {
    /// Where it stands beside another one.
    fn place(&self, class: Class, rank: f64, entry: &Entry) -> Ordering {
        self.class.cmp(&class).then(self.rank.total_cmp(&rank)).then(self.entry.id.cmp(&entry.id))
    }
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place(other.class, other.rank, other.entry)
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

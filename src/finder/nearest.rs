//! The nearest toilets to a place.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::base::Base;
use super::bits::{CHANGED, SURE, unsure, wanted};
use super::door::Usability;
use super::entry::Entry;
use super::filter::Filter;
use super::snapshot::Snapshot;
use super::unsure::Unsure;
use crate::domain::text::Name;
use crate::geo::{UnitVector, Wgs84, chord_squared_to_metres, great_circle, metres_to_chord_squared};

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
    /// At the present the tree knows which toilets will do. At any other time distance is judged first: the hours of a
    /// toilet are evaluated only if it would enter the result.
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
        let search = Search { snapshot: self, query, avoid, from: UnitVector::from(query.from) };
        let glance = self.base.window.look(query.at.timestamp());
        let found = glance.map(|glance| (search.best(true), glance));
        // Where time turned something while this looked on, it looks again, at each toilet itself.
        let found = found.filter(|(_, glance)| self.base.window.stayed(*glance)).map(|(best, _)| best);
        let best = found.unwrap_or_else(|| search.best(false));
        best.fetch();
        best.kept.iter().filter_map(|candidate| search.hit(candidate)).collect()
    }
}

/// A search under way.
struct Search<'a> {
    snapshot: &'a Snapshot,
    query: &'a NearestQuery,
    avoid: bool,
    from: UnitVector,
}

impl<'a> Search<'a> {
    /// The best; with `timed` by the bits that hold at the time of the search.
    fn best(&self, timed: bool) -> Best<'a> {
        let (Snapshot { base, overlay, .. }, query) = (self.snapshot, self.query);
        let mut best = Best::new(base, query.limit);
        let reach = query.max_distance.map_or(Reach::ANY, Reach::of);
        let wanted = wanted(&query.filter, timed.then_some(query.usable));
        base.tree.nearest(self.from.components(), reach.no_farther, wanted, |seen| {
            if seen.bits & CHANGED != 0 {
                let entry = &base.entries[seen.item as usize];
                let now = overlay.get(entry.id).unwrap_or(entry);
                if now.fixed_point().as_ref() == Some(seen.at) {
                    self.look_at(&mut best, &reach, now);
                }
            } else {
                let rank = rank(seen.chord_squared, &self.from, seen.at);
                let known = (timed && query.filter.cleaned.is_none()).then(|| self.known(seen.bits));
                self.take(&mut best, &reach, rank, Found::Base(seen.item), known);
            }
            best.bound().min(reach.no_farther)
        });
        let apart = base.apart.iter().filter_map(|number| base.entries.get(*number as usize));
        let apart = apart.filter(|entry| overlay.get(entry.id).is_none()).chain(overlay.apart());
        apart.for_each(|entry| self.look_at(&mut best, &reach, entry));
        best
    }

    /// Takes a toilet of which nothing is known yet.
    fn look_at(&self, best: &mut Best<'a>, reach: &Reach, entry: &'a Arc<Entry>) {
        let Some(point) = entry.point_at(self.query.at) else { return };
        let chord_squared = self.from.chord_squared(point);
        if chord_squared <= reach.no_farther {
            let rank = rank(chord_squared, &self.from, &point.components());
            self.take(best, reach, rank, Found::Beside(entry), None);
        }
    }

    /// Takes a toilet that is so far away, if it will do and is among the best; `known` is what is unsure about it, if that
    /// is known and it will do.
    fn take(&self, best: &mut Best<'a>, reach: &Reach, rank: f64, found: Found<'a>, known: Option<Unsure>) {
        // What has no place among the best of the first class has none in a lower one.
        if !best.admits(Class::default(), rank, found) || !self.is_within(reach, rank, found) {
            return;
        }
        let Some(unsure) = known.or_else(|| self.judge(found.entry(&self.snapshot.base))) else { return };
        let class = self.class(found);
        if best.admits(class, rank, found) {
            best.put(Candidate { class, rank, found, unsure });
        }
    }

    fn is_within(&self, reach: &Reach, rank: f64, found: Found<'a>) -> bool {
        rank <= reach.surely || {
            let place = found.entry(&self.snapshot.base).place_at(self.query.at);
            place.is_some_and(|place| great_circle(self.query.from, place.position) <= reach.metres)
        }
    }

    fn class(&self, found: Found<'a>) -> Class {
        if !self.avoid && self.query.filter.cleaned.is_none() {
            return Class::default();
        }
        let entry = found.entry(&self.snapshot.base);
        Class {
            across: self.avoid && self.across(entry).is_some(),
            last: self.query.filter.is_last(entry, self.query.at),
        }
    }

    fn across(&self, entry: &Entry) -> Option<&'a Name> {
        self.snapshot.barriers().across(&self.from, entry.point_at(self.query.at)?)
    }

    fn hit(&self, found: &Candidate<'a>) -> Option<Hit> {
        let &Candidate { found, unsure, rank, .. } = found;
        let entry = found.entry(&self.snapshot.base);
        let distance_metres = if rank <= QUARTER {
            chord_squared_to_metres(rank)
        } else {
            great_circle(self.query.from, entry.place_at(self.query.at)?.position)
        };
        Some(Hit { entry: Arc::clone(entry), distance_metres, across: self.across(entry).cloned(), unsure })
    }

    /// What is unsure about a toilet with those bits, which will do.
    fn known(&self, bits: u64) -> Unsure {
        let hours = self.query.usable && bits & SURE == 0;
        Unsure { needs: unsure(self.query.filter.needs, bits), cleaned: false, hours }
    }

    fn judge(&self, entry: &Entry) -> Option<Unsure> {
        self.snapshot.judge(entry, &self.query.filter, self.query.at, self.query.usable)
    }
}

impl Snapshot {
    /// What is unsure about a toilet that will do at that instant; `None` for one that will not.
    pub(super) fn judge(&self, entry: &Entry, filter: &Filter, at: DateTime<Utc>, usable: bool) -> Option<Unsure> {
        let unsure = filter.admits(entry, at)?;
        if !usable {
            return entry.is_kept(at).then_some(unsure);
        }
        match entry.usability(self.calendars(), at) {
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

/// A toilet that a search came by. Most of those never get into the result, and a toilet itself is seldom at hand in the
/// cache: it takes longer to come than all else that is done with it. So it is looked at as late as can be.
#[derive(Debug, Clone, Copy)]
enum Found<'a> {
    /// One of the base, by its number, which is in the order of the ids.
    Base(u32),
    /// One that has changed, or is put elsewhere for a time.
    Beside(&'a Arc<Entry>),
}

impl<'a> Found<'a> {
    fn entry(self, base: &'a Base) -> &'a Arc<Entry> {
        match self {
            Self::Base(number) => &base.entries[number as usize],
            Self::Beside(entry) => entry,
        }
    }
}

/// A toilet on its way into the result.
struct Candidate<'a> {
    class: Class,
    rank: f64,
    found: Found<'a>,
    unsure: Unsure,
}

/// The nearest of those that came, in order.
struct Best<'a> {
    kept: Vec<Candidate<'a>>,
    limit: usize,
    base: &'a Base,
}

impl<'a> Best<'a> {
    fn new(base: &'a Base, limit: usize) -> Self {
        Self { kept: Vec::with_capacity(limit + 1), limit, base }
    }

    /// Where one that is kept stands beside another one: the nearer of the better class first, and of equals the one with
    /// the lower id.
    fn place(&self, kept: &Candidate<'a>, class: Class, rank: f64, found: Found<'a>) -> Ordering {
        kept.class.cmp(&class).then(kept.rank.total_cmp(&rank)).then_with(|| match (kept.found, found) {
            (Found::Base(one), Found::Base(other)) => one.cmp(&other),
            (one, other) => one.entry(self.base).id.cmp(&other.entry(self.base).id),
        })
    }

    /// Whether a toilet of that class and rank would be kept.
    fn admits(&self, class: Class, rank: f64, found: Found<'a>) -> bool {
        self.kept.len() < self.limit
            || self.kept.last().is_some_and(|worst| self.place(worst, class, rank, found).is_gt())
    }

    fn put(&mut self, new: Candidate<'a>) {
        let place = self.kept.partition_point(|kept| self.place(kept, new.class, new.rank, new.found).is_lt());
        self.kept.insert(place, new);
        self.kept.truncate(self.limit);
    }

    /// Has memory bring all of them at once. One by one, as they are handed out, each would be waited for.
    fn fetch(&self) {
        let entries = self.kept.iter().map(|kept| kept.found.entry(self.base));
        let looked_at = entries.map(|entry| Arc::strong_count(entry) + entry.stations.len());
        std::hint::black_box(looked_at.fold(0, usize::wrapping_add));
    }

    /// The squared chord beyond which nothing is kept any more.
    fn bound(&self) -> f64 {
        match self.kept.last().filter(|_| self.kept.len() == self.limit) {
            Some(worst) if worst.class == Class::default() => chord_squared(worst.rank),
            _ => f64::INFINITY,
        }
    }
}

/// How far away a toilet may be.
struct Reach {
    metres: f64,
    /// A squared chord that no place within so many metres exceeds, whatever the rounding.
    no_farther: f64,
    /// A rank up to which every place is within so many metres, whatever the rounding. Those in between are judged by their
    /// distance itself.
    surely: f64,
}

impl Reach {
    const ANY: Self = Self { metres: f64::INFINITY, no_farther: f64::INFINITY, surely: f64::INFINITY };

    fn of(metres: f64) -> Self {
        let chord_squared = metres_to_chord_squared(metres);
        let surely = chord_squared * (1.0 - 1e-9) - 1e-12;
        Self { metres, no_farther: chord_squared * (1.0 + 1e-9) + 1e-12, surely: surely.min(QUARTER) }
    }
}

/// The squared chord of a quarter of the way around the Earth.
const QUARTER: f64 = 2.0;

/// A number that grows with the distance between two places, without trigonometry.
///
/// Up to a quarter of the way around it is the squared chord. Beyond, the chord loses its digits (near the antipode it
/// hardly changes over hundreds of metres), so there the chord to the antipode counts, turned upside down.
fn rank(chord_squared: f64, from: &UnitVector, to: &[f64; 3]) -> f64 {
    if chord_squared <= QUARTER {
        return chord_squared;
    }
    let ([ax, ay, az], [bx, by, bz]) = (from.components(), *to);
    let to_antipode = (ax + bx).powi(2) + (ay + by).powi(2) + (az + bz).powi(2);
    8.0 / to_antipode.max(f64::MIN_POSITIVE)
}

/// A squared chord that no place of that rank exceeds, whatever the rounding.
fn chord_squared(rank: f64) -> f64 {
    if rank <= QUARTER { rank } else { 4.0 - 8.0 / rank + 1e-9 }
}

//! The register as features: by place and by when they were written, page by page, with their number.

use chrono::{DateTime, Utc};

use super::entry::Entry;
use super::snapshot::Snapshot;
use crate::domain::id::ToiletId;
use crate::geo::Bounds;

/// Features that somebody wants, in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeatureQuery {
    /// The box they must stand in, in WGS-84. What has no position is in every box (OGC 17-069r4, requirement 24 C).
    pub bbox: Option<Bounds>,
    /// When they must have been written last.
    pub updated: Option<Window>,
    /// The id after which the page begins.
    pub after: Option<ToiletId>,
    /// How many at most.
    pub limit: usize,
}

/// A stretch of time, both ends included; an absent end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub from: Option<DateTime<Utc>>,
    /// The last instant.
    pub to: Option<DateTime<Utc>>,
}

/// A page of features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeaturePage {
    /// The toilets on it.
    pub ids: Vec<ToiletId>,
    /// How many there are on all pages.
    pub matched: usize,
    /// The id to go on after, if there is more.
    pub next: Option<ToiletId>,
}

/// How far the register reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// West, south, east and north in degrees of WGS-84, if anything has a position. It never crosses the antimeridian:
    /// what lies on both sides of it makes the box as wide as the world.
    pub bbox: Option<[f64; 4]>,
    /// When the record was written that was not written since for the longest time.
    pub updated_from: Option<DateTime<Utc>>,
}

impl Window {
    fn holds(self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }
}

impl Snapshot {
    /// One page of the features that will do, of those that are not gone at that instant.
    #[must_use]
    pub fn features(&self, query: &FeatureQuery, at: DateTime<Utc>) -> FeaturePage {
        let (mut ids, mut matched, mut more) = (Vec::with_capacity(query.limit), 0, false);
        for entry in self.entries().filter(|entry| entry.is_kept(at) && query.admits(entry)) {
            matched += 1;
            if query.after.is_some_and(|after| entry.id <= after) {
                continue;
            }
            if ids.len() < query.limit {
                ids.push(entry.id);
            } else {
                more = true;
            }
        }
        let next = ids.last().copied().filter(|_| more);
        FeaturePage { ids, matched, next }
    }

    /// How far the features reach that are not gone at that instant.
    #[must_use]
    pub fn extent(&self, at: DateTime<Utc>) -> Extent {
        let mut extent = Extent { bbox: None, updated_from: None };
        for entry in self.entries().filter(|entry| entry.is_kept(at)) {
            let earliest = extent.updated_from.map_or(entry.updated_at, |at| at.min(entry.updated_at));
            extent.updated_from = Some(earliest);
            let Some(place) = entry.place() else { continue };
            let (latitude, longitude) = (place.position.latitude(), place.position.longitude());
            let [west, south, east, north] = extent.bbox.unwrap_or([longitude, latitude, longitude, latitude]);
            extent.bbox = Some([west.min(longitude), south.min(latitude), east.max(longitude), north.max(latitude)]);
        }
        extent
    }
}

impl FeatureQuery {
    fn admits(&self, entry: &Entry) -> bool {
        let stands = self.bbox.zip(entry.place()).is_none_or(|(bounds, place)| bounds.contains(place.position));
        stands && self.updated.is_none_or(|window| window.holds(entry.updated_at))
    }
}

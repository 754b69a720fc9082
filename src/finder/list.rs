//! Toilets by what they are, page by page.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entry::Entry;
use super::filter::Filter;
use super::snapshot::Snapshot;
use super::sought::Sought;
use crate::domain::area::AreaCode;
use crate::domain::id::ToiletId;
use crate::domain::toilet::Status;
use crate::geo::{Bounds, Crs, Wgs84};

/// A list of toilets that somebody wants, in the order of their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// The box they must stand in.
    pub bbox: Option<Bbox>,
    /// The areas they must be registered in or below, any of them, by their codes of today.
    pub areas: Option<Vec<AreaCode>>,
    /// What they must be like.
    pub filter: Filter,
    /// The statuses that will do; if empty, all but retired.
    pub statuses: Vec<Status>,
    /// What must be found in a name, the address or the code.
    pub text: Option<Sought>,
    /// The id after which the page begins.
    pub after: Option<ToiletId>,
    /// How many at most.
    pub limit: usize,
    /// The instant at which closed and graded are judged.
    pub at: DateTime<Utc>,
}

/// A box in the datum of whoever asks: the edges of a map on a screen are straight in that map's own datum alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bbox {
    /// The edges, in degrees of `crs`.
    pub bounds: Bounds,
    /// The datum of the edges.
    pub crs: Crs,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// The toilets on it.
    pub entries: Vec<Arc<Entry>>,
    /// The id to go on after, if there is more.
    pub next: Option<ToiletId>,
}

impl Snapshot {
    /// One page of the toilets that will do, in the order of their ids.
    #[must_use]
    pub fn list(&self, query: &ListQuery) -> Page {
        let near = query.bbox.and_then(|bbox| self.around(&bbox.bounds, NEAR));
        let mut entries = match near {
            Some(mut near) => {
                near.retain(|entry| query.after.is_none_or(|after| entry.id > after));
                near.sort_unstable_by_key(|entry| entry.id);
                query.page(near.into_iter())
            }
            None => query.page(self.entries_after(query.after)),
        };
        let more = entries.len() > query.limit;
        entries.truncate(query.limit);
        let next = entries.last().filter(|_| more).map(|entry| entry.id);
        Page { entries, next }
    }
}

/// Toilets of a box at most that are worth picking out: of a wider one so many will do that a look at all in their order
/// soon has enough.
const NEAR: usize = 4_096;

impl ListQuery {
    fn page<'a>(&self, candidates: impl Iterator<Item = &'a Arc<Entry>>) -> Vec<Arc<Entry>> {
        candidates.filter(|entry| self.admits(entry)).take(self.limit + 1).cloned().collect()
    }

    fn admits(&self, entry: &Entry) -> bool {
        self.status_fits(entry)
            && self.areas.as_ref().is_none_or(|areas| entry.lies_in(areas))
            && self.text.as_ref().is_none_or(|text| text.is_in(&entry.text))
            && self.filter.admits(entry, self.at).is_some()
            && self.bbox.is_none_or(|bbox| bbox.contains(entry, self.at))
    }

    fn status_fits(&self, entry: &Entry) -> bool {
        if self.statuses.is_empty() { entry.is_kept(self.at) } else { self.statuses.contains(&entry.status(self.at)) }
    }
}

impl Bbox {
    fn contains(&self, entry: &Entry, at: DateTime<Utc>) -> bool {
        let Some(place) = entry.place_at(at) else { return false };
        let (latitude, longitude) = place.in_crs(self.crs);
        // A box holds bare degrees; here both the box and the degrees are of `crs`, whatever the type's name says.
        Wgs84::new(latitude, longitude).is_ok_and(|degrees| self.bounds.contains(degrees))
    }
}

impl Entry {
    /// Whether it is part of the public register at that instant.
    pub(super) fn is_kept(&self, at: DateTime<Utc>) -> bool {
        self.status(at) != Status::Retired
    }

    fn lies_in(&self, areas: &[AreaCode]) -> bool {
        self.area.as_ref().is_some_and(|path| path.iter().any(|code| areas.contains(code)))
    }
}

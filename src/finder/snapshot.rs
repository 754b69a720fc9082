//! The register at one moment: immutable, shared, read without a lock.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::areas::Areas;
use super::base::Base;
use super::door::Usability;
use super::entry::Entry;
use super::overlay::Overlay;
use crate::domain::barrier::Barriers;
use crate::domain::holiday::Calendars;
use crate::domain::id::ToiletId;
use crate::geo::Wgs84;

/// All toilets and areas as they stood after one entry of the journal.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) base: Arc<Base>,
    pub(super) overlay: Arc<Overlay>,
    areas: Arc<Areas>,
    calendars: Arc<Calendars>,
    barriers: Arc<Barriers>,
    number: i64,
}

impl Snapshot {
    /// A snapshot in which nothing is.
    pub(super) fn empty(calendars: Arc<Calendars>) -> Self {
        let base = Arc::new(Base::new(Vec::new()));
        Self { base, overlay: Arc::default(), areas: Arc::default(), calendars, barriers: Arc::default(), number: 0 }
    }

    /// The whole register anew, with the barriers of before.
    pub(super) fn of(&self, base: Arc<Base>, areas: Areas, number: i64) -> Self {
        Self { base, overlay: Arc::default(), areas: Arc::new(areas), number, ..self.clone() }
    }

    /// The same register with these barriers.
    pub(super) fn among(&self, barriers: Barriers) -> Self {
        Self { barriers: Arc::new(barriers), ..self.clone() }
    }

    /// The same register with these entries added or put in the place of older ones.
    pub(super) fn with(&self, changed: impl IntoIterator<Item = Entry>, number: i64) -> Self {
        let overlay = self.overlay.with(&self.base, changed.into_iter().map(Arc::new));
        Self { overlay: Arc::new(overlay), number: self.number.max(number), ..self.clone() }
    }

    /// The same register put in order: `base` holds what `merged` held beside the base of before.
    pub(super) fn put_in_order(&self, base: Arc<Base>, merged: &Overlay) -> Self {
        let overlay = Arc::new(self.overlay.beyond(merged, &base));
        Self { base, overlay, ..self.clone() }
    }

    /// The number of the last journal entry that this snapshot holds.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// How many toilets it holds, retired ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.base.entries.len() + self.overlay.new_ones()
    }

    /// Whether it holds no toilet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of them have changed since it was last put in order.
    #[must_use]
    pub fn beside(&self) -> usize {
        self.overlay.entries().len()
    }

    /// The toilet of that id, retired or not.
    #[must_use]
    pub fn get(&self, id: ToiletId) -> Option<&Arc<Entry>> {
        self.overlay.get(id).or_else(|| self.base.entries.get(self.base.number(id)?))
    }

    /// Where the toilets stand that somebody from the street can use at that instant, and whether their hours are known.
    #[must_use]
    pub fn usable(&self, at: DateTime<Utc>) -> Vec<(Wgs84, Usability)> {
        let usable = self.entries().filter_map(|entry| {
            let usability = entry.usability(&self.calendars, at);
            Some((entry.place?.position, usability)).filter(|_| usability != Usability::Unusable)
        });
        usable.collect()
    }

    /// The tree of areas.
    #[must_use]
    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    /// The holiday calendars by which hours are judged.
    #[must_use]
    pub fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    /// What a walker cannot cross.
    #[must_use]
    pub fn barriers(&self) -> &Barriers {
        &self.barriers
    }

    /// All toilets by their ids.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries_after(None)
    }

    /// All toilets after that one, by their ids.
    pub(super) fn entries_after(&self, after: Option<ToiletId>) -> impl Iterator<Item = &Arc<Entry>> {
        let rest =
            |entries: &'_ [Arc<Entry>]| entries.partition_point(|entry| after.is_some_and(|after| entry.id <= after));
        let base = &self.base.entries[rest(&self.base.entries)..];
        let newer = self.overlay.entries();
        let newer = &newer[rest(newer)..];
        Merged { base: base.iter().peekable(), newer: newer.iter().peekable() }
    }
}

/// Two lists as one, in which what is newer stands in the place of what it was.
struct Merged<'a, I: Iterator<Item = &'a Arc<Entry>>> {
    base: std::iter::Peekable<I>,
    newer: std::iter::Peekable<I>,
}

impl<'a, I: Iterator<Item = &'a Arc<Entry>>> Iterator for Merged<'a, I> {
    type Item = &'a Arc<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(newer) = self.newer.peek() else { return self.base.next() };
        let newer = newer.id;
        if let Some(entry) = self.base.next_if(|entry| entry.id < newer) {
            return Some(entry);
        }
        self.base.next_if(|entry| entry.id == newer);
        self.newer.next()
    }
}

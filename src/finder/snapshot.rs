//! The register at one moment: immutable, shared, read without a lock.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::areas::Areas;
use super::door::Usability;
use super::entry::Entry;
use crate::domain::barrier::Barriers;
use crate::domain::holiday::Calendars;
use crate::domain::id::ToiletId;
use crate::geo::Wgs84;

/// All toilets and areas as they stood after one entry of the journal.
#[derive(Debug)]
pub struct Snapshot {
    entries: Vec<Arc<Entry>>,
    areas: Arc<Areas>,
    calendars: Arc<Calendars>,
    barriers: Arc<Barriers>,
    number: i64,
}

impl Snapshot {
    /// A snapshot of these; of entries with the same id the last one counts.
    pub(super) fn new(
        mut entries: Vec<Arc<Entry>>,
        areas: Arc<Areas>,
        calendars: Arc<Calendars>,
        barriers: Arc<Barriers>,
        number: i64,
    ) -> Self {
        entries.reverse();
        entries.sort_by_key(|entry| entry.id);
        entries.dedup_by_key(|entry| entry.id);
        entries.shrink_to_fit();
        Self { entries, areas, calendars, barriers, number }
    }

    /// The same register with these barriers.
    pub(super) fn among(&self, barriers: Arc<Barriers>) -> Self {
        let (areas, calendars) = (Arc::clone(&self.areas), Arc::clone(&self.calendars));
        Self { entries: self.entries.clone(), areas, calendars, barriers, number: self.number }
    }

    /// The same register with these entries added or put in the place of older ones.
    pub(super) fn with(&self, changed: impl IntoIterator<Item = Entry>, number: i64) -> Self {
        let mut entries = self.entries.clone();
        for entry in changed {
            match entries.binary_search_by_key(&entry.id, |kept| kept.id) {
                Ok(place) => {
                    // Changes may be told twice or out of order; a newer record never gives way to an older one.
                    if let Some(kept) = entries.get_mut(place).filter(|kept| kept.revision <= entry.revision) {
                        *kept = Arc::new(entry);
                    }
                }
                Err(place) => entries.insert(place, Arc::new(entry)),
            }
        }
        let (areas, calendars) = (Arc::clone(&self.areas), Arc::clone(&self.calendars));
        let barriers = Arc::clone(&self.barriers);
        Self { entries, areas, calendars, barriers, number: self.number.max(number) }
    }

    /// The number of the last journal entry that this snapshot holds.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// How many toilets it holds, retired ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds no toilet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The toilet of that id, retired or not.
    #[must_use]
    pub fn get(&self, id: ToiletId) -> Option<&Arc<Entry>> {
        let place = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        self.entries.get(place)
    }

    /// Where the toilets stand that somebody from the street can use at that instant, and whether their hours are known.
    #[must_use]
    pub fn usable(&self, at: DateTime<Utc>) -> Vec<(Wgs84, Usability)> {
        let usable = self.entries.iter().filter_map(|entry| {
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

    pub(super) fn shared_barriers(&self) -> Arc<Barriers> {
        Arc::clone(&self.barriers)
    }

    pub(super) fn shared_calendars(&self) -> Arc<Calendars> {
        Arc::clone(&self.calendars)
    }

    pub(super) fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }
}

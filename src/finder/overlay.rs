//! What has changed since the register was last put in order.

use std::sync::Arc;

use super::base::Base;
use super::entry::Entry;
use crate::domain::id::ToiletId;

/// New toilets, and what those are now that have changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlay {
    /// By their ids.
    entries: Vec<Arc<Entry>>,
    /// Those among them that the tree does not hold where they are now.
    apart: Vec<Arc<Entry>>,
    /// How many of them the base has never seen.
    new: usize,
}

impl Overlay {
    /// The same with those toilets added or put in the place of older ones. A newer record never gives way to an older
    /// one: changes may be told twice or out of order. What changes in the tree is marked there.
    pub(super) fn with(&self, base: &Base, changed: impl IntoIterator<Item = Arc<Entry>>) -> Self {
        let mut next = self.clone();
        for entry in changed {
            next.put(base, entry);
        }
        next
    }

    fn put(&mut self, base: &Base, entry: Arc<Entry>) {
        let number = base.number(entry.id);
        let place = self.entries.binary_search_by_key(&entry.id, |kept| kept.id);
        let known = place.ok().and_then(|place| self.entries.get(place)).or_else(|| base.entries.get(number?));
        if known.is_some_and(|known| known.revision > entry.revision) {
            return;
        }
        if let Some(number) = number {
            base.mark(number);
        }
        let fixed = entry.fixed_point();
        let stands = number.and_then(|number| base.tree.at(number)).is_some_and(|at| fixed.as_ref() == Some(at));
        self.apart.retain(|apart| apart.id != entry.id);
        if !stands && (fixed.is_some() || entry.moves()) {
            self.apart.push(Arc::clone(&entry));
        }
        match place {
            Ok(place) => self.entries[place] = entry,
            Err(place) => {
                self.new += usize::from(number.is_none());
                self.entries.insert(place, entry);
            }
        }
    }

    /// What is left of it once the base holds `merged`.
    pub(super) fn beyond(&self, merged: &Self, base: &Base) -> Self {
        let held = |entry: &Arc<Entry>| merged.get(entry.id).is_some_and(|known| Arc::ptr_eq(known, entry));
        Self::default().with(base, self.entries.iter().filter(|entry| !held(entry)).cloned())
    }

    /// The toilet of that id as it is now, if it has changed.
    pub(super) fn get(&self, id: ToiletId) -> Option<&Arc<Entry>> {
        let place = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        self.entries.get(place)
    }

    /// Those that the tree does not hold where they are.
    pub(super) fn apart(&self) -> &[Arc<Entry>] {
        &self.apart
    }

    /// All of them, by their ids.
    pub(super) fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// How many the base has never seen.
    pub(super) fn new_ones(&self) -> usize {
        self.new
    }

    /// Whether nothing has changed that the tree would have to be sorted anew for.
    pub(super) fn is_still(&self) -> bool {
        self.apart.is_empty() && self.new == 0
    }
}

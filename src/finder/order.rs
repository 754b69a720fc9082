//! Putting the register in order beside those who read it, and turning what the time turns.

use std::sync::Arc;

use super::base::Base;
use super::entry::Entry;
use super::overlay::Overlay;
use super::snapshot::Snapshot;

/// Toilets that have changed where they stand, at most: of each the tree knows no longer what it is.
const CHANGED: usize = 1_024;

/// Toilets outside of the tree at most: each is looked at in every search.
const APART: usize = 128;

/// Of a small register one in so many, since putting that in order costs nothing.
const ONE_IN: usize = 8;

/// But this many.
const FEW: usize = 16;

impl Snapshot {
    /// A base that holds what has changed as well, where that is so much that it is worth it; with what it holds.
    pub(super) fn in_order(&self) -> Option<(Base, Arc<Overlay>)> {
        let overlay = Arc::clone(&self.overlay);
        let some = (self.len() / ONE_IN).max(FEW);
        if overlay.entries().len() < CHANGED.min(some) && overlay.apart().len() < APART.min(some) {
            return None;
        }
        let entries: Vec<Arc<Entry>> = self.entries().cloned().collect();
        let base = if overlay.is_still() { self.base.renewed(entries) } else { Base::new(entries) };
        Some((base, overlay))
    }
}

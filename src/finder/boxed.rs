//! Toilets of a box.

use std::sync::Arc;

use super::entry::Entry;
use super::snapshot::Snapshot;
use super::tree::Wanted;
use crate::geo::Bounds;

/// How far apart the datums put the same place, in degrees, generously: 570 m, and another 1,100 m for Baidu's.
const DATUMS: f64 = 0.03;

impl Snapshot {
    /// Those that may stand in a box of any datum, in no order, and others as well: whoever asks looks again. `None` where
    /// they are more than `most`.
    pub(super) fn around(&self, bounds: &Bounds, most: usize) -> Option<Vec<&Arc<Entry>>> {
        let (base, overlay) = (&self.base, &self.overlay);
        let (low, high) = bounds.in_space(DATUMS);
        let (mut near, mut seen) = (Vec::new(), 0_usize);
        base.tree.within(low, high, Wanted::default(), |item| {
            near.extend(base.entries.get(item as usize).filter(|entry| overlay.get(entry.id).is_none()));
            seen += 1;
            seen <= most
        });
        if seen > most {
            return None;
        }
        let apart = base.apart.iter().filter_map(|number| base.entries.get(*number as usize));
        near.extend(apart.filter(|entry| overlay.get(entry.id).is_none()));
        near.extend(overlay.entries());
        Some(near)
    }
}

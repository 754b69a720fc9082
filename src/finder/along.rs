//! Toilets along a way.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::bits::wanted;
use super::entry::Entry;
use super::filter::Filter;
use super::snapshot::Snapshot;
use super::unsure::Unsure;
use crate::domain::id::ToiletId;
use crate::geo::{Beside, Piece, Route};

/// A search along a way.
#[derive(Debug, Clone)]
pub struct AlongQuery {
    /// The way.
    pub route: Route,
    /// How far beside it at most, in metres.
    pub width: f64,
    /// How many at most.
    pub limit: usize,
    /// What they must be like.
    pub filter: Filter,
    /// The instant at which usable, closed and graded are judged.
    pub at: DateTime<Utc>,
    /// Whether only toilets that can be used at that instant will do; otherwise all but retired ones.
    pub usable: bool,
}

/// A toilet that somebody comes by.
#[derive(Debug, Clone)]
pub struct Passed {
    /// The toilet.
    pub entry: Arc<Entry>,
    /// Where it lies beside the way, where the way is nearest to it; of several such places the first.
    pub beside: Beside,
    /// What nobody knows about it though it was asked for.
    pub unsure: Unsure,
}

/// Toilets that somebody comes by.
#[derive(Debug, Clone)]
pub struct Passage {
    /// In the order in which one comes by them, then by id.
    pub passed: Vec<Passed>,
    /// Whether there are more, farther on.
    pub more: bool,
}

impl Snapshot {
    /// The toilets along a way that will do.
    #[must_use]
    pub fn along(&self, query: &AlongQuery) -> Passage {
        let mut near: BTreeMap<ToiletId, (Beside, &Arc<Entry>)> = BTreeMap::new();
        for piece in query.route.pieces() {
            self.near(query, piece, &mut near);
        }
        let judged = near.into_values().filter_map(|(beside, entry)| {
            let unsure = self.judge(entry, &query.filter, query.at, query.usable)?;
            Some(Passed { entry: Arc::clone(entry), beside, unsure })
        });
        let mut passed: Vec<Passed> = judged.collect();
        passed.sort_by(|a, b| a.beside.along.total_cmp(&b.beside.along));
        let more = passed.len() > query.limit;
        passed.truncate(query.limit);
        Passage { passed, more }
    }

    fn near<'a>(&'a self, query: &AlongQuery, piece: &Piece, near: &mut BTreeMap<ToiletId, (Beside, &'a Arc<Entry>)>) {
        let (base, overlay) = (&self.base, &self.overlay);
        let mut look_at = |entry: &'a Arc<Entry>| {
            let Some(point) = entry.point_at(query.at) else { return };
            let beside = piece.beside(point);
            if beside.aside <= query.width {
                let nearest = near.entry(entry.id).or_insert((beside, entry));
                // The way comes by in order, so that the first of equals stays.
                if beside.aside < nearest.0.aside {
                    nearest.0 = beside;
                }
            }
        };
        let (low, high) = piece.in_space(query.width);
        base.tree.within(low, high, wanted(&query.filter, None), |item| {
            let entry = base.entries.get(item as usize).filter(|entry| overlay.get(entry.id).is_none());
            entry.into_iter().for_each(&mut look_at);
            true
        });
        let apart = base.apart.iter().filter_map(|number| base.entries.get(*number as usize));
        apart.filter(|entry| overlay.get(entry.id).is_none()).chain(overlay.entries()).for_each(look_at);
    }
}

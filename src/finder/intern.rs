//! Values that thousands of toilets share are kept once.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::domain::area::AreaCode;
use crate::domain::hours::Hours;

/// The shared values seen so far. A county of 170 toilets has a dozen different hours; a country not many more.
#[derive(Debug, Default)]
pub(super) struct Interner {
    hours: HashSet<Hours>,
    calendars: HashSet<Arc<str>>,
    paths: HashSet<Arc<[AreaCode]>>,
}

impl Interner {
    /// The kept hours that equal these; parsed rules are shared between clones.
    pub(super) fn hours(&mut self, hours: &Hours) -> Hours {
        if let Some(kept) = self.hours.get(hours) {
            return kept.clone();
        }
        self.hours.insert(hours.clone());
        hours.clone()
    }

    /// The kept id of a holiday calendar.
    pub(super) fn calendar(&mut self, id: &str) -> Arc<str> {
        keep(&mut self.calendars, id)
    }

    /// The kept path of an area.
    pub(super) fn path(&mut self, path: &[AreaCode]) -> Arc<[AreaCode]> {
        keep(&mut self.paths, path)
    }
}

fn keep<T: ?Sized + Hash + Eq>(kept: &mut HashSet<Arc<T>>, value: &T) -> Arc<T>
where
    for<'a> Arc<T>: From<&'a T>,
{
    if let Some(known) = kept.get(value) {
        return Arc::clone(known);
    }
    let new = Arc::from(value);
    kept.insert(Arc::clone(&new));
    new
}

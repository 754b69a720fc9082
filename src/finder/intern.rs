//! Values that thousands of toilets share are kept once.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use chrono_tz::Tz;

use super::schedule::Schedule;
use crate::domain::area::AreaCode;
use crate::domain::hours::Hours;

/// What makes a schedule.
type Key = (Option<Hours>, Tz, Option<Arc<str>>);

/// The shared values seen so far. A county of 170 toilets has a dozen different hours; a country not many more.
#[derive(Debug, Default)]
pub(super) struct Interner {
    schedules: HashMap<Key, Arc<Schedule>>,
    calendars: HashSet<Arc<str>>,
    paths: HashSet<Arc<[AreaCode]>>,
}

impl Interner {
    /// The kept schedule of these hours; parsed rules are shared between clones.
    pub(super) fn schedule(&mut self, hours: Option<&Hours>, zone: Tz, calendar: Option<&str>) -> Arc<Schedule> {
        let calendar = calendar.map(|id| keep(&mut self.calendars, id));
        let key = (hours.cloned(), zone, calendar);
        let made = self.schedules.entry(key).or_insert_with_key(|(hours, zone, calendar)| {
            Arc::new(Schedule::new(hours.clone(), *zone, calendar.clone()))
        });
        Arc::clone(made)
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

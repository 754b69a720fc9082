//! Who is to be at toilets, remembered: every log asks for it, and it hardly ever changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;

use crate::domain::duties::Duties;
use crate::domain::event::RecordKind;
use crate::domain::id::ToiletId;

/// Toilets of which it is remembered at most: all are forgotten where there would be more.
const MOST: usize = 10_000;

/// Whether what is said of a record of that kind can have nothing to do with who is to be where.
pub(super) fn is_of_no_duty(kind: &str) -> bool {
    [RecordKind::Cleaning, RecordKind::Slot].iter().any(|one| one.as_str() == kind)
}

/// What is remembered. It is forgotten after each commit of this process that may have changed something of it, before
/// that is acknowledged, and when the journal tells of what another process has written.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    /// How often something was forgotten.
    forgotten: u64,
    /// By toilet: since which day it is known, and what lasts until that day or longer.
    known: HashMap<ToiletId, (NaiveDate, Option<Arc<Duties>>)>,
}

/// How often something had been forgotten when the database was asked: what it answers may be older than what was
/// forgotten since.
#[derive(Debug, Clone, Copy)]
pub(super) struct AsOf(u64);

impl Remembered {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        // Every change leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of those toilets since that day or before, a toilet of which nobody has recorded it left out; then the
    /// toilets of which it is not known.
    pub(super) fn look(
        &self,
        toilets: &[ToiletId],
        since: NaiveDate,
    ) -> (HashMap<ToiletId, Arc<Duties>>, Vec<ToiletId>, AsOf) {
        let memory = self.lock();
        let (mut found, mut missing) = (HashMap::new(), Vec::new());
        for id in toilets {
            match memory.known.get(id).filter(|(known_since, _)| *known_since <= since) {
                Some((_, duties)) => found.extend(duties.clone().map(|duties| (*id, duties))),
                None => missing.push(*id),
            }
        }
        (found, missing, AsOf(memory.forgotten))
    }

    /// Remembers what the database answered of those toilets, unless something was forgotten since it was asked.
    pub(super) fn keep(
        &self,
        AsOf(asked): AsOf,
        toilets: &[ToiletId],
        since: NaiveDate,
        found: &HashMap<ToiletId, Arc<Duties>>,
    ) {
        let mut memory = self.lock();
        if memory.forgotten != asked {
            return;
        }
        if memory.known.len() + toilets.len() > MOST {
            memory.known.clear();
        }
        memory.known.extend(toilets.iter().map(|id| (*id, (since, found.get(id).cloned()))));
    }

    /// Forgets all of it.
    pub(super) fn forget(&self) {
        let mut memory = self.lock();
        memory.forgotten += 1;
        memory.known.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap_or_default()
    }

    const TOILETS: [ToiletId; 2] = [ToiletId(1), ToiletId(2)];

    #[test]
    fn what_is_remembered_is_known_from_its_day_on_and_until_it_is_forgotten() {
        let remembered = Remembered::default();
        let (_, missing, as_of) = remembered.look(&TOILETS, day(3));
        assert_eq!(missing, TOILETS);
        remembered.keep(as_of, &TOILETS, day(3), &HashMap::from([(ToiletId(1), Arc::default())]));
        let (found, missing, _) = remembered.look(&TOILETS, day(4));
        // Of the second it is known that nobody has recorded anything.
        assert_eq!((found.len(), missing.len()), (1, 0));
        assert_eq!(remembered.look(&TOILETS, day(2)).1, TOILETS);
        remembered.forget();
        assert_eq!(remembered.look(&TOILETS, day(4)).1, TOILETS);
    }

    #[test]
    fn what_was_asked_before_a_change_is_not_remembered_after_it() {
        let remembered = Remembered::default();
        let (_, _, as_of) = remembered.look(&TOILETS, day(3));
        remembered.forget();
        remembered.keep(as_of, &TOILETS, day(3), &HashMap::new());
        assert_eq!(remembered.look(&TOILETS, day(3)).1, TOILETS);
    }

    #[test]
    fn more_than_it_may_hold_is_forgotten() {
        let remembered = Remembered::default();
        let many: Vec<ToiletId> = (0..).map(ToiletId).take(MOST).collect();
        let (_, _, as_of) = remembered.look(&[], day(3));
        remembered.keep(as_of, &many, day(3), &HashMap::new());
        remembered.keep(as_of, &[ToiletId(-1)], day(3), &HashMap::new());
        assert_eq!(remembered.look(&many, day(3)).1.len(), MOST);
        assert_eq!(remembered.look(&[ToiletId(-1)], day(3)).1, []);
    }
}

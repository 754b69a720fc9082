//! The snapshot of now, and how it is replaced.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use arc_swap::{ArcSwap, Guard};
use chrono::{DateTime, Utc};

use super::areas::Areas;
use super::base::Base;
use super::entry::Entry;
use super::intern::Interner;
use super::snapshot::Snapshot;
use super::upkeep::Upkeep;
use crate::domain::Toilet;
use crate::domain::area::Area;
use crate::domain::barrier::{Barrier, Barriers};
use crate::domain::holiday::Calendars;
use crate::domain::id::ToiletId;
use crate::domain::slot::Settlement;

/// Makes the bytes that the finder keeps of a toilet for whoever answers; it never looks inside.
pub type Render = fn(&Toilet) -> Vec<u8>;

/// Holds the current [`Snapshot`] and puts new ones in its place.
///
/// Readers take the snapshot with one atomic load and keep it as long as they like; writers take turns.
pub struct Finder {
    current: ArcSwap<Snapshot>,
    render: Render,
    interner: Mutex<Interner>,
    loaded: AtomicBool,
    /// How the cleaning of toilets stands, which changes far more often than anything else. Searches go by what their
    /// entries hold of it; whoever writes either has the turn, so that they agree.
    upkeep: RwLock<HashMap<ToiletId, Arc<Upkeep>>>,
    /// The second up to which time was told last.
    told: AtomicI64,
    /// What readers may still be reading. It is let go once they are gone, so that none of them has to clear it away.
    old: Mutex<Vec<Arc<Base>>>,
}

impl Finder {
    /// A finder that holds nothing yet.
    #[must_use]
    pub fn new(render: Render, calendars: Arc<Calendars>) -> Self {
        Self {
            current: ArcSwap::from_pointee(Snapshot::empty(calendars)),
            render,
            interner: Mutex::default(),
            loaded: AtomicBool::new(false),
            upkeep: RwLock::default(),
            told: AtomicI64::new(i64::MIN),
            old: Mutex::default(),
        }
    }

    /// The register as it stands now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// The same for the moment of a search, which holds on to nothing.
    #[must_use]
    pub fn glance(&self) -> Guard<Arc<Snapshot>> {
        self.current.load()
    }

    /// Whether the register has been loaded, so that "nothing found" means that there is nothing.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.loaded.load(Ordering::Acquire)
    }

    /// Takes these toilets and areas for the whole register, as it stood after the journal entry of that number.
    ///
    /// Each toilet is dropped as soon as its entry is built, so that an iterator that streams keeps the peak low.
    ///
    /// # Errors
    /// The first error of the iterator; the finder then still holds what it held.
    pub fn try_replace<E>(
        &self,
        toilets: impl IntoIterator<Item = Result<Toilet, E>>,
        areas: Vec<Area>,
        number: i64,
    ) -> Result<(), E> {
        let mut interner = Interner::default();
        let entries = toilets.into_iter().map(|toilet| Ok(Arc::new(self.entry(&toilet?, &mut interner))));
        let entries = entries.collect::<Result<Vec<_>, E>>()?;
        let base = Arc::new(Base::new(entries));
        if let Some(told) = DateTime::from_timestamp(self.told.load(Ordering::Relaxed), 0) {
            base.refresh(self.current.load().calendars(), told, &Mutex::new(()));
        }
        let mut writer = self.writer();
        *writer = interner;
        self.keep_up(base.entries.iter().map(AsRef::as_ref));
        let before = self.current.load_full();
        self.current.store(Arc::new(before.of(base, Areas::new(areas), number)));
        self.rest(&before);
        self.loaded.store(true, Ordering::Release);
        Ok(())
    }

    /// [`Finder::try_replace`] with toilets that are at hand.
    pub fn replace(&self, toilets: impl IntoIterator<Item = Toilet>, areas: Vec<Area>, number: i64) {
        let Ok(()) = self.try_replace(toilets.into_iter().map(Ok::<_, Infallible>), areas, number);
    }

    /// Takes these for all that a walker cannot cross; they stay when the register is replaced.
    pub fn set_barriers(&self, barriers: &[Barrier]) {
        let barriers = Barriers::new(barriers);
        let _turn = self.writer();
        let next = self.current.load().among(barriers);
        self.current.store(Arc::new(next));
    }

    /// Adds or replaces these toilets, as they stood after the journal entry of that number. Telling the same change
    /// twice, or an older one late, does no harm.
    pub fn apply(&self, changed: impl IntoIterator<Item = Toilet>, number: i64) {
        let mut interner = self.writer();
        let entries: Vec<Entry> = changed.into_iter().map(|toilet| self.entry(&toilet, &mut interner)).collect();
        self.keep_up(&entries);
        let next = self.current.load().with(entries, number);
        self.current.store(Arc::new(next));
    }

    /// Takes over how the cleaning of toilets stands. What was settled earlier than what is known does no harm.
    pub fn settle(&self, settled: impl IntoIterator<Item = (ToiletId, Settlement)>) {
        let mut settled = settled.into_iter().peekable();
        if settled.peek().is_none() {
            return;
        }
        let _turn = self.writer();
        let snapshot = self.current.load();
        let mut upkeep = self.upkeep.write().unwrap_or_else(PoisonError::into_inner);
        for (toilet, new) in settled {
            if upkeep.get(&toilet).is_some_and(|known| new.settled_at < known.settlement.settled_at) {
                continue;
            }
            let new = Arc::new(Upkeep::new(new));
            upkeep.insert(toilet, Arc::clone(&new));
            if let Some(entry) = snapshot.get(toilet) {
                entry.keep_up(Some(new));
            }
        }
    }

    /// Tells the time: whatever changed by itself until then is found as it is from then on, at its full speed. It also
    /// puts the register in order when much has changed. It may take a while, during which searches and writes go on; one
    /// at a time does it.
    pub fn tend(&self, now: DateTime<Utc>) {
        let mut old = self.old.lock().unwrap_or_else(PoisonError::into_inner);
        old.retain(|base| Arc::strong_count(base) > 1);
        drop(old);
        self.told.store(now.timestamp(), Ordering::Relaxed);
        let snapshot = self.current.load_full();
        if let Some((base, merged)) = snapshot.in_order() {
            base.refresh(snapshot.calendars(), now, &Mutex::new(()));
            let _turn = self.writer();
            let current = self.current.load_full();
            if Arc::ptr_eq(&current.base, &snapshot.base) {
                self.current.store(Arc::new(current.put_in_order(Arc::new(base), &merged)));
                self.rest(&current);
            }
        } else {
            snapshot.base.refresh(snapshot.calendars(), now, &self.interner);
        }
    }

    /// Holds on to what no new reader will read.
    fn rest(&self, snapshot: &Snapshot) {
        self.old.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&snapshot.base));
    }

    /// Tells new entries what is known of their cleaning.
    fn keep_up<'a>(&self, entries: impl IntoIterator<Item = &'a Entry>) {
        let upkeep = self.upkeep.read().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            entry.keep_up(upkeep.get(&entry.id()).cloned());
        }
    }

    /// How the cleaning of all toilets stands of which anything is known.
    #[must_use]
    pub fn settlements(&self) -> Vec<(ToiletId, Settlement)> {
        let upkeep = self.upkeep.read().unwrap_or_else(PoisonError::into_inner);
        upkeep.iter().map(|(toilet, upkeep)| (*toilet, upkeep.settlement)).collect()
    }

    /// How the cleaning of a toilet stands, if anything is known of it.
    #[must_use]
    pub fn settlement(&self, toilet: ToiletId) -> Option<Settlement> {
        self.upkeep.read().unwrap_or_else(PoisonError::into_inner).get(&toilet).map(|upkeep| upkeep.settlement)
    }

    /// A toilet as searches would see it, whether they do yet or not.
    #[must_use]
    pub fn entry_of(&self, toilet: &Toilet) -> Entry {
        let entry = self.entry(toilet, &mut self.writer());
        self.keep_up([&entry]);
        entry
    }

    fn entry(&self, toilet: &Toilet, interner: &mut Interner) -> Entry {
        Entry::new(toilet, (self.render)(toilet), interner)
    }

    /// The right to write. The interner is whole after any panic, since each of its writes is a single insertion.
    fn writer(&self) -> MutexGuard<'_, Interner> {
        self.interner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Finder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot();
        f.debug_struct("Finder").field("number", &snapshot.number()).field("toilets", &snapshot.len()).finish()
    }
}

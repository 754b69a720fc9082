//! Most of the register, as it stood when it was last put in order: its toilets by their ids, and a tree over the places
//! where they stand.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound, Utc};

use super::bits::{ANYTHING, CHANGED, TIMED, standing};
use super::entry::Entry;
use super::tree::Tree;
use super::window::Window;
use crate::domain::holiday::Calendars;
use crate::domain::id::ToiletId;

/// Toilets in order, and where they stand.
#[derive(Debug)]
pub(super) struct Base {
    /// By their ids. The number of a toilet in this order is its item in the tree.
    pub(super) entries: Vec<Arc<Entry>>,
    /// Those that stand where they are registered, whatever the time.
    pub(super) tree: Tree,
    /// Those that are put elsewhere for a time: they are looked at one by one.
    pub(super) apart: Vec<u32>,
    /// When the bits of the tree hold that depend on the time.
    pub(super) window: Window,
    /// The seconds at which toilets change by themselves.
    turns: Mutex<Turns>,
}

/// Toilets turned before others may go on.
const AT_ONCE: usize = 1_024;

/// Seconds since 1970 and the number of a toilet, the earliest on top.
type Turns = BinaryHeap<Reverse<(u32, u32)>>;

impl Base {
    /// These toilets put in order; of those with the same id the last one counts.
    pub(super) fn new(mut entries: Vec<Arc<Entry>>) -> Self {
        entries.reverse();
        entries.sort_by_key(|entry| entry.id);
        entries.dedup_by_key(|entry| entry.id);
        entries.shrink_to_fit();
        let placed = (0..).zip(&entries).filter_map(|(item, entry)| Some((entry.fixed_point()?, item)));
        // Each toilet is looked at in the order in which it lies in memory, not in that of the tree.
        let bits: Vec<u64> = entries.iter().map(|entry| standing(entry) | TIMED).collect();
        let tree = Tree::new(placed.collect(), entries.len(), |item| bits[item as usize]);
        Self::around(entries, tree)
    }

    /// The same toilets in the same order, but for some that have changed and stand where they stood.
    pub(super) fn renewed(&self, entries: Vec<Arc<Entry>>) -> Self {
        let tree = self.tree.copied(|item, bits| {
            let (old, new) = (&self.entries[item as usize], &entries[item as usize]);
            if Arc::ptr_eq(old, new) && bits & CHANGED == 0 { bits | TIMED } else { standing(new) | TIMED }
        });
        Self::around(entries, tree)
    }

    fn around(entries: Vec<Arc<Entry>>, tree: Tree) -> Self {
        let apart = (0..).zip(&entries).filter(|(_, entry)| entry.moves()).map(|(number, _)| number).collect();
        Self { entries, tree, apart, window: Window::default(), turns: Mutex::default() }
    }

    /// The number of a toilet.
    pub(super) fn number(&self, id: ToiletId) -> Option<usize> {
        self.entries.binary_search_by_key(&id, |entry| entry.id).ok()
    }

    /// Marks a toilet as one that has changed: whoever comes by looks at it.
    pub(super) fn mark(&self, number: usize) {
        self.tree.set_bits(number, ANYTHING);
    }

    /// Brings the bits up to that instant, in whole seconds. One at a time may do so; whoever marks toilets meanwhile holds
    /// `markers`, which is taken for a moment at a time.
    pub(super) fn refresh<T>(&self, calendars: &Calendars, now: DateTime<Utc>, markers: &Mutex<T>) {
        let (second, now) = (now.timestamp(), now.trunc_subsecs(0));
        if self.window.holds(second) {
            return;
        }
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let is_behind = self.window.is_before(second);
        self.window.shut();
        if is_behind {
            self.turn_due(calendars, &mut turns, now, markers);
        } else {
            let _turn = markers.lock();
            self.turn_all(calendars, &mut turns, now);
        }
        self.window.open(second, turns.peek().map_or(u32::MAX, |Reverse((next, _))| *next).into());
    }

    /// Those whose time has come.
    fn turn_due<T>(&self, calendars: &Calendars, turns: &mut Turns, now: DateTime<Utc>, markers: &Mutex<T>) {
        let mut due = Vec::new();
        while turns.peek().is_some_and(|Reverse((at, _))| i64::from(*at) <= now.timestamp()) {
            due.extend(turns.pop().map(|Reverse((_, number))| number));
        }
        for some in due.chunks(AT_ONCE) {
            let _turn = markers.lock();
            for &number in some {
                let (Some(entry), Some(bits)) = (self.entries.get(number as usize), self.tree.bits(number as usize))
                else {
                    continue;
                };
                if bits & CHANGED == 0 {
                    let turn = entry.turn(calendars, now);
                    self.tree.set_bits(number as usize, (bits & !TIMED) | turn.bits);
                    turns.extend(turn.next.and_then(seconds).map(|next| Reverse((next, number))));
                }
            }
        }
    }

    /// All of them, each looked at in the order in which it lies in memory, not in that of the tree.
    fn turn_all(&self, calendars: &Calendars, turns: &mut Turns, now: DateTime<Utc>) {
        let (mut bits, mut later) = (Vec::with_capacity(self.entries.len()), Vec::with_capacity(self.entries.len()));
        for (number, entry) in (0..).zip(&self.entries) {
            let turn = entry.turn(calendars, now);
            bits.push(turn.bits);
            let next = turn.next.filter(|_| !entry.moves()).and_then(seconds);
            later.extend(next.map(|next| Reverse((next, number))));
        }
        self.tree.set_all_bits(|number, old| (old & CHANGED == 0).then(|| (old & !TIMED) | bits[number as usize]));
        later.shrink_to_fit();
        *turns = later.into();
    }
}

/// The second in which something changes; `None` where that is too far away to be waited for.
fn seconds(at: DateTime<Utc>) -> Option<u32> {
    u32::try_from(at.timestamp()).ok()
}

//! The time for which bits hold that depend on it.
//!
//! Bits change one by one while readers look on. A reader takes note of a window that holds for its time, looks, and asks
//! whether the window was shut meanwhile: then what it saw was neither the one nor the other, and it looks again, toilet by
//! toilet.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering, fence};

/// Seconds since 1970 from which and before which bits hold.
#[derive(Debug)]
pub(super) struct Window {
    from: AtomicI64,
    until: AtomicI64,
    /// Odd while it is shut.
    turns: AtomicU64,
}

/// A window that somebody looks through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glance(u64);

impl Default for Window {
    fn default() -> Self {
        Self { from: AtomicI64::new(i64::MAX), until: AtomicI64::new(i64::MIN), turns: AtomicU64::new(0) }
    }
}

impl Window {
    /// Whether the bits hold in that second.
    pub(super) fn holds(&self, second: i64) -> bool {
        self.from.load(Ordering::Relaxed) <= second && second < self.until.load(Ordering::Relaxed)
    }

    /// Whether they hold for an earlier time.
    pub(super) fn is_before(&self, second: i64) -> bool {
        self.from.load(Ordering::Relaxed) <= second
    }

    /// A look through it in that second, if the bits hold then.
    pub(super) fn look(&self, second: i64) -> Option<Glance> {
        let turns = self.turns.load(Ordering::Acquire);
        (turns.is_multiple_of(2) && self.holds(second)).then_some(Glance(turns))
    }

    /// Whether it was open all the time since.
    pub(super) fn stayed(&self, glance: Glance) -> bool {
        fence(Ordering::Acquire);
        self.turns.load(Ordering::Relaxed) == glance.0
    }

    /// Shuts it. One at a time may do so.
    pub(super) fn shut(&self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::Release);
    }

    /// Opens it for that time.
    pub(super) fn open(&self, from: i64, until: i64) {
        self.from.store(from, Ordering::Relaxed);
        self.until.store(until, Ordering::Relaxed);
        self.turns.fetch_add(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_counts_only_while_it_stays_open() {
        let window = Window::default();
        assert_eq!(window.look(5), None);
        window.shut();
        assert_eq!(window.look(5), None);
        window.open(5, 8);
        let glance = window.look(7).unwrap_or(Glance(0));
        assert!(window.stayed(glance) && window.look(8).is_none() && window.look(4).is_none());
        assert!(window.is_before(9) && !window.is_before(4));
        window.shut();
        assert!(!window.stayed(glance) && window.look(6).is_none());
        window.open(6, 9);
        assert!(!window.stayed(glance));
    }
}

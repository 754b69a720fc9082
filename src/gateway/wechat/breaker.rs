//! A circuit breaker: whoever fails again and again is left alone for a while, so that nobody waits for them in vain.

use chrono::{DateTime, TimeDelta, Utc};

/// So many failures one after the other open it.
const FAILURES: u32 = 5;

/// For so long it stays open; then one call is let through, as a probe.
const REST: TimeDelta = TimeDelta::seconds(30);

/// What is known of the other side.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    /// When the next probe may go, once it is open.
    probe_at: Option<DateTime<Utc>>,
}

impl Breaker {
    /// Whether a call may go. A probe that never comes back (its caller went away) holds up the next for as long as a
    /// rest, not for ever.
    pub(super) fn allows(&mut self, now: DateTime<Utc>) -> bool {
        match self.probe_at {
            None => true,
            Some(at) if now < at => false,
            Some(_) => {
                self.probe_at = Some(now + REST);
                true
            }
        }
    }

    /// A call was answered.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A call failed.
    pub(super) fn failed(&mut self, now: DateTime<Utc>) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.probe_at = Some(now + REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn open() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert!(breaker.allows(at(0)));
            breaker.failed(at(0));
        }
        breaker
    }

    #[test]
    fn it_opens_after_so_many_failures_and_lets_one_probe_through() {
        let mut breaker = open();
        assert!(!breaker.allows(at(0)) && !breaker.allows(at(29)));
        assert!(breaker.allows(at(30)), "the probe");
        assert!(!breaker.allows(at(30)), "and no other");
        breaker.failed(at(31));
        assert!(!breaker.allows(at(60)), "a probe that fails begins another rest");
        assert!(breaker.allows(at(61)));
        breaker.succeeded();
        assert!(breaker.allows(at(61)) && breaker.allows(at(61)));
    }

    #[test]
    fn a_success_in_between_keeps_it_shut() {
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            for _ in 1..FAILURES {
                breaker.failed(at(0));
            }
            breaker.succeeded();
        }
        assert!(breaker.allows(at(0)));
    }

    #[test]
    fn a_probe_that_is_lost_does_not_hold_it_open_for_ever() {
        let mut breaker = open();
        assert!(breaker.allows(at(30)));
        assert!(!breaker.allows(at(59)));
        assert!(breaker.allows(at(60)));
    }
}

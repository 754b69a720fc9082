//! What was due and what became of it, counted: the cleaning figures.

use chrono::NaiveDate;

use super::account::PersonId;
use super::id::{OperatorId, ToiletId};
use super::share::Share;

/// How many slots came out in which way. Slots that are not over are in none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Done on time.
    pub on_time: u64,
    /// Done, but late.
    pub late: u64,
    /// Not done.
    pub missed: u64,
    /// Not done in time, for a reason that somebody else agreed to.
    pub excused: u64,
    /// Taken out by an exception before they opened.
    pub cancelled: u64,
    /// On time, and a plate at least shows that somebody was there.
    pub verified: u64,
    /// Done, which became known only after they had been missed.
    pub synced_late: u64,
    /// Done as somebody recorded for somebody else.
    pub proxy: u64,
}

impl Tally {
    /// The slots that count: all but excused and cancelled ones.
    #[must_use]
    pub const fn due(&self) -> u64 {
        self.on_time + self.late + self.missed
    }

    /// On time of those that count. With [`Tally::late_rate`] and [`Tally::missed_rate`] it makes 1.
    #[must_use]
    pub const fn on_time_rate(&self) -> Share {
        Share { numerator: self.on_time, denominator: self.due() }
    }

    /// Late of those that count.
    #[must_use]
    pub const fn late_rate(&self) -> Share {
        Share { numerator: self.late, denominator: self.due() }
    }

    /// Missed of those that count.
    #[must_use]
    pub const fn missed_rate(&self) -> Share {
        Share { numerator: self.missed, denominator: self.due() }
    }

    /// Excused of those that were due and not cancelled.
    #[must_use]
    pub const fn excused_rate(&self) -> Share {
        Share { numerator: self.excused, denominator: self.due() + self.excused }
    }

    /// On time with proof of presence, of those that count.
    #[must_use]
    pub const fn verified_rate(&self) -> Share {
        Share { numerator: self.verified, denominator: self.due() }
    }

    /// Recorded for somebody else, of those that were done.
    #[must_use]
    pub const fn proxy_rate(&self) -> Share {
        Share { numerator: self.proxy, denominator: self.on_time + self.late }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.on_time += other.on_time;
        self.late += other.late;
        self.missed += other.missed;
        self.excused += other.excused;
        self.cancelled += other.cancelled;
        self.verified += other.verified;
        self.synced_late += other.synced_late;
        self.proxy += other.proxy;
    }
}

/// What was due at a toilet on one day, as far as one body and one person answer for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTally {
    /// The toilet.
    pub toilet: ToiletId,
    /// The day, as it is at the toilet.
    pub day: NaiveDate,
    /// The body that ran the toilet that day.
    pub operator: Option<OperatorId>,
    /// The person who answered for it.
    pub person: Option<PersonId>,
    /// The count.
    pub tally: Tally,
}

/// Below how many slots a rate is no ground for a ranking.
pub const TOO_FEW: u64 = 20;

/// The lower bound of Wilson's interval at 95 % for a share: what a rate is at least, given how few it was counted on.
/// 0 where there is nothing to count.
///
/// Source: E. B. Wilson, "Probable Inference", JASA 22 (1927) 209–212.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of slots are far below 2⁵³")]
pub fn wilson_lower(share: Share) -> f64 {
    if share.denominator == 0 {
        return 0.0;
    }
    let (n, z) = (share.denominator as f64, 1.959_963_985);
    let p = share.numerator as f64 / n;
    let middle = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - spread) / (1.0 + z * z / n)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_makes_one() {
        let tally = Tally { on_time: 7, late: 2, missed: 1, excused: 5, cancelled: 3, ..Tally::default() };
        let rates = [tally.on_time_rate(), tally.late_rate(), tally.missed_rate()];
        assert!(rates.iter().all(|rate| rate.denominator == 10));
        assert_eq!(rates.iter().map(|rate| rate.numerator).sum::<u64>(), 10);
        assert_eq!(tally.excused_rate(), Share { numerator: 5, denominator: 15 });
        assert_eq!(Tally { excused: 5, ..Tally::default() }.on_time_rate().value(), None);
    }

    #[test]
    fn few_tell_less_than_many() {
        let lower = |numerator, denominator| wilson_lower(Share { numerator, denominator });
        assert!(lower(0, 0).abs() < 1e-12 && lower(0, 9).abs() < 1e-12);
        // The values of the standard tables.
        assert!((lower(9, 10) - 0.595_8).abs() < 1e-3, "{}", lower(9, 10));
        assert!((lower(95, 100) - 0.888_3).abs() < 1e-3, "{}", lower(95, 100));
        assert!(lower(3, 3) < lower(95, 100));
    }
}

//! Gaps: for how long a toilet was in service without a cleaning being finished.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::figures::{Bucket, Grouping, Of};
use super::id::ToiletId;
use super::local;
use super::stretch::Stretch;
use super::toilet::Toilet;

/// A stretch without a finished cleaning, at one toilet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The toilet.
    pub toilet: ToiletId,
    /// The service hours in it: what lies between closing and opening does not count.
    pub lasted: TimeDelta,
    /// With which it began: the cleaning before, or the beginning of what is looked at.
    pub from: DateTime<Utc>,
    /// With which it ended: the next cleaning, or the end of what is looked at.
    pub until: DateTime<Utc>,
}

/// The longest stretch of service hours within bounds in which no cleaning was finished; the first of several, and none
/// where the toilet did not serve. The service hours are disjoint and in order, and so are the instants.
#[must_use]
pub fn longest(
    service: &[Stretch],
    finished: &[DateTime<Utc>],
    (from, until): Stretch,
) -> Option<(TimeDelta, Stretch)> {
    let begin = finished.partition_point(|at| *at <= from);
    let inside = finished.get(begin..).unwrap_or_default().iter().copied().take_while(|at| *at < until);
    let mut place = service.partition_point(|(_, end)| *end <= from);
    let (mut best, mut since) = (None, from);
    for mark in inside.chain([until]) {
        let mut lasted = TimeDelta::zero();
        while let Some((opens, shuts)) = service.get(place).filter(|(opens, _)| *opens < mark) {
            lasted += (*shuts).min(mark) - (*opens).max(since);
            if *shuts > mark {
                break;
            }
            place += 1;
        }
        if lasted > best.map_or(TimeDelta::zero(), |(longest, _)| longest) {
            best = Some((lasted, (since, mark)));
        }
        since = mark;
    }
    best
}

/// The longest gaps of groups, stretch by stretch.
pub type Gaps = BTreeMap<(Of, NaiveDate), Gap>;

/// What gaps are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Over {
    /// The first day and the last, as they are at the toilet.
    pub days: (NaiveDate, NaiveDate),
    /// Up to when there is anything to be known.
    pub now: DateTime<Utc>,
    /// By what. By person there are none: a toilet is not its custodian's alone.
    pub by: Grouping,
    /// By which stretch of time.
    pub bucket: Bucket,
}

/// Adds the gaps of a toilet to the groups and stretches that they belong to; each lies within one stretch, and within
/// the days of one body.
pub fn add(gaps: &mut Gaps, toilet: &Toilet, service: &[Stretch], finished: &[DateTime<Utc>], over: &Over) {
    let (first, last) = over.days;
    let group = |day: NaiveDate| {
        let of = match over.by {
            Grouping::All => Of::All,
            Grouping::Toilet => Of::Toilet(toilet.id.0),
            Grouping::Area => Of::Area(toilet.area.as_ref().map(|area| area.code.clone())),
            Grouping::Operator => Of::Operator(toilet.operator_on(day).map(|body| body.id.0)),
            Grouping::Person => return None,
        };
        Some((of, over.bucket.first(day, first)))
    };
    let midnight = |day: NaiveDate| local::instant(toilet.fact.zone, day.and_time(NaiveTime::MIN));
    let mut day = first;
    while day <= last {
        let Some(key) = group(day) else { return };
        let next = day.iter_days().skip(1).find(|next| *next > last || group(*next).as_ref() != Some(&key));
        let Some(next) = next else { return };
        let within = (midnight(day), midnight(next).min(over.now));
        day = next;
        let Some((lasted, (from, until))) = longest(service, finished, within) else { continue };
        let gap = Gap { toilet: toilet.id, lasted, from, until };
        let known = gaps.entry(key).or_insert(gap);
        if known.lasted < gap.lasted {
            *known = gap;
        }
    }
}

/// The days on which anything has to be known for gaps on days anywhere: a day more at either end, for the zones.
#[must_use]
pub fn around((first, last): (NaiveDate, NaiveDate)) -> Stretch {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    (midnight(first - Days::new(1)), midnight(last + Days::new(2)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use proptest::prelude::*;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    fn gap(service: &[(i64, i64)], finished: &[i64], (from, until): (i64, i64)) -> Option<(i64, DateTime<Utc>)> {
        let service: Vec<_> = service.iter().map(|(from, until)| (at(*from), at(*until))).collect();
        let finished: Vec<_> = finished.iter().map(|minute| at(*minute)).collect();
        longest(&service, &finished, (at(from), at(until))).map(|(lasted, (from, _))| (lasted.num_minutes(), from))
    }

    #[test]
    fn only_service_hours_count_and_any_cleaning_ends_a_gap() {
        // Two days from six to ten in the evening.
        let days = [(360, 1320), (1800, 2760)];
        for (finished, wanted) in [
            (&[][..], Some((1920, 0))),
            (&[480, 1260, 1860], Some((900, 1860))),
            // Over the night: an hour before closing and one after opening.
            (&[420, 600, 780, 960, 1260, 1860, 2100, 2400, 2700], Some((300, 960))),
            // Before opening it ends what went before.
            (&[1790], Some((960, 0))),
        ] {
            assert_eq!(gap(&days, finished, (0, 2880)), wanted.map(|(lasted, from)| (lasted, at(from))));
        }
        assert_eq!(gap(&[], &[1], (0, 10)), None, "it did not serve");
        assert_eq!(gap(&days, &[500], (400, 460)), Some((60, at(400))), "within bounds alone");
    }

    proptest! {
        #[test]
        fn it_is_what_counting_minutes_gives(
            open in prop::collection::vec(any::<bool>(), 60), marks in prop::collection::btree_set(0_i64..60, 0..12),
            from in 0_i64..60, length in 1_i64..60,
        ) {
            let until = (from + length).min(60);
            let service: Vec<_> = (0_i64..).zip(&open).filter(|(_, open)| **open).map(|(m, _)| (m, m + 1)).collect();
            let marks: Vec<i64> = marks.into_iter().collect();
            let (mut best, mut count) = (0, 0);
            for minute in from..until {
                if minute > from && marks.contains(&minute) {
                    count = 0;
                }
                count += i64::from(open[usize::try_from(minute).unwrap()]);
                best = best.max(count);
            }
            prop_assert_eq!(gap(&service, &marks, (from, until)).map_or(0, |(lasted, _)| lasted), best);
        }
    }
}

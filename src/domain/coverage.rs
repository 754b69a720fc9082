//! How much of the time in which a toilet serves somebody is on shift there (全天候保洁).

use std::collections::BTreeMap;
use std::ops::AddAssign;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use super::holiday::Calendar;
use super::hours::State;
use super::local;
use super::share::Share;
use super::stretch::{Stretch, meeting, united, without};
use super::toilet::{Lifecycle, Toilet};

/// Minutes of service, each counted once however many are on shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Minutes {
    /// Minutes of service with somebody on shift.
    pub covered: u64,
    /// Minutes of service.
    pub served: u64,
    /// Minutes of which nobody knows whether they are service: they are in neither.
    pub unknown: u64,
}

impl Minutes {
    /// Covered ÷ served.
    #[must_use]
    pub fn share(self) -> Share {
        Share { numerator: self.covered, denominator: self.served }
    }
}

impl AddAssign for Minutes {
    fn add_assign(&mut self, other: Self) {
        self.covered += other.covered;
        self.served += other.served;
        self.unknown += other.unknown;
    }
}

/// The minutes of a toilet on the local days of a span, both included; whoever is on shift is so in `shifts`, in any order.
///
/// A minute is one of service while the toilet is in service, its hours say that it is open and no closure is in force:
/// nobody has to be on shift at a locked door. Hours that are not known, or do not tell, make minutes unknown. A toilet
/// that is planned or retired has none.
#[must_use]
pub fn coverage(
    toilet: &Toilet,
    calendar: Option<&Calendar>,
    shifts: Vec<Stretch>,
    (from, to): (NaiveDate, NaiveDate),
) -> BTreeMap<NaiveDate, Minutes> {
    let mut seconds: BTreeMap<NaiveDate, Minutes> = BTreeMap::new();
    if toilet.fact.lifecycle != Lifecycle::InService {
        return seconds;
    }
    let (shifts, closed) = (united(shifts), united(closures(toilet)));
    for (day, stretch, state) in stretches(toilet, calendar, from, to) {
        let counted = seconds.entry(day).or_default();
        for piece in without(&[stretch], &closed) {
            match state {
                State::Closed => {}
                State::Unknown => counted.unknown += length(piece),
                State::Open => {
                    counted.served += length(piece);
                    counted.covered += meeting(piece, &shifts).map(length).sum::<u64>();
                }
            }
        }
    }
    for counted in seconds.values_mut() {
        let Minutes { covered, served, unknown } = *counted;
        *counted = Minutes { covered: covered / 60, served: served / 60, unknown: unknown / 60 };
    }
    seconds
}

/// What the hours say on the local days, stretch by stretch.
fn stretches(
    toilet: &Toilet,
    calendar: Option<&Calendar>,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<(NaiveDate, Stretch, State)> {
    let zone = toilet.fact.zone;
    if let Some(hours) = &toilet.fact.hours {
        return hours.stretches(zone, calendar, from, to);
    }
    let midnight = |day: NaiveDate| local::instant(zone, day.and_time(NaiveTime::MIN));
    let days = from.iter_days().take_while(|day| *day <= to);
    days.map(|day| (day, (midnight(day), midnight(day + Days::new(1))), State::Unknown)).collect()
}

/// When the toilet serves nobody, whatever its hours say; in no order, and some may overlap.
#[must_use]
pub fn closures(toilet: &Toilet) -> Vec<Stretch> {
    let fact = &toilet.fact;
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let opened = fact.opened_on.map(|day| local::instant(fact.zone, day.and_time(NaiveTime::MIN)));
    let before = fact.service_from.into_iter().chain(opened).map(|from| (first, from));
    let after = fact.service_until.map(|until| (until, last));
    let counting = toilet.outages.iter().filter(|outage| outage.counts());
    let outages = counting.map(|outage| (outage.fact.span.from(), outage.fact.span.until().unwrap_or(last)));
    before.chain(after).chain(outages).collect()
}

fn length((from, until): Stretch) -> u64 {
    u64::try_from((until - from).num_seconds()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use chrono::TimeDelta;
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Draft;
    use crate::domain::attested::Attested;
    use crate::domain::hours::Hours;
    use crate::domain::id::{OutageId, ToiletId};
    use crate::domain::outage::{NewOutage, Outage, OutageReason, OutageState};
    use crate::domain::period::Span;
    use crate::domain::text::Name;

    fn toilet(zone: Tz, hours: Option<&str>) -> Toilet {
        let mut fact = Draft::new(Name::new("公厕").unwrap(), zone);
        fact.hours = hours.map(|text| Hours::parse(text).unwrap());
        Toilet {
            id: ToiletId(1),
            fact,
            area: None,
            tenures: Vec::new(),
            outages: Vec::new(),
            grades: Vec::new(),
            stations: Vec::new(),
            photos: Vec::new(),
            attested: Attested::default(),
            source: None,
            revision: 1,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn outage(from: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Outage {
        let fact = NewOutage { reason: OutageReason::Water, span: Span::new(from, until).unwrap(), note: None };
        Outage::stated(OutageId(1), fact)
    }

    fn of(toilet: &Toilet, shifts: Vec<Stretch>, day: &str) -> (u64, u64, u64) {
        let day = day.parse().unwrap();
        let Minutes { covered, served, unknown } =
            coverage(toilet, None, shifts, (day, day)).get(&day).copied().unwrap_or_default();
        (covered, served, unknown)
    }

    #[test]
    fn a_minute_counts_once_and_only_where_the_door_is_open() {
        let mut toilet = toilet(chrono_tz::Asia::Shanghai, Some("06:00-22:00"));
        let shift = |from: &str, until: &str| (at(from), at(until));
        // 06:00 to 14:00 twice over, and from 20:00 past the end of service.
        let shifts = vec![
            shift("2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z"),
            shift("2026-11-23T00:00:00Z", "2026-11-23T06:00:00Z"),
            shift("2026-11-23T12:00:00Z", "2026-11-23T20:00:00Z"),
        ];
        assert_eq!(of(&toilet, shifts.clone(), "2026-11-23"), (600, 960, 0));
        assert_eq!(of(&toilet, shifts.clone(), "2026-11-24"), (0, 960, 0), "before six nobody is served");
        // Closed from noon to 13:00, for all that is known, while somebody is on shift.
        toilet.outages = vec![outage(at("2026-11-23T04:00:00Z"), Some(at("2026-11-23T05:00:00Z")))];
        assert_eq!(of(&toilet, shifts.clone(), "2026-11-23"), (540, 900, 0));
        toilet.outages.iter_mut().for_each(|outage| outage.state = OutageState::Rejected);
        assert_eq!(of(&toilet, shifts.clone(), "2026-11-23"), (600, 960, 0), "a closure that nobody believes");
        toilet.outages = vec![outage(at("2026-11-22T00:00:00Z"), None)];
        assert_eq!(of(&toilet, shifts.clone(), "2026-11-23"), (0, 0, 0));
        toilet.outages.clear();
        toilet.fact.hours = None;
        assert_eq!(of(&toilet, shifts.clone(), "2026-11-23"), (0, 0, 1440), "nobody knows when it serves");
        toilet.fact.lifecycle = Lifecycle::Retired;
        assert_eq!(of(&toilet, shifts, "2026-11-23"), (0, 0, 0));
    }

    #[test]
    fn a_day_has_as_many_minutes_as_the_clock_makes_it_have() {
        let always = toilet("America/New_York".parse().unwrap(), Some("24/7"));
        for (day, minutes) in [("2026-03-08", 23 * 60), ("2026-11-01", 25 * 60), ("2026-11-02", 24 * 60)] {
            let all = vec![(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"))];
            assert_eq!(of(&always, all, day), (minutes, minutes, 0), "{day}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn it_is_what_counting_minute_by_minute_gives(
            shifts in prop::collection::vec((0_i64..4_320, 1_i64..900), 0..6),
            closed in prop::collection::vec((0_i64..4_320, 1_i64..600), 0..3),
            hours in prop::sample::select(vec!["06:00-22:00", "24/7", "Mo 20:00-04:00; Tu 09:00-12:00,13:00-17:00"]),
        ) {
            let zone = chrono_tz::Asia::Shanghai;
            let first: NaiveDate = "2026-11-22".parse().unwrap();
            let begin = local::instant(zone, first.and_time(NaiveTime::MIN));
            let minute = |minute: i64| begin + TimeDelta::minutes(minute);
            let mut toilet = toilet(zone, Some(hours));
            let span = |(from, length): &(i64, i64)| (minute(*from), minute(from + length));
            toilet.outages = closed.iter().map(|one| outage(span(one).0, Some(span(one).1))).collect();
            let shifts: Vec<_> = shifts.iter().map(span).collect();
            let told = coverage(&toilet, None, shifts.clone(), (first, first + Days::new(2)));
            let mut counted: BTreeMap<NaiveDate, Minutes> = BTreeMap::new();
            let parsed = toilet.fact.hours.clone().unwrap();
            for at in (0..4_320).map(minute) {
                let open = parsed.state_at(zone, None, at) == State::Open && toilet.outage(at).is_none();
                let on = shifts.iter().any(|(from, until)| *from <= at && at < *until);
                let of_day = counted.entry(toilet.today(at)).or_default();
                of_day.served += u64::from(open);
                of_day.covered += u64::from(open && on);
            }
            prop_assert_eq!(told, counted);
        }
    }
}

//! What a search for the nearest must answer, written without looking at how it does; and toilets and searches to hold it
//! against.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use gongce::domain::Toilet;
use gongce::domain::deployment::Station;
use gongce::domain::facility::{Answer, Facility, Fact, Need};
use gongce::domain::grade::{Grade, Standard};
use gongce::domain::hours::State;
use gongce::domain::id::{DeploymentId, StationId};
use gongce::domain::period::Span;
use gongce::domain::place::Place;
use gongce::domain::share::Share;
use gongce::domain::slot::Settlement;
use gongce::domain::toilet::{Access, Kind, Lifecycle, Status};
use gongce::finder::{Cleaned, Filter, GradeFilter, Hit, NearestQuery, Uncleaned, Unknown};
use gongce::geo::{Crs, Wgs84, great_circle};
use proptest::prelude::*;

use crate::harness::build::{ToiletBuilder, instant, toilet};
use crate::harness::make::NOW;

/// A micrometre's worth of rounding: two ways of computing one distance differ by less than this, in metres.
const ROUNDING_METRES: f64 = 1e-5;

/// A toilet that must be found: whether it comes last, how far away it is, its id, and what is unsure.
pub(super) type Found = (bool, f64, i32, Vec<&'static str>);

/// When toilets were cleaned last.
pub(super) type Cleanings = BTreeMap<i32, DateTime<Utc>>;

/// What a search must answer, written without looking at how it does.
pub(super) fn oracle(toilets: &[Toilet], cleanings: &Cleanings, query: &NearestQuery) -> Vec<Found> {
    let mut found: Vec<_> = toilets.iter().filter_map(|toilet| judged(toilet, cleanings, query)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    found
}

fn judged(toilet: &Toilet, cleanings: &Cleanings, query: &NearestQuery) -> Option<Found> {
    let (fact, filter) = (&toilet.fact, &query.filter);
    let station = toilet.stations.iter().rev().find(|station| station.span.contains(query.at));
    let place = station.map(|station| station.place).or(fact.position)?;
    let distance = great_circle(query.from, place.position);
    let mut unsure = Vec::new();
    for need in Need::all().filter(|&need| filter.needs.contains(need)) {
        match need.answer(fact) {
            Answer::Met => {}
            Answer::Unsure if filter.unknown == Unknown::Include => unsure.push(need.as_str()),
            Answer::Unsure | Answer::Unmet => return None,
        }
    }
    let cleaned = cleanings.get(&toilet.id.0).filter(|cleaned| **cleaned <= query.at);
    let mut last = false;
    if let Some(Cleaned { within, uncleaned }) = filter.cleaned {
        let fresh = cleaned.map(|cleaned| query.at - *cleaned <= within);
        match uncleaned {
            Uncleaned::Last => last = fresh != Some(true),
            Uncleaned::Exclude if fresh == Some(true) => {}
            Uncleaned::Exclude if fresh.is_none() && filter.unknown == Unknown::Include => unsure.push("cleaned"),
            Uncleaned::Exclude => return None,
        }
    }
    let today = query.at.with_timezone(&fact.zone).date_naive();
    let graded = |wanted: &GradeFilter| {
        toilet.grades.iter().map(|record| &record.fact).filter(|record| record.is_held(today)).any(
            |record| match wanted {
                GradeFilter::Rated => record.standard() != Standard::Cjj2016,
                GradeFilter::Exactly(grade) => record.grade() == *grade,
            },
        )
    };
    let fits = query.max_distance.is_none_or(|most| distance <= most)
        && (filter.kinds.is_empty() || fact.kind.is_some_and(|kind| filter.kinds.contains(&kind)))
        && (filter.grades.is_empty() || filter.grades.iter().any(graded))
        && toilet.status(query.at) != Status::Retired;
    if !fits {
        return None;
    }
    if query.usable {
        if toilet.status(query.at) != Status::InService || fact.access == Some(Access::Private) {
            return None;
        }
        match fact.hours.as_ref().map(|hours| hours.state_at(fact.zone, None, query.at)) {
            Some(State::Open) => {}
            Some(State::Closed) => return None,
            Some(State::Unknown) | None => unsure.push("hours"),
        }
    }
    Some((last, distance, toilet.id.0, unsure))
}

/// Places all over the world, with more than their share at the poles, the antimeridian and each other's door.
pub(super) fn a_place() -> impl Strategy<Value = (f64, f64)> {
    let latitude = prop_oneof![-90.0..=90.0, Just(90.0), Just(-90.0), 89.999..=90.0, 34.82..=34.83];
    let longitude = prop_oneof![-180.0..=180.0, Just(180.0), Just(-180.0), 179.999..=180.0, 112.43..=112.44];
    (latitude, longitude)
}

pub(super) fn a_toilet() -> impl Strategy<Value = Toilet> {
    let fact = || prop::option::of(prop::sample::select(Fact::ALL));
    let hours =
        prop::sample::select(vec![None, Some("24/7"), Some("06:00-12:00"), Some("20:00-07:00"), Some("PH off")]);
    let grade = prop::sample::select(vec![
        None,
        Some((Standard::GbT2016, Grade::Aaa)),
        Some((Standard::GbT2022, Grade::I)),
        Some((Standard::GbT2003, Grade::Star3)),
        Some((Standard::Cjj2016, Grade::Class1)),
    ]);
    let life = prop::sample::select(Lifecycle::ALL);
    let access = prop::option::of(prop::sample::select(Access::ALL));
    let kind = prop::option::of(prop::sample::select(Kind::ALL));
    let shut = prop::sample::select(vec![
        None,
        Some(("2026-11-23T00:00:00Z", None)),
        Some(("2026-11-20T00:00:00Z", Some(NOW))),
    ]);
    let moved = prop::option::weighted(0.1, a_place());
    (
        1..60,
        a_place(),
        prop::bool::weighted(0.95),
        (fact(), fact(), fact()),
        hours,
        grade,
        (life, access, kind, shut, moved),
    )
        .prop_map(
            |(
                id,
                (latitude, longitude),
                located,
                (wheelchair, paper, fee),
                hours,
                grade,
                (life, access, kind, shut, moved),
            )| {
                let mut made = toilet(id).at(latitude, longitude).lifecycle(life);
                if !located {
                    made = made.unlocated();
                }
                made = access.into_iter().fold(made, ToiletBuilder::access);
                made = kind.into_iter().fold(made, ToiletBuilder::kind);
                made = wheelchair.into_iter().fold(made, |made, fact| made.facility(Facility::Wheelchair, fact));
                made = paper.into_iter().fold(made, |made, fact| made.facility(Facility::Paper, fact));
                made = fee.into_iter().fold(made, ToiletBuilder::fee);
                made = hours.into_iter().fold(made, ToiletBuilder::hours);
                made =
                    grade.into_iter().fold(made, |made, (standard, grade)| made.grade(standard, grade, "2022-12-01"));
                let made = shut.into_iter().fold(made, |made, (from, until)| made.outage(from, until)).done();
                Toilet { stations: moved.map(station).into_iter().collect(), ..made }
            },
        )
}

/// Somewhere else for a day around [`NOW`].
fn station((latitude, longitude): (f64, f64)) -> Station {
    let span = Span::new(instant("2026-11-23T00:00:00Z"), Some(instant("2026-11-23T12:00:00Z"))).unwrap();
    let place = Place::new(Wgs84::new(latitude, longitude).unwrap(), Crs::Wgs84, true);
    Station { id: StationId(1), deployment: DeploymentId(1), span, place }
}

/// Instants around those of the searches.
pub(super) const CLEANED: [&str; 4] =
    ["2026-11-23T07:59:30Z", "2026-11-23T06:00:00Z", "2026-11-22T00:00:00Z", "2026-11-23T23:00:00Z"];

pub(super) fn settlement(last_cleaned_at: DateTime<Utc>) -> Settlement {
    Settlement {
        settled_at: last_cleaned_at,
        next_at: last_cleaned_at,
        last_cleaned_at: Some(last_cleaned_at),
        next_due_at: None,
        on_time: Share { numerator: 0, denominator: 0 },
    }
}

pub(super) fn a_query() -> impl Strategy<Value = NearestQuery> {
    let needs = prop::collection::vec(
        prop::sample::select(vec![
            Need::Facility(Facility::Wheelchair),
            Need::Facility(Facility::Paper),
            Need::Free,
            Need::AllDay,
        ]),
        0..3,
    );
    let unknown = prop::sample::select(vec![Unknown::Exclude, Unknown::Include]);
    let kinds = prop::collection::vec(prop::sample::select(Kind::ALL), 0..3);
    let grades = prop::collection::vec(
        prop::sample::select(vec![
            GradeFilter::Rated,
            GradeFilter::Exactly(Grade::I),
            GradeFilter::Exactly(Grade::Aaa),
        ]),
        0..2,
    );
    let uncleaned = prop::sample::select(vec![Uncleaned::Exclude, Uncleaned::Last]);
    let cleaned = (prop::sample::select(vec![1, 120, 3000]), uncleaned)
        .prop_map(|(minutes, uncleaned)| Cleaned { within: TimeDelta::minutes(minutes), uncleaned });
    let cleaned = prop::option::of(cleaned);
    let filter = (needs, unknown, kinds, grades, cleaned).prop_map(|(needs, unknown, kinds, grades, cleaned)| {
        let needs = needs.into_iter().collect();
        Filter { needs, unknown, kinds, grades, cleaned }
    });
    let at = prop::sample::select(vec![NOW, "2026-11-23T23:30:00Z", "2019-01-01T00:00:00Z"]);
    let max_distance = prop::option::of(prop_oneof![0.0..2_000.0, 0.0..2.0e7, Just(2.01e7)]);
    (a_place(), 1..12_usize, max_distance, filter, at, any::<bool>()).prop_map(
        |((latitude, longitude), limit, max_distance, filter, at, usable)| {
            let from = Wgs84::new(latitude, longitude).unwrap();
            NearestQuery { from, limit, max_distance, filter, at: instant(at), usable }
        },
    )
}

/// Checks what was found against all that there is to find, in its order.
pub(super) fn assert_found(hits: &[Hit], all: &[Found], limit: usize) {
    assert_eq!(hits.len(), all.len().min(limit));
    let mut ids = Vec::new();
    for (hit, (last, distance, _, _)) in hits.iter().zip(all) {
        // Where rounding alone orders two toilets, either may come first; whichever does must be right.
        assert!((hit.distance_metres - distance).abs() < ROUNDING_METRES);
        let (own_last, own, id, unsure) = all.iter().find(|(.., id, _)| *id == hit.entry.id().0).unwrap();
        assert_eq!(own_last, last);
        assert!((hit.distance_metres - own).abs() < ROUNDING_METRES);
        assert_eq!(&hit.unsure.names().collect::<Vec<_>>(), unsure);
        ids.push(*id);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), hits.len());
}

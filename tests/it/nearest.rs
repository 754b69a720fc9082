//! The nearest toilets: exact everywhere, and never one behind a locked door.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use gongce::domain::Toilet;
use gongce::domain::facility::{Answer, Facility, Fact, Need};
use gongce::domain::grade::{Grade, Standard};
use gongce::domain::holiday::Calendars;
use gongce::domain::hours::State;
use gongce::domain::id::ToiletId;
use gongce::domain::share::Share;
use gongce::domain::slot::Settlement;
use gongce::domain::toilet::{Access, Kind, Lifecycle, Status};
use gongce::finder::{Cleaned, Filter, Finder, GradeFilter, NearestQuery, Uncleaned, Unknown};
use gongce::geo::{Gcj02, Wgs84, great_circle};
use proptest::prelude::*;

use crate::harness::app::app_with;
use crate::harness::build::{ToiletBuilder, instant, toilet};
use crate::harness::make::NOW;

/// A micrometre's worth of rounding: two ways of computing one distance differ by less than this, in metres.
const ROUNDING_METRES: f64 = 1e-5;

/// A toilet that must be found: whether it comes last, how far away it is, its id, and what is unsure.
type Found = (bool, f64, i32, Vec<&'static str>);

/// When toilets were cleaned last.
type Cleanings = BTreeMap<i32, DateTime<Utc>>;

/// What a search must answer, written without looking at how it does.
fn oracle(toilets: &[Toilet], cleanings: &Cleanings, query: &NearestQuery) -> Vec<Found> {
    let mut found: Vec<_> = toilets.iter().filter_map(|toilet| judged(toilet, cleanings, query)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    found
}

fn judged(toilet: &Toilet, cleanings: &Cleanings, query: &NearestQuery) -> Option<Found> {
    let (fact, filter) = (&toilet.fact, &query.filter);
    let distance = great_circle(query.from, fact.position?.position);
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
fn a_place() -> impl Strategy<Value = (f64, f64)> {
    let latitude = prop_oneof![-90.0..=90.0, Just(90.0), Just(-90.0), 89.999..=90.0, 34.82..=34.83];
    let longitude = prop_oneof![-180.0..=180.0, Just(180.0), Just(-180.0), 179.999..=180.0, 112.43..=112.44];
    (latitude, longitude)
}

fn a_toilet() -> impl Strategy<Value = Toilet> {
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
    (1..60, a_place(), prop::bool::weighted(0.95), (fact(), fact(), fact()), hours, grade, (life, access, kind, shut))
        .prop_map(
            |(
                id,
                (latitude, longitude),
                located,
                (wheelchair, paper, fee),
                hours,
                grade,
                (life, access, kind, shut),
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
                shut.into_iter().fold(made, |made, (from, until)| made.outage(from, until)).done()
            },
        )
}

/// Instants around those of the searches.
const CLEANED: [&str; 4] =
    ["2026-11-23T07:59:30Z", "2026-11-23T06:00:00Z", "2026-11-22T00:00:00Z", "2026-11-23T23:00:00Z"];

fn settlement(last_cleaned_at: DateTime<Utc>) -> Settlement {
    Settlement {
        settled_at: last_cleaned_at,
        next_at: last_cleaned_at,
        last_cleaned_at: Some(last_cleaned_at),
        next_due_at: None,
        on_time: Share { numerator: 0, denominator: 0 },
    }
}

fn a_query() -> impl Strategy<Value = NearestQuery> {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn nearest_is_what_a_plain_look_at_every_toilet_gives(
        toilets in prop::collection::vec(a_toilet(), 0..60),
        cleanings in prop::collection::btree_map(1..60, prop::sample::select(&CLEANED[..]), 0..60),
        query in a_query(),
        settled_first: bool,
    ) {
        // Of toilets with the same id the finder keeps the last, as a register would.
        let mut register: Vec<Toilet> = Vec::new();
        for toilet in &toilets {
            register.retain(|kept| kept.id != toilet.id);
            register.push(toilet.clone());
        }
        let finder = Finder::new(|_| Vec::new(), Arc::new(Calendars::default()));
        let cleanings: Cleanings = cleanings.into_iter().map(|(id, at)| (id, instant(at))).collect();
        let settled = cleanings.iter().map(|(id, at)| (ToiletId(*id), settlement(*at)));
        if settled_first {
            finder.settle(settled.clone());
        }
        finder.replace(toilets, Vec::new(), 1);
        if !settled_first {
            finder.settle(settled);
        }
        let hits = finder.snapshot().nearest(&query);
        let all = oracle(&register, &cleanings, &query);
        prop_assert_eq!(hits.len(), all.len().min(query.limit));
        let mut ids = Vec::new();
        for (hit, (last, distance, _, _)) in hits.iter().zip(&all) {
            // Where rounding alone orders two toilets, either may come first; whichever does must be right.
            prop_assert!((hit.distance_metres - distance).abs() < ROUNDING_METRES);
            let (own_last, own, id, unsure) = all.iter().find(|(.., id, _)| *id == hit.entry.id().0).unwrap();
            prop_assert_eq!(own_last, last);
            prop_assert!((hit.distance_metres - own).abs() < ROUNDING_METRES);
            prop_assert_eq!(&hit.unsure.names().collect::<Vec<_>>(), unsure);
            ids.push(*id);
        }
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), hits.len());
    }
}

#[tokio::test]
async fn equal_distances_are_ordered_by_id() {
    let toilets = [5, 3, 9, 1].map(|id| toilet(id).done()).to_vec();
    let app = app_with(toilets, vec![], instant(NOW)).await;
    let path = "/api/v1/toilets/nearest?latitude=34.9&longitude=112.5&crs=wgs84&limit=3";
    assert_eq!(app.get(path).await.ids(), [1, 3, 5]);
}

#[tokio::test]
async fn the_same_place_in_another_datum_has_the_same_neighbours() {
    let toilets = (1_i32..=40).map(|id| {
        let (row, column) = (f64::from(id / 7), f64::from(id % 7));
        toilet(id).at(34.81 + row * 0.0061, 112.41 + column * 0.0083).done()
    });
    let app = app_with(toilets.collect(), vec![], instant(NOW)).await;
    let place = Wgs84::new(34.8264, 112.4364).unwrap();
    let shifted = Gcj02::from(place);
    let here = app.get("/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=wgs84").await;
    let path =
        format!("/api/v1/toilets/nearest?latitude={}&longitude={}&crs=gcj02", shifted.latitude(), shifted.longitude());
    let there = app.get(&path).await;
    assert_eq!(here.ids().len(), 10);
    assert_eq!(here.ids(), there.ids());
    assert_eq!(there.json()["crs"], "gcj02");
    let moved = |answer: &serde_json::Value| answer["items"][0]["position"]["longitude"].as_f64().unwrap();
    assert!((moved(&there.json()) - moved(&here.json())).abs() > 0.004);
}

#[tokio::test]
async fn nobody_is_sent_to_a_locked_door() {
    let toilets = vec![
        toilet(1).hours("06:00-15:00").done(),
        toilet(2).hours("24/7").outage("2026-11-23T01:00:00Z", Some("2026-11-23T09:00:00Z")).done(),
        toilet(3).hours("24/7").access(Access::Private).done(),
        toilet(4).hours("24/7").lifecycle(Lifecycle::Planned).done(),
        toilet(5).hours("24/7").lifecycle(Lifecycle::Retired).done(),
        toilet(6).hours("06:00-22:00").done(),
        toilet(7).done(),
    ];
    // NOW is 16:00 in Mengjin.
    let app = app_with(toilets, vec![], instant(NOW)).await;
    let path = "/api/v1/toilets/nearest?latitude=34.9&longitude=112.5&crs=wgs84";
    let usable = app.get(path).await;
    assert_eq!(usable.ids(), [6, 7]);
    assert_eq!(usable.json()["items"][1]["unsure"], serde_json::json!(["hours"]));
    assert!(usable.json()["items"][1].get("open").is_none());
    let all = app.get(&format!("{path}&usable=false")).await;
    assert_eq!(all.ids(), [1, 2, 3, 4, 6, 7]);
    let items = all.json()["items"].clone();
    assert_eq!(items[0]["open"]["opensAt"], "2026-11-23T22:00:00Z");
    assert_eq!((&items[1]["status"], &items[1]["open"]["now"]), (&"closed".into(), &false.into()));
    assert_eq!(items[1]["open"]["opensAt"], "2026-11-23T09:00:00Z");
    assert_eq!(items[1]["outage"]["reason"], "repair");
    let earlier = app.get(&format!("{path}&at=2026-11-23T08:00:00%2B08:00")).await;
    assert_eq!(earlier.ids(), [1, 2, 6, 7]);
    assert_eq!(earlier.json()["at"], "2026-11-23T00:00:00Z");
    // Open now, but only until the closure begins.
    assert_eq!(earlier.json()["items"][1]["open"]["until"], "2026-11-23T01:00:00Z");
}

#[tokio::test]
async fn limited_is_no_promise() {
    let toilets = vec![
        toilet(1).facility(Facility::Wheelchair, Fact::Limited).done(),
        toilet(2).facility(Facility::Wheelchair, Fact::Yes).done(),
        toilet(3).facility(Facility::Wheelchair, Fact::No).done(),
        toilet(4).done(),
    ];
    let app = app_with(toilets, vec![], instant(NOW)).await;
    let path = "/api/v1/toilets/nearest?latitude=34.9&longitude=112.5&crs=wgs84&need=wheelchair";
    assert_eq!(app.get(path).await.ids(), [2]);
    let included = app.get(&format!("{path}&unknown=include")).await;
    assert_eq!(included.ids(), [1, 2, 4]);
    assert_eq!(included.json()["items"][0]["unsure"], serde_json::json!(["wheelchair", "hours"]));
}

#[tokio::test]
async fn lists_take_repetition_or_commas() {
    let made = |id, kind| toilet(id).kind(kind).facility(Facility::Women, Fact::Yes).fee(Fact::No).done();
    let app =
        app_with(vec![made(1, Kind::Urban), made(2, Kind::Tourist), made(3, Kind::Village)], vec![], instant(NOW))
            .await;
    let path = "/api/v1/toilets/nearest?latitude=34.9&longitude=112.5&crs=wgs84&need=women,free";
    assert_eq!(app.get(&format!("{path}&kind=urban,village")).await.ids(), [1, 3]);
    assert_eq!(app.get(&format!("{path}&kind=urban&kind=tourist&need=")).await.ids(), [1, 2]);
}

#[tokio::test]
async fn a_grade_counts_while_it_is_held() {
    let toilets = vec![
        toilet(1).grade(Standard::GbT2016, Grade::Aa, "2018-09-30").done(),
        toilet(2).grade(Standard::GbT2003, Grade::Star4, "2010-01-01").done(),
        toilet(3).grade(Standard::Cjj2016, Grade::Class1, "2018-01-01").done(),
        toilet(4).grade(Standard::GbT2022, Grade::I, "2026-12-01").done(),
    ];
    let app = app_with(toilets, vec![], instant(NOW)).await;
    let path = "/api/v1/toilets/nearest?latitude=34.9&longitude=112.5&crs=wgs84";
    assert_eq!(app.get(&format!("{path}&grade=rated")).await.ids(), [1]);
    assert_eq!(app.get(&format!("{path}&grade=AA,I")).await.ids(), [1]);
    assert_eq!(app.get(&format!("{path}&grade=I&at=2027-01-01T00:00:00Z")).await.ids(), [4]);
}

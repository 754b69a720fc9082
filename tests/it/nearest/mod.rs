//! The nearest toilets: exact everywhere, and never one behind a locked door.

mod oracle;
mod register;
mod shortcut;

use std::sync::Arc;

use gongce::domain::Toilet;
use gongce::domain::facility::{Facility, Fact};
use gongce::domain::grade::{Grade, Standard};
use gongce::domain::holiday::Calendars;
use gongce::domain::id::ToiletId;
use gongce::domain::toilet::{Access, Kind, Lifecycle};
use gongce::finder::Finder;
use gongce::geo::{Gcj02, Wgs84};
use proptest::prelude::*;

use self::oracle::{CLEANED, Cleanings, a_query, a_toilet, assert_found, oracle, settlement};
use crate::harness::app::app_with;
use crate::harness::build::{instant, toilet};
use crate::harness::make::NOW;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn nearest_is_what_a_plain_look_at_every_toilet_gives(
        toilets in prop::collection::vec(a_toilet(), 0..60),
        cleanings in prop::collection::btree_map(1..60, prop::sample::select(&CLEANED[..]), 0..60),
        query in a_query(),
        settled_first: bool,
        told in prop::sample::select(vec![NOW, "2026-11-23T02:00:00Z", "2019-01-01T00:00:00Z", "2026-11-24T02:00:00Z"]),
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
        finder.tend(instant(told));
        assert_found(&finder.snapshot().nearest(&query), &oracle(&register, &cleanings, &query), query.limit);
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

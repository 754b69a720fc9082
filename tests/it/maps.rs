//! Toilets along a way, and as a map shows them.

use chrono::TimeDelta;
use gongce::domain::facility::{Facility, Fact};
use gongce::domain::toilet::Lifecycle;
use gongce::geo::{Wgs84, great_circle};
use poem::{Endpoint, Response};
use serde_json::{Value, json};

use crate::harness::app::{App, app_with};
use crate::harness::build::{instant, toilet};
use crate::harness::make::NOW;

const ALONG: &str = "/api/v1/toilets/along";

async fn along(app: &App<impl Endpoint<Output = Response>>, query: &str, line: &[(f64, f64)]) -> (u16, Value) {
    let line: Vec<Value> =
        line.iter().map(|(latitude, longitude)| json!({"latitude": latitude, "longitude": longitude})).collect();
    let answer = app.post(&format!("{ALONG}?{query}"), &json!({ "line": line })).await;
    (answer.status, answer.json())
}

fn ids(answer: &Value) -> Vec<i64> {
    answer["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn toilets_along_a_way_come_in_the_order_of_travel() {
    let toilets = vec![
        toilet(1).at(34.801, 112.49).hours("24/7").done(),
        toilet(2).at(34.799, 112.41).hours("24/7").facility(Facility::Wheelchair, Fact::Yes).done(),
        // Beside the second leg.
        toilet(3).at(34.85, 112.5015).hours("24/7").done(),
        // 1.1 km aside.
        toilet(4).at(34.81, 112.45).hours("24/7").done(),
        // Shut.
        toilet(5).at(34.8, 112.45).hours("06:00-08:00").done(),
        toilet(6).at(34.8, 112.45).lifecycle(Lifecycle::Retired).done(),
        toilet(7).unlocated().done(),
    ];
    let app = app_with(toilets, vec![], instant(NOW)).await;
    let line = [(34.8, 112.4), (34.8, 112.5), (34.9, 112.5)];
    let (status, all) = along(&app, "crs=wgs84", &line).await;
    assert_eq!((status, ids(&all)), (200, vec![2, 1, 3]), "{all}");
    let first = &all["items"][0];
    let expected = great_circle(Wgs84::new(34.8, 112.4).unwrap(), Wgs84::new(34.8, 112.41).unwrap());
    assert!((first["along"].as_f64().unwrap() - expected).abs() < 1.0, "{first}");
    assert!((first["aside"].as_f64().unwrap() - 111.2).abs() < 0.5, "{first}");
    let length = all["length"].as_f64().unwrap();
    assert!((length - 20_249.0).abs() < 20.0, "{length}");
    assert_eq!((&all["more"], &all["crs"]), (&json!(false), &json!("wgs84")));
    // The other way round.
    let back: Vec<_> = line.iter().rev().copied().collect();
    assert_eq!(ids(&along(&app, "crs=wgs84", &back).await.1), [3, 1, 2]);
    let (_, wide) = along(&app, "crs=wgs84&width=1200&usable=false&limit=3", &line).await;
    assert_eq!((ids(&wide), &wide["more"]), (vec![2, 4, 5], &json!(true)));
    assert_eq!(ids(&along(&app, "crs=wgs84&need=wheelchair", &line).await.1), [2]);
    let (_, earlier) = along(&app, "crs=wgs84&at=2026-11-22T23:00:00Z", &line).await;
    assert_eq!(ids(&earlier), [2, 5, 1, 3]);
    let (_, unknown) = along(&app, "crs=wgs84&need=wheelchair&unknown=include", &line).await;
    assert_eq!(unknown["items"][1]["unsure"], json!(["wheelchair"]));
}

#[tokio::test]
async fn a_way_is_told_what_is_wrong_with_it() {
    let app = app_with(vec![], vec![], instant(NOW)).await;
    let (status, none) = along(&app, "", &[(34.8, 112.4), (34.8, 112.5)]).await;
    assert_eq!((status, &none["code"]), (400, &json!("crsMissing")));
    let (status, short) = along(&app, "crs=wgs84", &[(34.8, 112.4)]).await;
    assert_eq!((status, &short["errors"][0]["field"]), (400, &json!("line")), "{short}");
    let (status, far) = along(&app, "crs=wgs84", &[(34.8, 112.4), (91.0, 112.5)]).await;
    assert_eq!((status, &far["errors"][0]["field"]), (400, &json!("line[1].latitude")), "{far}");
    let long: Vec<_> = (0..1000).map(|step| (34.0 + f64::from(step) / 1e4, 112.123_456_7)).collect();
    assert_eq!(along(&app, "crs=gcj02", &long).await.0, 200);
}

/// Clusters of a part, each as its count and its id.
async fn clusters(app: &App<impl Endpoint<Output = Response>>, query: &str) -> Vec<(i64, i64)> {
    let answer = app.get(&format!("/api/v1/map/clusters?crs=wgs84&{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| (item["count"].as_i64().unwrap(), item["id"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn a_map_shows_those_that_are_near_together_as_one() {
    let mut toilets = vec![
        toilet(1).at(34.8264, 112.4364).hours("24/7").done(),
        toilet(2).at(34.8265, 112.4365).hours("06:00-08:00").done(),
        toilet(3).at(34.9, 112.6).hours("24/7").named("长华公厕").done(),
        toilet(4).at(34.8264, 112.4364).lifecycle(Lifecycle::Retired).done(),
        toilet(5).at(-17.0, 179.999).done(),
        toilet(6).at(-17.0, -179.999).done(),
    ];
    toilets.extend((7..27).map(|id| toilet(id).at(34.83, 112.44 + f64::from(id) / 1e3).done()));
    let app = app_with(toilets, vec![], instant(NOW)).await;
    let near = "bbox=112.43,34.82,112.61,34.91&zoom=";
    let all = clusters(&app, &format!("{near}8")).await;
    assert_eq!(all.iter().map(|(count, _)| count).sum::<i64>(), 23);
    assert!(all.iter().all(|(count, id)| *count == 1 || (900_000_000..=999_999_999).contains(id)));
    let single: Vec<_> = clusters(&app, &format!("{near}12")).await.into_iter().filter(|(_, id)| *id == 3).collect();
    assert_eq!(single, [(1, 3)]);
    let answer = app.get(&format!("/api/v1/map/clusters?crs=wgs84&bbox=112.436,34.826,112.437,34.827&zoom=15")).await;
    let two = answer.json()["items"][0].clone();
    assert_eq!((&two["count"], &two["usable"]), (&json!(2), &json!(1)));
    assert_eq!(two["bbox"], json!([112.4364, 34.8264, 112.4365, 34.8265]));
    assert_eq!(two["position"], json!({"latitude": 34.82645, "longitude": 112.43645}));
    // The same clusters, whatever part is looked at.
    let other = clusters(&app, "bbox=112.44,34.825,112.7,34.95&zoom=8").await;
    assert!(other.iter().all(|cluster| all.contains(cluster)), "{other:?} {all:?}");
    // Across the antimeridian.
    assert_eq!(clusters(&app, "bbox=179.9,-17.1,-179.9,-16.9&zoom=12").await.len(), 2);
    let wide = app.get("/api/v1/map/clusters?crs=wgs84&bbox=-180,-90,180,90&zoom=9").await;
    assert_eq!((wide.status, &wide.json()["errors"][0]["code"]), (422, &json!("tooWide")));
    let none = app.get("/api/v1/map/clusters?crs=wgs84&zoom=9").await;
    assert_eq!((none.status, &none.json()["errors"][0]["field"]), (400, &json!("bbox")));
}

#[tokio::test]
async fn a_box_on_the_map_is_found_by_where_toilets_stand() {
    let mut toilets: Vec<_> = (1_i32..=400)
        .map(|id| toilet(id).at(34.0 + f64::from(id % 20) / 100.0, 112.0 + f64::from(id / 20) / 100.0).done())
        .collect();
    toilets.push(toilet(401).at(0.0, 180.0).done());
    toilets.push(toilet(402).at(89.9, 12.0).done());
    let app = app_with(toilets, vec![], instant(NOW) + TimeDelta::seconds(1)).await;
    for (bbox, count) in [
        ("112.045,34.045,112.075,34.085", 12),
        ("111,33,113,35", 100),
        ("179,-1,-179,1", 1),
        ("-180,89,180,90", 1),
        ("112.001,34.001,112.009,34.009", 0),
    ] {
        let answer = app.get(&format!("/api/v1/toilets?crs=wgs84&limit=100&bbox={bbox}")).await;
        assert_eq!(answer.ids().len(), count, "{bbox}");
    }
}

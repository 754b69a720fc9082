//! Barriers: a toilet across the river is told, and never first for whoever walks.

use std::sync::Arc;

use gongce::domain::barrier::{Barrier, BarrierKind, Barriers, Crossing};
use gongce::domain::holiday::Calendars;
use gongce::domain::text::Name;
use gongce::finder::{Filter, Finder, NearestQuery};
use gongce::geo::{Crs, Wgs84, great_circle};
use gongce::http::{Door, Limits, routes};
use gongce::usecase::{demonstration, following, loading};
use poem::{Endpoint, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::build::{instant, toilet};
use crate::harness::make::NOW;
use crate::harness::program::{Server, run, stderr, stdout};
use crate::harness::stores::on_both;

fn at(latitude: f64, longitude: f64) -> Wgs84 {
    Wgs84::new(latitude, longitude).unwrap()
}

fn barrier(name: &str, line: &[Wgs84], crossings: &[(Wgs84, f64)]) -> Barrier {
    let crossing = |&(position, radius_metres): &(Wgs84, f64)| Crossing { position, radius_metres };
    Barrier {
        name: Name::new(name).unwrap(),
        kind: BarrierKind::River,
        lines: vec![line.to_vec()],
        crossings: crossings.iter().map(crossing).collect(),
        given: Crs::Wgs84,
        synthetic: false,
        source: None,
    }
}

/// Places around the antimeridian, the pole, and the Yellow River.
fn place() -> impl Strategy<Value = (f64, f64)> {
    (-0.05..0.05, -0.05..0.05)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// What a look at every toilet gives, sorted by whether it lies across, then by distance, then by id.
    #[test]
    fn avoiding_is_what_sorting_all_toilets_gives(
        centre in prop::sample::select(vec![(34.9, 112.5), (-17.0, 180.0), (89.97, 10.0)]),
        toilets in prop::collection::vec(place(), 0..60),
        lines in prop::collection::vec((prop::collection::vec(place(), 2..12), prop::collection::vec((place(), 100.0..2_000.0), 0..3)), 0..4),
        from in place(),
        limit in 1..20_usize,
    ) {
        let there = |(north, east): (f64, f64)| {
            let longitude: f64 = centre.1 + east;
            at((centre.0 + north).min(90.0), (longitude + 540.0).rem_euclid(360.0) - 180.0)
        };
        let barriers: Vec<Barrier> = lines.iter().enumerate().map(|(number, (line, crossings))| {
            let line: Vec<_> = line.iter().map(|&place| there(place)).collect();
            let crossings: Vec<_> = crossings.iter().map(|&(place, radius)| (there(place), radius)).collect();
            barrier(&format!("第{number}河"), &line, &crossings)
        }).collect();
        let finder = Finder::new(|_| Vec::new(), Arc::new(Calendars::default()));
        let register = (1..).zip(&toilets).map(|(id, &place)| {
            let place = there(place);
            toilet(id).at(place.latitude(), place.longitude()).done()
        });
        finder.replace(register, Vec::new(), 1);
        finder.set_barriers(&barriers);
        let from = there(from);
        let query = NearestQuery { from, limit, max_distance: None, filter: Filter::default(), at: instant(NOW), usable: true };

        let asked = Barriers::new(&barriers);
        let across = |place: Wgs84| asked.across(&from.into(), &place.into()).map(ToString::to_string);
        let mut all: Vec<_> = (1..).zip(&toilets).map(|(id, &place)| {
            let place = there(place).rounded();
            (across(place), great_circle(from, place), id)
        }).collect();
        let told = |hits: Vec<gongce::finder::Hit>| -> Vec<(Option<String>, i32)> {
            hits.into_iter().map(|hit| (hit.across.map(|name| name.to_string()), hit.entry.id().0)).collect()
        };
        all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.2.cmp(&b.2)));
        let first = |all: &[(Option<String>, f64, i32)]| -> Vec<_> {
            all.iter().take(limit).map(|(across, _, id)| (across.clone(), *id)).collect()
        };
        prop_assert_eq!(told(finder.snapshot().nearest(&query)), first(&all), "marked, in the order of distance");
        all.sort_by_key(|(across, _, _)| across.is_some());
        prop_assert_eq!(told(finder.snapshot().nearest_avoiding(&query)), first(&all));
    }
}

#[test]
fn the_first_barrier_on_the_way_is_named_and_a_bridge_opens_its_own_alone() {
    // Short beside the bridge: a great circle over the whole of it would lie 114 m north of the parallel there.
    let bend = [at(34.90, 112.0), at(34.90, 112.49), at(34.90, 112.51), at(34.90, 113.0)];
    let river = barrier("黄河", &bend, &[(at(34.90, 112.5), 300.0)]);
    let railway = barrier("铁路", &[at(34.91, 112.0), at(34.91, 113.0)], &[]);
    let both = Barriers::new(&[river.clone(), railway]);
    let across = |barriers: &Barriers, from: (f64, f64), to: (f64, f64)| {
        barriers.across(&at(from.0, from.1).into(), &at(to.0, to.1).into()).map(ToString::to_string)
    };
    assert_eq!(across(&both, (34.89, 112.4), (34.92, 112.4)).as_deref(), Some("黄河"));
    assert_eq!(across(&both, (34.92, 112.4), (34.89, 112.4)).as_deref(), Some("铁路"), "from the other side");
    assert_eq!(
        across(&both, (34.89, 112.5), (34.92, 112.5)).as_deref(),
        Some("铁路"),
        "over the bridge, then the tracks"
    );
    assert_eq!(across(&both, (34.89, 112.4), (34.895, 112.5)), None);
    let river = Barriers::new(&[river]);
    assert_eq!(across(&river, (34.89, 112.5032), (34.92, 112.5032)), None, "292 m from the middle of the bridge");
    assert_eq!(across(&river, (34.89, 112.5034), (34.92, 112.5034)).as_deref(), Some("黄河"), "310 m");
}

const RIVER: &str = r#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"name": "黄河", "kind": "river"},
     "geometry": {"type": "LineString", "coordinates": [[112.0, 34.9], [113.0, 34.9]]}},
    {"type": "Feature", "properties": {"name": "黄河", "width": 600},
     "geometry": {"type": "Point", "coordinates": [112.5, 34.9]}}]}"#;

const NEAREST: &str = "/api/v1/toilets/nearest?latitude=34.895&longitude=112.4&crs=wgs84";

on_both! {
    async fn what_is_imported_is_known_to_a_running_service_at_once(database: Database) {
        let ctx = database.ctx().await;
        crate::imports::import(&ctx, &[crate::harness::make::statement("1")]).await;
        let cursor = loading::load(&ctx).await.unwrap();
        let app = routes(Arc::clone(&ctx), Door::new(Limits::default()));
        let across = async || {
            let response = app.get_response(Request::builder().uri_str("/api/v1/toilets/nearest?latitude=34.95&longitude=112.4&crs=wgs84").finish()).await;
            let answer: Value = serde_json::from_str(&response.into_body().into_string().await.unwrap()).unwrap();
            answer["items"][0]["across"].as_str().map(ToOwned::to_owned)
        };
        assert_eq!(across().await, None);

        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("river.geojson"), RIVER).unwrap();
        let barriers = |more: &[&str]| {
            let mut all = vec!["--database-url", &database.url, "barriers"];
            all.extend(more);
            run(folder.path(), &all)
        };
        let dry = barriers(&["import", "river.geojson", "--crs", "wgs84", "--dry-run"]);
        assert_eq!(dry.status.code(), Some(0), "{}", stderr(&dry));
        assert!(ctx.store.barriers().await.unwrap().is_empty(), "a dry run writes nothing");
        let report = |output: &std::process::Output| -> Value { serde_json::from_str(&stdout(output)).unwrap() };
        let import = || barriers(&["import", "river.geojson", "--crs", "wgs84", "--report", "json"]);
        let first = report(&import());
        assert_eq!((&first["read"], &first["created"], &first["repeated"]), (&2.into(), &1.into(), &1.into()));
        // On PostgreSQL what another test leaves open holds the horizon back for a while.
        let follow = async |mut cursor, wanted: Option<&str>| {
            for _ in 0..600 {
                cursor = following::catch_up(&ctx, cursor).await.unwrap();
                if across().await.as_deref() == wanted {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            cursor
        };
        let cursor = follow(cursor, Some("黄河")).await;
        assert_eq!(across().await.as_deref(), Some("黄河"));
        assert_eq!(report(&import())["unchanged"], 1, "the same file twice changes nothing");
        assert!(stdout(&barriers(&["list"])).contains("黄河 river: 2 places, 1 crossings"));

        loading::load(&ctx).await.unwrap();
        assert_eq!(across().await.as_deref(), Some("黄河"), "and stays known when everything is read again");
        assert_eq!(barriers(&["remove", "黄河"]).status.code(), Some(0));
        follow(cursor, None).await;
        assert_eq!(across().await, None);
        let gone = barriers(&["remove", "黄河"]);
        assert!(gone.status.code() == Some(1) && stderr(&gone).contains("黄河"), "{}", stderr(&gone));
    }
}

on_both! {
    async fn what_is_wrong_with_a_file_of_barriers_is_told(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let import = |features: &[Value], more: &[&str]| {
            let text = json!({"type": "FeatureCollection", "features": features}).to_string();
            std::fs::write(folder.path().join("river.geojson"), text).unwrap();
            let mut all = vec!["--database-url", &database.url, "barriers", "import", "river.geojson"];
            all.extend(more);
            run(folder.path(), &all)
        };
        let feature = |properties: Value, kind: &str, coordinates: Value| {
            json!({"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}})
        };
        let line = || json!([[112.0, 34.9], [113.0, 34.9]]);
        let river = feature(json!({"name": "黄河"}), "LineString", line());
        let without = import(std::slice::from_ref(&river), &[]);
        assert!(without.status.code() == Some(2) && stderr(&without).contains("--crs"), "{}", stderr(&without));
        let wrong = [
            river,
            feature(json!({"kind": "river"}), "LineString", line()),
            feature(json!({"name": "洛河", "kind": "lake"}), "LineString", line()),
            feature(json!({"name": "伊河"}), "LineString", json!([[112.0, 34.9]])),
            feature(json!({"name": "瀍河"}), "Polygon", json!([[[0, 0], [1, 0], [0, 1], [0, 0]]])),
            feature(json!({"name": "黄河"}), "Point", json!([112.5, 34.9])),
            feature(json!({"name": "长江", "radius": 50}), "Point", json!([112.5, 34.9])),
            feature(json!({"name": "黄河", "radius": -3}), "Point", json!([112.5, 34.9])),
            feature(json!({"name": "黄河", "radius": 50}), "Point", json!([912.5, 34.9])),
        ];
        let output = import(&wrong, &["--crs", "gcj02", "--report", "json"]);
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!((&report["read"], &report["created"], &report["rejected"]), (&9.into(), &1.into(), &8.into()), "{report}");
        let told = report.to_string();
        for reason in ["must not be empty", "“lake”", "two places", "a crossing a Point", "--crossing-radius", "no line called 长江", "from 1 to 20,000", "longitude must be"] {
            assert!(told.contains(reason), "{reason} is missing in {told}");
        }
        let kept = database.open().await.barriers().await.unwrap();
        let [river] = kept.as_slice() else { panic!("one barrier: {kept:?}") };
        let shifted = river.lines[0][0];
        assert!((500.0..650.0).contains(&great_circle(shifted, at(34.9, 112.0))), "the datum is heeded: {shifted:?}");
    }
}

on_both! {
    async fn the_yellow_river_of_the_demonstration_bars_the_way(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        loading::load(&ctx).await.unwrap();
        let app = routes(Arc::clone(&ctx), Door::new(Limits::default()));
        let get = async |more: &str| -> (u16, Value) {
            // On the southern bank, opposite 吉利.
            let path = format!("/api/v1/toilets/nearest?latitude=34.864&longitude=112.590&crs=wgs84&usable=false{more}");
            let response = app.get_response(Request::builder().uri_str(&path).finish()).await;
            (response.status().as_u16(), serde_json::from_str(&response.into_body().into_string().await.unwrap()).unwrap())
        };
        let (_, marked) = get("&limit=50").await;
        let items = marked["items"].as_array().unwrap();
        let across: Vec<bool> = items.iter().map(|item| item["across"] == "黄河").collect();
        let distances: Vec<f64> = items.iter().map(|item| item["distance"].as_f64().unwrap()).collect();
        assert!(distances.is_sorted(), "marking changes no order");
        let (nearer, further) = (across.iter().filter(|across| **across).count(), across.iter().filter(|across| !**across).count());
        assert!(nearer > 3 && further > 3 && across[0], "the nearest is on the other bank: {across:?}");
        // By code: the four subdistricts of the former 吉利区 lie north of the river.
        let of = |item: &Value| item["area"]["code"].as_str().unwrap_or_default()[..9].to_owned();
        for (item, across) in items.iter().zip(&across) {
            let north = ["410308002", "410308003", "410308004", "410308005"].contains(&of(item).as_str());
            // Near a bridge the straight way is open.
            assert!(*across == north || (north && !across), "{item}");
        }
        let (_, avoided) = get("&limit=50&barriers=avoid").await;
        let order: Vec<bool> = avoided["items"].as_array().unwrap().iter().map(|item| item.get("across").is_some()).collect();
        assert!(order.is_sorted() && !order[0], "{order:?}");
        let (status, problem) = get("&barriers=swim").await;
        assert_eq!((status, &problem["errors"][0]["field"]), (400, &"barriers".into()));
    }
}

#[test]
fn a_server_learns_of_a_river_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["serve"]);
    std::fs::write(folder.path().join("bureau.toml"), crate::imports::PROFILE).unwrap();
    let rows = "key,name,lat,lng,address,wheelchair,operator,grade\n1,北,34.905,112.4,东街,yes,城管局,AA\n2,南,34.88,112.4,东街,yes,城管局,AA\n";
    std::fs::write(folder.path().join("list.csv"), rows).unwrap();
    std::fs::write(folder.path().join("river.geojson"), RIVER).unwrap();
    for command in
        [["import", "--profile", "bureau.toml", "list.csv"], ["barriers", "import", "river.geojson", "--crs=wgs84"]]
    {
        let output = run(folder.path(), &command);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let first = |more: &str| {
        let (_, body) = server.get(&format!("{NEAREST}{more}"));
        let answer: Value = serde_json::from_str(&body).unwrap();
        (
            answer["items"][0]["name"].as_str().map(ToOwned::to_owned),
            answer["items"][0]["across"].as_str().map(ToOwned::to_owned),
        )
    };
    let seen = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        first("") == (Some("北".to_owned()), Some("黄河".to_owned()))
    });
    assert!(seen, "the nearest is marked");
    assert_eq!(first("&barriers=avoid"), (Some("南".to_owned()), None), "and not the first for whoever walks");
    assert!(server.stop());
}

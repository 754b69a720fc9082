//! How toilets are laid out: what they cover, where the gaps are, where new ones would help most.

use std::fmt::Write;
use std::sync::Arc;

use gongce::domain::account::Role;
use gongce::domain::layout::{Demand, Question};
use gongce::geo::{Crs, NearIndex, Outline, Wgs84, great_circle};
use gongce::http::{Door, Limits, routes};
use gongce::usecase::{demonstration, loading};
use poem::{Endpoint, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::coverage::{add, sign_in};
use crate::harness::program::{run, stderr, stdout};
use crate::harness::service::Service;
use crate::harness::stores::on_both;

/// Places of a town, some of them on both sides of the antimeridian or around a pole.
fn places(most: usize) -> impl Strategy<Value = Vec<Wgs84>> {
    let centre = prop::sample::select(vec![(34.8, 112.4), (-17.0, 179.995), (89.99, 0.0), (0.0, -180.0)]);
    let offsets = prop::collection::vec((-0.02..0.02, -0.02..0.02), 0..most);
    (centre, offsets).prop_map(|((latitude, longitude), offsets)| {
        let place = |(north, east): (f64, f64)| {
            let longitude: f64 = longitude + east;
            Wgs84::new((latitude + north).min(90.0), (longitude + 540.0).rem_euclid(360.0) - 180.0).unwrap()
        };
        offsets.into_iter().map(place).collect()
    })
}

fn demand(places: &[Wgs84], weights: &[u8]) -> Vec<Demand> {
    let weights = weights.iter().cycle();
    places
        .iter()
        .zip(weights)
        .map(|(&position, &weight)| Demand { position, weight: weight.into(), name: None })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_index_finds_what_a_look_at_every_place_finds(many in places(200), metres in 0.0..4_000.0, pick in any::<prop::sample::Index>()) {
        prop_assume!(!many.is_empty());
        let from = *pick.get(&many);
        let index = NearIndex::new(many.iter().copied());
        let distance = |number: usize| great_circle(from, many[number]);
        let (_, nearest) = index.nearest(from).unwrap();
        prop_assert!(nearest.abs() < 1e-6, "the place itself is there");
        let mut found = Vec::new();
        index.within(from, metres, &mut |number| found.push(number));
        found.sort_unstable();
        // Where rounding alone decides, either is right.
        let surely = (0..many.len()).filter(|&number| distance(number) < metres - 1e-6);
        prop_assert!(surely.into_iter().all(|number| found.binary_search(&number).is_ok()));
        prop_assert!(found.iter().all(|&number| distance(number) < metres + 1e-6));
    }

    #[test]
    fn coverage_gaps_and_the_first_place_are_what_a_plain_count_gives(
        points in places(60), toilets in places(10), weights in prop::collection::vec(0_u8..9, 1..9), radius in 50.0..3_000.0,
    ) {
        let demand = demand(&points, &weights);
        let question = Question { demand: &demand, toilets: &toilets, radius_metres: radius, gaps: 5, places: 3 };
        let answer = question.answer();
        let far = |place: Wgs84| toilets.iter().map(|&toilet| great_circle(place, toilet)).fold(f64::INFINITY, f64::min);
        // Nothing so near to the radius that rounding decides.
        prop_assume!(points.iter().all(|&place| (far(place) - radius).abs() > 1e-6));
        let open: Vec<_> = demand.iter().filter(|point| far(point.position) > radius).collect();
        prop_assert_eq!(answer.demand.points - answer.covered.points, open.len());
        let weight: f64 = open.iter().map(|point| point.weight).sum();
        prop_assert!((answer.demand.weight - answer.covered.weight - weight).abs() < 1e-9);

        let furthest = open.iter().map(|point| far(point.position)).fold(0.0, f64::max);
        if let Some(gap) = answer.gaps.first().and_then(|gap| gap.metres) {
            prop_assert!((gap - furthest).abs() < 1e-6);
        }
        for (number, gap) in answer.gaps.iter().enumerate() {
            let before = &answer.gaps[..number];
            let distance = |other: usize| great_circle(demand[other].position, demand[gap.demand].position);
            prop_assert!(before.iter().all(|other| distance(other.demand) > radius - 1e-6), "gaps lie apart");
        }

        let gain = |place: Wgs84| -> f64 {
            open.iter().filter(|point| great_circle(point.position, place) <= radius).map(|point| point.weight).sum()
        };
        let best = open.iter().map(|point| gain(point.position)).fold(0.0, f64::max);
        let first = answer.places.first().map_or(0.0, |place| place.gain.weight);
        prop_assert!((first - best).abs() < 1e-9, "{first} instead of {best}");
    }

    /// The bound that the answer states, against every choice of two.
    #[test]
    fn two_places_cover_at_least_what_the_bound_says(points in places(14), weights in prop::collection::vec(1_u8..9, 1..9), radius in 300.0..2_000.0) {
        let demand = demand(&points, &weights);
        let answer = Question { demand: &demand, toilets: &[], radius_metres: radius, gaps: 0, places: 2 }.answer();
        let covers = |one: usize, point: &Demand| great_circle(points[one], point.position) <= radius;
        let both = |one: usize, other: usize| -> f64 {
            demand.iter().filter(|point| covers(one, point) || covers(other, point)).map(|point| point.weight).sum()
        };
        let best = (0..points.len()).flat_map(|one| (0..points.len()).map(move |other| (one, other)));
        let best = best.map(|(one, other)| both(one, other)).fold(0.0, f64::max);
        let reached = answer.places.last().map_or(0.0, |place| place.covered.weight);
        prop_assert!(reached >= best * 0.632 - 1e-6, "{reached} of {best}");
        prop_assert!(answer.places.iter().map(|place| place.gain.weight).sum::<f64>() <= best + 1e-9 || answer.places.len() == 2);
    }

    /// A grid is inside, as dense as it says, and everywhere.
    #[test]
    fn a_grid_fills_an_outline(latitude in -70.0..70.0, spacing in 80.0..400.0, hole in 0.001..0.004) {
        let ring = |reach: f64| {
            let wide = reach / f64::to_radians(latitude).cos();
            let corners = [(-wide, -reach), (wide, -reach), (0.3 * wide, 0.0), (wide, reach), (-wide, reach), (-wide, -reach)];
            corners.map(|(x, y)| (30.0 + x, latitude + y)).to_vec()
        };
        let outline = Outline::of_area(vec![vec![ring(0.02), ring(hole)]]).unwrap();
        let grid = outline.grid(spacing, 1_000_000).unwrap();
        prop_assert!(grid.iter().all(|&place| outline.covers(place)));
        // Two rectangles and two trapezia of the large shape, less the hole: 82.5 % of the square around each.
        let metres = |degrees: f64| degrees.to_radians() * gongce::geo::EARTH_RADIUS_METRES;
        let area = 0.825 * 4.0 * (metres(0.02).powi(2) - metres(hole).powi(2));
        let squares = f64::from(u32::try_from(grid.len()).unwrap());
        prop_assert!((squares * spacing * spacing / area - 1.0).abs() < 0.25, "{squares} squares of {spacing} m for {area} m²");
        prop_assert_eq!(outline.grid(spacing, grid.len() - 1), None);
        prop_assert_eq!(outline.grid(spacing, grid.len()).map(|again| again.len()), Some(grid.len()));
    }
}

#[test]
fn without_toilets_nothing_is_covered_and_without_demand_there_is_no_share() {
    let nothing = Question { demand: &[], toilets: &[], radius_metres: 500.0, gaps: 5, places: 5 }.answer();
    assert_eq!(nothing.covered.share_of(nothing.demand), (None, None), "never 100 % of nothing");
    assert!(nothing.gaps.is_empty() && nothing.places.is_empty());
    let here = demand(&[Wgs84::new(34.8, 112.4).unwrap()], &[0]);
    let alone = Question { demand: &here, toilets: &[], radius_metres: 500.0, gaps: 5, places: 5 }.answer();
    assert_eq!((alone.gaps[0].metres, alone.gaps[0].around.points), (None, 1));
    assert_eq!(alone.covered.share_of(alone.demand), (Some(0.0), None));
    assert!(alone.places.is_empty(), "what weighs nothing is no reason to build");
}

on_both! {
    async fn the_staff_of_an_area_see_how_its_toilets_are_laid_out(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        loading::load(&ctx).await.unwrap();
        let mut tokens = Vec::new();
        for (number, role, area) in [(1, Role::Supervisor, "410308"), (2, Role::Auditor, "410308101"), (3, Role::Cleaner, "410308")] {
            add(&ctx, number, role, area).await;
            tokens.push(sign_in(&ctx, number, role).await);
        }
        let app = routes(Arc::clone(&ctx), Door::new(Limits::default()));
        let get = async |path: &str, token: &str| -> (u16, Value) {
            let request = Request::builder().uri_str(path).header("authorization", format!("Bearer {token}")).finish();
            let response = app.get_response(request).await;
            (response.status().as_u16(), serde_json::from_str(&response.into_body().into_string().await.unwrap()).unwrap())
        };
        let path = "/api/v1/reports/layout?area=410322&radius=1000&at=2026-11-23T04:00:00Z";
        let (status, report) = get(path, &tokens[0]).await;
        assert_eq!(status, 200, "{report}");
        assert_eq!((&report["area"], &report["spacing"], &report["crs"]), (&"410308".into(), &200.0.into(), &"wgs84".into()));
        let number = |value: &Value| value.as_f64().unwrap();
        let (covered, all) = (number(&report["covered"]["points"]), number(&report["demand"]["points"]));
        assert!(covered > 100.0 && covered < all / 2.0, "{covered} of {all}");
        assert!((number(&report["covered"]["share"]) - covered / all).abs() < 1e-4);
        let far: Vec<f64> = report["gaps"].as_array().unwrap().iter().map(|gap| number(&gap["metres"])).collect();
        assert!(far.len() == 10 && far.is_sorted_by(|a, b| a >= b) && far[9] > 1_000.0, "{far:?}");
        let gains: Vec<f64> = report["places"].as_array().unwrap().iter().map(|place| number(&place["gain"]["weight"])).collect();
        assert!(gains.len() == 5 && gains.is_sorted_by(|a, b| a >= b), "{gains:?}");
        assert_eq!((&report["method"]["name"], &report["method"]["bound"]), (&"greedyMaximumCoverage".into(), &0.632.into()));

        let night = path.replace("T04:00", "T19:00");
        assert!(number(&get(&night, &tokens[0]).await.1["toilets"]) < number(&report["toilets"]), "at three in the morning less is open");
        let shifted = get(&format!("{path}&crs=gcj02"), &tokens[0]).await.1;
        let first = |report: &Value| Wgs84::new(number(&report["gaps"][0]["latitude"]), number(&report["gaps"][0]["longitude"])).unwrap();
        let apart = great_circle(first(&report), first(&shifted));
        assert!((500.0..650.0).contains(&apart), "{apart}");

        let (_, features) = get(&path.replace("layout?", "layout.geojson?"), &tokens[0]).await;
        assert_eq!((&features["type"], features["features"].as_array().unwrap().len()), (&"FeatureCollection".into(), 15));
        assert_eq!(features["features"][0]["geometry"]["coordinates"], json!([report["gaps"][0]["longitude"], report["gaps"][0]["latitude"]]));
        assert_eq!(features["features"][10]["properties"]["kind"], "place");

        let (status, town) = get(&path.replace("410322", "410308101"), &tokens[1]).await;
        assert_eq!((status, &town["area"]), (200, &"410308101".into()), "{town}");
        let (covered, all) = (number(&town["covered"]["points"]), number(&town["demand"]["points"]));
        assert!(covered > 100.0 && covered < all && all < number(&report["demand"]["points"]), "{covered} of {all}");
        assert_eq!(get(path, &tokens[1]).await.0, 404, "the district is more than the auditor's town");
        assert_eq!(get(path, &tokens[2]).await.0, 403);
        let refused = async |query: &str| {
            let (status, problem) = get(&format!("/api/v1/reports/layout{query}"), &tokens[0]).await;
            (status, problem["errors"][0]["field"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(refused("?area=410308").await, (400, "radius".to_owned()), "no radius is taken for granted");
        assert_eq!(refused("?radius=500").await, (400, "area".to_owned()));
        assert_eq!(refused("?area=410308101209&radius=500").await, (422, "area".to_owned()), "it has no outline");
        assert_eq!(refused("?area=410308&radius=500&spacing=2").await, (422, "spacing".to_owned()));
    }
}

on_both! {
    async fn points_that_come_in_are_counted_by_their_weight(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        let service = Service::around(ctx).await;
        let token = service.sign_in(Role::Inspector, "410308101").await;
        let ask = async |path: &str, query: &str, points: Value| {
            let path = format!("/api/v1/reports/{path}?radius=500&at=2026-11-23T04:00:00Z{query}");
            service.post(&path, &token, json!({"points": points})).await
        };
        let place = |name: &str, weight: f64, latitude: f64, longitude: f64| {
            let (latitude, longitude) = Crs::Gcj02.write(Wgs84::new(latitude, longitude).unwrap());
            json!({"name": name, "weight": weight, "latitude": latitude, "longitude": longitude})
        };
        let points = json!([place("长华", 900.0, 34.8264, 112.4364), place("远村", 100.0, 34.70, 112.90)]);
        let report = ask("layout", "&crs=gcj02", points.clone()).await.json_of(200);
        assert_eq!((&report["covered"]["share"], &report["covered"]["shareByWeight"]), (&0.5.into(), &0.9.into()));
        assert_eq!((&report["gaps"][0]["name"], &report["crs"], report.get("area")), (&"远村".into(), &"gcj02".into(), None));
        let features = ask("layout.geojson", "&crs=gcj02", points.clone()).await.json_of(200);
        assert_eq!(features["features"][0]["properties"]["name"], "远村");
        assert_eq!(ask("layout", "", points).await.problem(400).0, "crsMissing");
        let wrong = json!([{"latitude": 34.8, "longitude": 112.4}, {"latitude": 91.0, "longitude": 0.0, "weight": -1.0}]);
        assert_eq!(ask("layout", "&crs=wgs84", wrong).await.problem(422).1, ["points.1.latitude", "points.1.weight"]);
        let many = vec![json!({"latitude": 34.8, "longitude": 112.4}); 501];
        assert_eq!(ask("layout", "&crs=wgs84", json!(many)).await.status, 400);
        assert_eq!(ask("layout", "&crs=wgs84", json!(many[..500])).await.status, 200);
    }
}

on_both! {
    async fn villages_from_a_file_are_counted_by_their_weight(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut rows = "name,weight,latitude,longitude\n".to_owned();
        for (name, weight, latitude, longitude) in [("长华", 900, 34.8264, 112.4364), ("远村", 100, 34.70, 112.90)] {
            let (latitude, longitude) = Crs::Gcj02.write(Wgs84::new(latitude, longitude).unwrap());
            writeln!(rows, "{name},{weight},{latitude},{longitude}").unwrap();
        }
        std::fs::write(folder.path().join("villages.csv"), &rows).unwrap();
        let layout = |more: &[&str]| {
            let mut all = vec!["--database-url", &database.url, "layout", "--radius", "500", "--at", "2026-11-23T04:00:00Z", "--demand", "villages.csv"];
            all.extend(more);
            run(folder.path(), &all)
        };
        let output = layout(&["--crs", "gcj02", "--format", "json"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!((&report["covered"]["share"], &report["covered"]["shareByWeight"]), (&0.5.into(), &0.9.into()));
        assert_eq!((&report["gaps"][0]["name"], &report["places"][0]["name"]), (&"远村".into(), &"远村".into()));
        assert_eq!(report["places"][0]["covered"]["shareByWeight"], 1.0);
        let told = stdout(&layout(&["--crs", "gcj02"]));
        assert!(told.contains("1 of 2 points, 50.0 %; by weight 90.0 %") && told.contains("63.2 %"), "{told}");
        let features: Value = serde_json::from_str(&stdout(&layout(&["--crs", "gcj02", "--format", "geojson"]))).unwrap();
        assert_eq!((&features["crs"], &features["features"][0]["properties"]["name"]), (&"gcj02".into(), &"远村".into()));

        let without = layout(&[]);
        assert!(without.status.code() == Some(2) && stderr(&without).contains("--crs"), "{}", stderr(&without));
        std::fs::write(folder.path().join("villages.csv"), "name,latitude,longitude\n甲,34.8,112.4\n乙,x,112.4\n").unwrap();
        let wrong = layout(&["--crs", "wgs84"]);
        assert!(wrong.status.code() == Some(1) && stderr(&wrong).contains("line 3: latitude"), "{}", stderr(&wrong));
    }
}

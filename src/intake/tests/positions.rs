//! Positions in datums, grids and shapes.

use super::*;
use crate::geo::Crs;

const FIELDS: &str = "[fields]\nname = \"name\"\n";

fn with(position: &str) -> Profile {
    profile(&format!("position = {{ {position} }}\n{FIELDS}"))
}

fn degrees(row: &RowOutcome) -> (f64, f64) {
    let position = stated(row).draft.position.unwrap().position;
    (position.latitude(), position.longitude())
}

#[test]
fn a_profile_without_a_datum_is_refused() {
    let error = Profile::parse(&text(&format!("position = {{ latitude = \"lat\", longitude = \"lng\" }}\n{FIELDS}")));
    let message = error.unwrap_err().to_string();
    assert!(message.contains("position.crs") && message.contains("gcj02"), "{message}");
}

#[test]
fn a_pair_stands_in_either_order_and_with_any_space() {
    for (order, pair) in [("lat,lng", "\" 34.5 , 112.5 \""), ("lng,lat", "\"112.5,34.5\""), ("lat,lng", "34.5 112.5")] {
        let profile = with(&format!("crs = \"wgs84\", pair = \"p\", order = \"{order}\""));
        let row = only(&profile, &format!("id,name,p\n1,a,{pair}\n"));
        assert_eq!(degrees(&row), (34.5, 112.5), "{pair}");
    }
}

#[test]
fn a_grid_is_read_by_its_number() {
    // The false origin of EPSG:5181 lies on 38° N, 127° E.
    let profile = with("epsg = 5181, x = \"x\", y = \"y\", bbox = [100000, 400000, 300000, 600000]");
    let rows = read(&profile, b"id,name,x,y\n1,a,200000,500000\n2,b,500000,200000\n");
    let (latitude, longitude) = degrees(&rows[0]);
    assert!((latitude - 38.0).abs() < 1e-7 && (longitude - 127.0).abs() < 1e-7);
    assert_eq!(results(&rows)[1], "rejected:outside_bbox");
}

#[test]
fn each_row_may_state_its_own_datum_and_must_where_it_has_a_position() {
    let from = "crs_from = { column = \"datum\", map = { G = \"gcj02\", W = \"wgs84\" } }";
    let profile = with(&format!("{from}, latitude = \"lat\", longitude = \"lng\", missing = \"unlocated\""));
    let rows = read(&profile, b"id,name,lat,lng,datum\n1,a,34.8,112.4,G\n2,b,34.8,112.4,W\n3,c,34.8,112.4,\n4,d,,,\n");
    assert_eq!(results(&rows), ["stated", "stated", "rejected:missing_datum", "stated"]);
    assert_eq!(stated(&rows[0]).draft.position.unwrap().given, Crs::Gcj02);
    assert_eq!(degrees(&rows[1]), (34.8, 112.4));
    assert_eq!(stated(&rows[3]).draft.position, None);
    assert_eq!(count(&rows, "position", "unlocated"), 2);
}

#[test]
fn numbers_that_are_no_place_are_turned_away_even_where_none_is_needed() {
    let profile = with("crs = \"wgs84\", latitude = \"lat\", longitude = \"lng\", missing = \"unlocated\"");
    let rows = read(&profile, b"id,name,lat,lng\n1,a,north,110\n2,b,91,110\n3,c,30,\n4,d,,\n");
    let bad = "rejected:bad_position";
    assert_eq!(results(&rows), [bad, bad, bad, "stated"]);
}

#[test]
fn a_list_of_addresses_needs_no_datum() {
    let profile = with("missing = \"unlocated\"");
    assert_eq!(stated(&only(&profile, "id,name\n1,a\n")).draft.position, None);
}

#[test]
fn a_source_can_say_that_its_points_are_not_shifted() {
    let profile = with("crs = \"wgs84\", latitude = \"lat\", longitude = \"lng\", shifted = false");
    assert!(!stated(&only(&profile, "id,name,lat,lng\n1,a,22.3,114.2\n")).draft.position.unwrap().shifted);
}

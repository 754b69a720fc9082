use ::geo::{Distance, Geodesic, Point};
use proptest::prelude::*;

use super::{anywhere, at};
use crate::geo::{
    EARTH_RADIUS_METRES, UnitVector, Wgs84, bearing, chord_squared_to_metres, great_circle, metres_to_chord_squared,
};

const HALF_CIRCUMFERENCE: f64 = std::f64::consts::PI * EARTH_RADIUS_METRES;

/// What the rounding of unit vectors may cost: a nanometre, times generosity.
const ROUNDING_METRES: f64 = 1e-6;

fn chord_squared(a: Wgs84, b: Wgs84) -> f64 {
    UnitVector::from(a).chord_squared(&UnitVector::from(b))
}

fn on_the_ellipsoid(a: Wgs84, b: Wgs84) -> f64 {
    Geodesic.distance(Point::new(a.longitude(), a.latitude()), Point::new(b.longitude(), b.latitude()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn distance_is_a_metric(a in anywhere(), b in anywhere(), c in anywhere()) {
        prop_assert!(great_circle(a, a).abs() <= 0.0);
        prop_assert!((great_circle(a, b) - great_circle(b, a)).abs() <= 0.0);
        prop_assert!(great_circle(a, c) <= great_circle(a, b) + great_circle(b, c) + ROUNDING_METRES);
        prop_assert!((0.0..=HALF_CIRCUMFERENCE).contains(&great_circle(a, b)));
    }

    #[test]
    fn the_sphere_is_within_six_in_a_thousand_of_the_ellipsoid(a in anywhere(), b in anywhere()) {
        let ellipsoid = on_the_ellipsoid(a, b);
        prop_assert!((great_circle(a, b) - ellipsoid).abs() <= 0.006 * ellipsoid + ROUNDING_METRES);
    }

    #[test]
    fn chords_order_places_as_great_circles_do(from in anywhere(), a in anywhere(), b in anywhere()) {
        let difference = great_circle(from, a) - great_circle(from, b);
        // Beside the antipode the chords of places a metre apart are one number.
        prop_assume!(difference.abs() > 1.0);
        prop_assert_eq!(chord_squared(from, a) < chord_squared(from, b), difference < 0.0);
    }

    #[test]
    fn chords_order_neighbours_to_the_millimetre(from in anywhere(), north in 0.0..0.01_f64, further in 1e-8..0.01_f64) {
        prop_assume!(from.latitude() < 89.9);
        let near = at(from.latitude() + north, from.longitude());
        let far = at(from.latitude() + north + further, from.longitude());
        prop_assert!(chord_squared(from, near) < chord_squared(from, far));
    }

    #[test]
    fn chord_and_metres_convert_both_ways(metres in 0.0..19_900_000.0_f64) {
        let back = chord_squared_to_metres(metres_to_chord_squared(metres));
        prop_assert!((back - metres).abs() < 1e-6);
    }

    #[test]
    fn conversions_never_decrease(a in -10.0..2.1e7_f64, b in -10.0..2.1e7_f64, c in 0.0..=4.0_f64, d in 0.0..=4.0_f64) {
        prop_assert!(metres_to_chord_squared(a.min(b)) <= metres_to_chord_squared(a.max(b)));
        prop_assert!(chord_squared_to_metres(c.min(d)) <= chord_squared_to_metres(c.max(d)));
    }

    #[test]
    fn a_bearing_is_below_a_full_turn(a in anywhere(), b in anywhere()) {
        prop_assert!((0.0..360.0).contains(&bearing(a, b)));
    }

    #[test]
    fn the_way_back_between_neighbours_is_the_opposite_one(
        latitude in -80.0..80.0_f64,
        longitude in -179.0..179.0_f64,
        degrees in 1e-6..1e-5_f64,
        direction in 0.0..std::f64::consts::TAU,
    ) {
        let a = at(latitude, longitude);
        let b = at(latitude + degrees * direction.cos(), longitude + degrees * direction.sin());
        let turn = (bearing(b, a) - bearing(a, b)).abs();
        prop_assert!((turn - 180.0).abs() < 0.01);
    }
}

#[test]
fn known_distances() {
    let close = |metres: f64, expected: f64| {
        assert!((metres - expected).abs() < 1e-6, "{metres} is not {expected}");
    };
    close(great_circle(at(0.0, 0.0), at(0.0, 180.0)), HALF_CIRCUMFERENCE);
    close(great_circle(at(90.0, 0.0), at(-90.0, 77.0)), HALF_CIRCUMFERENCE);
    close(great_circle(at(90.0, 0.0), at(90.0, 123.0)), 0.0);
    close(great_circle(at(12.0, 180.0), at(12.0, -180.0)), 0.0);
    // A second of arc short of the antipode, where the arcsine of the chord is off by decimetres.
    let second = (1.0_f64 / 3600.0).to_radians() * EARTH_RADIUS_METRES;
    close(great_circle(at(1.0 / 3600.0, 0.0), at(0.0, 180.0)), HALF_CIRCUMFERENCE - second);
    // A millimetre to the north.
    let millimetre = (0.001 / EARTH_RADIUS_METRES).to_degrees();
    assert!((great_circle(at(34.0, 112.0), at(34.0 + millimetre, 112.0)) - 0.001).abs() < 1e-8);
}

#[test]
fn the_ends_of_the_conversions() {
    assert!(metres_to_chord_squared(-1.0).abs() <= 0.0);
    for metres in [HALF_CIRCUMFERENCE, 2.1e7, f64::INFINITY] {
        assert!((metres_to_chord_squared(metres) - 4.0).abs() <= 0.0);
    }
    for beyond_rounding in [4.0, 4.000_000_1] {
        assert!((chord_squared_to_metres(beyond_rounding) - HALF_CIRCUMFERENCE).abs() < 1e-6);
    }
}

#[test]
fn known_bearings() {
    let home = at(34.8264, 112.4364);
    let close = |degrees: f64, expected: f64| {
        assert!((degrees - expected).abs() < 1e-3, "{degrees} is not {expected}");
    };
    close(bearing(home, at(34.8265, 112.4364)), 0.0);
    close(bearing(home, at(34.8264, 112.4365)), 90.0);
    close(bearing(home, at(34.8263, 112.4364)), 180.0);
    close(bearing(home, at(34.8264, 112.4363)), 270.0);
    close(bearing(home, home), 0.0);
    close(bearing(at(0.0, 179.5), at(0.0, -179.5)), 90.0);
    close(bearing(home, at(90.0, 0.0)), 0.0);
    close(bearing(home, at(-90.0, 0.0)), 180.0);
}

#[test]
fn one_place_is_one_vector_however_it_is_written() {
    let vector = |latitude, longitude| UnitVector::from(at(latitude, longitude));
    assert_eq!(vector(12.5, 180.0), vector(12.5, -180.0));
    for pole in [90.0, -90.0] {
        assert_eq!(vector(pole, 0.0), vector(pole, 112.4));
        assert_eq!(vector(pole, -180.0), vector(pole, 180.0));
    }
}

#![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use proptest::prelude::*;

use super::at;
use crate::geo::{Outline, OutlineFault, Ring, great_circle};

/// A longitude as it is written: beyond ±180 it goes on at the other side.
fn wrapped(longitude: f64) -> f64 {
    (longitude + 540.0).rem_euclid(360.0) - 180.0
}

/// The closed ring of a star around a centre, its spikes in the order of their angles, as (longitude, latitude) that may
/// go beyond ±180.
fn star(centre: (f64, f64), spikes: &[f64]) -> Ring {
    let corner = |(index, &reach): (usize, &f64)| {
        let angle = std::f64::consts::TAU * f64::from(u32::try_from(index).unwrap())
            / f64::from(u32::try_from(spikes.len()).unwrap());
        (centre.0 + reach * angle.cos(), centre.1 + reach * angle.sin())
    };
    let mut ring: Ring = spikes.iter().enumerate().map(corner).collect();
    ring.push(*ring.first().unwrap());
    ring
}

/// Whether a ring runs around a place, by counting the edges to the east of it: the textbook, without any library.
fn runs_around(ring: &Ring, (x, y): (f64, f64)) -> bool {
    let edges = ring.windows(2).filter(|edge| {
        let ((ax, ay), (bx, by)) = (edge[0], edge[1]);
        (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
    });
    edges.count() % 2 == 1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// With a hole, on both sides of the antimeridian and elsewhere, given in one piece.
    #[test]
    fn a_place_is_covered_where_the_ring_runs_around_it(
        longitude in prop_oneof![2 => 175.0..185.0, 1 => -170.0..170.0],
        latitude in -80.0..80.0,
        spikes in prop::collection::vec(1.0..4.0, 5..30),
        hole in prop::collection::vec(0.1..0.5, 5..9),
        (east, north) in (-5.0..5.0, -5.0..5.0),
    ) {
        let (edge, hole) = (star((longitude, latitude), &spikes), star((longitude, latitude), &hole));
        let written = |ring: &Ring| ring.iter().map(|&(x, y)| (wrapped(x), y)).collect::<Ring>();
        let outline = Outline::of_area(vec![vec![written(&edge), written(&hole)]]).unwrap();
        prop_assert!(outline.rings().iter().flatten().flatten().all(|(x, _)| (-180.0..=180.0).contains(x)));
        let place = (longitude + east, latitude + north);
        let wanted = runs_around(&edge, place) && !runs_around(&hole, place);
        let position = at(place.1, wrapped(place.0));
        // Cutting rounds the corners to a grid of some centimetres: on the line itself either answer is right.
        if outline.covers(position) != wanted {
            let nudged = [(1e-6, 0.0), (-1e-6, 0.0), (0.0, 1e-6), (0.0, -1e-6)];
            prop_assert!(nudged.iter().any(|(x, y)| outline.covers(at(place.1 + y, wrapped(place.0 + x))) == wanted));
        }
        prop_assert_eq!(outline.metres_outside(position) > 0.0, !outline.covers(position));
    }
}

/// How far a place lies from a piece of a line, in metres, on the plane around 34° N.
fn aside((x, y): (f64, f64), edge: &[(f64, f64)]) -> f64 {
    let scale = f64::to_radians(34.0).cos();
    let flat = |(a, b): (f64, f64)| ((a - x) * scale, b - y);
    let ((ax, ay), (bx, by)) = (flat(edge[0]), flat(edge[1]));
    let (dx, dy) = (bx - ax, by - ay);
    let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy).max(1e-18)).clamp(0.0, 1.0);
    (ax + along * dx).hypot(ay + along * dy).to_radians() * 6_371_008.8
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn drawing_simply_keeps_every_corner_within_the_tolerance(spikes in prop::collection::vec(1.0..1.05, 100..300)) {
        let outline = Outline::of_area(vec![vec![star((112.0, 34.0), &spikes)]]).unwrap();
        let drawn = outline.simplified(2_000.0);
        prop_assert!(drawn.corners() < outline.corners(), "{} corners are left", drawn.corners());
        let rings = drawn.rings();
        for &corner in outline.rings().iter().flatten().flatten() {
            let edges = rings.iter().flatten().flat_map(|ring| ring.windows(2));
            let least = edges.map(|edge| aside(corner, edge)).fold(f64::INFINITY, f64::min);
            prop_assert!(least < 2_000.0 * 1.05, "{least} m");
        }
    }
}

fn square(west: f64, south: f64, size: f64) -> Ring {
    vec![(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
}

#[test]
fn what_is_no_outline_is_told_with_its_place() {
    let bow = vec![(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)];
    let fault = Outline::of_area(vec![vec![bow]]).unwrap_err();
    assert!(
        matches!(&fault, OutlineFault::Crossing { place: Some((x, y)), .. } if (x - 1.0).abs() + (y - 1.0).abs() < 1e-9)
    );
    assert!(fault.to_string().contains("self-intersection, at 1.000000, 1.000000"), "{fault}");

    let mut open = square(0.0, 0.0, 1.0);
    open.pop();
    let fault = Outline::of_area(vec![vec![square(5.0, 0.0, 1.0)], vec![square(0.0, 0.0, 3.0), open]]).unwrap_err();
    assert_eq!(fault, OutlineFault::Open { polygon: 2, ring: 2 });

    let stray = Outline::of_area(vec![vec![square(0.0, 0.0, 1.0), square(5.0, 5.0, 1.0)]]).unwrap_err();
    assert!(stray.to_string().contains("not contained"), "{stray}");
    let twice = Outline::of_area(vec![vec![square(0.0, 0.0, 1.0)], vec![square(0.5, 0.5, 1.0)]]).unwrap_err();
    assert!(twice.to_string().contains("overlap"), "{twice}");

    let spikes: Vec<f64> = (0..20_001).map(|_| 1.0).collect();
    let fault = Outline::of_area(vec![vec![star((0.0, 0.0), &spikes)]]).unwrap_err();
    assert_eq!(fault, OutlineFault::TooMany { corners: 20_002 });
}

#[test]
fn a_ring_around_a_pole_must_be_cut() {
    let around: Ring = (0..=12).map(|step| (wrapped(f64::from(step) * 30.0), -70.0)).collect();
    assert_eq!(Outline::of_area(vec![vec![around]]).unwrap_err(), OutlineFault::AroundPole { polygon: 1 });
    // As RFC 7946 wants it.
    let cut = vec![(-180.0, -90.0), (180.0, -90.0), (180.0, -70.0), (0.0, -65.0), (-180.0, -70.0), (-180.0, -90.0)];
    let outline = Outline::of_area(vec![vec![cut]]).unwrap();
    assert!(outline.covers(at(-89.0, 17.0)) && outline.covers(at(-90.0, 0.0)) && !outline.covers(at(-60.0, 0.0)));
}

#[test]
fn what_lies_outside_is_measured() {
    let outline = Outline::of_area(vec![vec![square(179.0, 0.0, 1.0)]]).unwrap();
    let metres = outline.metres_outside(at(0.5, -179.99));
    assert!((metres - great_circle(at(0.5, 180.0), at(0.5, -179.99))).abs() < 1.0, "{metres}");
    assert!(outline.covers(at(0.5, -180.0)), "one meridian under two names");
}

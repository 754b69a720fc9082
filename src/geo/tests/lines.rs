use ::geo::line_intersection::line_intersection;
use ::geo::{Coord, Line};
use proptest::prelude::*;

use super::at;
use crate::geo::{LineIndex, UnitVector, Wgs84, great_circle};

/// Places on a plane on which great circles are straight lines (the gnomonic projection), in kilometres around a centre.
type Flat = (f64, f64);

/// From the plane that touches the Earth at `centre` back onto the Earth.
fn place(centre: Wgs84, (east, north): Flat) -> Wgs84 {
    let (latitude, longitude) = (centre.latitude().to_radians(), centre.longitude().to_radians());
    let (x, y) = (east / 6_371.008_8, north / 6_371.008_8);
    let up = [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()];
    let eastward = [-longitude.sin(), longitude.cos(), 0.0];
    let northward = [-latitude.sin() * longitude.cos(), -latitude.sin() * longitude.sin(), latitude.cos()];
    let there = [0, 1, 2].map(|axis| up[axis] + x * eastward[axis] + y * northward[axis]);
    at(there[2].atan2(there[0].hypot(there[1])).to_degrees(), there[1].atan2(there[0]).to_degrees())
}

fn centre() -> impl Strategy<Value = Wgs84> {
    let known = vec![(34.9, 112.5), (-17.0, 180.0), (-17.0, -179.99), (90.0, 0.0), (-89.9, 77.0), (0.0, 0.0)];
    prop_oneof![
        2 => prop::sample::select(known).prop_map(|(latitude, longitude)| at(latitude, longitude)),
        1 => super::anywhere(),
    ]
}

/// A plane's line in kilometres: a town, a county, or a country.
fn line() -> impl Strategy<Value = Vec<Flat>> {
    let scale = prop::sample::select(vec![1.0, 30.0, 2_000.0]);
    (scale, prop::collection::vec((-1.0..1.0, -1.0..1.0), 2..40))
        .prop_map(|(scale, places)| places.into_iter().map(|(x, y)| (x * scale, y * scale)).collect())
}

/// How often a way crosses lines, one piece after the other, on the plane; `None` where it runs within a millimetre of an
/// end, so that rounding decides.
fn counted(lines: &[Vec<Flat>], from: Flat, to: Flat) -> Option<Vec<usize>> {
    let coord = |(x, y): Flat| Coord { x, y };
    let way = Line::new(coord(from), coord(to));
    let mut crossed = vec![0; lines.len()];
    for (number, line) in lines.iter().enumerate() {
        for piece in line.windows(2) {
            let piece = Line::new(coord(piece[0]), coord(piece[1]));
            let near = |line: &Line, point: Coord| {
                let along = line.delta();
                let length = along.x.hypot(along.y).max(1e-12);
                let aside = ((point.x - line.start.x) * along.y - (point.y - line.start.y) * along.x) / length;
                aside.abs() < 1e-6 * (1.0 + point.x.abs() + point.y.abs())
            };
            if near(&way, piece.start) || near(&way, piece.end) || near(&piece, way.start) || near(&piece, way.end) {
                return None;
            }
            crossed[number] += usize::from(line_intersection(way, piece).is_some());
        }
    }
    Some(crossed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_way_crosses_what_it_crosses_on_the_plane(
        centre in centre(),
        lines in prop::collection::vec(line(), 0..8),
        from in (-30.0..30.0, -30.0..30.0),
        to in (-30.0..30.0, -30.0..30.0),
        shrink in prop::sample::select(vec![1.0, 0.02]),
    ) {
        let (from, to) = ((from.0 * shrink, from.1 * shrink), (to.0 * shrink, to.1 * shrink));
        let Some(wanted) = counted(&lines, from, to) else { return Ok(()) };
        let on_earth: Vec<Vec<Wgs84>> = lines.iter().map(|line| line.iter().map(|&flat| place(centre, flat)).collect()).collect();
        let index = LineIndex::new(on_earth.iter().map(Vec::as_slice));
        let (start, end) = (place(centre, from), place(centre, to));
        let mut found = vec![0; lines.len()];
        let mut furthest = 0.0_f64;
        index.crossed(&start.into(), &end.into(), &mut |crossed| {
            found[crossed.line] += 1;
            furthest = furthest.max((crossed.metres + crossed.metres_from(&end.into()) - great_circle(start, end)).abs());
        });
        prop_assert_eq!(&found, &wanted);
        prop_assert!(furthest < 1e-3, "a crossing lies on the way: {}", furthest);
        // The other way round it is the same.
        let mut back = vec![0; lines.len()];
        index.crossed(&end.into(), &start.into(), &mut |crossed| back[crossed.line] += 1);
        prop_assert_eq!(&back, &wanted);
    }
}

fn crossings(line: &[(f64, f64)], from: (f64, f64), to: (f64, f64)) -> usize {
    let line: Vec<Wgs84> = line.iter().map(|&(latitude, longitude)| at(latitude, longitude)).collect();
    let ends =
        [from, to].map(|(latitude, longitude)| UnitVector::from(at::<crate::geo::Wgs84Datum>(latitude, longitude)));
    let mut count = 0;
    LineIndex::new([line.as_slice()]).crossed(&ends[0], &ends[1], &mut |_| count += 1);
    count
}

#[test]
fn a_way_through_a_corner_crosses_once_and_along_one_side_never() {
    let bend = [(0.0, -1.0), (0.0, 0.0), (1.0, 1.0)];
    assert_eq!(crossings(&bend, (-0.5, 0.0), (0.5, 0.0)), 1, "through the corner to the other side");
    let tip = [(1.0, -1.0), (0.0, 0.0), (1.0, 1.0)];
    assert_eq!(crossings(&tip, (0.0, -0.5), (0.0, 0.5)) % 2, 0, "past the tip");
    assert_eq!(crossings(&tip, (0.5, -2.0), (0.5, 2.0)), 2, "in and out");
}

#[test]
fn the_far_side_of_the_earth_is_not_crossed() {
    assert_eq!(crossings(&[(-1.0, 180.0), (1.0, 180.0)], (0.0, -1.0), (0.0, 1.0)), 0);
    assert_eq!(crossings(&[(-1.0, 180.0), (1.0, -180.0)], (0.0, 179.0), (0.0, -179.0)), 1);
    assert_eq!(crossings(&[(89.0, 0.0), (89.0, 180.0)], (89.5, 90.0), (89.5, -90.0)), 1, "over the pole");
    assert_eq!(crossings(&[(1.0, 0.0), (1.0, 0.0)], (0.0, 0.0), (2.0, 0.0)), 0, "a line of no length");
    assert_eq!(crossings(&[(-1.0, 0.0), (1.0, 0.0)], (0.0, 0.0), (0.0, 0.0)), 0, "a way of no length");
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let index = LineIndex::new([]);
    assert!(index.is_empty());
    let here = UnitVector::from(at::<crate::geo::Wgs84Datum>(1.0, 1.0));
    let mut found = Vec::new();
    index.crossed(&here, &here, &mut |crossed| found.push(crossed.line));
    assert!(found.is_empty(), "{found:?}");
    assert!(LineIndex::new([[at(1.0, 1.0)].as_slice()]).is_empty(), "one place is no line");
}

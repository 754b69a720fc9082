//! Outlines that reach across the antimeridian, cut in two there (RFC 7946, 3.1.9).

use ::geo::{BooleanOps, LineString, MultiPolygon, Polygon};

/// Rings as they are given: corners as (longitude, latitude) in degrees, the edge first, then the holes.
type Rings = Vec<Vec<(f64, f64)>>;

/// A ring runs once around the Earth: the outline holds a pole and cannot be cut in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AroundPole;

/// The polygon as one or several that stay on their side of the antimeridian.
///
/// An edge of more than half a turn is taken for one that goes the short way, across the antimeridian; but not along a
/// pole, where a ring that has been cut already runs the whole way.
pub(super) fn cut(polygon: Rings) -> Result<Vec<Rings>, AroundPole> {
    if !polygon.iter().any(|ring| jumps(ring)) {
        return Ok(vec![polygon]);
    }
    let mut rings = polygon.iter().map(|ring| unrolled(ring)).collect::<Result<Vec<_>, _>>()?.into_iter();
    let Some(edge) = rings.next() else { return Ok(Vec::new()) };
    let begins = west(&edge);
    // A hole may have been unrolled on the other side of the edge that it lies in.
    let holes = rings.map(|hole| {
        let turns = ((begins - west(&hole)) / 360.0).ceil();
        LineString::from(hole.into_iter().map(|(x, y)| (x + turns * 360.0, y)).collect::<Vec<_>>())
    });
    let whole = Polygon::new(LineString::from(edge), holes.collect());
    let mut pieces = Vec::new();
    for turn in [-1.0, 0.0, 1.0] {
        let piece = whole.intersection(&world(turn));
        pieces.extend(piece.iter().map(|polygon| moved_back(polygon, turn)));
    }
    Ok(pieces)
}

/// Whether the ring has an edge of more than half a turn that does not run along a pole.
fn jumps(ring: &[(f64, f64)]) -> bool {
    ring.windows(2).any(|edge| match edge {
        [(from, a), (to, b)] => (to - from).abs() > 180.0 && !(a.abs() >= 90.0 && b.abs() >= 90.0),
        _ => false,
    })
}

/// The ring with longitudes that go on beyond ±180, no edge longer than half a turn.
fn unrolled(ring: &[(f64, f64)]) -> Result<Vec<(f64, f64)>, AroundPole> {
    let mut unrolled: Vec<(f64, f64)> = Vec::with_capacity(ring.len());
    for &(longitude, latitude) in ring {
        let turns = unrolled.last().map_or(0.0, |(before, _)| ((before - longitude) / 360.0).round());
        unrolled.push((longitude + turns * 360.0, latitude));
    }
    match (unrolled.first(), unrolled.last()) {
        (Some((first, _)), Some((last, _))) if (first - last).abs() > 180.0 => Err(AroundPole),
        _ => Ok(unrolled),
    }
}

fn west(ring: &[(f64, f64)]) -> f64 {
    ring.iter().map(|(longitude, _)| *longitude).fold(f64::INFINITY, f64::min)
}

/// All latitudes, and the longitudes of that turn.
fn world(turn: f64) -> MultiPolygon {
    let (west, east) = (turn * 360.0 - 180.0, turn * 360.0 + 180.0);
    let corners = [(west, -90.0), (east, -90.0), (east, 90.0), (west, 90.0)];
    MultiPolygon::new(vec![Polygon::new(LineString::from(corners.to_vec()), Vec::new())])
}

fn moved_back(polygon: &Polygon, turn: f64) -> Rings {
    let back = |ring: &LineString| {
        ring.coords()
            .map(|corner| ((corner.x - turn * 360.0).clamp(-180.0, 180.0), corner.y.clamp(-90.0, 90.0)))
            .collect()
    };
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(back).collect()
}

//! A way on the ground, and where places lie beside it.

use super::distance::{EARTH_RADIUS_METRES, UnitVector};
use super::position::Wgs84;

/// A stretch is looked at in pieces of this length, in metres, so that the box around each is small.
const PIECE_METRES: f64 = 20_000.0;

/// A line of great circles between positions.
#[derive(Debug, Clone)]
pub struct Route {
    pieces: Vec<Piece>,
}

/// Where a place lies beside a way, in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beside {
    /// From the beginning of the way to where it is nearest to the place.
    pub along: f64,
    /// From there to the place.
    pub aside: f64,
}

/// A stretch of great circle, short against the Earth.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    from: [f64; 3],
    to: [f64; 3],
    /// The axis around which it turns, of length 1; nothing where it has no length.
    axis: Option<[f64; 3]>,
    /// How long it is, and how far from the beginning of the way it begins, in radians.
    angle: f64,
    begins: f64,
}

impl Route {
    /// The way by these positions in their order. Two antipodes in a row have no way between them that is shorter than
    /// others: any will do.
    #[must_use]
    pub fn new(line: &[Wgs84]) -> Self {
        let line: Vec<[f64; 3]> = line.iter().map(|place| UnitVector::from(*place).components()).collect();
        let (mut pieces, mut begins) = (Vec::new(), 0.0);
        let pairs = line.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        let alone = line.first().filter(|_| line.len() == 1).map(|at| (*at, *at));
        for (from, to) in pairs.chain(alone) {
            let whole = angle(from, to);
            let axis = unit(cross(from, to));
            let count = (whole * EARTH_RADIUS_METRES / PIECE_METRES).ceil().max(1.0);
            let mut at = from;
            let mut number = 1.0;
            while number <= count {
                let next = if number >= count { to } else { turned(from, axis, whole * number / count) };
                let piece = Piece { from: at, to: next, axis, angle: whole / count, begins };
                begins += piece.angle;
                pieces.push(piece);
                at = next;
                number += 1.0;
            }
        }
        Self { pieces }
    }

    /// How long it is, in metres.
    #[must_use]
    pub fn metres(&self) -> f64 {
        self.pieces.last().map_or(0.0, |last| (last.begins + last.angle) * EARTH_RADIUS_METRES)
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

impl Piece {
    /// Where a place lies beside this piece.
    #[must_use]
    pub fn beside(&self, place: &UnitVector) -> Beside {
        let place = place.components();
        let (along, aside) = self.angles(place);
        Beside { along: (self.begins + along) * EARTH_RADIUS_METRES, aside: aside * EARTH_RADIUS_METRES }
    }

    fn angles(&self, place: [f64; 3]) -> (f64, f64) {
        if let Some(axis) = self.axis {
            let height = dot(place, axis);
            let along = dot(axis, cross(self.from, place)).atan2(dot(self.from, place));
            if (0.0..=self.angle).contains(&along) {
                return (along, height.clamp(-1.0, 1.0).asin().abs());
            }
        }
        let (from, to) = (angle(self.from, place), angle(self.to, place));
        if from <= to { (0.0, from) } else { (self.angle, to) }
    }

    /// The lower and the upper corner of a box around the unit vectors of all places up to so many metres beside it.
    #[must_use]
    pub fn in_space(&self, metres: f64) -> ([f64; 3], [f64; 3]) {
        // The chord is shorter than the arc, and the arc bulges beyond the chord by less than an eighth of its angle squared.
        let beside = metres / EARTH_RADIUS_METRES + self.angle * self.angle / 8.0 + 1e-12;
        let corner = |axis: usize, pick: fn(f64, f64) -> f64| pick(self.from[axis], self.to[axis]);
        (
            std::array::from_fn(|axis| corner(axis, f64::min) - beside),
            std::array::from_fn(|axis| corner(axis, f64::max) + beside),
        )
    }
}

/// The angle between two unit vectors, in radians.
fn angle(a: [f64; 3], b: [f64; 3]) -> f64 {
    let across = cross(a, b);
    dot(across, across).sqrt().atan2(dot(a, b))
}

/// A vector turned around an axis to which it is perpendicular.
fn turned(from: [f64; 3], axis: Option<[f64; 3]>, angle: f64) -> [f64; 3] {
    let Some(axis) = axis else { return from };
    let (sine, cosine) = angle.sin_cos();
    let beside = cross(axis, from);
    std::array::from_fn(|part| from[part] * cosine + beside[part] * sine)
}

fn unit(vector: [f64; 3]) -> Option<[f64; 3]> {
    let length = dot(vector, vector).sqrt();
    (length > 1e-15).then(|| vector.map(|part| part / length))
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cross([ax, ay, az]: [f64; 3], [bx, by, bz]: [f64; 3]) -> [f64; 3] {
    [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

    use proptest::prelude::*;

    use super::*;
    use crate::geo::great_circle;

    fn at(latitude: f64, longitude: f64) -> Wgs84 {
        Wgs84::new(latitude, longitude).unwrap()
    }

    fn nearest(route: &Route, place: Wgs84) -> Beside {
        let all = route.pieces().iter().map(|piece| piece.beside(&place.into()));
        all.min_by(|a, b| a.aside.total_cmp(&b.aside)).unwrap()
    }

    #[test]
    fn a_way_along_the_equator_is_measured_in_degrees() {
        let route = Route::new(&[at(0.0, 179.0), at(0.0, -179.0), at(0.0, -178.0)]);
        let degree = EARTH_RADIUS_METRES.to_radians();
        assert!((route.metres() - 3.0 * degree).abs() < 1e-3);
        let beside = nearest(&route, at(0.5, -178.5));
        assert!((beside.along - 2.5 * degree).abs() < 1.0 && (beside.aside - 0.5 * degree).abs() < 1.0, "{beside:?}");
        let before = nearest(&route, at(0.0, 178.0));
        assert!(before.along.abs() < 1e-6 && (before.aside - degree).abs() < 1e-3);
        let point = Route::new(&[at(34.8, 112.4)]);
        assert!((point.metres(), nearest(&point, at(34.8, 112.4)).aside) == (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn what_is_beside_is_as_near_as_the_nearest_step_of_the_way(
            latitude in -80.0_f64..80.0, longitude in -180.0_f64..180.0, turns in prop::collection::vec((-0.3_f64..0.3, -0.3_f64..0.3), 1..4),
            (north, east) in (-0.4_f64..0.4, -0.4_f64..0.4),
        ) {
            let near = |(north, east): (f64, f64)| at(latitude + north, (longitude + east + 540.0).rem_euclid(360.0) - 180.0);
            let line: Vec<Wgs84> = std::iter::once((0.0, 0.0)).chain(turns).map(near).collect();
            let (route, place) = (Route::new(&line), near((north, east)));
            let beside = nearest(&route, place);
            // Between two positions 40 km apart at most, a straight line in degrees is no great circle, but a chord of it is.
            let steps = line.windows(2).flat_map(|pair| {
                let [a, b] = [UnitVector::from(pair[0]).components(), UnitVector::from(pair[1]).components()];
                (0..=200).map(move |step| {
                    let part = f64::from(step) / 200.0;
                    let [x, y, z]: [f64; 3] = std::array::from_fn(|axis| a[axis] + (b[axis] - a[axis]) * part);
                    at(z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees())
                })
            });
            let least = steps.map(|step| great_circle(step, place)).fold(f64::INFINITY, f64::min);
            prop_assert!(beside.aside <= least + 0.01 && least <= beside.aside + 400.0, "{beside:?} {least}");
            for piece in route.pieces() {
                let ((low, high), own) = (piece.in_space(5_000.0), piece.beside(&place.into()));
                let spot = UnitVector::from(place).components();
                let lies = (0..3).all(|axis| low[axis] <= spot[axis] && spot[axis] <= high[axis]);
                prop_assert!(lies || own.aside > 5_000.0);
            }
        }
    }
}

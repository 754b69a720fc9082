//! A box of latitudes and longitudes.

use super::position::{PositionError, Wgs84};

/// A box between two meridians and two parallels, in degrees, its edges included.
///
/// A box whose west is greater than its east reaches across the antimeridian, as in `GeoJSON` (RFC
/// 7946, 5.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// Four numbers that are no box.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BoundsError {
    /// A corner is no position.
    #[error(transparent)]
    Corner(#[from] PositionError),
    /// The southern edge lies north of the northern one.
    #[error("south must not be greater than north")]
    UpsideDown,
}

impl Bounds {
    /// The box with these edges, in the order of `bbox`.
    ///
    /// # Errors
    /// [`BoundsError`] where an edge is out of range, or `south` is greater than `north`.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, BoundsError> {
        Wgs84::new(south, west)?;
        Wgs84::new(north, east)?;
        if south > north {
            return Err(BoundsError::UpsideDown);
        }
        Ok(Self { west, south, east, north })
    }

    /// Whether the place lies in the box or on its edge.
    #[must_use]
    pub fn contains(&self, position: Wgs84) -> bool {
        if position.latitude() < self.south || position.latitude() > self.north {
            return false;
        }
        let longitude = position.longitude();
        // 180° E and 180° W are one meridian, whichever the place and the box call it.
        self.spans(longitude) || (longitude.abs() >= 180.0 && self.spans(-longitude))
    }

    /// Whether the box reaches across the antimeridian.
    #[must_use]
    pub fn crosses_antimeridian(&self) -> bool {
        self.west > self.east
    }

    /// Western edge in degrees, −180..=180.
    #[must_use]
    pub fn west(&self) -> f64 {
        self.west
    }

    /// Southern edge in degrees, −90..=90.
    #[must_use]
    pub fn south(&self) -> f64 {
        self.south
    }

    /// Eastern edge in degrees, −180..=180.
    #[must_use]
    pub fn east(&self) -> f64 {
        self.east
    }

    /// Northern edge in degrees, −90..=90.
    #[must_use]
    pub fn north(&self) -> f64 {
        self.north
    }

    /// The lower and the upper corner of a box around the unit vectors of all places in this one and up to `margin` degrees
    /// beside it.
    #[must_use]
    pub fn in_space(&self, margin: f64) -> ([f64; 3], [f64; 3]) {
        let (south, north) = ((self.south - margin).max(-90.0), (self.north + margin).min(90.0));
        let (least, most) = radii(south, north);
        // Towards a pole a degree of longitude grows short.
        let beside = margin / least.max(1e-9);
        let turn = if self.crosses_antimeridian() { 360.0 } else { 0.0 };
        let (west, east) = (self.west - beside, self.east + turn + beside);
        let (x, y) = (cosines(west, east), cosines(west - 90.0, east - 90.0));
        let scaled = |(low, high): (f64, f64)| {
            (low.min(0.0) * most + low.max(0.0) * least, high.max(0.0) * most + high.min(0.0) * least)
        };
        let ((x_low, x_high), (y_low, y_high)) = (scaled(x), scaled(y));
        let (z_low, z_high) = (south.to_radians().sin(), north.to_radians().sin());
        ([x_low, y_low, z_low].map(|low| low - ROUNDING), [x_high, y_high, z_high].map(|high| high + ROUNDING))
    }

    fn spans(&self, longitude: f64) -> bool {
        if self.crosses_antimeridian() {
            longitude >= self.west || longitude <= self.east
        } else {
            (self.west..=self.east).contains(&longitude)
        }
    }
}

/// What the arithmetic of unit vectors may be off by, generously: 6 µm on the ground.
const ROUNDING: f64 = 1e-12;

/// The least and the greatest radius of the parallels from `south` to `north`.
fn radii(south: f64, north: f64) -> (f64, f64) {
    let (a, b) = (south.to_radians().cos(), north.to_radians().cos());
    let most = if south <= 0.0 && 0.0 <= north { 1.0 } else { a.max(b) };
    (a.min(b).max(0.0), most)
}

/// The least and the greatest cosine of the angles from `a` to `b`, in degrees.
fn cosines(a: f64, b: f64) -> (f64, f64) {
    // Whether a whole turn and that angle lie among them.
    let holds = |angle: f64| ((a - angle) / 360.0).ceil() * 360.0 + angle <= b;
    let (from, to) = (a.to_radians().cos(), b.to_radians().cos());
    (if holds(180.0) { -1.0 } else { from.min(to) }, if holds(0.0) { 1.0 } else { from.max(to) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

    use proptest::prelude::*;

    use super::*;
    use crate::geo::UnitVector;

    fn holds(bounds: Bounds, latitude: f64, longitude: f64) -> bool {
        bounds.contains(Wgs84::new(latitude, longitude).unwrap())
    }

    #[test]
    fn a_box_holds_its_inside_and_its_edges() {
        let mengjin = Bounds::new(112.2, 34.7, 112.9, 34.95).unwrap();
        assert!(holds(mengjin, 34.8264, 112.4364));
        assert!(holds(mengjin, 34.7, 112.2) && holds(mengjin, 34.95, 112.9));
        assert!(!holds(mengjin, 34.6, 112.4) && !holds(mengjin, 35.0, 112.4));
        assert!(!holds(mengjin, 34.8, 112.1) && !holds(mengjin, 34.8, 113.0));
    }

    #[test]
    fn west_beyond_east_crosses_the_antimeridian() {
        let fiji = Bounds::new(177.0, -20.0, -178.0, -12.0).unwrap();
        assert!(fiji.crosses_antimeridian());
        assert!(holds(fiji, -17.0, 179.0) && holds(fiji, -17.0, -179.0));
        assert!(holds(fiji, -17.0, 180.0) && holds(fiji, -17.0, -180.0));
        assert!(!holds(fiji, -17.0, 0.0) && !holds(fiji, -17.0, 176.0) && !holds(fiji, -17.0, -177.0));
    }

    #[test]
    fn the_antimeridian_is_one_meridian_under_two_names() {
        let up_to_it = Bounds::new(170.0, -10.0, 180.0, 10.0).unwrap();
        assert!(holds(up_to_it, 0.0, 180.0) && holds(up_to_it, 0.0, -180.0));
        assert!(!holds(up_to_it, 0.0, -179.9));
    }

    #[test]
    fn the_whole_world_is_a_box() {
        let world = Bounds::new(-180.0, -90.0, 180.0, 90.0).unwrap();
        assert!(holds(world, 90.0, 0.0) && holds(world, -90.0, 180.0) && holds(world, 0.0, -180.0));
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(Bounds::new(0.0, 2.0, 1.0, 1.0), Err(BoundsError::UpsideDown));
        for bad in [[f64::NAN, 0.0, 1.0, 1.0], [0.0, -91.0, 1.0, 1.0], [0.0, 0.0, 181.0, 1.0], [0.0, 0.0, 1.0, 91.0]] {
            assert!(matches!(Bounds::new(bad[0], bad[1], bad[2], bad[3]), Err(BoundsError::Corner(_))));
        }
    }

    proptest! {
        #[test]
        fn a_box_in_space_holds_all_of_the_box(
            west in -180.0_f64..=180.0, east in -180.0_f64..=180.0, a in -90.0_f64..=90.0, b in -90.0_f64..=90.0,
            (up, along) in (-0.1_f64..1.1, -0.1_f64..1.1), margin in prop_oneof![Just(0.0), Just(0.02)],
        ) {
            let (south, north): (f64, f64) = (f64::min(a, b), f64::max(a, b));
            let bounds = Bounds::new(west, south, east, north).unwrap();
            let wide = if west > east { east + 360.0 - west } else { east - west };
            let longitude = (west + along * wide + 180.0_f64).rem_euclid(360.0) - 180.0;
            let latitude = (south + up * (north - south)).clamp(-90.0, 90.0);
            let Ok(place) = Wgs84::new(latitude, longitude) else { return Ok(()) };
            prop_assume!(bounds.contains(place));
            let ((low, high), at) = (bounds.in_space(margin), UnitVector::from(place).components());
            prop_assert!((0..3).all(|axis| low[axis] <= at[axis] && at[axis] <= high[axis]), "{at:?} {low:?} {high:?}");
        }
    }

    #[test]
    fn a_small_box_is_small_in_space() {
        let bounds = Bounds::new(112.4, 34.8, 112.5, 34.9).unwrap();
        let (low, high) = bounds.in_space(0.02);
        assert!((0..3).all(|axis| high[axis] - low[axis] < 0.004), "{low:?} {high:?}");
    }
}

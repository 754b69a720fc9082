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

    fn spans(&self, longitude: f64) -> bool {
        if self.crosses_antimeridian() {
            longitude >= self.west || longitude <= self.east
        } else {
            (self.west..=self.east).contains(&longitude)
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

    use super::*;

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
}

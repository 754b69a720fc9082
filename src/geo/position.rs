//! A position and the datum it is measured in.

use std::fmt;
use std::marker::PhantomData;

/// A place on the Earth in the datum `D`, in degrees; always finite and in range.
///
/// The datum is part of the type because the same pair of numbers read in another datum is a place
/// some 570 m away: a position without a datum does not exist, and mixing two does not compile.
#[derive(Clone, Copy, PartialEq)]
pub struct Position<D> {
    latitude: f64,
    longitude: f64,
    datum: PhantomData<D>,
}

/// A position in WGS-84: GPS, `OpenStreetMap`, `GeoJSON`, browsers, and everything this program
/// stores.
pub type Wgs84 = Position<Wgs84Datum>;

/// A position in GCJ-02, the shifted datum of WeChat's maps and of Chinese phones.
pub type Gcj02 = Position<Gcj02Datum>;

/// A position in BD-09, Baidu's further shift of GCJ-02.
pub type Bd09 = Position<Bd09Datum>;

/// A datum that a [`Position`] can carry.
pub trait Datum: Copy {
    /// The name the interface uses for it: `wgs84`, `gcj02` or `bd09`.
    const NAME: &'static str;
}

/// Marks a position as WGS-84.
#[derive(Clone, Copy, PartialEq)]
pub enum Wgs84Datum {}

/// Marks a position as GCJ-02.
#[derive(Clone, Copy, PartialEq)]
pub enum Gcj02Datum {}

/// Marks a position as BD-09.
#[derive(Clone, Copy, PartialEq)]
pub enum Bd09Datum {}

impl Datum for Wgs84Datum {
    const NAME: &'static str = "wgs84";
}

impl Datum for Gcj02Datum {
    const NAME: &'static str = "gcj02";
}

impl Datum for Bd09Datum {
    const NAME: &'static str = "bd09";
}

/// A latitude or longitude that no place has.
///
/// Its text names the range but not the value, since coordinates of persons must not reach a log
/// through an error.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{field} must be a number from -{limit} to {limit}", limit = limit(.field))]
pub struct PositionError {
    /// `latitude` or `longitude`.
    pub field: &'static str,
    /// What was given instead, in degrees; may be infinite or not a number.
    pub value: f64,
}

const LATITUDE: &str = "latitude";
const LONGITUDE: &str = "longitude";

impl<D> Position<D> {
    /// The position at these degrees.
    ///
    /// # Errors
    /// [`PositionError`] unless the latitude is within −90..=90 and the longitude within
    /// −180..=180.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, PositionError> {
        for (field, value) in [(LATITUDE, latitude), (LONGITUDE, longitude)] {
            // Not a number is in no range, and so fails here too.
            if !(-limit(field)..=limit(field)).contains(&value) {
                return Err(PositionError { field, value });
            }
        }
        Ok(Self::in_range(latitude, longitude))
    }

    /// The position at degrees already known to be finite and in range.
    pub(super) fn in_range(latitude: f64, longitude: f64) -> Self {
        Self { latitude, longitude, datum: PhantomData }
    }

    /// Degrees north of the equator, −90..=90.
    #[must_use]
    pub fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich, −180..=180.
    #[must_use]
    pub fn longitude(&self) -> f64 {
        self.longitude
    }

    /// The same place to seven decimals of a degree (about a centimetre), as the interface writes
    /// positions.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self::in_range(seven_decimals(self.latitude), seven_decimals(self.longitude))
    }
}

impl<D: Datum> fmt::Debug for Position<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}, {})", D::NAME, self.latitude, self.longitude)
    }
}

fn limit(field: &str) -> f64 {
    if field == LATITUDE { 90.0 } else { 180.0 }
}

fn seven_decimals(degrees: f64) -> f64 {
    // Adding zero turns −0.0 into 0.0, which would otherwise be written with its sign.
    (degrees * 1e7).round() / 1e7 + 0.0
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

    use super::*;

    #[test]
    fn the_edges_of_the_world_are_positions() {
        for (latitude, longitude) in [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)] {
            assert!(Wgs84::new(latitude, longitude).is_ok());
        }
    }

    #[test]
    fn what_no_place_has_is_refused_by_name_and_range() {
        for latitude in [90.000_000_1, -91.0, f64::NAN, f64::INFINITY] {
            let error = Gcj02::new(latitude, 0.0).unwrap_err();
            assert_eq!(error.field, "latitude");
            assert_eq!(error.to_string(), "latitude must be a number from -90 to 90");
        }
        for longitude in [180.000_000_1, -181.0, f64::NAN, f64::NEG_INFINITY] {
            let error = Gcj02::new(0.0, longitude).unwrap_err();
            assert_eq!(error.field, "longitude");
            assert_eq!(error.to_string(), "longitude must be a number from -180 to 180");
        }
    }

    #[test]
    fn rounding_keeps_seven_decimals_and_no_negative_zero() {
        let rounded = Wgs84::new(34.826_400_049, -0.000_000_01).unwrap().rounded();
        assert_eq!(format!("{rounded:?}"), "wgs84(34.8264, 0)");
        let corner = Wgs84::new(90.0, -180.0).unwrap();
        assert_eq!(corner.rounded(), corner);
    }
}

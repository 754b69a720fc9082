//! Conversion between WGS-84, GCJ-02 and BD-09.
//!
//! The Chinese datums have no published definition. These are the formulas in customary use, as in
//! the libraries eviltransform and gcoord; they agree with the converters of the map services to
//! within a metre.

use std::f64::consts::PI;
use std::str::FromStr;

use super::position::{Bd09, Bd09Datum, Datum, Gcj02, Gcj02Datum, Position, PositionError, Wgs84, Wgs84Datum};

/// The datum in which somebody outside gives or wants positions (`crs` in the interface and in
/// source profiles).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Crs {
    /// WGS-84, unshifted.
    Wgs84,
    /// GCJ-02, shifted within the box around China.
    Gcj02,
    /// BD-09, GCJ-02 shifted once more.
    Bd09,
}

/// A name that is none of the three datums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the datum must be wgs84, gcj02 or bd09")]
pub struct UnknownCrs;

impl Crs {
    /// Every datum there is.
    pub const ALL: [Self; 3] = [Self::Wgs84, Self::Gcj02, Self::Bd09];

    /// The name the interface uses: `wgs84`, `gcj02` or `bd09`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wgs84 => Wgs84Datum::NAME,
            Self::Gcj02 => Gcj02Datum::NAME,
            Self::Bd09 => Bd09Datum::NAME,
        }
    }

    /// Reads degrees given in this datum.
    ///
    /// # Errors
    /// [`PositionError`] where the degrees are no position.
    pub fn read(self, latitude: f64, longitude: f64) -> Result<Wgs84, PositionError> {
        Ok(match self {
            Self::Wgs84 => Wgs84::new(latitude, longitude)?,
            Self::Gcj02 => Gcj02::new(latitude, longitude)?.into(),
            Self::Bd09 => Bd09::new(latitude, longitude)?.into(),
        })
    }

    /// Latitude and longitude of a place in this datum, to seven decimals of a degree.
    #[must_use]
    pub fn write(self, position: Wgs84) -> (f64, f64) {
        match self {
            Self::Wgs84 => degrees(position.rounded()),
            Self::Gcj02 => degrees(Gcj02::from(position).rounded()),
            Self::Bd09 => degrees(Bd09::from(position).rounded()),
        }
    }
}

impl FromStr for Crs {
    type Err = UnknownCrs;

    fn from_str(name: &str) -> Result<Self, UnknownCrs> {
        Self::ALL.into_iter().find(|crs| crs.as_str() == name).ok_or(UnknownCrs)
    }
}

impl From<Wgs84> for Gcj02 {
    fn from(position: Wgs84) -> Self {
        let (latitude, longitude) = within_box(degrees(position), to_gcj02);
        Self::in_range(latitude, longitude)
    }
}

/// The inverse, iterated to below a tenth of a millimetre.
impl From<Gcj02> for Wgs84 {
    fn from(position: Gcj02) -> Self {
        let (latitude, longitude) = within_box(degrees(position), |target| inverse(to_gcj02, target));
        Self::in_range(latitude, longitude)
    }
}

impl From<Gcj02> for Bd09 {
    fn from(position: Gcj02) -> Self {
        let (latitude, longitude) = within_box(degrees(position), to_bd09);
        Self::in_range(latitude, longitude)
    }
}

/// The inverse, iterated to below a tenth of a millimetre.
impl From<Bd09> for Gcj02 {
    fn from(position: Bd09) -> Self {
        let (latitude, longitude) = within_box(degrees(position), |target| inverse(to_bd09, target));
        Self::in_range(latitude, longitude)
    }
}

impl From<Wgs84> for Bd09 {
    fn from(position: Wgs84) -> Self {
        Gcj02::from(position).into()
    }
}

impl From<Bd09> for Wgs84 {
    fn from(position: Bd09) -> Self {
        Gcj02::from(position).into()
    }
}

/// Latitude and longitude in degrees.
type Degrees = (f64, f64);

fn degrees<D: Datum>(position: Position<D>) -> Degrees {
    (position.latitude(), position.longitude())
}

/// Applies a shift inside the customary box around China; outside it all datums are the same.
///
/// The box stays tens of degrees clear of the poles and of the antimeridian, and the largest shift
/// is under 0.02°: so the result is always a legal position. There and back does not hold for
/// points so near to the edge that the shift carries them across it: a kilometre for GCJ-02, two
/// for BD-09.
fn within_box(place: Degrees, shift: impl Fn(Degrees) -> Degrees) -> Degrees {
    let (latitude, longitude) = place;
    let inside = (0.8293..=55.8271).contains(&latitude) && (72.004..=137.8347).contains(&longitude);
    if inside { shift(place) } else { place }
}

/// GCJ-02 from WGS-84, on the Krasovsky 1940 ellipsoid.
fn to_gcj02((latitude, longitude): Degrees) -> Degrees {
    const SEMI_MAJOR_METRES: f64 = 6_378_245.0;
    const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

    let (north, east) = gcj02_offset_metres(longitude - 105.0, latitude - 35.0);
    let (sine, cosine) = latitude.to_radians().sin_cos();
    let flattening = 1.0 - ECCENTRICITY_SQUARED * sine * sine;
    let normal_radius = SEMI_MAJOR_METRES / flattening.sqrt();
    let meridian_radius = normal_radius * (1.0 - ECCENTRICITY_SQUARED) / flattening;
    (latitude + (north / meridian_radius).to_degrees(), longitude + (east / (normal_radius * cosine)).to_degrees())
}

/// How far north and east GCJ-02 lies from WGS-84; `x` and `y` are degrees east and north of 35° N,
/// 105° E.
fn gcj02_offset_metres(x: f64, y: f64) -> (f64, f64) {
    let wave = |degrees: f64| (degrees * PI).sin();
    let root = x.abs().sqrt();
    let ripple = 20.0 * wave(6.0 * x) + 20.0 * wave(2.0 * x);
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
    let north_waves = ripple + 20.0 * wave(y) + 40.0 * wave(y / 3.0) + 160.0 * wave(y / 12.0) + 320.0 * wave(y / 30.0);
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
    let east_waves = ripple + 20.0 * wave(x) + 40.0 * wave(x / 3.0) + 150.0 * wave(x / 12.0) + 300.0 * wave(x / 30.0);
    (north + north_waves * 2.0 / 3.0, east + east_waves * 2.0 / 3.0)
}

/// BD-09 from GCJ-02: a ripple in polar coordinates of the degrees themselves, then a constant.
fn to_bd09((latitude, longitude): Degrees) -> Degrees {
    const RIPPLES: f64 = PI * 3000.0 / 180.0;

    let radius = longitude.hypot(latitude) + 0.000_02 * (latitude * RIPPLES).sin();
    let angle = latitude.atan2(longitude) + 0.000_003 * (longitude * RIPPLES).cos();
    (radius * angle.sin() + 0.006, radius * angle.cos() + 0.0065)
}

/// The place that `forward` sends to `target`, by fixed-point steps.
///
/// A step shrinks the error at least forty times, and along 105° E, where GCJ-02 has a square root,
/// still fast enough: ten steps always reach the settling bound of 10⁻¹⁰ degrees, a hundredth of a
/// millimetre.
fn inverse(forward: fn(Degrees) -> Degrees, target: Degrees) -> Degrees {
    let mut place = target;
    for _ in 0..10 {
        let reached = forward(place);
        let (north, east) = (target.0 - reached.0, target.1 - reached.1);
        place = (place.0 + north, place.1 + east);
        if north.abs().max(east.abs()) < 1e-10 {
            break;
        }
    }
    place
}

//! Distance and bearing on the sphere, and the unit vectors that make them cheap to compare.

use std::f64::consts::FRAC_PI_2;

use super::position::Wgs84;

/// Mean radius of the Earth in metres (IUGG, R₁ of the GRS 80 ellipsoid).
pub const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// Great-circle distance in metres on the sphere of [`EARTH_RADIUS_METRES`].
///
/// Within 0.6 % of the distance on the ellipsoid. Good to a micrometre between neighbours and
/// antipodes alike, since the angle comes from both its sine and its cosine.
#[must_use]
pub fn great_circle(a: Wgs84, b: Wgs84) -> f64 {
    let (UnitVector([ax, ay, az]), UnitVector([bx, by, bz])) = (UnitVector::from(a), UnitVector::from(b));
    let cross = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
    let sine = cross.iter().map(|component| component * component).sum::<f64>().sqrt();
    let cosine = ax * bx + ay * by + az * bz;
    EARTH_RADIUS_METRES * sine.atan2(cosine)
}

/// Direction in which to set out from `a` for `b` along the great circle: degrees clockwise from
/// north, 0 to below 360; 0 where the two are one place.
#[must_use]
pub fn bearing(a: Wgs84, b: Wgs84) -> f64 {
    let (from, to) = (a.latitude().to_radians(), b.latitude().to_radians());
    let east = (b.longitude() - a.longitude()).to_radians();
    // sin(to − from) + … instead of the textbook difference of products, which cancels between
    // neighbours.
    let northward = (to - from).sin() + 2.0 * from.sin() * to.cos() * (east / 2.0).sin().powi(2);
    let eastward = east.sin() * to.cos();
    let degrees = eastward.atan2(northward).to_degrees();
    let turned = if degrees < 0.0 { degrees + 360.0 } else { degrees };
    // A hair west of north rounds up to the full turn.
    if turned >= 360.0 { 0.0 } else { turned.abs() }
}

/// A place as a point on the unit sphere: x towards 0° E, y towards 90° E on the equator, z towards
/// the north pole.
///
/// The straight line (chord) between two of these orders places exactly as the great circle does,
/// poles and antimeridian included, without trigonometry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitVector([f64; 3]);

impl UnitVector {
    /// Square of the chord between two places, in squared Earth radii: 0 for one place to 4 for
    /// antipodes.
    #[must_use]
    pub fn chord_squared(&self, other: &Self) -> f64 {
        let [x, y, z] = [0, 1, 2].map(|axis| self.0[axis] - other.0[axis]);
        x * x + y * y + z * z
    }

    /// The components x, y and z.
    #[must_use]
    pub fn components(&self) -> [f64; 3] {
        self.0
    }
}

impl From<Wgs84> for UnitVector {
    fn from(position: Wgs84) -> Self {
        // One place has one vector, to the last bit, so that equal distances compare as equal: a pole has no longitude,
        // and −180° is 180°.
        let (sine, cosine, longitude) = match position.latitude() {
            90.0 => (1.0, 0.0, 0.0),
            -90.0 => (-1.0, 0.0, 0.0),
            latitude => {
                let (sine, cosine) = latitude.to_radians().sin_cos();
                let longitude = position.longitude();
                (sine, cosine, if longitude <= -180.0 { 180.0 } else { longitude })
            }
        };
        let (east_sine, east_cosine) = longitude.to_radians().sin_cos();
        Self([cosine * east_cosine, cosine * east_sine, sine])
    }
}

/// Great-circle distance in metres that belongs to a squared chord.
///
/// Never decreases as the chord grows. Near the antipode a chord says little about the distance
/// (0.2 m there); use [`great_circle`] for a figure to be shown.
#[must_use]
pub fn chord_squared_to_metres(chord_squared: f64) -> f64 {
    let half_chord = (chord_squared.max(0.0).sqrt() / 2.0).min(1.0);
    2.0 * EARTH_RADIUS_METRES * half_chord.asin()
}

/// Squared chord that belongs to a great-circle distance in metres; 4 from half the circumference
/// on.
///
/// Never decreases as the distance grows; a negative distance counts as none.
#[must_use]
pub fn metres_to_chord_squared(metres: f64) -> f64 {
    let half_angle = (metres / (2.0 * EARTH_RADIUS_METRES)).clamp(0.0, FRAC_PI_2);
    4.0 * half_angle.sin().powi(2)
}

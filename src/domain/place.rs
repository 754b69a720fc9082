//! Where a toilet stands.

use serde::{Deserialize, Serialize};

use super::Violation;
use crate::geo::{Crs, Wgs84};

/// Where a toilet stands: always WGS-84, together with how it was given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawPlace", into = "RawPlace")]
pub struct Place {
    /// The position.
    pub position: Wgs84,
    /// The datum in which the source gave it.
    pub given: Crs,
    /// Whether the other datums are shifted from WGS-84 here. A source can state that its points are not (Hong Kong
    /// lies in the box of the customary formula).
    pub shifted: bool,
}

/// The written form of a [`Place`], seven decimals (about a centimetre).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlace {
    latitude: f64,
    longitude: f64,
    datum: String,
    shifted: bool,
}

impl From<Place> for RawPlace {
    fn from(place: Place) -> Self {
        let at = place.position.rounded();
        let datum = place.given.as_str().to_owned();
        Self { latitude: at.latitude(), longitude: at.longitude(), datum, shifted: place.shifted }
    }
}

impl TryFrom<RawPlace> for Place {
    type Error = Violation;
    fn try_from(raw: RawPlace) -> Result<Self, Violation> {
        let position = Wgs84::new(raw.latitude, raw.longitude)
            .map_err(|error| Violation::new(error.field, "outOfRange", error.to_string()))?;
        let given = raw.datum.parse().map_err(|_| Violation::new("datum", "unknownValue", "no such datum"))?;
        Ok(Self { position: position.rounded(), given, shifted: raw.shifted })
    }
}

impl Place {
    /// A place, its position rounded to the seven decimals in which the register keeps it.
    #[must_use]
    pub fn new(position: Wgs84, given: Crs, shifted: bool) -> Self {
        Self { position: position.rounded(), given, shifted }
    }

    /// The same numbers, where the datums are not shifted from each other.
    #[must_use]
    pub fn unshifted(self) -> Self {
        let (latitude, longitude) = self.in_crs(self.given);
        let position = Wgs84::new(latitude, longitude).unwrap_or(self.position);
        Self::new(position, self.given, false)
    }

    /// Latitude and longitude in the datum of an answer.
    #[must_use]
    pub fn in_crs(&self, crs: Crs) -> (f64, f64) {
        if self.shifted { crs.write(self.position) } else { Crs::Wgs84.write(self.position) }
    }
}

//! Where toilets gather: towns, scenic spots and villages.
//!
//! Centres are approximate, placed by hand in WGS-84 for a demonstration; they are no survey data. The centres of
//! villages are drawn within the land of their town.

use chrono::NaiveDate;
use serde::Deserialize;

use super::draws::Draws;
use super::table;
use crate::domain::Violation;
use crate::domain::area::{AreaCode, NewArea};
use crate::domain::operator::OperatorKind;
use crate::domain::text::Name;
use crate::geo::{Outline, Wgs84, great_circle};

/// How far a village reaches from its centre, in metres.
const VILLAGE_REACH: f64 = 300.0;

/// How many digits of a code name the town.
const TOWN_DIGITS: usize = 9;

/// The table of towns and of scenic spots, and the areas they lie in.
pub(super) struct Sites<'a> {
    areas: &'a [NewArea],
    outline: &'a Outline,
    towns: Vec<Town>,
    spots: Vec<Spot>,
}

/// A place where toilets stand.
pub(super) struct Site {
    pub(super) area: AreaCode,
    pub(super) centre: Wgs84,
    /// How far from the centre toilets stand, in metres.
    pub(super) reach: f64,
    /// The body that runs the toilets here.
    pub(super) operating: (Name, OperatorKind),
    /// The administration of the town it lies in.
    pub(super) town: Name,
    /// When the town's toilets were last looked at.
    pub(super) verified: NaiveDate,
}

#[derive(Deserialize)]
struct Town {
    code: AreaCode,
    latitude: f64,
    longitude: f64,
    /// How far its streets reach from its centre, in metres.
    built_up: f64,
    /// How far its villages lie from its centre, in metres.
    land: f64,
    verified: NaiveDate,
}

#[derive(Deserialize)]
struct Spot {
    name: String,
    area: AreaCode,
    latitude: f64,
    longitude: f64,
    reach: f64,
    operator: Name,
    kind: OperatorKind,
}

impl<'a> Sites<'a> {
    pub(super) fn load(areas: &'a [NewArea], outline: &'a Outline) -> Result<Self, Violation> {
        let towns = table::rows("towns.csv", include_str!("data/towns.csv"))?;
        let spots = table::rows("spots.csv", include_str!("data/spots.csv"))?;
        Ok(Self { areas, outline, towns, spots })
    }

    /// The site that a table means by `near`: the name of a scenic spot, or the code of a town or of a village.
    pub(super) fn find(&self, near: &str) -> Result<Site, Violation> {
        if let Some(spot) = self.spots.iter().find(|spot| spot.name == near) {
            let town = self.town(&spot.area)?;
            return Ok(Site {
                area: spot.area.clone(),
                centre: position(spot.latitude, spot.longitude)?,
                reach: spot.reach,
                operating: (spot.operator.clone(), spot.kind),
                town: self.administration(town)?,
                verified: town.verified,
            });
        }
        let area: AreaCode = near.parse()?;
        let town = self.town(&area)?;
        let centre = position(town.latitude, town.longitude)?;
        let administration = self.administration(town)?;
        if area == town.code {
            return Ok(Site {
                area,
                centre,
                reach: town.built_up,
                operating: (administration.clone(), OperatorKind::Department),
                town: administration,
                verified: town.verified,
            });
        }
        Ok(Site {
            centre: self.village_centre(near, town, centre)?,
            reach: VILLAGE_REACH,
            operating: (self.name(&area)?.clone(), OperatorKind::Village),
            town: administration,
            verified: town.verified,
            area,
        })
    }

    /// A place inside the outline, outside the streets of the town.
    fn village_centre(&self, code: &str, town: &Town, centre: Wgs84) -> Result<Wgs84, Violation> {
        let fits = |place| self.outline.contains(place) && great_circle(place, centre) > town.built_up;
        let drawn = Draws::of(code).near(centre, town.land, fits);
        drawn.ok_or_else(|| Violation::new("towns.csv", "noRoom", format!("no room for the village {code}")))
    }

    fn town(&self, area: &AreaCode) -> Result<&Town, Violation> {
        let code = area.as_str().get(..TOWN_DIGITS);
        let found = self.towns.iter().find(|town| Some(town.code.as_str()) == code);
        found.ok_or_else(|| Violation::new("towns.csv", "unknownArea", format!("{area} lies in no town")))
    }

    /// 街道 have an office, 镇 a government.
    fn administration(&self, town: &Town) -> Result<Name, Violation> {
        let name = self.name(&town.code)?.as_str();
        let body = if name.ends_with("街道") { "办事处" } else { "人民政府" };
        Name::new(&format!("{name}{body}"))
    }

    fn name(&self, code: &AreaCode) -> Result<&Name, Violation> {
        let found = self.areas.iter().find(|area| area.code == *code);
        let unknown = || Violation::new("area", "unknownArea", format!("there is no area {code}"));
        found.map(|area| &area.name).ok_or_else(unknown)
    }
}

fn position(latitude: f64, longitude: f64) -> Result<Wgs84, Violation> {
    Wgs84::new(latitude, longitude).map_err(|error| Violation::new(error.field, "outOfRange", error.to_string()))
}

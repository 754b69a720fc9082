//! The `[position]` table of a profile: where positions stand, and in which datum or grid.

use super::profile_error::ProfileError;
use super::recipe::Recipe;
use crate::geo::{Crs, Projection};

/// The `[position]` table of a profile.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PositionTable {
    crs: Option<String>,
    crs_from: Option<Recipe>,
    epsg: Option<u32>,
    #[serde(alias = "y")]
    latitude: Option<Recipe>,
    #[serde(alias = "x")]
    longitude: Option<Recipe>,
    pair: Option<Recipe>,
    order: Order,
    geometry: bool,
    shifted: Option<bool>,
    bbox: Option<[f64; 4]>,
    decimals: Option<u32>,
    missing: Missing,
}

/// Which number of a pair comes first.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
pub(super) enum Order {
    /// Latitude, then longitude.
    #[default]
    #[serde(rename = "lat,lng")]
    LatLng,
    /// Longitude, then latitude.
    #[serde(rename = "lng,lat")]
    LngLat,
}

/// What becomes of a row that states no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Missing {
    /// It is turned away.
    #[default]
    Reject,
    /// It is taken as a toilet known by its address alone.
    Unlocated,
}

/// How positions are read: a checked [`PositionTable`].
#[derive(Debug, Clone)]
pub(super) struct Positions {
    pub(super) datum: Datum,
    pub(super) columns: Columns,
    pub(super) shifted: bool,
    pub(super) bbox: Option<Bbox>,
    pub(super) decimals: Option<u32>,
    pub(super) missing: Missing,
}

/// In which datum or grid the numbers are.
#[derive(Debug, Clone)]
pub(super) enum Datum {
    Fixed(Crs),
    Stated(Box<Recipe>),
    Grid(Projection),
}

/// Where the numbers stand.
#[derive(Debug, Clone)]
pub(super) enum Columns {
    Nowhere,
    Apart { latitude: Box<Recipe>, longitude: Box<Recipe> },
    Pair { pair: Box<Recipe>, order: Order },
    Geometry,
}

/// A box in the numbers of the file: degrees, or metres of a grid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bbox([f64; 4]);

impl TryFrom<PositionTable> for Positions {
    type Error = ProfileError;

    fn try_from(table: PositionTable) -> Result<Self, ProfileError> {
        let columns = table.columns()?;
        let datum = match (&table.crs, &table.crs_from, table.epsg) {
            (Some(crs), None, None) => {
                Datum::Fixed(crs.parse().map_err(|error| ProfileError::wrong("position.crs", &error))?)
            }
            (None, Some(column), None) => Datum::Stated(Box::new(column.clone())),
            (None, None, Some(code)) => {
                Datum::Grid(Projection::epsg(code).map_err(|error| ProfileError::wrong("position.epsg", &error))?)
            }
            // Nothing is read in it.
            (None, None, None) if matches!(columns, Columns::Nowhere) => Datum::Fixed(Crs::Wgs84),
            (None, None, None) => return Err(ProfileError::no_datum()),
            _ => {
                return Err(ProfileError::wrong("position", &"give one of `crs`, `crs_from` and `epsg`"));
            }
        };
        if matches!(columns, Columns::Nowhere) && table.missing == Missing::Reject {
            let right = "say where the positions are (`latitude` and `longitude`, `pair` or `geometry`), or \
                         `missing = \"unlocated\"` for a list that has none";
            return Err(ProfileError::wrong("position", &right));
        }
        let bbox = table.bbox.map(Bbox::new).transpose()?;
        let shifted = table.shifted.unwrap_or(true);
        Ok(Self { datum, columns, shifted, bbox, decimals: table.decimals, missing: table.missing })
    }
}

impl PositionTable {
    fn columns(&self) -> Result<Columns, ProfileError> {
        match (&self.latitude, &self.longitude, &self.pair, self.geometry) {
            (None, None, None, false) => Ok(Columns::Nowhere),
            (Some(latitude), Some(longitude), None, false) => {
                let (latitude, longitude) = (Box::new(latitude.clone()), Box::new(longitude.clone()));
                Ok(Columns::Apart { latitude, longitude })
            }
            (None, None, Some(pair), false) => {
                let pair = Box::new(pair.clone());
                Ok(Columns::Pair { pair, order: self.order })
            }
            (None, None, None, true) => Ok(Columns::Geometry),
            _ => Err(ProfileError::wrong(
                "position",
                &"give `latitude` and `longitude` (or `y` and `x`), or `pair`, or `geometry = true`",
            )),
        }
    }
}

impl Bbox {
    fn new(edges: [f64; 4]) -> Result<Self, ProfileError> {
        let [west, south, east, north] = edges;
        if west < east && south < north {
            return Ok(Self(edges));
        }
        Err(ProfileError::wrong("position.bbox", &"give [west, south, east, north], each pair in rising order"))
    }

    /// Whether the box or its edge holds the point.
    pub(super) fn contains(self, x: f64, y: f64) -> bool {
        let [west, south, east, north] = self.0;
        (west..=east).contains(&x) && (south..=north).contains(&y)
    }
}

impl Positions {
    /// Every recipe in it, with the key under which the profile has it.
    pub(super) fn recipes(&self) -> Vec<(&'static str, &Recipe)> {
        let mut recipes: Vec<(_, &Recipe)> = Vec::new();
        match &self.columns {
            Columns::Apart { latitude, longitude } => {
                recipes.push(("position.latitude", latitude));
                recipes.push(("position.longitude", longitude));
            }
            Columns::Pair { pair, .. } => recipes.push(("position.pair", pair)),
            Columns::Nowhere | Columns::Geometry => {}
        }
        if let Datum::Stated(recipe) = &self.datum {
            recipes.push(("position.crs_from", recipe));
        }
        recipes
    }
}

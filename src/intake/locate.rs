//! Where a row says that a toilet stands, in whichever datum or grid its profile names.

use super::notice::{Notes, Notice};
use super::outline;
use super::position::{Columns, Datum, Missing, Order, Positions};
use super::recipe::Recipe;
use super::transform::{Source, number};
use crate::domain::place::Place;
use crate::geo::{Crs, Wgs84};

/// A position as the file gives it: `x` is the longitude or easting, `y` the latitude or northing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Given {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// What a row says about its position.
pub(super) enum Whereabouts {
    /// A position.
    At(Place, Given),
    /// None, and the profile takes such rows.
    Unlocated,
    /// None that can be used.
    Refused(Notice),
}

impl Positions {
    /// Reads the position of a row.
    pub(super) fn read(&self, source: Source<'_>, notes: &mut Notes) -> Whereabouts {
        match self.locate(source, notes) {
            Ok(Some((place, given))) => Whereabouts::At(place, given),
            Ok(None) if self.missing == Missing::Unlocated => Whereabouts::Unlocated,
            Ok(None) => Whereabouts::Refused(Notice::new("position", "missing_position", "the row states no position")),
            Err(notice) => Whereabouts::Refused(notice),
        }
    }

    fn locate(&self, source: Source<'_>, notes: &mut Notes) -> Result<Option<(Place, Given)>, Notice> {
        let corners = match &self.columns {
            Columns::Nowhere => return Ok(None),
            Columns::Apart { latitude, longitude } => apart(source, latitude, longitude, notes)?,
            Columns::Pair { pair, order } => paired(source, pair, *order, notes)?,
            Columns::Geometry => return self.locate_geometry(source, notes),
        };
        let Some(given) = corners else {
            return Ok(None);
        };
        let given = self.rounded(given);
        let (position, crs) = self.convert(given, source, notes)?;
        Ok(Some((Place::new(position, crs, self.shifted), given)))
    }

    /// A point as it is; of an outline, a point inside it.
    fn locate_geometry(&self, source: Source<'_>, notes: &mut Notes) -> Result<Option<(Place, Given)>, Notice> {
        let Some(geometry) = &source.row.geometry else {
            return Ok(None);
        };
        notes.fact("geometry", Some(outline::name(geometry)));
        let mut crs = Crs::Wgs84;
        let position = outline::point(geometry, &mut |x, y| {
            let (position, given) = self.convert(Given { x, y }, source, notes)?;
            crs = given;
            Ok(position)
        })?;
        let (y, x) = crs.write(position);
        let given = self.rounded(Given { x, y });
        Ok(Some((Place::new(position, crs, self.shifted), given)))
    }

    fn rounded(&self, given: Given) -> Given {
        let Some(decimals) = self.decimals.and_then(|decimals| i32::try_from(decimals).ok()) else {
            return given;
        };
        let unit = 10_f64.powi(decimals);
        Given { x: (given.x * unit).round() / unit, y: (given.y * unit).round() / unit }
    }

    fn convert(&self, given: Given, source: Source<'_>, notes: &mut Notes) -> Result<(Wgs84, Crs), Notice> {
        let Given { x, y } = given;
        if let Some(bbox) = self.bbox.filter(|bbox| !bbox.contains(x, y)) {
            let hint = if bbox.contains(y, x) { "; swapped?" } else { "" };
            let message = format!("{y}, {x} lies outside the box that the profile states{hint}");
            return Err(Notice::new("position", "outside_bbox", message));
        }
        let refused = |error: &dyn std::fmt::Display| Notice::new("position", "bad_position", error.to_string());
        let crs = match &self.datum {
            Datum::Grid(grid) => {
                let position = grid.to_wgs84(x, y).map_err(|error| refused(&error))?;
                return Ok((position, Crs::Wgs84));
            }
            Datum::Fixed(crs) => *crs,
            Datum::Stated(recipe) => stated(source, recipe, notes)?,
        };
        let position = crs.read(y, x).map_err(|error| refused(&error))?;
        Ok((position, crs))
    }
}

/// The datum that a row states for itself.
fn stated(source: Source<'_>, recipe: &Recipe, notes: &mut Notes) -> Result<Crs, Notice> {
    let taken = source.take("position.crs", recipe, notes);
    taken.and_then(|taken| taken.text.parse().ok()).ok_or_else(|| {
        let message = "the row states a position but not whether it is wgs84, gcj02 or bd09";
        Notice::new("position", "missing_datum", message)
    })
}

fn apart(
    source: Source<'_>,
    latitude: &Recipe,
    longitude: &Recipe,
    notes: &mut Notes,
) -> Result<Option<Given>, Notice> {
    let y = source.take("position.latitude", latitude, notes);
    let x = source.take("position.longitude", longitude, notes);
    match (y, x) {
        (None, None) => Ok(None),
        (Some(y), Some(x)) => Ok(Some(Given { x: degrees(&x.text)?, y: degrees(&y.text)? })),
        _ => Err(Notice::new("position", "bad_position", "the row states one of latitude and longitude only")),
    }
}

fn paired(source: Source<'_>, pair: &Recipe, order: Order, notes: &mut Notes) -> Result<Option<Given>, Notice> {
    let Some(pair) = source.take("position", pair, notes) else {
        return Ok(None);
    };
    let pieces = pair.text.split_once([',', '，', ';']);
    let Some((first, second)) = pieces.or_else(|| pair.text.split_once(' ')) else {
        let message = format!("“{}” is no pair of numbers", pair.text);
        return Err(Notice::new("position", "bad_position", message));
    };
    let (first, second) = (degrees(first)?, degrees(second)?);
    Ok(Some(match order {
        Order::LatLng => Given { x: second, y: first },
        Order::LngLat => Given { x: first, y: second },
    }))
}

fn degrees(text: &str) -> Result<f64, Notice> {
    number(text).ok_or_else(|| Notice::new("position", "bad_position", format!("“{text}” is no number")))
}

//! One point for a geometry: a point itself, or a point inside an outline.

use geojson::GeometryValue;

use super::notice::Notice;
use crate::geo::{Outline, Ring, Wgs84};

type Convert<'a> = &'a mut dyn FnMut(f64, f64) -> Result<Wgs84, Notice>;

/// The name of a geometry as a fact: `point`, `polygon`, or `other`.
pub(super) fn name(geometry: &GeometryValue) -> &'static str {
    match geometry {
        GeometryValue::Point { .. } => "point",
        GeometryValue::Polygon { .. } | GeometryValue::MultiPolygon { .. } => "polygon",
        _ => "other",
    }
}

/// One point for a geometry, its corners converted by `convert`.
///
/// # Errors
/// What `convert` says, and `bad_geometry` for lines, collections and outlines that enclose no space.
pub(super) fn point(geometry: &GeometryValue, convert: Convert<'_>) -> Result<Wgs84, Notice> {
    if let GeometryValue::Point { coordinates } = geometry {
        return corner(coordinates.as_slice(), convert);
    }
    let outline = Outline::new(rings(geometry, convert)?).map_err(|error| refused(&error))?;
    outline.interior_point().ok_or_else(|| refused(&"the outline encloses no space"))
}

/// The polygons of an outline, their corners converted by `convert`.
///
/// # Errors
/// What `convert` says, and `bad_geometry` for what is no outline.
pub(super) fn rings(geometry: &GeometryValue, convert: Convert<'_>) -> Result<Vec<Vec<Ring>>, Notice> {
    match geometry {
        GeometryValue::Polygon { coordinates } => Ok(vec![polygon(coordinates, convert)?]),
        GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().map(|rings| polygon(rings, convert)).collect()
        }
        _ => Err(refused(&"only points and polygons have a place for a toilet")),
    }
}

fn polygon(rings: &[Vec<geojson::Position>], convert: Convert<'_>) -> Result<Vec<Ring>, Notice> {
    let mut read = |ring: &Vec<geojson::Position>| {
        let corners = ring.iter().map(|place| corner(place.as_slice(), convert));
        corners.map(|place| place.map(|place| (place.longitude(), place.latitude()))).collect()
    };
    rings.iter().map(&mut read).collect()
}

fn corner(numbers: &[f64], convert: Convert<'_>) -> Result<Wgs84, Notice> {
    match numbers {
        [x, y, ..] => convert(*x, *y),
        _ => Err(refused(&"a corner needs two numbers")),
    }
}

fn refused(why: &dyn std::fmt::Display) -> Notice {
    Notice::new("position", "bad_geometry", why.to_string())
}

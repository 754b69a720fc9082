//! Outlines of areas and buildings.

use ::geo::{Contains, Coord, InteriorPoint, LineString, MultiPolygon, Polygon};

use super::position::{PositionError, Wgs84};

/// The outline of an area: one polygon or several, each with any number of holes.
///
/// Edges are straight lines between degrees, as in `GeoJSON`; an outline that reaches across the
/// antimeridian is to be given cut in two there (RFC 7946, 3.1.9).
#[derive(Clone, Debug, PartialEq)]
pub struct Outline(MultiPolygon);

/// Rings that outline nothing.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum OutlineError {
    /// A corner is no position.
    #[error(transparent)]
    Corner(#[from] PositionError),
    /// A ring has fewer than three corners.
    #[error("a ring needs at least three corners")]
    TooFewCorners,
    /// There is no polygon, or one has no ring.
    #[error("an outline needs at least one ring")]
    NoRing,
}

/// Corners of a ring as (longitude, latitude) in degrees of WGS-84; the first may be repeated at
/// the end.
pub type Ring = Vec<(f64, f64)>;

impl Outline {
    /// The outline of polygons, each a list of rings: its edge first, then its holes.
    ///
    /// # Errors
    /// [`OutlineError`] where a corner is out of range, a ring has fewer than three corners, or
    /// there is no ring.
    pub fn new(polygons: impl IntoIterator<Item = Vec<Ring>>) -> Result<Self, OutlineError> {
        let polygons = polygons.into_iter().map(polygon).collect::<Result<Vec<_>, _>>()?;
        if polygons.is_empty() {
            return Err(OutlineError::NoRing);
        }
        Ok(Self(MultiPolygon::new(polygons)))
    }

    /// The outline of polygons that are sound already.
    pub(super) fn of_polygons(polygons: MultiPolygon) -> Self {
        Self(polygons)
    }

    /// Its polygons, corners as longitude and latitude.
    pub(super) fn polygons(&self) -> &MultiPolygon {
        &self.0
    }

    /// Whether the place lies inside; a place on an edge or in a hole does not.
    #[must_use]
    pub fn contains(&self, position: Wgs84) -> bool {
        self.0.contains(&Coord { x: position.longitude(), y: position.latitude() })
    }

    /// A place inside, near the middle; `None` where the outline encloses no space.
    ///
    /// Unlike the centre of gravity it is inside a crescent and never in a hole.
    #[must_use]
    pub fn interior_point(&self) -> Option<Wgs84> {
        let point = self.0.interior_point()?;
        let place = Wgs84::new(point.y(), point.x()).ok()?;
        // For a polygon without area the library answers with a corner.
        self.contains(place).then_some(place)
    }
}

fn polygon(rings: Vec<Ring>) -> Result<Polygon, OutlineError> {
    let mut rings = rings.into_iter().map(ring).collect::<Result<Vec<_>, _>>()?.into_iter();
    let edge = rings.next().ok_or(OutlineError::NoRing)?;
    Ok(Polygon::new(edge, rings.collect()))
}

fn ring(corners: Ring) -> Result<LineString, OutlineError> {
    for &(longitude, latitude) in &corners {
        Wgs84::new(latitude, longitude)?;
    }
    let closed = corners.len() > 1 && corners.first() == corners.last();
    if corners.len() - usize::from(closed) < 3 {
        return Err(OutlineError::TooFewCorners);
    }
    Ok(LineString::from(corners))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

    use super::*;

    fn square(west: f64, south: f64, size: f64) -> Ring {
        vec![(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    }

    fn holds(outline: &Outline, latitude: f64, longitude: f64) -> bool {
        outline.contains(Wgs84::new(latitude, longitude).unwrap())
    }

    #[test]
    fn a_ring_around_a_courtyard_has_its_point_in_the_ring() {
        let building = Outline::new([vec![square(0.0, 0.0, 3.0), square(1.0, 1.0, 1.0)]]).unwrap();
        assert!(holds(&building, 0.5, 1.5));
        assert!(!holds(&building, 1.5, 1.5), "the courtyard is not the building");
        assert!(!holds(&building, 4.0, 1.5) && !holds(&building, 0.0, 1.5));
        assert!(building.contains(building.interior_point().unwrap()));
    }

    #[test]
    fn a_crescent_has_its_point_inside() {
        let crescent =
            vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 3.5), (3.5, 3.5), (3.5, 0.5), (0.0, 0.5)];
        let outline = Outline::new([vec![crescent]]).unwrap();
        assert!(!holds(&outline, 2.0, 1.7), "its centre of gravity lies outside");
        assert!(outline.contains(outline.interior_point().unwrap()));
    }

    #[test]
    fn islands_belong_together() {
        let islands = Outline::new([vec![square(0.0, 0.0, 1.0)], vec![square(10.0, 0.0, 2.0)]]).unwrap();
        assert!(holds(&islands, 0.5, 0.5) && holds(&islands, 1.0, 11.0));
        assert!(!holds(&islands, 0.5, 5.0));
        assert!(islands.contains(islands.interior_point().unwrap()));
    }

    #[test]
    fn a_building_of_ten_metres_has_its_point_inside() {
        let hut = Outline::new([vec![square(114.169_123_4, 22.319_876_5, 0.000_1)]]).unwrap();
        assert!(hut.contains(hut.interior_point().unwrap()));
    }

    #[test]
    fn what_outlines_nothing_is_refused_or_has_no_inside() {
        let line = vec![(0.0, 0.0), (1.0, 1.0), (0.0, 0.0)];
        assert_eq!(Outline::new([vec![line]]), Err(OutlineError::TooFewCorners));
        assert_eq!(Outline::new([vec![vec![]]]), Err(OutlineError::TooFewCorners));
        assert_eq!(Outline::new([vec![]]), Err(OutlineError::NoRing));
        assert_eq!(Outline::new([]), Err(OutlineError::NoRing));
        let off_the_map = Outline::new([vec![vec![(0.0, 0.0), (0.0, 91.0), (1.0, 0.0)]]]);
        assert!(matches!(off_the_map, Err(OutlineError::Corner(_))));
        let flat = Outline::new([vec![vec![(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]]]).unwrap();
        assert_eq!(flat.interior_point(), None);
    }
}

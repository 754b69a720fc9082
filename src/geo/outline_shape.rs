//! Measuring and drawing outlines.

use ::geo::{BooleanOps, BoundingRect, Coord, Intersects, LineString, MapCoords, MultiPolygon, Polygon, Simplify};

use super::bounds::Bounds;
use super::distance::EARTH_RADIUS_METRES;
use super::polygon::{Outline, Ring};
use super::position::Wgs84;

impl Outline {
    /// Its polygons, each a list of closed rings (its edge first, then its holes) of corners as (longitude, latitude).
    #[must_use]
    pub fn rings(&self) -> Vec<Vec<Ring>> {
        let ring = |ring: &LineString| ring.coords().map(|corner| (corner.x, corner.y)).collect();
        let polygon = |polygon: &Polygon| {
            std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect::<Vec<Ring>>()
        };
        self.polygons().iter().map(polygon).collect()
    }

    /// The same with corners to seven decimals of a degree (about a centimetre), as positions are kept.
    #[must_use]
    pub fn rounded(&self) -> Self {
        let round = |degrees: f64| (degrees * 1e7).round() / 1e7 + 0.0;
        Self::of_polygons(self.polygons().map_coords(|corner| Coord { x: round(corner.x), y: round(corner.y) }))
    }

    /// How many corners it has.
    #[must_use]
    pub fn corners(&self) -> usize {
        let polygons = self.polygons().iter();
        polygons
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
            .map(|r| r.0.len())
            .sum()
    }

    /// The least box around it. An outline that was cut at the antimeridian reaches around the Earth.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        let rect = self.polygons().bounding_rect()?;
        Bounds::new(rect.min().x, rect.min().y, rect.max().x, rect.max().y).ok()
    }

    /// Whether the place lies inside or on an edge, but not within a hole.
    #[must_use]
    pub fn covers(&self, position: Wgs84) -> bool {
        let at = |x: f64| self.polygons().intersects(&Coord { x, y: position.latitude() });
        let longitude = position.longitude();
        // 180° E and 180° W are one meridian.
        at(longitude) || (longitude.abs() >= 180.0 && at(-longitude))
    }

    /// How far outside the place lies, in metres, good to about a hundredth up to some hundred kilometres; 0 inside.
    #[must_use]
    pub fn metres_outside(&self, position: Wgs84) -> f64 {
        if self.covers(position) {
            return 0.0;
        }
        let scale = position.latitude().to_radians().cos();
        // Degrees around the place, those of longitude shortened to the length of the others.
        let around = |corner: &Coord| {
            let east = (corner.x - position.longitude() + 540.0).rem_euclid(360.0) - 180.0;
            (east * scale, corner.y - position.latitude())
        };
        let polygons = self.polygons().iter();
        let rings = polygons.flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let edges = rings.flat_map(LineString::lines);
        let least = edges.map(|edge| from_origin(around(&edge.start), around(&edge.end))).fold(f64::INFINITY, f64::min);
        least.to_radians() * EARTH_RADIUS_METRES
    }

    /// The same with fewer corners, none of which is further than so many metres from the line that is left out. For
    /// drawing; what becomes too small to be seen goes.
    #[must_use]
    pub fn simplified(&self, metres: f64) -> Self {
        let Some(bounds) = self.bounds() else { return self.clone() };
        let scale = f64::midpoint(bounds.south(), bounds.north()).to_radians().cos().max(0.01);
        let flat = self.polygons().map_coords(|corner| Coord { x: corner.x * scale, y: corner.y });
        let tolerance = (metres / EARTH_RADIUS_METRES).to_degrees();
        let drawn: Vec<Polygon> = flat.iter().filter_map(|polygon| seen(&polygon.simplify(tolerance))).collect();
        if drawn.is_empty() {
            return self.clone();
        }
        let back = MultiPolygon::new(drawn).map_coords(|corner| Coord { x: corner.x / scale, y: corner.y });
        Self::of_polygons(back)
    }

    /// The larger side of the box around it, in metres.
    #[must_use]
    pub fn extent_metres(&self) -> f64 {
        let Some(bounds) = self.bounds() else { return 0.0 };
        let scale = f64::midpoint(bounds.south(), bounds.north()).to_radians().cos();
        let degrees = ((bounds.east() - bounds.west()) * scale).max(bounds.north() - bounds.south());
        degrees.to_radians() * EARTH_RADIUS_METRES
    }

    /// Both together, for an area whose parts are given one by one.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::of_polygons(self.polygons().union(other.polygons()))
    }

    /// What both have.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self::of_polygons(self.polygons().intersection(other.polygons()))
    }
}

/// What is left of a polygon when it is drawn, if it still encloses anything.
fn seen(polygon: &Polygon) -> Option<Polygon> {
    let encloses = |ring: &LineString| ring.0.len() >= 4;
    let holes = polygon.interiors().iter().filter(|hole| encloses(hole)).cloned().collect();
    encloses(polygon.exterior()).then(|| Polygon::new(polygon.exterior().clone(), holes))
}

/// How far an edge passes from the origin.
fn from_origin((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (ax + along * dx).hypot(ay + along * dy)
}

//! What an outline must be before it is taken as that of an area.

use ::geo::line_intersection::{LineIntersection, line_intersection};
use ::geo::{LineString, Validation};

use super::antimeridian::cut;
use super::polygon::{Outline, OutlineError, Ring};

/// The most corners of one ring: the check for crossings looks at every pair of edges.
const MOST_CORNERS_OF_A_RING: usize = 20_000;
/// The most corners of an outline.
const MOST_CORNERS: usize = 100_000;

/// Why rings are not taken as the outline of an area.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OutlineFault {
    /// They outline nothing.
    #[error(transparent)]
    Nothing(#[from] OutlineError),
    /// The last corner of a ring is not its first.
    #[error("ring {ring} of polygon {polygon} is not closed: its last corner must be its first")]
    Open {
        /// The polygon's number, from 1.
        polygon: usize,
        /// The ring's number in it, from 1: the edge first, then the holes.
        ring: usize,
    },
    /// More corners than can be checked in reasonable time.
    #[error(
        "{corners} corners are too many: at most {MOST_CORNERS_OF_A_RING} in a ring and {MOST_CORNERS} in all are \
         taken; simplify the outline"
    )]
    TooMany {
        /// How many there are.
        corners: usize,
    },
    /// A ring runs once around the Earth.
    #[error("polygon {polygon} runs around a pole: cut it at the antimeridian, with an edge along the pole")]
    AroundPole {
        /// The polygon's number, from 1.
        polygon: usize,
    },
    /// Edges cross or overlap, or polygons do.
    #[error("{what}{}", .place.map(|(longitude, latitude)| format!(", at {longitude:.6}, {latitude:.6}")).unwrap_or_default())]
    Crossing {
        /// What is wrong, in words.
        what: String,
        /// Where two edges of a ring cross, as (longitude, latitude), if they do.
        place: Option<(f64, f64)>,
    },
}

impl Outline {
    /// The outline of an area: closed rings that do not cross, of bounded size, cut at the antimeridian where they reach
    /// across it.
    ///
    /// # Errors
    /// [`OutlineFault`], which says what and where.
    pub fn of_area(polygons: Vec<Vec<Ring>>) -> Result<Self, OutlineFault> {
        check_rings(&polygons)?;
        let mut pieces = Vec::new();
        for (index, polygon) in polygons.into_iter().enumerate() {
            pieces.extend(cut(polygon).map_err(|_| OutlineFault::AroundPole { polygon: index + 1 })?);
        }
        let outline = Self::new(pieces)?;
        match outline.polygons().check_validation() {
            Ok(()) => Ok(outline),
            Err(fault) => Err(OutlineFault::Crossing { what: fault.to_string(), place: outline.crossing() }),
        }
    }

    /// Where two edges of one ring cross.
    fn crossing(&self) -> Option<(f64, f64)> {
        let polygons = self.polygons().iter();
        let mut rings = polygons.flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        rings.find_map(crossing)
    }
}

fn crossing(ring: &LineString) -> Option<(f64, f64)> {
    let edges: Vec<_> = ring.lines().collect();
    for (index, one) in edges.iter().enumerate() {
        for other in edges.iter().skip(index + 1) {
            if one.end == other.start || other.end == one.start {
                continue;
            }
            match line_intersection(*one, *other) {
                Some(LineIntersection::SinglePoint { intersection, .. }) => {
                    return Some((intersection.x, intersection.y));
                }
                Some(LineIntersection::Collinear { intersection }) => {
                    return Some((intersection.start.x, intersection.start.y));
                }
                None => {}
            }
        }
    }
    None
}

fn check_rings(polygons: &[Vec<Ring>]) -> Result<(), OutlineFault> {
    let mut corners = 0;
    for (polygon, rings) in polygons.iter().enumerate() {
        for (ring, places) in rings.iter().enumerate() {
            if places.first() != places.last() {
                return Err(OutlineFault::Open { polygon: polygon + 1, ring: ring + 1 });
            }
            corners += places.len();
            if places.len() > MOST_CORNERS_OF_A_RING || corners > MOST_CORNERS {
                return Err(OutlineFault::TooMany { corners: polygons.iter().flatten().map(Vec::len).sum() });
            }
        }
    }
    Ok(())
}

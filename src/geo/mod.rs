//! Places on the Earth: positions that carry their datum, distance and bearing, boxes, outlines and
//! map grids.
//!
//! Pure arithmetic: no input or output, no clock, nothing of the product's own terms. Everything
//! inside the program is [`Wgs84`]; the other datums and grids exist only where positions come in
//! or go out.

mod antimeridian;
mod bounds;
mod datum;
mod distance;
mod lines;
mod near;
mod outline_grid;
mod outline_rules;
mod outline_shape;
mod polygon;
mod position;
mod projection;
mod route;

#[cfg(test)]
mod tests;

pub use bounds::{Bounds, BoundsError};
pub use datum::{Crs, UnknownCrs};
pub use distance::{
    EARTH_RADIUS_METRES, UnitVector, bearing, chord_squared_to_metres, great_circle, metres_to_chord_squared,
};
pub use lines::{Crossed, LineIndex};
pub use near::NearIndex;
pub use outline_rules::OutlineFault;
pub use polygon::{Outline, OutlineError, Ring};
pub use position::{Bd09, Bd09Datum, Datum, Gcj02, Gcj02Datum, Position, PositionError, Wgs84, Wgs84Datum};
pub use projection::{Projection, ProjectionError, UnknownEpsg};
pub use route::{Beside, Piece, Route};

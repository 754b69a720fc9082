//! The domain in other people's formats.

mod glyphs;
mod plate;

pub use plate::{PlateDrawingError, plate_drawing};

//! What the register says, in the forms that other people use.

mod book;
mod glyphs;
mod html;
mod monthly;
mod plate;
mod xlsx;

pub use book::{Book, Cell, Table};
pub use html::html;
pub use monthly::monthly;
pub use plate::{PlateDrawingError, plate_drawing};
pub use xlsx::{SheetError, xlsx};

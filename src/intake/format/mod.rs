//! Other people's files, read row by row: bytes, encodings and file formats. Nothing here knows of toilets.
//!
//! [`open`] turns the bytes of a file into a [`Table`] by the `[format]` table of a source profile ([`Format`]). What
//! comes out is text under names, as the publisher wrote it; what it means is the profile's business.

mod cells;
mod csv;
mod encoding;
mod error;
mod geojson;
mod json;
mod lines;
mod merged;
mod open;
mod quotes;
mod row;
mod settings;
mod sheet;
mod value;
mod workbook;
mod xml;
mod zip;

pub use cells::Cells;
pub use encoding::Encoding;
pub use error::{FileError, RowError};
pub use open::{cells, open};
pub use row::{Row, Table};
pub use settings::{Format, FormatKind, XmlLookup};

//! What the register says, in the forms that other people use: toilets as CSV, XLSX, GeoJSON and `OpenStreetMap` tags;
//! reports as workbooks and pages; plates as drawings.
//!
//! Pure, and for toilets: records in, bytes out, one after the other, so that a register of any size passes through the same memory.
//! All but the tags hold every column of a [`Record`] and can be read back.

mod book;
mod coverage;
mod csv;
mod figures;
mod geojson;
mod glyphs;
mod html;
mod ical;
mod monthly;
mod osm;
mod plate;
mod roster;
mod sheets;
#[cfg(test)]
mod tests;
mod xlsx;

use chrono::{DateTime, Utc};

use crate::domain::codes::codes;
use crate::domain::record::Record;
use crate::geo::Crs;

pub use book::{Book, Cell, Table};
pub use coverage::coverage;
pub use csv::table as csv_table;
pub use figures::figures;
pub use geojson::{FeatureStyle, feature};
pub use html::html;
pub use ical::{About, ICAL, ical};
pub use monthly::monthly;
pub use plate::{PlateDrawingError, plate_drawing};
pub use roster::roster_sheet;
pub use sheets::{Sheets, SheetsError};
pub use xlsx::{SheetError, xlsx};

codes!(
    /// A format in which toilets are taken away.
    Format {
        /// Comma-separated values (RFC 4180), UTF-8 with a byte order mark, safe to open in a spreadsheet.
        Csv = "csv",
        /// An Office Open XML workbook.
        Xlsx = "xlsx",
        /// `GeoJSON` (RFC 7946), one feature to a line.
        Geojson = "geojson",
        /// `GeoJSON` whose properties are `OpenStreetMap`'s tags.
        Osm = "osm",
    }
);

impl Format {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Geojson | Self::Osm => "application/geo+json",
        }
    }

    /// How names of such files end.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Geojson => "geojson",
            Self::Osm => "osm.geojson",
        }
    }
}

/// A text format that is written record by record.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    format: TextFormat,
    crs: Crs,
    at: DateTime<Utc>,
    is_first: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextFormat {
    Csv,
    Geojson,
    Osm,
}

impl Text {
    /// A file in that format with positions in that datum (tags are always in WGS-84), judged at that instant where the
    /// format knows only one state; none for a format that is no text.
    #[must_use]
    pub fn new(format: Format, crs: Crs, at: DateTime<Utc>) -> Option<Self> {
        let format = match format {
            Format::Csv => TextFormat::Csv,
            Format::Geojson => TextFormat::Geojson,
            Format::Osm => TextFormat::Osm,
            Format::Xlsx => return None,
        };
        Some(Self { format, crs, at, is_first: true })
    }

    /// Writes what stands before the first record.
    pub fn begin(&self, out: &mut Vec<u8>) {
        match self.format {
            TextFormat::Csv => csv::head(out),
            TextFormat::Geojson | TextFormat::Osm => geojson::head(out),
        }
    }

    /// Writes a record. What has no position has no place in `OpenStreetMap`, and is left out there.
    pub fn record(&mut self, record: &Record, out: &mut Vec<u8>) {
        let written = match self.format {
            TextFormat::Csv => return csv::row(record, self.crs, out),
            TextFormat::Geojson => Some(feature(record, self.crs, FeatureStyle::Known)),
            TextFormat::Osm => osm::feature(record, self.at),
        };
        if let Some(feature) = written {
            geojson::line(&feature, self.is_first, out);
            self.is_first = false;
        }
    }

    /// Writes what stands after the last record.
    pub fn end(&self, out: &mut Vec<u8>) {
        if self.format != TextFormat::Csv {
            geojson::tail(out);
        }
    }
}

//! What comes out of a file.

use std::collections::BTreeMap;

use super::cells::Cells;
use super::error::RowError;

/// A file, decoded and ready to be read.
pub struct Table<'a> {
    /// CSV, XLSX, XLS: the headers as [`Cells::get`] knows them. Empty for the other formats, whose records need not
    /// agree.
    pub headers: Vec<String>,
    /// XML: the code tables the profile asks for, by name: code to text.
    pub lookups: BTreeMap<String, BTreeMap<String, String>>,
    /// The rows in the order of the file.
    pub rows: Box<dyn Iterator<Item = Result<Row, RowError>> + Send + 'a>,
}

/// One record of a file.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where a person finds it, from 1. CSV, XML: the line on which the record starts. XLSX, XLS: the row of the sheet.
    /// JSON, GeoJSON: the ordinal of the record.
    pub line: u64,
    /// Its texts.
    pub cells: Cells,
    /// GeoJSON: the geometry of the feature, unless it is null.
    pub geometry: Option<::geojson::GeometryValue>,
}

impl Row {
    /// A row of a format without geometry.
    pub(super) fn new(line: u64, cells: impl Into<Cells>) -> Self {
        Self { line, cells: cells.into(), geometry: None }
    }
}

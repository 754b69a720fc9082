//! The `[format]` table of a source profile.

use std::fmt;

use serde::Deserialize;

use super::encoding::Encoding;
use super::error::FileError;

/// The most rows a file may have: six times the public toilets of China.
pub(super) const MAX_ROWS: usize = 2_000_000;
/// The most columns a table, or cells a record, may have. A publisher's table has some dozens.
pub(super) const MAX_COLUMNS: usize = 512;
/// The most bytes of decoded text for the formats that are parsed as a whole (JSON, GeoJSON, XML): 32 MiB. A parsed tree
/// takes several times the memory of its text.
pub(super) const MAX_TREE_BYTES: usize = 32 << 20;

/// How a publisher's file is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// What kind of file it is.
    pub kind: FormatKind,
    /// How its text is encoded. XLSX and XLS say that themselves and ignore this.
    #[serde(default)]
    pub encoding: Encoding,
    /// CSV: the character between cells, one of ASCII; `,` when absent.
    #[serde(default)]
    pub separator: Option<char>,
    /// JSON: dotted path of the array of records, the root itself when absent or empty. XML: the name of the elements that
    /// are records, or the end of their path, `a/b/c`.
    #[serde(default)]
    pub records: Option<String>,
    /// XLSX, XLS: the name of the sheet; the first visible one when absent.
    #[serde(default)]
    pub sheet: Option<String>,
    /// CSV, XLSX, XLS: the 1-based row that holds the headers, 1 when absent; title rows above it are passed over. In a CSV
    /// rows are counted as an editor counts lines.
    #[serde(default)]
    pub header_row: Option<u32>,
    /// CSV, XLSX, XLS: the first row of data, counted likewise; the one after the header when absent.
    #[serde(default)]
    pub data_row: Option<u32>,
    /// CSV, XLSX, XLS: a row whose first non-empty cell begins with this (`合计`) ends the table; it and the rest are no
    /// rows.
    #[serde(default)]
    pub until: Option<String>,
    /// XLSX, XLS: whether every cell of a merged region reads as its first cell.
    #[serde(default = "yes")]
    pub fill_merged: bool,
    /// XML: code tables that stand in the same file.
    #[serde(default, rename = "lookup")]
    pub lookups: Vec<XmlLookup>,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormatKind {
    /// Separated values, quoted by RFC 4180.
    Csv,
    /// JSON with an array of records.
    Json,
    /// XML with a repeated element.
    Xml,
    /// A GeoJSON `FeatureCollection` (RFC 7946).
    Geojson,
    /// An Office Open XML workbook.
    Xlsx,
    /// An Excel 97–2003 workbook.
    Xls,
}

/// A code table in an XML file: `<CODE ID="CW">中西區</CODE>`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct XmlLookup {
    /// The name by which the profile's mapping calls it.
    pub name: String,
    /// The name of its entries, or the end of their path: `districtID_CODE/CODE`. The value is the element's text.
    pub element: String,
    /// Where the code stands: an attribute (`@ID`) or a child element.
    pub key: String,
}

impl Format {
    /// The 1-based row of the headers.
    pub(super) fn header_row(&self) -> u32 {
        self.header_row.unwrap_or(1)
    }

    /// The 1-based first row that may be data.
    pub(super) fn data_row(&self) -> u32 {
        self.data_row.unwrap_or(self.header_row().saturating_add(1))
    }

    /// The byte between the cells of a CSV; [`Format::check`] has seen that it is one.
    pub(super) fn separator(&self) -> u8 {
        self.separator.and_then(|separator| u8::try_from(separator).ok()).unwrap_or(b',')
    }

    /// Whether a row that reads like this ends the table.
    pub(super) fn ends_table<'a>(&self, mut cells: impl Iterator<Item = &'a str>) -> bool {
        let Some(until) = &self.until else {
            return false;
        };
        cells.find(|cell| !cell.trim().is_empty()).is_some_and(|first| first.trim_start().starts_with(until.as_str()))
    }

    /// Refuses settings that could only mislead.
    pub(super) fn check(&self) -> Result<(), FileError> {
        let wrong = |message: &str| Err(FileError::Settings(message.to_owned()));
        if self.separator.is_some_and(|separator| !separator.is_ascii() || "\"\r\n".contains(separator)) {
            return wrong("separator must be one ASCII character, no quotation mark and no line break");
        }
        if self.header_row == Some(0) {
            return wrong("header_row counts from 1");
        }
        if self.data_row() <= self.header_row() {
            return wrong("data_row must lie below header_row");
        }
        if self.until.as_ref().is_some_and(|until| until.trim() != until || until.is_empty()) {
            return wrong("until must be a text without spaces around it");
        }
        Ok(())
    }
}

impl fmt::Display for FormatKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Geojson => "geojson",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
        })
    }
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::{Value, json};

    use super::*;

    fn format(table: Value) -> Format {
        serde_json::from_value(table).unwrap()
    }

    #[test]
    fn a_format_needs_no_more_than_its_kind() {
        let format = format(json!({ "kind": "csv" }));
        assert_eq!((format.header_row(), format.data_row(), format.separator()), (1, 2, b','));
        assert_eq!(format.encoding, Encoding::Utf8);
        assert!(format.fill_merged);
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        assert!(serde_json::from_value::<Format>(json!({ "kind": "csv", "seperator": ";" })).is_err());
    }

    #[test]
    fn settings_that_mislead_are_refused() {
        for (key, value) in
            [("separator", json!("；")), ("header_row", json!(0)), ("data_row", json!(1)), ("until", json!(" "))]
        {
            assert!(format(json!({ "kind": "csv", key: value })).check().is_err(), "{key}");
        }
        assert!(format(json!({ "kind": "csv", "separator": "\t" })).check().is_ok());
    }

    #[test]
    fn the_table_ends_at_the_first_cell_that_is_not_empty() {
        let format = format(json!({ "kind": "xlsx", "until": "合计" }));
        assert!(format.ends_table(["", " ", "合计：56"].into_iter()));
        assert!(!format.ends_table(["1", "合计"].into_iter()));
        assert!(!format.ends_table([].into_iter()));
    }
}

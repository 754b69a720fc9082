//! Separated values: RFC 4180, with the liberties that publishers take.

use std::borrow::Cow;
use std::io::Cursor;
use std::sync::Arc;

use ::csv::{Reader, ReaderBuilder, StringRecord};

use super::cells::{Cells, Columns};
use super::error::{FileError, RowError};
use super::lines::Lines;
use super::quotes;
use super::row::{Row, Table};
use super::settings::{Format, FormatKind};

/// Reads a CSV; the rows as they are asked for.
///
/// Blank rows (no cell holds more than white space) are passed over. A row with fewer cells than headers lacks the last
/// ones; a row with more is an error of that row, unless what is over is blank.
///
/// # Errors
/// No header where the profile says, a missing quotation mark, or a limit passed.
pub(super) fn open<'a>(format: &Format, text: Cow<'a, str>) -> Result<Table<'a>, FileError> {
    quotes::look_over(text.as_bytes(), format.separator())?;
    let mut records = Records::new(text, format.separator());
    let columns = Arc::new(header(&mut records, format)?);
    Ok(Table {
        headers: columns.names().to_vec(),
        lookups: std::collections::BTreeMap::new(),
        rows: Box::new(Rows { records, columns, format: format.clone(), ended: false }),
    })
}

fn header(records: &mut Records<'_>, format: &Format) -> Result<Columns, FileError> {
    let row = format.header_row();
    let malformed = |error: RowError| FileError::Malformed { kind: FormatKind::Csv, message: error.message };
    while let Some((line, record)) = records.next().map_err(malformed)? {
        if line < u64::from(row) {
            continue;
        }
        if line > u64::from(row) && format.header_row.is_some() || is_blank(&record) {
            break;
        }
        return Ok(Columns::new(record.iter()));
    }
    Err(FileError::NoHeader { row })
}

/// The rows below the header.
struct Rows<'a> {
    records: Records<'a>,
    columns: Arc<Columns>,
    format: Format,
    ended: bool,
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let (line, record) = match self.records.next() {
                Ok(next) => next?,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            if line < u64::from(self.format.data_row()) || is_blank(&record) {
                continue;
            }
            if self.format.ends_table(record.iter()) {
                break;
            }
            return Some(self.row(line, record));
        }
        self.ended = true;
        None
    }
}

impl Rows<'_> {
    fn row(&self, line: u64, record: StringRecord) -> Result<Row, RowError> {
        let width = self.columns.names().len();
        if record.iter().skip(width).any(|surplus| !surplus.trim().is_empty()) {
            let message = format!("the row has {} cells, the header {width}", record.len());
            return Err(RowError { line, message });
        }
        Ok(Row::new(line, Cells::of_record(&self.columns, record)))
    }
}

/// The records of a text with the lines on which they start.
struct Records<'a> {
    reader: Reader<Cursor<TextBytes<'a>>>,
    lines: Lines,
}

/// The bytes of a text, borrowed or not.
struct TextBytes<'a>(Cow<'a, str>);

impl AsRef<[u8]> for TextBytes<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl<'a> Records<'a> {
    fn new(text: Cow<'a, str>, separator: u8) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(Cursor::new(TextBytes(text)));
        Self { reader, lines: Lines::new() }
    }

    fn next(&mut self) -> Result<Option<(u64, StringRecord)>, RowError> {
        let mut record = StringRecord::new();
        let more = self.reader.read_record(&mut record);
        let start = record.position().map_or(0, ::csv::Position::byte);
        let line = self.line_from(usize::try_from(start).unwrap_or(usize::MAX));
        match more {
            Ok(true) => Ok(Some((line, record))),
            Ok(false) => Ok(None),
            Err(error) => Err(RowError { line, message: error.to_string() }),
        }
    }

    /// The parser's own count is behind by the line ends that precede a record, blank lines among them: it takes them for
    /// its beginning.
    fn line_from(&mut self, position: usize) -> u64 {
        let text = self.reader.get_ref().get_ref().as_ref();
        let rest = text.get(position..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.lines.at(text, position + ends)
    }
}

fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::{Value, json};

    use super::*;

    fn table<'a>(settings: &Value, text: &'a str) -> Result<Table<'a>, FileError> {
        let mut format = json!({ "kind": "csv" });
        format.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        open(&serde_json::from_value(format).unwrap(), Cow::Borrowed(text))
    }

    /// `line: cells` of every row, absent cells as `-`.
    fn rows(settings: &Value, text: &str) -> Vec<String> {
        let table = table(settings, text).unwrap();
        let headers = table.headers.clone();
        let show = |row: Row| {
            let cells: Vec<_> = headers.iter().map(|name| row.cells.get(name).unwrap_or("-")).collect();
            format!("{}: {}", row.line, cells.join("|"))
        };
        table.rows.map(|row| row.map_or_else(|error| format!("{}! {}", error.line, error.message), show)).collect()
    }

    #[test]
    fn lines_stay_right_across_quoted_line_breaks_blank_lines_and_any_line_end() {
        let text = "name,n\n\"two\nlines\",1\n\nthree,2\n";
        let expected = ["2: two\nlines|1", "5: three|2"];
        assert_eq!(rows(&json!({}), text), expected);
        let windows = text.replace('\n', "\r\n");
        assert_eq!(rows(&json!({}), &windows), expected.map(|row| row.replace('\n', "\r\n")));
        let old_mac = text.replace('\n', "\r");
        assert_eq!(rows(&json!({}), &old_mac), expected.map(|row| row.replace('\n', "\r")));
    }

    #[test]
    fn semicolons_and_tabs_separate() {
        assert_eq!(rows(&json!({ "separator": ";" }), "a;b\n48.8,2.3;x\n"), ["2: 48.8,2.3|x"]);
        assert_eq!(rows(&json!({ "separator": "\t" }), "a\tb\n1,5\tx\n"), ["2: 1,5|x"]);
    }

    #[test]
    fn short_rows_lack_cells_and_long_rows_are_errors() {
        let text = "a,b\n1\n1,2, ,\n1,2,3\n , \n4,5\n";
        assert_eq!(rows(&json!({}), text), ["2: 1|-", "3: 1|2", "4! the row has 3 cells, the header 2", "6: 4|5"]);
    }

    #[test]
    fn titles_above_and_totals_below_are_no_rows() {
        let text = "孟津区公厕一览表\n\n名称,座数\n单位,个\n东关,3\n合计：,3\n注,释\n";
        assert_eq!(rows(&json!({ "header_row": 3, "data_row": 5, "until": "合计" }), text), ["5: 东关|3"]);
    }

    #[test]
    fn a_table_without_its_header_is_refused() {
        for text in ["", "\n\n", ",,\n1,2,3\n"] {
            assert_eq!(table(&json!({}), text).err(), Some(FileError::NoHeader { row: 1 }), "{text:?}");
        }
        let below = table(&json!({ "header_row": 2 }), "title\n\na,b\n1,2\n");
        assert_eq!(below.err(), Some(FileError::NoHeader { row: 2 }));
    }

    #[test]
    fn a_header_alone_is_an_empty_table() {
        assert!(rows(&json!({}), "a,b").is_empty());
    }

    #[test]
    fn texts_are_not_trimmed_and_quotes_are_undone() {
        assert_eq!(rows(&json!({}), "a ,b\n\u{3000}x ,\"say \"\"hi\"\"\"\n"), ["2: \u{3000}x |say \"hi\""]);
    }
}

//! The texts of a row, by header or by dotted path.

use std::collections::HashMap;
use std::sync::Arc;

use super::settings::MAX_COLUMNS;

/// The texts of a row, by header or by dotted path. Texts are as in the file, not trimmed; names are trimmed of spaces and
/// byte order marks, and a name that comes again is numbered: `电话`, `电话#2`.
#[derive(Debug, Clone)]
pub struct Cells(Shape);

/// Rows of a table share their names, so that 50,000 rows hold them once.
#[derive(Debug, Clone)]
enum Shape {
    Record { columns: Arc<Columns>, texts: ::csv::StringRecord },
    Sheet { columns: Arc<Columns>, texts: Vec<Option<String>> },
    Named(Vec<(String, String)>),
}

impl Cells {
    /// The text under a name, or nothing where the row has no such cell. In a CSV or XML an empty cell is an empty text, in
    /// a workbook it is none; in JSON null is none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        match &self.0 {
            Shape::Record { columns, texts } => texts.get(columns.position(name)?),
            Shape::Sheet { columns, texts } => texts.get(columns.position(name)?)?.as_deref(),
            Shape::Named(cells) => cells.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str()),
        }
    }

    /// The names of the cells the row has, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let (columns, named) = match &self.0 {
            Shape::Record { columns, .. } | Shape::Sheet { columns, .. } => (columns.names(), [].as_slice()),
            Shape::Named(cells) => ([].as_slice(), cells.as_slice()),
        };
        let columns = columns.iter().map(String::as_str).filter(|name| self.get(name).is_some());
        columns.chain(named.iter().map(|(name, _)| name.as_str()))
    }

    /// The cells of a CSV record.
    pub(super) fn of_record(columns: &Arc<Columns>, texts: ::csv::StringRecord) -> Self {
        Self(Shape::Record { columns: Arc::clone(columns), texts })
    }

    /// The cells of a sheet's row, by column.
    pub(super) fn of_sheet(columns: &Arc<Columns>, texts: Vec<Option<String>>) -> Self {
        Self(Shape::Sheet { columns: Arc::clone(columns), texts })
    }
}

/// The headers of a table, each of another name.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    positions: HashMap<String, usize>,
}

impl Columns {
    /// Takes the headers as they stand in the file. A column without one is called by its number: `#3`.
    pub(super) fn new<'a>(headers: impl Iterator<Item = &'a str>) -> Self {
        let mut columns = Self { names: Vec::new(), positions: HashMap::new() };
        for (position, header) in headers.enumerate() {
            let number = format!("#{}", position + 1);
            let name = Some(trimmed(header)).filter(|header| !header.is_empty()).unwrap_or(&number);
            let name = unused(name, |name| columns.positions.contains_key(name));
            columns.positions.insert(name.clone(), position);
            columns.names.push(name);
        }
        columns
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }
}

/// The cells of a record that brings its own names, as they are gathered.
#[derive(Debug, Default)]
pub(super) struct NamedCells(Vec<(String, String)>);

impl NamedCells {
    /// Adds a cell.
    ///
    /// # Errors
    /// A sentence, when the record has more cells than a file may have columns.
    pub(super) fn push(&mut self, name: &str, text: String) -> Result<(), String> {
        if self.0.len() == MAX_COLUMNS {
            return Err(format!("the record has more than {MAX_COLUMNS} cells"));
        }
        let name = unused(trimmed(name), |name| self.0.iter().any(|(other, _)| other == name));
        self.0.push((name, text));
        Ok(())
    }
}

impl From<NamedCells> for Cells {
    fn from(cells: NamedCells) -> Self {
        Self(Shape::Named(cells.0))
    }
}

/// `name` under `parent` in a dotted path.
pub(super) fn below(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

/// A header without what publishers leave around it: spaces of any width (U+3000 counts as white) and byte order marks.
fn trimmed(header: &str) -> &str {
    header.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
}

/// The name itself, or with the first number from 2 that nobody bears.
fn unused(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut number = 2;
    let mut candidate = name.to_owned();
    while taken(&candidate) {
        candidate = format!("{name}#{number}");
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn headers_are_trimmed_and_numbered() {
        let columns = Columns::new(["\u{FEFF}名称 ", "\u{3000}电话", "电话", "", "电话"].into_iter());
        assert_eq!(columns.names(), ["名称", "电话", "电话#2", "#4", "电话#3"]);
    }

    #[test]
    fn a_numbered_name_never_takes_that_of_another() {
        let columns = Columns::new(["a", "a#2", "a"].into_iter());
        assert_eq!(columns.names(), ["a", "a#2", "a#3"]);
    }

    #[test]
    fn a_cell_that_the_row_lacks_is_absent() {
        let columns = Arc::new(Columns::new(["a", "b", "c"].into_iter()));
        let cells = Cells::of_record(&columns, ::csv::StringRecord::from(vec!["1", ""]));
        assert_eq!((cells.get("a"), cells.get("b"), cells.get("c"), cells.get("d")), (Some("1"), Some(""), None, None));
        assert_eq!(cells.names().collect::<Vec<_>>(), ["a", "b"]);

        let cells = Cells::of_sheet(&columns, vec![None, Some("2".to_owned())]);
        assert_eq!(cells.names().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn a_record_of_its_own_names_is_bounded() {
        let mut cells = NamedCells::default();
        for _ in 0..MAX_COLUMNS {
            cells.push("tel", String::new()).unwrap();
        }
        assert!(cells.push("tel", String::new()).is_err());
        assert!(Cells::from(cells).get("tel#512").is_some());
    }
}

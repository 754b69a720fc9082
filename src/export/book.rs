//! Tables with a title, as a page or a workbook shows them.

/// A few tables under one title.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Book {
    /// Its title.
    pub title: String,
    /// What it is about and when it was made, a line each.
    pub lines: Vec<String>,
    /// Its tables, in the order of reading.
    pub tables: Vec<Table>,
    /// Whoever has to sign it, each on a line to write on.
    pub signatures: Vec<String>,
    /// The tag of its language (BCP 47).
    pub language: &'static str,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Its title.
    pub title: String,
    /// What its numbers mean, if that needs saying.
    pub note: String,
    /// The heads of its columns.
    pub columns: Vec<String>,
    /// Its rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// A text.
    Text(String),
    /// A number as it is.
    Number(f64),
    /// A share from 0 to 1, shown in per cent.
    Share(f64),
}

impl Cell {
    /// A text, or nothing.
    pub fn text(text: impl Into<Option<String>>) -> Self {
        text.into().map_or(Self::Empty, Self::Text)
    }

    /// A count.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of toilets are far below 2⁵³")]
    pub fn count(count: u64) -> Self {
        Self::Number(count as f64)
    }

    /// A share, or nothing where there is none.
    #[must_use]
    pub fn share(share: Option<f64>) -> Self {
        share.map_or(Self::Empty, Self::Share)
    }

    /// As people read it; a dash where nothing is known.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => "—".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Share(share) => format!("{:.1} %", share * 100.0),
        }
    }
}

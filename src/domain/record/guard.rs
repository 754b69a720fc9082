//! Text in a table that a spreadsheet must not take for a formula.

use std::borrow::Cow;

/// The mark that makes a spreadsheet take a cell for text.
const MARK: char = '\'';

/// What a spreadsheet takes for the beginning of a formula, full-width forms included, and the mark itself, so that
/// taking it off gives back the very text.
const BEGINNINGS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', MARK];

/// The text with a mark before it where it needs one.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(BEGINNINGS) { Cow::Owned(format!("{MARK}{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the mark that [`guarded`] put before it.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|text| text.starts_with(BEGINNINGS)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_guarded_comes_back_and_begins_no_formula(text in "[='+@＝\\-\\t\\r\\n 'a公]{0,6}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), text.as_str());
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']));
        }
    }
}

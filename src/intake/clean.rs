//! The care that every cell gets before anything else is made of it, and the oddities that a cell betrays.

use std::borrow::Cow;

use super::format::Row;
use super::notice::{Notes, Notice};

/// A cell without space around it, and each break or tab inside it (with the space beside it) as one space.
///
/// Space between words is left as it is: a publisher's double blank may mean something.
pub(super) fn clean(cell: &str) -> Cow<'_, str> {
    let trimmed = cell.trim_matches(is_space);
    if !trimmed.chars().any(char::is_control) {
        return Cow::Borrowed(trimmed);
    }
    let mut text = String::with_capacity(trimmed.len());
    let mut gap = String::new();
    for c in trimmed.chars() {
        if is_space(c) || c.is_control() {
            gap.push(c);
            continue;
        }
        let folded = gap.chars().any(char::is_control);
        text.push_str(if folded { " " } else { &gap });
        gap.clear();
        text.push(c);
    }
    Cow::Owned(text)
}

/// White space of any script, and the two signs without width that spreadsheets and old encoders leave behind.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}')
}

/// Reports what bad re-encodings leave behind, one notice a cell, whether or not the profile uses the cell.
pub(super) fn report_oddities(row: &Row, notes: &mut Notes) {
    for column in row.cells.names() {
        let Some(cell) = row.cells.get(column) else {
            continue;
        };
        if cell.contains(char::REPLACEMENT_CHARACTER) {
            let message = format!("“{}” holds bytes that are no text in this encoding", clean(cell));
            notes.tell(Notice::new(column, "replacement_character", message));
        }
        if has_suspect_question_mark(cell) {
            let message = format!("“{}” may have lost a character to a “?”", clean(cell));
            notes.tell(Notice::new(column, "suspect_question_mark", message));
        }
    }
}

/// Whether an ASCII question mark stands in Chinese text, where a converter may have given up on a character. Chinese
/// asks with “？”; addresses of the web have theirs by right.
fn has_suspect_question_mark(cell: &str) -> bool {
    cell.contains('?') && cell.chars().any(is_han) && !cell.contains("://")
}

/// The Han characters of Unicode: the unified ideographs with extension A, the compatibility block, and planes 2 and 3.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_goes_from_the_edges_and_breaks_become_spaces() {
        assert_eq!(clean("行天宮\u{3000}\u{3000}"), "行天宮");
        assert_eq!(clean("서대문구육아\n 종합지원센터 \n 내 화장실"), "서대문구육아 종합지원센터 내 화장실");
        assert_eq!(clean("92102  RUE BLOMET"), "92102  RUE BLOMET");
        assert_eq!(clean(" \u{FEFF}\t "), "");
    }

    #[test]
    fn a_question_mark_is_suspect_in_chinese_text_only() {
        for suspect in ["臺北市政府警察局?天母派出所", "新糖?", "南京西路1號2?4樓"] {
            assert!(has_suspect_question_mark(suspect), "{suspect}");
        }
        for fine in ["???", "why?", "天母", "天母？", "https://example.org/?名=天母"] {
            assert!(!has_suspect_question_mark(fine), "{fine}");
        }
    }
}

//! Reads the forms in which publishers write opening hours, in Chinese, English, French and Korean.
//!
//! A form is either understood word by word or kept as a note: there is no guessing. Seasons without dates,
//! a sentence, days named twice with other hours, `下午` on one side of a range that fits neither way: all are notes.

mod compose;
mod scan;
#[cfg(test)]
mod tests;
mod words;

use super::hours::Hours;

/// What a publisher's field for opening hours turned out to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Hours, in OpenStreetMap's form.
    Hours(Hours),
    /// Something that is not hours, or not clear: the text as it was, trimmed. The hours are unknown.
    Note(String),
    /// Nothing, or one of the ways to write "no data".
    Blank,
}

/// Ways to write that nothing is known, in lower case.
const BLANKS: &[&str] = &[
    "",
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "?",
    "？",
    "n/a",
    "na",
    "nil",
    "none",
    "null",
    "unknown",
    "nc",
    "non renseigné",
    "无",
    "無",
    "暂无",
    "不详",
    "不詳",
    "未知",
    "未提供",
    "未有提供",
    "미상",
];

/// Reads a field. OpenStreetMap's own form is taken as it stands; other forms are turned into it.
///
/// A range that ends before it starts runs past midnight (`6 h - 1 h`, and so does `8:00-6:00`); one that ends where it
/// starts is a note. `平日` is Monday to Friday; `工作日` is that without public holidays.
#[must_use]
pub fn read(text: &str) -> Reading {
    let text = text.trim();
    if BLANKS.contains(&text.to_lowercase().as_str()) {
        return Reading::Blank;
    }
    // A number alone would be a year to OpenStreetMap; here it is more likely a misplaced column.
    if text.chars().all(|c| c.is_ascii_digit()) {
        return Reading::Note(text.to_owned());
    }
    let hours = Hours::parse(text).ok().or_else(|| Hours::parse(&translated(text)?).ok());
    hours.map_or_else(|| Reading::Note(text.to_owned()), Reading::Hours)
}

fn translated(text: &str) -> Option<String> {
    compose::compose(&scan::scan(text)?)
}

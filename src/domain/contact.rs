//! The line on the public sign for whoever has something to say about a toilet.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::Violation;

/// A telephone line of an office (公示电话), such as `12345` or `0379-67912345 转 2`: 3 to 20 digits with `+`, `-`, `()`
/// and blanks between them, 32 characters at most. A mobile number is a person's and is refused: it would hang on a
/// wall, and stand in every copy of the register, long after the person has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Contact(String);

impl Contact {
    /// The line itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Contact {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let text: String = text.nfkc().collect();
        let text = text.trim();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let sane = text.chars().all(|c| c.is_ascii_digit() || "+-() 转".contains(c));
        if !sane || text.chars().count() > 32 || !(3..=20).contains(&digits.len()) {
            let message = "a contact line is a telephone number of 3 to 20 digits, such as 12345 or 0379-67912345";
            return Err(Violation::new("contact", "badContact", message));
        }
        if is_mobile(&digits) {
            let message = "looks like somebody's mobile number; the sign names a line of the office, such as 12345";
            return Err(Violation::new("contact", "personalNumber", message));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A mobile number of the mainland: eleven digits that begin with 13 to 19, with or without the country's code.
fn is_mobile(digits: &str) -> bool {
    let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(digits);
    [digits, national].iter().any(|digits| match digits.as_bytes() {
        [b'1', second, ..] => digits.len() == 11 && matches!(second, b'3'..=b'9'),
        _ => false,
    })
}

impl TryFrom<String> for Contact {
    type Error = Violation;
    fn try_from(text: String) -> Result<Self, Violation> {
        text.parse()
    }
}

impl From<Contact> for String {
    fn from(contact: Contact) -> Self {
        contact.0
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_offices_are_taken_and_those_of_persons_are_not() {
        for line in ["12345", "0379-67912345", "（0379）67912345 转 2", "400 812 3456", "110"] {
            assert!(line.parse::<Contact>().is_ok(), "{line}");
        }
        for (line, code) in [
            ("13800138000", "personalNumber"),
            ("+86 138-0013-8000", "personalNumber"),
            ("0086 13800138000", "personalNumber"),
            ("12", "badContact"),
            ("王丽 12345", "badContact"),
            ("123456789012345678901", "badContact"),
            ("1\n2345", "badContact"),
        ] {
            assert_eq!(line.parse::<Contact>().map_err(|wrong| wrong.code), Err(code), "{line}");
        }
    }
}

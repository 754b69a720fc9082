//! Text that may be shown to everyone: normalised, bounded, without characters that deceive a reader.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::Violation;

/// A name: one line of 1 to 128 characters. Published lists hold names of 94 characters (bilingual ones of Hong Kong),
/// so a bound of 64 would turn real toilets away.
pub type Name = Text<128, false>;

/// A line of text such as an address: 1 to 255 characters.
pub type Line = Text<255, false>;

/// A remark: 1 to 1,000 characters, line breaks allowed.
pub type Remark = Text<1000, true>;

/// Text of 1 to `MAX` characters after Unicode normalisation (NFC) and trimming, without control characters (but line
/// breaks where `LINES`) and without bidirectional controls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize, const LINES: bool>(String);

impl<const MAX: usize, const LINES: bool> Text<MAX, LINES> {
    /// Normalises and checks a text.
    ///
    /// # Errors
    /// `blank`, `tooLong` or `badCharacter`, with an empty field name (see [`Violation::in_field`]).
    pub fn new(text: &str) -> Result<Self, Violation> {
        // Nearly all text is normal already; asking is cheaper than normalising it anew.
        let text = match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => Cow::Borrowed(text),
            _ => Cow::Owned(text.nfc().collect::<String>()),
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(Violation::new("", "blank", "must not be empty"));
        }
        let length = text.chars().count();
        if length > MAX {
            return Err(Violation::new("", "tooLong", format!("has {length} characters; at most {MAX} are kept")));
        }
        if let Some(bad) = text.chars().find(|&c| is_forbidden(c) && !(LINES && c == '\n')) {
            let message = format!("holds the character U+{:04X}, which cannot be shown", u32::from(bad));
            return Err(Violation::new("", "badCharacter", message));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and the bidirectional controls that can make a text read as something it is not.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

impl<const MAX: usize, const LINES: bool> fmt::Display for Text<MAX, LINES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize, const LINES: bool> TryFrom<String> for Text<MAX, LINES> {
    type Error = Violation;
    fn try_from(text: String) -> Result<Self, Violation> {
        Self::new(&text)
    }
}

impl<const MAX: usize, const LINES: bool> From<Text<MAX, LINES>> for String {
    fn from(text: Text<MAX, LINES>) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_normalised_trimmed_and_counted_in_characters() {
        assert_eq!(Name::new(" 公厕\u{3000}").map(String::from), Ok("公厕".to_owned()));
        assert_eq!(Name::new("e\u{301}").map(String::from), Ok("\u{e9}".to_owned()));
        assert!(Name::new(&"厕".repeat(128)).is_ok());
        assert_eq!(Name::new(&"厕".repeat(129)).map_err(|v| v.code), Err("tooLong"));
        assert_eq!(Name::new(" \n ").map_err(|v| v.code), Err("blank"));
    }

    #[test]
    fn characters_that_deceive_are_refused() {
        for bad in ["a\0b", "a\u{202E}b", "a\nb", "a\u{2066}b", "a\u{85}b"] {
            assert_eq!(Name::new(bad).map_err(|v| v.code), Err("badCharacter"), "{bad:?}");
        }
        assert!(Remark::new("a\nb").is_ok());
        assert!(Remark::new("a\tb").is_err());
    }
}

//! A writer of JSON for the answers that are joined from prepared pieces.

use std::fmt::Display;
use std::io::Write;

/// JSON as it grows. Commas are put by looking at what was written last.
#[derive(Debug, Default)]
pub(super) struct Json(Vec<u8>);

impl Json {
    /// Nothing yet, with room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// How much was written, in bytes.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// What was written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Opens an object or an array: `{` or `[`.
    pub(super) fn open(&mut self, bracket: u8) {
        self.separate();
        self.0.push(bracket);
    }

    /// Closes what was opened last: `}` or `]`.
    pub(super) fn close(&mut self, bracket: u8) {
        self.0.push(bracket);
    }

    /// The name of the next value of an object. Names are ours and need no escaping.
    pub(super) fn key(&mut self, name: &str) {
        self.separate();
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// A name that is not ours and may need escaping.
    pub(super) fn foreign_key(&mut self, name: &str) {
        self.text(name);
        self.0.push(b':');
    }

    /// A value that needs no quotes, such as a number.
    pub(super) fn bare(&mut self, value: impl Display) {
        self.separate();
        // Writing to a vector cannot fail.
        let _ = write!(self.0, "{value}");
    }

    /// A text, escaped (RFC 8259, 7).
    pub(super) fn text(&mut self, text: &str) {
        self.separate();
        self.0.push(b'"');
        for &byte in text.as_bytes() {
            match byte {
                b'"' => self.0.extend_from_slice(b"\\\""),
                b'\\' => self.0.extend_from_slice(b"\\\\"),
                b'\n' => self.0.extend_from_slice(b"\\n"),
                0..0x20 => drop(write!(self.0, "\\u{byte:04x}")),
                _ => self.0.push(byte),
            }
        }
        self.0.push(b'"');
    }

    /// Members or elements written before; nothing if there are none.
    pub(super) fn written(&mut self, pieces: &[u8]) {
        if !pieces.is_empty() {
            self.separate();
            self.0.extend_from_slice(pieces);
        }
    }

    /// A named text.
    pub(super) fn text_field(&mut self, name: &str, text: impl AsRef<str>) {
        self.key(name);
        self.text(text.as_ref());
    }

    /// A named text, if there is one.
    pub(super) fn known_text(&mut self, name: &str, text: Option<impl AsRef<str>>) {
        if let Some(text) = text {
            self.text_field(name, text);
        }
    }

    /// A named value that needs no quotes.
    pub(super) fn bare_field(&mut self, name: &str, value: impl Display) {
        self.key(name);
        self.bare(value);
    }

    /// A named number that is not negative, rounded to tenths.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is not negative, and far smaller"
    )]
    pub(super) fn tenths_field(&mut self, name: &str, number: f64) {
        self.key(name);
        let tenths = (number * 10.0).round() as u64;
        // Twenty digits and a point hold any.
        let (mut digits, mut place, mut rest) = ([b'0'; 22], 20, tenths / 10);
        digits[20] = b'.';
        digits[21] += (tenths % 10) as u8;
        while rest > 0 || place == 20 {
            place -= 1;
            digits[place] += (rest % 10) as u8;
            rest /= 10;
        }
        self.0.extend_from_slice(&digits[place..]);
    }

    fn separate(&mut self) {
        if !matches!(self.0.last(), None | Some(b'{' | b'[' | b':')) {
            self.0.push(b',');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_stand_between_values_and_nowhere_else() {
        let mut json = Json::default();
        json.open(b'{');
        json.text_field("a", "ends in a bracket [");
        json.key("b");
        json.open(b'[');
        json.bare(1);
        json.bare(2);
        json.close(b']');
        json.written(b"");
        json.written(b"\"c\":{}");
        json.close(b'}');
        assert_eq!(json.into_bytes(), br#"{"a":"ends in a bracket [","b":[1,2],"c":{}}"#);
    }

    #[test]
    fn tenths_are_written_as_any_number_is() {
        for number in [0.0, 0.04, 0.06, 0.94, 9.96, 10.0, 359.94, 12_345_678.91, 20_015_114.4] {
            let mut json = Json::default();
            json.tenths_field("a", number);
            assert_eq!(String::from_utf8_lossy(&json.into_bytes()), format!("\"a\":{number:.1}"));
        }
    }

    #[test]
    fn every_text_reads_back() {
        for text in ["公厕 \"7\"\\", "a\nb\tc\0\u{1f}", "\u{2028}😀"] {
            let mut json = Json::default();
            json.text(text);
            assert_eq!(serde_json::from_slice::<String>(&json.into_bytes()).ok().as_deref(), Some(text));
        }
    }
}

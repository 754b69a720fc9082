//! From bytes to text.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;

use super::error::FileError;

/// How the text of a file is encoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16 whose byte order mark says which.
    #[serde(rename = "utf-16")]
    Utf16,
    /// UTF-16, little end first, with or without a byte order mark.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, big end first, with or without a byte order mark.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// GB 18030, and so GBK and GB 2312, which it contains.
    #[serde(rename = "gb18030")]
    Gb18030,
    /// Big5 as the web reads it, with the Hong Kong characters.
    #[serde(rename = "big5")]
    Big5,
    /// Code page 950, Microsoft's Big5. It is decoded as [`Encoding::Big5`]: the WHATWG's table was made to serve both.
    #[serde(rename = "cp950")]
    Cp950,
    /// Shift JIS as Windows has it (code page 932).
    #[serde(rename = "shift-jis")]
    ShiftJis,
    /// Code page 949, Korean, which contains EUC-KR.
    #[serde(rename = "cp949", alias = "euc-kr")]
    Cp949,
}

/// Decodes a whole file; UTF-8 without damage is borrowed.
///
/// A malformed sequence becomes U+FFFD, and so does a NUL, which no text has and which a database refuses. Line ends and
/// separators survive, since none of these encodings lets a broken sequence swallow an ASCII character.
///
/// # Errors
/// When the byte order mark contradicts the encoding, UTF-16 has none, or more than 1 % of the characters are U+FFFD.
pub(super) fn decode(encoding: Encoding, bytes: &[u8]) -> Result<Cow<'_, str>, FileError> {
    let (decoder, start) = encoding.decoder(bytes)?;
    let (text, malformed) = decoder.decode_without_bom_handling(bytes.get(start..).unwrap_or_default());
    let nul = text.contains('\0');
    let text = if nul { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { text };
    if malformed || nul {
        refuse_if_mostly_damaged(encoding, &text)?;
    }
    // GB 18030 has a mark of its own, which no BOM sniffer knows.
    if text.starts_with('\u{FEFF}') {
        return Ok(Cow::Owned(text.trim_start_matches('\u{FEFF}').to_owned()));
    }
    Ok(text)
}

impl std::str::FromStr for Encoding {
    type Err = serde::de::value::Error;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::deserialize(serde::de::value::StrDeserializer::new(name))
    }
}

impl Encoding {
    /// The decoder for these bytes and how many of them are the byte order mark.
    fn decoder(self, bytes: &[u8]) -> Result<(&'static encoding_rs::Encoding, usize), FileError> {
        let mark = encoding_rs::Encoding::for_bom(bytes);
        if self == Self::Utf16 {
            return match mark {
                Some((found, length)) if found != encoding_rs::UTF_8 => Ok((found, length)),
                Some((found, _)) => Err(FileError::OtherByteOrderMark { stated: self, found: found.name() }),
                None => Err(FileError::NoByteOrderMark),
            };
        }
        let decoder = match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Utf16 | Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Gb18030 => encoding_rs::GB18030,
            Self::Big5 | Self::Cp950 => encoding_rs::BIG5,
            Self::ShiftJis => encoding_rs::SHIFT_JIS,
            Self::Cp949 => encoding_rs::EUC_KR,
        };
        match mark {
            None => Ok((decoder, 0)),
            Some((found, length)) if found == decoder => Ok((decoder, length)),
            Some((found, _)) => Err(FileError::OtherByteOrderMark { stated: self, found: found.name() }),
        }
    }
}

fn refuse_if_mostly_damaged(encoding: Encoding, text: &str) -> Result<(), FileError> {
    let characters = text.chars().count();
    let damaged = text.chars().filter(|&c| c == char::REPLACEMENT_CHARACTER).count();
    if damaged * 100 > characters {
        return Err(FileError::NotThatEncoding { encoding, damaged, characters });
    }
    Ok(())
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Gb18030 => "gb18030",
            Self::Big5 => "big5",
            Self::Cp950 => "cp950",
            Self::ShiftJis => "shift-jis",
            Self::Cp949 => "cp949",
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn text(encoding: Encoding, bytes: &[u8]) -> String {
        decode(encoding, bytes).unwrap().into_owned()
    }

    #[test]
    fn every_encoding_says_public_toilet() {
        assert_eq!(text(Encoding::Utf8, "公厕".as_bytes()), "公厕");
        assert_eq!(text(Encoding::Gb18030, b"\xB9\xAB\xB2\xDE"), "公厕");
        assert_eq!(text(Encoding::Big5, b"\xA4\xBD\xB4Z"), "公廁");
        assert_eq!(text(Encoding::Cp950, b"\xA4\xBD\xB4Z"), "公廁");
        assert_eq!(text(Encoding::ShiftJis, b"\x8C\xF6\x8F\x4F"), "公衆");
        assert_eq!(text(Encoding::Cp949, b"\xC8\xAD\xC0\xE5\xBD\xC7"), "화장실");
        // 똠 exists in code page 949 but not in EUC-KR.
        assert_eq!(text(Encoding::Cp949, b"\x8C\x63"), "똠");
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        assert_eq!(text(Encoding::Utf16, b"\xFF\xFE\x6C\x51"), "公");
        assert_eq!(text(Encoding::Utf16, b"\xFE\xFF\x51\x6C"), "公");
        assert_eq!(text(Encoding::Utf16Le, b"\xFF\xFE\x6C\x51"), "公");
        assert_eq!(text(Encoding::Utf16Le, b"\x6C\x51"), "公");
        assert_eq!(text(Encoding::Utf16Be, b"\x51\x6C"), "公");
        assert_eq!(decode(Encoding::Utf16, b"\x6C\x51"), Err(FileError::NoByteOrderMark));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(text(Encoding::Utf8, b"\xEF\xBB\xBFa"), "a");
        assert_eq!(text(Encoding::Gb18030, b"\x84\x31\x95\x33a"), "a");
    }

    #[test]
    fn a_byte_order_mark_that_contradicts_the_profile_is_an_error() {
        let refusal = decode(Encoding::Gb18030, b"\xEF\xBB\xBFa").unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "the profile says gb18030, but the file begins with the byte order mark of UTF-8"
        );
        assert!(decode(Encoding::Utf8, b"\xFF\xFEa\0").is_err());
        assert!(decode(Encoding::Utf16, b"\xEF\xBB\xBFa").is_err());
        assert!(decode(Encoding::Utf16Be, b"\xFF\xFEa\0").is_err());
    }

    #[test]
    fn a_broken_character_is_marked_and_the_separator_after_it_kept() {
        let sound = "a".repeat(200).into_bytes();
        let broken = [sound.as_slice(), b"\xB9,b\0"].concat();
        assert!(text(Encoding::Gb18030, &broken).ends_with("\u{FFFD},b\u{FFFD}"));
    }

    #[test]
    fn a_file_of_broken_characters_is_another_encoding() {
        let refusal = decode(Encoding::Utf8, b"\xB9\xAB\xB2\xDE").unwrap_err();
        assert!(refusal.to_string().starts_with("this does not look like utf-8: "));
        assert!(decode(Encoding::Utf8, b"a\0b\0c\0").is_err(), "UTF-16 of ASCII is valid UTF-8");
    }
}

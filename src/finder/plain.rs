//! Text as it is compared.

use unicode_normalization::UnicodeNormalization;

/// Text as it is compared: full-width and half-width, capital and small letters are one (Unicode NFKC, lower case).
#[must_use]
pub fn plain(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

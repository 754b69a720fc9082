//! Letters and digits as outlines, so that a drawing needs no font.

use std::fmt::Write;

/// Columns and rows of a glyph.
const WIDE: usize = 5;
const HIGH: usize = 7;

/// Each row is five bits, the left-most first.
const GLYPHS: [(char, [u8; HIGH]); 41] = [
    ('0', [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110]),
    ('1', [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110]),
    ('2', [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111]),
    ('3', [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110]),
    ('4', [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010]),
    ('5', [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110]),
    ('6', [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110]),
    ('7', [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000]),
    ('8', [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110]),
    ('9', [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100]),
    ('A', [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001]),
    ('B', [0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110]),
    ('C', [0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110]),
    ('D', [0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110]),
    ('E', [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111]),
    ('F', [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000]),
    ('G', [0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01111]),
    ('H', [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001]),
    ('I', [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110]),
    ('J', [0b00111, 0b00010, 0b00010, 0b00010, 0b00010, 0b10010, 0b01100]),
    ('K', [0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001]),
    ('L', [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111]),
    ('M', [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001]),
    ('N', [0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001]),
    ('O', [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110]),
    ('P', [0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000]),
    ('Q', [0b01110, 0b10001, 0b10001, 0b10001, 0b10101, 0b10010, 0b01101]),
    ('R', [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001]),
    ('S', [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110]),
    ('T', [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100]),
    ('U', [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110]),
    ('V', [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100]),
    ('W', [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001]),
    ('X', [0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001]),
    ('Y', [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100]),
    ('Z', [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000, 0b11111]),
    ('-', [0b00000, 0b00000, 0b00000, 0b11111, 0b00000, 0b00000, 0b00000]),
    ('.', [0b00000, 0b00000, 0b00000, 0b00000, 0b00000, 0b01100, 0b01100]),
    ('/', [0b00001, 0b00010, 0b00010, 0b00100, 0b01000, 0b01000, 0b10000]),
    ('#', [0b01010, 0b01010, 0b11111, 0b01010, 0b11111, 0b01010, 0b01010]),
    (' ', [0; HIGH]),
];

/// A text as the data of an SVG path, one unit to a dot, its upper left corner at the origin, with its width. Letters are
/// drawn as capitals. `None` where a character has no glyph.
pub(super) fn outlined(text: &str) -> Option<(String, u16)> {
    let mut path = String::new();
    let mut x = 0;
    for character in text.chars() {
        let character = character.to_ascii_uppercase();
        let (_, rows) = GLYPHS.iter().find(|(known, _)| *known == character)?;
        for (y, row) in rows.iter().enumerate() {
            let dots = (0..WIDE).map(|column| row >> (WIDE - 1 - column) & 1 == 1);
            path.push_str(&runs(dots, usize::from(x), y));
        }
        x += 6;
    }
    Some((path, u16::saturating_sub(x, 1)))
}

/// The dots of a row as rectangles one unit high, neighbours in one.
pub(super) fn runs(dots: impl Iterator<Item = bool>, left: usize, y: usize) -> String {
    let mut path = String::new();
    let mut start = None;
    for (x, is_dark) in dots.chain([false]).enumerate() {
        match (is_dark, start) {
            (true, None) => start = Some(x),
            (false, Some(from)) => {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {y}h{width}v1h-{width}z", left + from, width = x - from);
                start = None;
            }
            _ => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_rectangle() {
        assert_eq!(runs([true, true, false, true].into_iter(), 4, 2), "M4 2h2v1h-2zM7 2h1v1h-1z");
    }

    #[test]
    fn what_has_no_glyph_is_not_drawn_in_part() {
        assert_eq!(outlined("MJ公"), None);
        assert_eq!(outlined("mj"), outlined("MJ"));
        assert_eq!(outlined("").map(|(path, wide)| (path.is_empty(), wide)), Some((true, 0)));
        assert_eq!(outlined("A1").map(|(_, wide)| wide), Some(11));
    }
}

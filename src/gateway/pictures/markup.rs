//! Pages that hide in pictures: where no pixels are, in a comment say or after the end. Phones leave films and further
//! pictures there, which are let through; who leaves a page there wants a browser to take the picture for one.
//!
//! Every picture is written anew, so that no such page would come out again. That it is refused tells whoever sends it,
//! and whoever wonders later, that something was wrong with it.

/// With what a page can begin, after `<`. Long enough that chance does not write one into megabytes of film.
const TAGS: [&[u8]; 6] = [b"!doctype", b"html", b"script", b"body", b"iframe", b"?php"];

/// The chunks of PNG and WebP that hold pixels.
const PNG_PIXELS: [&[u8]; 2] = [b"IDAT", b"fdAT"];
const WEBP_PIXELS: [&[u8]; 4] = [b"VP8 ", b"VP8L", b"ALPH", b"ANMF"];

/// A name, a content, and where the next one is.
type Chunk<'a> = (&'a [u8], &'a [u8], usize);

/// Whether a page begins somewhere in there.
pub(super) fn is_in(bytes: &[u8]) -> bool {
    let opened = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<');
    opened.map(|(at, _)| bytes.get(at + 1..).unwrap_or_default()).any(|rest| TAGS.iter().any(|tag| begins(rest, tag)))
}

fn begins(rest: &[u8], tag: &[u8]) -> bool {
    let is_named = rest.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag));
    is_named && rest.get(tag.len()).is_none_or(|end| end.is_ascii_whitespace() || matches!(end, b'>' | b'/'))
}

/// Whether a page hides in a PNG.
pub(super) fn is_in_png(bytes: &[u8]) -> bool {
    beside(bytes, 8, &PNG_PIXELS, |at| png_chunk(bytes, at))
}

/// Whether a PNG says that it moves, be it in words that decoders pass over as too many frames.
pub(super) fn png_moves(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some((name, _, next)) = png_chunk(bytes, at) {
        if name == b"acTL" {
            return true;
        }
        at = next;
    }
    false
}

/// The name and the content of the chunk at that place, and where the next one is.
fn png_chunk(bytes: &[u8], at: usize) -> Option<Chunk<'_>> {
    let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
    let (name, end) = (bytes.get(at + 4..at + 8)?, at + 8 + usize::try_from(length).ok()?);
    // A sum follows.
    Some((name, bytes.get(at + 8..end)?, end + 4))
}

/// Whether a page hides in a WebP.
pub(super) fn is_in_webp(bytes: &[u8]) -> bool {
    let chunk = |at: usize| {
        let length = u32::from_le_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?);
        let (name, end) = (bytes.get(at..at + 4)?, at + 8 + usize::try_from(length).ok()?);
        // To an even place.
        Some((name, bytes.get(at + 8..end)?, end + end % 2))
    };
    beside(bytes, 12, &WEBP_PIXELS, chunk)
}

/// Looks through all chunks without pixels, and through what follows the last that can be read.
fn beside<'a>(bytes: &'a [u8], from: usize, pixels: &[&[u8]], chunk: impl Fn(usize) -> Option<Chunk<'a>>) -> bool {
    let mut at = from;
    while let Some((name, content, next)) = chunk(at) {
        if !pixels.contains(&name) && is_in(content) {
            return true;
        }
        at = next;
    }
    is_in(bytes.get(at..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_how_it_begins() {
        for page in ["<html>", "x<HTML lang=zh>", "<!DOCTYPE html>", "<script/x>", "<?php echo", "<iframe", "<body\n>"]
        {
            assert!(is_in(page.as_bytes()), "{page}");
        }
        let packet = "<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF/></x:xmpmeta>";
        for honest in ["", "<", "<b>", "html>", "< html>", "<htmlx>", "<bodywork", packet] {
            assert!(!is_in(honest.as_bytes()), "{honest}");
        }
    }
}

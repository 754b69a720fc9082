//! What a JPEG says of itself before its first scan, and how often it could begin another.

use super::{PictureError, markup};

/// Scans in all. Cameras make one, progressive encoders ten or so; a picture of many thousands keeps a decoder at work
/// for hours.
const MOST_SCANS: usize = 64;

/// As many pairs of bytes that could begin one, wherever they stand: chance makes 130 in the film that some phones hang
/// at the end of 8 MiB.
const MOST_PAIRS: usize = 1_000;

const START_OF_SCAN: u8 = 0xda;
const END: u8 = 0xd9;

/// What is known of a JPEG before it is decoded.
pub(super) struct Outline {
    /// The bytes beside its pixels that decoding takes, in 64ths of a byte for each pixel. A picture in one baseline scan
    /// is decoded line by line; any other is held whole, as two bytes for each coefficient of each component.
    pub(super) beside: u64,
    /// Whether a page of the web hides between its segments or after its end.
    pub(super) has_page: bool,
}

/// The outline of a JPEG.
pub(super) fn of(bytes: &[u8]) -> Result<Outline, PictureError> {
    let pairs = bytes.windows(2).filter(|pair| *pair == [0xff, START_OF_SCAN]).count();
    let Walk { frame, scans, in_first, has_page } = walk(bytes)?;
    if pairs > MOST_PAIRS || scans > MOST_SCANS {
        return Err(PictureError::TooMuch);
    }
    let components = frame.factors.len();
    if frame.is_baseline && in_first == components {
        return Ok(Outline { beside: 64, has_page });
    }
    let most = |pick: fn(&(u64, u64)) -> u64| frame.factors.iter().map(pick).max().unwrap_or(1);
    let whole = most(|factor| factor.0) * most(|factor| factor.1);
    let beside = frame.factors.iter().map(|(across, down)| 2 * 64 * across * down / whole.max(1)).sum();
    Ok(Outline { beside, has_page })
}

/// How a picture is laid out.
struct Frame {
    is_baseline: bool,
    /// How finely each component is sampled, across and down.
    factors: Vec<(u64, u64)>,
}

/// What is met on the way through the segments.
struct Walk {
    frame: Frame,
    scans: usize,
    /// Components in the first scan.
    in_first: usize,
    has_page: bool,
}

fn walk(bytes: &[u8]) -> Result<Walk, PictureError> {
    let (mut at, mut frame, mut scans, mut in_first, mut has_page) = (2, None, 0, 0, false);
    while let Some([0xff, marker]) = bytes.get(at..at + 2).and_then(|pair| <[u8; 2]>::try_from(pair).ok()) {
        match marker {
            0xff => at += 1,
            // Those that stand alone.
            0x01 | 0xd0..=0xd8 => at += 2,
            END => break,
            _ => {
                let length = bytes.get(at + 2..at + 4).map_or(0, |length| u16::from_be_bytes([length[0], length[1]]));
                let segment = bytes.get(at + 4..at + 2 + usize::from(length)).ok_or(PictureError::Broken)?;
                match marker {
                    0xc0..=0xc2 if frame.is_none() => frame = Some(read_frame(marker, segment)?),
                    START_OF_SCAN => {
                        scans += 1;
                        if scans == 1 {
                            in_first = segment.first().map_or(0, |count| usize::from(*count));
                        }
                    }
                    // What programs and people say of it.
                    0xe0..=0xef | 0xfe => has_page |= markup::is_in(segment),
                    _ => {}
                }
                at += 2 + usize::from(length);
                if marker == START_OF_SCAN {
                    at = after_scan(bytes, at);
                }
            }
        }
    }
    has_page |= markup::is_in(bytes.get(at..).unwrap_or_default());
    Ok(Walk { frame: frame.ok_or(PictureError::Broken)?, scans, in_first, has_page })
}

/// Where the next marker stands after the data of a scan.
fn after_scan(bytes: &[u8], from: usize) -> usize {
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    let rest = bytes.get(from..).unwrap_or_default();
    rest.windows(2).position(is_marker).map_or(bytes.len(), |place| from + place)
}

fn read_frame(marker: u8, segment: &[u8]) -> Result<Frame, PictureError> {
    let count = usize::from(*segment.get(5).ok_or(PictureError::Broken)?);
    let parts = segment.get(6..6 + count * 3).ok_or(PictureError::Broken)?;
    let factors = parts.chunks_exact(3).map(|part| (u64::from(part[1] >> 4), u64::from(part[1] & 15)));
    Ok(Frame { is_baseline: marker != 0xc2, factors: factors.collect() })
}

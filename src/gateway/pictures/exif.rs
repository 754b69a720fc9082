//! How the directories of EXIF hang together: each names where the next one is, and nothing but care keeps a reader from
//! going round in circles.

/// Directories of one picture: cameras write up to six.
const MOST: usize = 32;

/// Bytes of one entry of a directory.
const ENTRY: usize = 12;

/// The entries that say where another directory is: of the camera, of the place, of interoperability.
const LINKS: [u16; 3] = [0x8769, 0x8825, 0xa005];

/// The entry that says where several others are.
const SEVERAL: u16 = 0x014a;

/// Whether directories lead back to one another, or to more of them than any camera writes. What lies beyond the end, or
/// begins otherwise than EXIF, leads nowhere.
pub(super) fn loops(exif: &[u8]) -> bool {
    let Some(block) = Block::new(exif) else { return false };
    let (mut seen, mut open) = (Vec::new(), Vec::new());
    open.extend(block.long(4));
    while let Some(at) = open.pop() {
        if seen.contains(&at) || seen.len() == MOST {
            return true;
        }
        if let Some(directory) = block.directory(at) {
            seen.push(at);
            open.extend(directory);
        }
    }
    false
}

/// A block of EXIF, in the order of bytes that it begins with.
struct Block<'a> {
    bytes: &'a [u8],
    is_little: bool,
}

impl<'a> Block<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        match bytes.get(..4)? {
            b"II*\0" => Some(Self { bytes, is_little: true }),
            b"MM\0*" => Some(Self { bytes, is_little: false }),
            _ => None,
        }
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let long = if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        usize::try_from(long).ok()
    }

    /// To where the directory at that place leads, if there is one. Nothing is at 0, which ends a chain.
    fn directory(&self, at: usize) -> Option<Vec<usize>> {
        let count = usize::from(self.short(at).filter(|_| at != 0)?);
        let mut found = Vec::new();
        for entry in (0..count).map_while(|place| at.checked_add(2 + place * ENTRY)) {
            let Some(tag) = self.short(entry) else { return Some(found) };
            match (tag, self.long(entry + 4), self.long(entry + 8)) {
                (tag, _, Some(value)) if LINKS.contains(&tag) => found.push(value),
                (SEVERAL, Some(1), Some(value)) => found.push(value),
                (SEVERAL, Some(count), Some(value)) => {
                    let places = (0..count.min(MOST + 1)).map_while(|place| value.checked_add(place * 4));
                    found.extend(places.map_while(|place| self.long(place)));
                }
                _ => {}
            }
        }
        found.extend(self.long(at + 2 + count * ENTRY));
        Some(found)
    }
}

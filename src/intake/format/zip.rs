//! How large an archive says it is.

/// The end of the central directory, and an entry of it (APPNOTE 4.3.16 and 4.3.12).
const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
/// The fixed lengths of both.
const END_LENGTH: usize = 22;
const ENTRY_LENGTH: usize = 46;

/// The bytes an archive states it unpacks to. An archive can lie; this stops those that are honest bombs before anything
/// is unpacked. Sizes of ZIP64 count as 4 GiB, which no register of toilets needs.
pub(super) fn stated_size(archive: &[u8]) -> u64 {
    let Some(end) = archive.windows(END_LENGTH).rposition(|window| window.starts_with(END)) else {
        return 0;
    };
    let mut at = number(archive, end + 16, 4);
    let mut size: u64 = 0;
    while archive.get(at..).is_some_and(|rest| rest.starts_with(ENTRY)) {
        size = size.saturating_add(number(archive, at + 24, 4) as u64);
        at += ENTRY_LENGTH + [28, 30, 32].map(|field| number(archive, at + field, 2)).iter().sum::<usize>();
    }
    size
}

/// A little-endian number of the archive, 0 beyond its end.
fn number(archive: &[u8], at: usize, length: usize) -> usize {
    let bytes = archive.get(at..at + length).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A central directory of entries that state these sizes, with names of one byte.
    fn archive(sizes: &[u32]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        for size in sizes {
            let mut entry = [0; ENTRY_LENGTH];
            entry[..4].copy_from_slice(ENTRY);
            entry[24..28].copy_from_slice(&size.to_le_bytes());
            entry[28] = 1;
            bytes.extend(entry);
            bytes.push(b'a');
        }
        let mut end = [0; END_LENGTH];
        end[..4].copy_from_slice(END);
        end[16] = 4;
        bytes.extend(end);
        bytes
    }

    #[test]
    fn the_stated_sizes_are_summed() {
        assert_eq!(stated_size(&archive(&[1_000, 70_000, u32::MAX])), 71_000 + u64::from(u32::MAX));
        assert_eq!(stated_size(&archive(&[])), 0);
        assert_eq!(stated_size(b"PK\x05\x06 and no more"), 0);
    }
}

//! Line numbers as an editor shows them.

/// Counts lines up to offsets that only grow, so that numbering all records passes over the text once.
#[derive(Debug)]
pub(super) struct Lines {
    offset: usize,
    line: u64,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self { offset: 0, line: 1 }
    }

    /// The 1-based line on which the byte at `offset` stands. Lines end in LF, CR LF or CR.
    pub(super) fn at(&mut self, text: &[u8], offset: usize) -> u64 {
        let passed = text.get(self.offset..offset).unwrap_or_default();
        for (index, &byte) in passed.iter().enumerate() {
            let next = text.get(self.offset + index + 1);
            if byte == b'\n' || (byte == b'\r' && next != Some(&b'\n')) {
                self.line += 1;
            }
        }
        self.offset = self.offset.max(offset);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_counts_once() {
        let text = b"a\nb\r\nc\rd";
        let mut lines = Lines::new();
        let numbers = [0, 2, 3, 4, 5, 7].map(|offset| lines.at(text, offset));
        assert_eq!(numbers, [1, 2, 2, 2, 3, 4]);
    }
}

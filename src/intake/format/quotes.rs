//! What a CSV parser lets pass in silence.
//!
//! A quotation mark that is missing makes everything up to the next one a single cell: hundreds of rows vanish, and no
//! parser complains. So the file is looked over once before it is read.

use super::error::FileError;
use super::settings::{MAX_COLUMNS, MAX_ROWS};

/// Looks over a CSV as the parser will read it: a mark quotes only at the beginning of a cell, and is doubled inside.
///
/// # Errors
/// When a quoted cell never ends, when one that holds a line break ends in the middle of a text, and when there are too
/// many rows or columns.
pub(super) fn look_over(text: &[u8], separator: u8) -> Result<(), FileError> {
    let mut survey = Survey { at: Place::Start, line: 1, opened: 1, rows: 1, columns: 1 };
    for (index, &byte) in text.iter().enumerate() {
        let ends_line = byte == b'\n' || (byte == b'\r' && text.get(index + 1) != Some(&b'\n'));
        survey.pass(byte, separator)?;
        survey.line += u64::from(ends_line);
    }
    if survey.at == Place::Quoted {
        return Err(FileError::OpenQuote { line: survey.opened });
    }
    Ok(())
}

/// Where in a cell the survey stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// Behind a mark inside a quoted cell: the end, or half of a doubled mark.
    Mark,
}

struct Survey {
    at: Place,
    line: u64,
    /// The line on which the quoted cell began.
    opened: u64,
    rows: usize,
    columns: usize,
}

impl Survey {
    fn pass(&mut self, byte: u8, separator: u8) -> Result<(), FileError> {
        let quoting = self.at == Place::Quoted || (self.at == Place::Mark && byte == b'"');
        if !quoting && (byte == separator || byte == b'\n' || byte == b'\r') {
            self.at = Place::Start;
            return self.count(byte == separator);
        }
        self.at = match (self.at, byte) {
            (Place::Start, b'"') => {
                self.opened = self.line;
                Place::Quoted
            }
            (Place::Quoted, b'"') | (Place::Mark, b' ' | b'\t') => Place::Mark,
            (Place::Mark, b'"') | (Place::Quoted, _) => Place::Quoted,
            (Place::Mark, _) if self.line > self.opened => {
                return Err(FileError::OpenQuote { line: self.opened });
            }
            _ => Place::Plain,
        };
        Ok(())
    }

    fn count(&mut self, separator: bool) -> Result<(), FileError> {
        if separator {
            self.columns += 1;
        } else {
            self.columns = 1;
            self.rows += 1;
        }
        if self.columns > MAX_COLUMNS {
            return Err(FileError::TooMuch { limit: MAX_COLUMNS as u64, of: "columns" });
        }
        if self.rows > MAX_ROWS {
            return Err(FileError::TooMuch { limit: MAX_ROWS as u64, of: "rows" });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<(), FileError> {
        look_over(text.as_bytes(), b',')
    }

    #[test]
    fn sound_quotes_pass() {
        for text in [
            "a,b\n1,2",
            "\"a\nb\",c\n",
            "\"say \"\"hi\"\"\nthere\" ,x\n",
            "5\" pipe,x\n",
            "\"a\"b,c\n",
            "\"\",\"\"",
            "",
        ] {
            assert_eq!(verdict(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_swallows_rows_is_found() {
        assert_eq!(verdict("a,b\n1,\"2\n3,4\n"), Err(FileError::OpenQuote { line: 2 }));
        assert_eq!(verdict("a,b\n\"1,2\n3,\"x\"\n"), Err(FileError::OpenQuote { line: 2 }));
        assert_eq!(verdict("a,b\r\n\"1,2\r\n3,5\" pipe\r\n"), Err(FileError::OpenQuote { line: 2 }));
    }

    #[test]
    fn limits_hold() {
        assert_eq!(verdict(&",".repeat(511)), Ok(()));
        assert_eq!(verdict(&",".repeat(512)), Err(FileError::TooMuch { limit: 512, of: "columns" }));
        assert_eq!(verdict(&"\n".repeat(MAX_ROWS)), Err(FileError::TooMuch { limit: 2_000_000, of: "rows" }));
    }
}

//! The seal of a copy: a line after its last byte with the SHA-256 of all before it, since neither a SQLite file nor a
//! dump notices by itself when a byte in the middle of a text has changed. Both may be read with the line in place.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::StoreError;

/// How the line begins; after it come 64 hexadecimal digits and the end of the line.
const WORD: &[u8] = b"\n-- sealed by gongce, sha256 ";

/// Its length in all.
const LENGTH: usize = WORD.len() + 64 + 1;

/// Puts the seal on a finished copy, and sees to it that all of it is on disk.
///
/// # Errors
/// What the file says.
pub(super) fn seal(path: &Path) -> Result<(), StoreError> {
    let sealed = || {
        let mut file = File::options().read(true).append(true).open(path)?;
        let sum = digest(&mut file, u64::MAX, &mut io::sink())?;
        file.write_all(&line(&sum))?;
        file.sync_all()
    };
    sealed().map_err(|source| StoreError::File { path: path.display().to_string(), source })
}

/// What a copy's seal says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seal {
    /// It is what was sealed.
    Whole,
    /// It has none.
    Missing,
    /// It is not what was sealed.
    Broken,
}

/// Writes a copy without its seal to `into`, and tells what the seal says.
///
/// # Errors
/// What either file says.
pub(super) fn unsealed(path: &Path, into: &mut impl Write) -> io::Result<Seal> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let content = length.saturating_sub(LENGTH as u64);
    let mut end = Vec::with_capacity(LENGTH);
    file.seek(SeekFrom::Start(content))?;
    file.read_to_end(&mut end)?;
    file.rewind()?;
    if !end.starts_with(WORD) {
        digest(&mut file, u64::MAX, into)?;
        return Ok(Seal::Missing);
    }
    let sum = digest(&mut file, content, into)?;
    Ok(if end == line(&sum) { Seal::Whole } else { Seal::Broken })
}

fn line(sum: &str) -> Vec<u8> {
    [WORD, sum.as_bytes(), b"\n"].concat()
}

/// The SHA-256 of the next bytes of a file, which are written on.
fn digest(file: &mut File, length: u64, into: &mut impl Write) -> io::Result<String> {
    let mut sum = Sha256::new();
    let mut rest = file.take(length);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = rest.read(&mut buffer)?;
        if read == 0 {
            return Ok(HEXLOWER.encode(&sum.finalize()));
        }
        let bytes = buffer.get(..read).unwrap_or_default();
        sum.update(bytes);
        into.write_all(bytes)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal_of(bytes: &[u8], harm: impl FnOnce(&mut Vec<u8>)) -> io::Result<(Seal, Vec<u8>)> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("copy");
        std::fs::write(&path, bytes)?;
        seal(&path).map_err(io::Error::other)?;
        let mut harmed = std::fs::read(&path)?;
        harm(&mut harmed);
        std::fs::write(&path, harmed)?;
        let into = folder.path().join("into");
        let told = unsealed(&path, &mut File::create(&into)?)?;
        Ok((told, std::fs::read(into)?))
    }

    #[test]
    fn any_changed_byte_breaks_it() -> io::Result<()> {
        let bytes = vec![7; 200_000];
        assert_eq!(seal_of(&bytes, |_| {})?, (Seal::Whole, bytes.clone()));
        assert_eq!(seal_of(b"", |_| {})?.0, Seal::Whole);
        for at in [0, 100_000, 199_999, 200_000 + LENGTH - 2] {
            assert_eq!(seal_of(&bytes, |harmed| harmed[at] ^= 1)?.0, Seal::Broken, "{at}");
        }
        assert_eq!(seal_of(&bytes, |harmed| harmed.truncate(150_000))?.0, Seal::Missing);
        Ok(())
    }
}

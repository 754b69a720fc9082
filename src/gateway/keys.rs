//! Keys as files: one folder, in it `1.key`, `2.key` and so on, each 32 random bytes that only the service can read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::domain::key::{KEY_BYTES, Key, KeyId, WeakKey};

/// Why a folder's keys cannot be used, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The system refuses.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others than its owner may read or write it.
    #[error("{} is open to others (mode {mode:04o}): chmod {wanted:04o} it, as the user that the service runs as", path.display())]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
        /// What they should be.
        wanted: u32,
    },
    /// A `.key` file with a name that no key has.
    #[error("{} is no key: a key's file is called 1.key to 9.key or a.key to z.key", .0.display())]
    Name(PathBuf),
    /// It holds no key.
    #[error("{} cannot be used: put the right file back, or make a new one with `gongce keys create`", path.display())]
    Weak {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: WeakKey,
    },
    /// The names are used up.
    #[error("{} holds a key of every name", .0.display())]
    Full(PathBuf),
}

/// The keys of a folder with their names, in no particular order; none if there is no such folder.
///
/// # Errors
/// [`KeyFileError`].
pub fn read(folder: &Path) -> Result<Vec<(KeyId, Key)>, KeyFileError> {
    let entries = match folder.read_dir() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| failed(folder, source))?,
    };
    let mode = folder.metadata().map_err(|source| failed(folder, source))?.permissions().mode() & 0o7777;
    // Where everybody may write, as in some mounts of secrets, the sticky bit keeps them from each other's files.
    if mode & 0o022 != 0 && mode & 0o1000 == 0 {
        return Err(KeyFileError::Open { path: folder.to_owned(), mode, wanted: 0o700 });
    }
    let mut keys = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| failed(folder, source))?.path();
        if path.extension().is_none_or(|ending| ending != "key") {
            continue;
        }
        let name = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        keys.push((name.ok_or_else(|| KeyFileError::Name(path.clone()))?, read_key(&path)?));
    }
    Ok(keys)
}

fn read_key(path: &Path) -> Result<Key, KeyFileError> {
    let file = File::open(path).map_err(|source| failed(path, source))?;
    // Asked of the open file, so that nobody can put another in its place meanwhile.
    let mode = file.metadata().map_err(|source| failed(path, source))?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open { path: path.to_owned(), mode, wanted: 0o600 });
    }
    let mut bytes = Vec::with_capacity(KEY_BYTES + 1);
    file.take(4096).read_to_end(&mut bytes).map_err(|source| failed(path, source))?;
    Key::new(&bytes).map_err(|source| KeyFileError::Weak { path: path.to_owned(), source })
}

/// Writes another key into a folder, which is made if there is none; answers its name.
/// With `only_first` a folder that holds a key already is left as it is, so that of several processes that start
/// together one makes the key.
///
/// # Errors
/// [`KeyFileError`]; then there is no new key.
pub fn create(folder: &Path, key: &Key, only_first: bool) -> Result<Option<KeyId>, KeyFileError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|source| failed(folder, source))?;
    let turn = folder.join(".lock");
    let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&turn);
    let lock = lock.and_then(|file| file.lock().map(|()| file)).map_err(|source| failed(&turn, source))?;
    let newest = read(folder)?.into_iter().map(|(id, _)| id).max();
    if only_first && newest.is_some() {
        return Ok(None);
    }
    let id = match newest {
        None => KeyId::FIRST,
        Some(newest) => newest.next().ok_or_else(|| KeyFileError::Full(folder.to_owned()))?,
    };
    write(folder, &folder.join(format!("{id}.key")), key)?;
    drop(lock);
    Ok(Some(id))
}

/// Writes a file whole or not at all, and onto the disk: what is sealed with it is on the disk too.
fn write(folder: &Path, path: &Path, key: &Key) -> Result<(), KeyFileError> {
    let written = || {
        let part = path.with_extension("part");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        file.write_all(key.reveal())?;
        file.sync_all()?;
        std::fs::rename(&part, path)?;
        File::open(folder)?.sync_all()
    };
    written().map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: std::io::Error) -> KeyFileError {
    KeyFileError::Io { path: path.to_owned(), source }
}

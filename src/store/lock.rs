//! One server for one SQLite file, and one process at a time that shapes it.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::{Store, StoreError};

/// Held by a server for as long as it lives. Commands such as `import` need none: they write beside the server.
#[derive(Debug)]
pub struct ServerLock {
    _file: Option<File>,
}

impl Store {
    /// Takes the server's lock: a file beside the database that holds the process id. PostgreSQL needs none.
    ///
    /// # Errors
    /// [`StoreError::Refused`] naming the other server, [`StoreError::File`] where the file cannot be used.
    pub fn lock_server(&self) -> Result<ServerLock, StoreError> {
        let Some(database) = self.file() else { return Ok(ServerLock { _file: None }) };
        // By its real path, so that a second server cannot come in through a link.
        let real = std::fs::canonicalize(database);
        let real = real.map_err(|source| StoreError::File { path: database.display().to_string(), source })?;
        ServerLock::on(&real)
    }
}

impl ServerLock {
    /// Takes the lock of the database at that real path, which need not exist.
    pub(super) fn on(database: &Path) -> Result<Self, StoreError> {
        let path = format!("{}.lock", database.display());
        let failed = |source| StoreError::File { path: path.clone(), source };
        let mut options = File::options();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut other = String::new();
                file.read_to_string(&mut other).map_err(failed)?;
                let message = format!(
                    "another server (process {}) already runs on {}; stop it first, or use another database",
                    other.trim(),
                    database.display()
                );
                return Err(StoreError::Refused(message));
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: Some(file) })
    }
}

/// Waits until no other process makes the SQLite file at that path, or changes its schema. The turn ends with the
/// answered file, at the latest with the process.
pub(super) async fn turn_on(database: &Path) -> Result<File, StoreError> {
    let path = format!("{}.migrating", database.display());
    let failed = |source| StoreError::File { path: path.clone(), source };
    let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
    locked.map_err(|panic| failed(std::io::Error::other(panic)))?.map_err(failed)
}

//! SQLite: one writer, a few readers, and the settings under which an acknowledged write survives a power cut.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use log::LevelFilter;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

use super::checkpoint::LONG;
use super::writer::Writer;
use super::{Listener, StoreError, heard, lock};

/// The first library without the WAL-reset bug that could lose a checkpointed page.
const OLDEST_LIBRARY: (u32, u32, u32) = (3, 51, 3);

/// Readers never wait for the writer under WAL; a few are enough, since the hot queries do not reach the database.
const READERS: u32 = 4;

/// The file of a SQLite URL; `None` for the URL of another database.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let file = url.starts_with("sqlite:").then(|| SqliteConnectOptions::from_str(url).ok())??;
    Some(file.get_filename().to_owned())
}

/// The file that a URL names, whether it exists or not.
pub(super) fn file(url: &str) -> Result<PathBuf, StoreError> {
    let file = SqliteConnectOptions::from_str(url).map_err(|error| {
        StoreError::Refused(format!("{error}: write sqlite://relative/path.db or sqlite:///absolute/path.db"))
    })?;
    let path = file.get_filename().to_owned();
    if url.contains('?') {
        return Err(StoreError::Refused("a SQLite URL takes no parameters: write sqlite://path.db alone".to_owned()));
    }
    if path.as_os_str().is_empty() || url.contains(":memory:") {
        return Err(StoreError::Refused("the register needs a file; an in-memory database keeps nothing".to_owned()));
    }
    Ok(path)
}

pub(super) async fn open(
    url: &str,
    listener: Option<Listener>,
) -> Result<(DatabaseConnection, Writer, String), StoreError> {
    let path = file(url)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let failed = |source| StoreError::File { path: folder.display().to_string(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // SQLite does not wait when two turn a new file to WAL at once: one of them is told at once that it is locked.
    let turn = if keeps_wal(&path) { None } else { Some(lock::turn_on(&path).await?) };
    let writer = heard(connect(url, 1, false).await?, listener.clone());
    drop(turn);
    require_library(&writer).await?;
    let reader = heard(connect(url, READERS, true).await?, listener);
    Ok((reader, Writer::grouped(writer), format!("sqlite://{}", path.display())))
}

/// Whether the file has been turned to WAL, by bytes 18 and 19 of its header (<https://sqlite.org/fileformat2.html>).
fn keeps_wal(path: &Path) -> bool {
    let mut header = [0; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header[18..] == [2, 2]
}

async fn connect(url: &str, connections: u32, only_reads: bool) -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        // A file does not go away as a server does; to ask each time is one more way to the connection's thread and back.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false)
        .sqlx_slow_statements_logging_settings(LevelFilter::Off, Duration::from_secs(1))
        .map_sqlx_sqlite_opts(move |options| configure(options, only_reads));
    Ok(Database::connect(options).await?)
}

/// Statements that a connection keeps prepared. One with as many rows as happen to be written together is another for each
/// number of them.
const STATEMENTS: usize = 256;

/// WAL with `synchronous = FULL` lost nothing in 30 power cuts; NORMAL lost acknowledged rows in 24 of 30.
fn configure(options: SqliteConnectOptions, only_reads: bool) -> SqliteConnectOptions {
    let options = options
        .create_if_missing(!only_reads)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(STATEMENTS)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("wal_autocheckpoint", LONG.to_string())
        .pragma("journal_size_limit", "67108864");
    if only_reads { options.pragma("query_only", "ON") } else { options }
}

async fn require_library(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let question = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version() AS version");
    let row = connection.query_one_raw(question).await?;
    let version: String =
        row.ok_or_else(|| DbErr::RecordNotFound("sqlite_version".to_owned()))?.try_get("", "version")?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < OLDEST_LIBRARY {
        let (a, b, c) = OLDEST_LIBRARY;
        return Err(StoreError::Refused(format!("SQLite {version} is too old: {a}.{b}.{c} or newer is needed")));
    }
    Ok(())
}

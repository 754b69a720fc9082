//! Copies of a SQLite database: made while it is written to, trusted only after they were read, put back at once.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use log::LevelFilter;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

use super::check::sqlite::{faults, orphans};
use super::error::is_busy;
use super::seal::{Seal, seal, unsealed};
use super::{ServerLock, Store, StoreError, schema, sqlite};

/// What a copy was found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Its size in bytes.
    pub bytes: u64,
    /// How many toilets it holds; nothing where that was not counted.
    pub toilets: Option<u64>,
    /// The number of the last entry in its journal.
    pub journal: Option<i64>,
}

/// A file that is removed unless it was finished.
#[derive(Debug)]
pub(super) struct Unfinished(pub(super) PathBuf);

impl Unfinished {
    /// An empty file beside `target` that only its owner can read.
    pub(super) fn beside(target: &Path) -> Result<(Self, File), StoreError> {
        let path = PathBuf::from(format!("{}.unfinished-{}", target.display(), std::process::id()));
        let made = File::options().write(true).create_new(true).mode(0o600).open(&path);
        let made = made.map_err(failed(&path))?;
        Ok((Self(path), made))
    }

    /// Gives the file its name, and sees to it that the name is on disk. Refused where the name is taken.
    pub(super) fn finish(self, target: &Path) -> Result<(), StoreError> {
        refuse_existing(target)?;
        fs::rename(&self.0, target).map_err(failed(target))?;
        sync_folder(target)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It is gone already when it was finished; one that stays behind is told by its name.
        for end in ["", "-journal", "-wal", "-shm", ".migrating"] {
            drop(fs::remove_file(with_end(&self.0, end)));
        }
    }
}

pub(super) fn failed(path: &Path) -> impl FnOnce(io::Error) -> StoreError + use<> {
    let path = path.display().to_string();
    move |source| StoreError::File { path, source }
}

pub(super) fn refuse_existing(target: &Path) -> Result<(), StoreError> {
    if fs::symlink_metadata(target).is_ok() {
        let message =
            format!("{} is there already: a copy never replaces a file, choose another name", target.display());
        return Err(StoreError::Refused(message));
    }
    Ok(())
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn sync_folder(file: &Path) -> Result<(), StoreError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))
}

impl Store {
    /// Copies a SQLite database into a new file, as it stands at one instant, while others read and write; the copy is
    /// opened and read whole before it gets its name.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the file is there already or the copy is not whole; what the file system says.
    pub async fn copy_into(&self, target: &Path) -> Result<Copied, StoreError> {
        refuse_existing(target)?;
        let head = self.journal_cursor().await?.number();
        let (unfinished, _) = Unfinished::beside(target)?;
        let path = unfinished.0.display().to_string();
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [path.into()]);
        self.writer.connection().execute_raw(copy).await?;
        let copied = examine(&unfinished.0).await?;
        if copied.journal.is_none_or(|journal| journal < head) {
            return Err(StoreError::Refused("the copy lacks entries of the journal and was thrown away".to_owned()));
        }
        seal(&unfinished.0)?;
        unfinished.finish(target)?;
        Ok(copied)
    }

    /// Refuses a SQLite database that does not exist: opening it would make it.
    ///
    /// # Errors
    /// [`StoreError::Refused`].
    pub fn require_existing(url: &str) -> Result<(), StoreError> {
        if !url.starts_with("sqlite:") {
            return Ok(());
        }
        let file = sqlite::file(url)?;
        if file.exists() {
            Ok(())
        } else {
            Err(StoreError::Refused(format!("there is no database {}", file.display())))
        }
    }

    /// The file of a SQLite database.
    pub(super) fn file(&self) -> Option<&Path> {
        self.place().strip_prefix("sqlite://").map(Path::new)
    }
}

/// Reads a finished copy whole, without changing anything of it.
async fn examine(path: &Path) -> Result<Copied, StoreError> {
    let connection = open_still(path).await.map_err(|error| damaged(path, &error))?;
    let examined = examined(&connection, path).await;
    connection.close().await?;
    examined.map_err(|error| match error {
        StoreError::Database(error) | StoreError::Unavailable(error) => damaged(path, &error),
        error => error,
    })
}

fn damaged(path: &Path, why: &impl std::fmt::Display) -> StoreError {
    StoreError::Refused(format!("{} is damaged: {why}", path.display()))
}

/// A connection that takes the file for one that nobody writes to, and makes no other files beside it.
async fn open_still(path: &Path) -> Result<DatabaseConnection, DbErr> {
    let path = path.to_owned();
    connect(move |options| options.filename(&path).read_only(true).immutable(true)).await
}

async fn examined(connection: &DatabaseConnection, path: &Path) -> Result<Copied, StoreError> {
    schema::require_ours(&schema::applied_steps(connection).await?, &path.display().to_string())?;
    if let Some(fault) = faults(connection).await?.first() {
        return Err(damaged(path, fault));
    }
    if let Some((table, key, parent)) = orphans(connection).await?.first() {
        return Err(damaged(path, &format!("row {key} of {table} refers to a row of {parent} that is not there")));
    }
    let sql = "SELECT (SELECT COUNT(*) FROM toilet) AS toilets, \
               (SELECT COALESCE(MAX(number), 0) FROM journal) AS journal";
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("counts".to_owned()))?;
    let toilets: i64 = row.try_get("", "toilets")?;
    Ok(Copied {
        bytes: fs::metadata(path).map_err(failed(path))?.len(),
        toilets: u64::try_from(toilets).ok(),
        journal: row.try_get("", "journal")?,
    })
}

/// A copy on its way back: read whole, and lying beside the database that it is to replace.
#[derive(Debug)]
pub struct SqliteCopy {
    unfinished: Unfinished,
    database: PathBuf,
    copied: Copied,
    _lock: ServerLock,
}

impl SqliteCopy {
    /// Reads a copy whole and lays it beside the database. The database itself is not touched, and a server cannot be
    /// started on it from now on.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the copy is damaged, foreign, newer than this program or, unless `plain` says that
    /// it is a mere file, without a seal; and where a server runs on the database.
    pub async fn prepare(copy: &Path, url: &str, plain: bool) -> Result<Self, StoreError> {
        refuse_other_files(copy)?;
        let database = real(&sqlite::file(url)?)?;
        let lock = ServerLock::on(&database)?;
        let (unfinished, mut file) = Unfinished::beside(&database)?;
        match unsealed(copy, &mut file).map_err(failed(copy))? {
            Seal::Whole => {}
            Seal::Missing if plain => {}
            Seal::Missing => {
                let message = format!(
                    "{} bears no seal of `gongce db backup`, or has lost its end: nothing shows that it is whole; say \
                     --plain if it is the file of a database that was stopped",
                    copy.display()
                );
                return Err(StoreError::Refused(message));
            }
            Seal::Broken => return Err(damaged(copy, &"it is not what was sealed")),
        }
        let copied = examine(&unfinished.0).await.map_err(|error| match error {
            // By the name that the operator knows.
            StoreError::Refused(text) => {
                let ours = unfinished.0.display().to_string();
                StoreError::Refused(text.replace(&ours, &copy.display().to_string()))
            }
            error => error,
        })?;
        Ok(Self { unfinished, database, copied, _lock: lock })
    }

    /// What it holds.
    #[must_use]
    pub fn copied(&self) -> &Copied {
        &self.copied
    }

    /// The URL under which it can be opened before it is put in place.
    #[must_use]
    pub fn url(&self) -> String {
        format!("sqlite://{}", self.unfinished.0.display())
    }

    /// Puts it in the place of the database; answers where that one lies now, if there was one. Whenever this is cut
    /// off, the name of the database is that of the old one, whole, or of the new one, whole.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where another program uses the database, and what the file system says.
    pub async fn put_in_place(self, at: DateTime<Utc>) -> Result<Option<PathBuf>, StoreError> {
        let Self { unfinished, database, .. } = &self;
        one_file(&unfinished.0).await?;
        File::open(&unfinished.0).and_then(|file| file.sync_all()).map_err(failed(&unfinished.0))?;
        keep_owner(&unfinished.0, database)?;
        let mut aside = None;
        if database.exists() {
            let whole = match one_file(database).await {
                Ok(false) => return Err(in_use(database)),
                // What cannot be opened any more is a good reason to restore.
                whole => whole.is_ok(),
            };
            aside = Some(set_aside(database, at, whole)?);
        }
        fs::rename(&unfinished.0, database).map_err(failed(database))?;
        sync_folder(database)?;
        Ok(aside)
    }
}

/// Root restores for the user that the service runs as: the file goes to whoever owned the old one, or else the folder.
fn keep_owner(new: &Path, database: &Path) -> Result<(), StoreError> {
    let folder = database.parent().unwrap_or(Path::new("."));
    let owner = fs::metadata(database).or_else(|_| fs::metadata(folder)).map_err(failed(folder))?;
    let made = fs::metadata(new).map_err(failed(new))?;
    if made.uid() == 0 && owner.uid() != 0 {
        chown(new, Some(owner.uid()), Some(owner.gid())).map_err(failed(new))?;
    }
    Ok(())
}

fn in_use(database: &Path) -> StoreError {
    let message = format!("another program uses {}: stop it first", database.display());
    StoreError::Refused(message)
}

/// Gives the old database a second name. Of one that cannot be read any more, what belongs to it goes along: a log left
/// behind would be taken for the new one's.
fn set_aside(database: &Path, at: DateTime<Utc>, whole: bool) -> Result<PathBuf, StoreError> {
    let aside = with_end(database, &format!(".replaced-{}", at.format("%Y%m%dT%H%M%SZ")));
    refuse_existing(&aside)?;
    // Some file systems know no second names; there a copy does, which takes longer.
    if fs::hard_link(database, &aside).is_err() {
        fs::copy(database, &aside).map_err(failed(&aside))?;
        File::open(&aside).and_then(|file| file.sync_all()).map_err(failed(&aside))?;
    }
    for end in ["-wal", "-shm", "-journal"] {
        match fs::rename(with_end(database, end), with_end(&aside, end)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(database)(error)),
            Ok(()) if whole => return Err(in_use(database)),
            _ => {}
        }
    }
    sync_folder(&aside)?;
    Ok(aside)
}

/// Brings a database into one file, its log worked in; answers whether nothing else has it open, which that needs.
async fn one_file(path: &Path) -> Result<bool, StoreError> {
    let path = path.to_owned();
    let connection = connect(move |options| options.filename(&path).synchronous(SqliteSynchronous::Full)).await?;
    let turn = Statement::from_string(DbBackend::Sqlite, "PRAGMA journal_mode = DELETE");
    let turned =
        connection.query_one_raw(turn).await.map(|row| row.map(|row| row.try_get::<String>("", "journal_mode")));
    connection.close().await?;
    match turned {
        Ok(mode) => Ok(mode.transpose()?.is_some_and(|mode| mode == "delete")),
        Err(error) if is_busy(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// One connection with nothing set but what is said here.
async fn connect(
    configure: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions + Send + Sync + 'static,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new("sqlite://any.db");
    options
        .max_connections(1)
        .sqlx_logging(false)
        .sqlx_slow_statements_logging_settings(LevelFilter::Off, Duration::from_secs(1))
        .map_sqlx_sqlite_opts(move |options| configure(options).pragma("trusted_schema", "OFF"));
    Database::connect(options).await
}

/// A copy with a log beside it is half of a database that was running.
fn refuse_other_files(copy: &Path) -> Result<(), StoreError> {
    let mut begin = [0; 16];
    let read = File::open(copy).and_then(|mut file| file.read_exact(&mut begin));
    match read {
        Ok(()) if &begin == b"SQLite format 3\0" => {}
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(failed(copy)(error)),
        _ => return Err(StoreError::Refused(format!("{} is no SQLite database", copy.display()))),
    }
    if fs::metadata(with_end(copy, "-wal")).is_ok_and(|log| log.len() > 0) {
        let message = format!(
            "{0} was taken from a running database (there is {0}-wal): make copies with `gongce db backup`",
            copy.display()
        );
        return Err(StoreError::Refused(message));
    }
    Ok(())
}

/// A database by its real path, whether it exists or not, so that links are followed to where it lies.
fn real(database: &Path) -> Result<PathBuf, StoreError> {
    match fs::canonicalize(database) {
        Ok(real) => Ok(real),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let name = database.file_name().unwrap_or_default();
            fs::create_dir_all(folder)
                .and_then(|()| fs::canonicalize(folder))
                .map(|folder| folder.join(name))
                .map_err(failed(folder))
        }
        Err(error) => Err(failed(database)(error)),
    }
}

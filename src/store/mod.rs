//! The register in a database: SQLite beside the program, or PostgreSQL. Rows are private; domain values come out.

mod answers;
mod areas;
mod assignments;
mod barriers;
mod check;
mod checkpoint;
mod cleaning_lists;
mod cleaning_photos;
mod cleanings;
mod consents;
mod copies;
mod deployments;
mod divisions;
mod dumps;
mod duties;
#[expect(unreachable_pub, reason = "the entity macro writes public items with its own habits")]
mod entity;
mod error;
mod events;
mod exceptions;
mod excuses;
mod exports;
mod figures;
mod grades;
mod grants;
mod grounds;
mod history;
mod identities;
mod import_reviews;
mod imports;
mod invitations;
mod journal;
mod lock;
mod login_counters;
mod media_checks;
mod meters;
mod months;
mod openids;
mod operators;
mod outages;
mod outbox;
mod outlines;
mod people;
mod phones;
mod photo_files;
mod photos;
mod placing;
mod plans;
mod plates;
mod postgres;
mod registering;
mod remembered;
mod restoring;
mod ring_keys;
mod rosters;
mod rows;
mod schema;
mod seal;
mod sessions;
mod settlements;
mod settling;
mod slots;
mod sources;
mod spans;
mod sqlite;
mod straight;
mod subscriptions;
mod substitutes;
mod suggestions;
mod telling;
mod tenures;
mod together;
mod toilets;
mod trail;
mod unsettled;
mod wechat_tokens;
mod writer;

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DatabaseTransaction, EntityTrait, TransactionTrait};

pub use answers::KeptAnswer;
pub use check::{Finding, checks};
pub use cleaning_lists::CleaningQuery;
pub use cleanings::KeptCleaning;
pub use copies::{Copied, SqliteCopy};
pub use dumps::Dumps;
pub use error::StoreError;
pub use events::Page;
pub use exports::Moment;
pub use grants::{NewGrant, Place};
pub use identities::{Identity, NewIdentity};
pub use imports::{Imported, Standing};
pub use invitations::{Invitation, NewInvitation, Pending};
pub use journal::{Cursor, Touched, TouchedToilets};
pub use lock::ServerLock;
pub use login_counters::Attempt;
pub use meters::Pool;
pub use placing::Whereabouts;
pub use plates::Current;
pub use registering::ROWS;
pub use restoring::{DatedTie, Restored};
pub use schema::SchemaStep;
pub use sessions::{NewSession, Opened};
pub use settlements::Recent;
pub use settling::{Bases, Known, Settled};
pub use spans::Span;
pub use sqlite::sqlite_file;
pub use straight::Straight;
pub use subscriptions::Sealing;
pub use telling::Ear;
pub use toilets::Around;
pub use unsettled::Waiting;
pub use wechat_tokens::KeptToken;
pub use writer::{Author, Marks, Tx, Working};

/// Hears every statement that is sent to the database, as text without its values.
pub type Listener = Arc<dyn Fn(&str) + Send + Sync>;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    reader: DatabaseConnection,
    writer: Arc<writer::Writer>,
    duties: Arc<remembered::Remembered>,
    place: Arc<str>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database of a URL: `sqlite://path/to/file.db` (made if absent) or `postgres://…`.
    ///
    /// A `password` given beside the URL is used for PostgreSQL. The schema is not touched; see [`Store::migrate_up`] and [`Store::require_current_schema`].
    ///
    /// # Errors
    /// [`StoreError::Refused`] with what to do where the database does not keep what is promised (a server without
    /// fsync, a standby, an old library), and [`StoreError::Unavailable`] where it cannot be reached.
    pub async fn open(url: &str, password: Option<&str>) -> Result<Self, StoreError> {
        Self::open_heard(url, password, None).await
    }

    /// The same, with somebody who counts the statements.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_heard(url: &str, password: Option<&str>, listener: Option<Listener>) -> Result<Self, StoreError> {
        let (reader, writer, place) = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => sqlite::open(url, listener).await?,
            Some("postgres" | "postgresql") => postgres::open(url, password, listener).await?,
            _ => {
                let message = "a database URL begins with sqlite:// or postgres://, such as sqlite://gongce.db";
                return Err(StoreError::Refused(message.to_owned()));
            }
        };
        Ok(Self { reader, writer: Arc::new(writer), duties: Arc::default(), place: place.into() })
    }

    /// Where the data lies, without credentials.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Runs `work` in a transaction and answers after its commit. On SQLite, work that queued up while the last commit
    /// was being written to disk shares the next one.
    ///
    /// # Errors
    /// What the work or the commit failed with; nothing of it is then in the database.
    pub async fn write<T, E, F>(&self, author: Author, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> Working<'t, Result<T, E>> + Send + 'static,
    {
        self.write_telling(author, work).await.map(|(value, _)| value)
    }

    /// The same, and tells what it leaves for those who keep something in memory.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_telling<T, E, F>(&self, author: Author, work: F) -> Result<(T, Marks), E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> Working<'t, Result<T, E>> + Send + 'static,
    {
        let (value, marks) = self.writer.run(author, work).await?;
        if marks.duties {
            self.duties.forget();
        }
        Ok((value, marks))
    }

    /// How many transactions of one sort are worth having at once: on SQLite all who write take turns.
    #[must_use]
    pub fn writes_beside(&self) -> usize {
        if self.is_postgres() { postgres::BESIDE } else { 1 }
    }

    /// Changes whenever this process has committed something.
    #[must_use]
    pub fn written(&self) -> tokio::sync::watch::Receiver<u64> {
        self.writer.written()
    }

    /// Whether nothing was ever put into the register.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        use entity::{area, source, toilet};
        Ok(area::Entity::find().one(&self.reader).await?.is_none()
            && source::Entity::find().one(&self.reader).await?.is_none()
            && toilet::Entity::find().one(&self.reader).await?.is_none())
    }

    /// Waits for running work and closes all connections.
    ///
    /// # Errors
    /// What the database says while closing.
    pub async fn close(self) -> Result<(), StoreError> {
        self.tell_the_last().await;
        self.reader.close_by_ref().await?;
        Ok(self.writer.connection().close_by_ref().await?)
    }

    /// A transaction for reading, so that several scans see one state.
    async fn read(&self) -> Result<DatabaseTransaction, StoreError> {
        let tx = self.reader.begin().await?;
        if self.is_postgres() {
            postgres::prepare_long_read(&tx).await?;
        }
        Ok(tx)
    }

    fn is_postgres(&self) -> bool {
        self.reader.get_database_backend() == sea_orm::DbBackend::Postgres
    }
}

/// The connections with their listener.
fn heard(mut connections: DatabaseConnection, listener: Option<Listener>) -> DatabaseConnection {
    if let Some(listener) = listener {
        connections.set_metric_callback(move |told| listener(&told.statement.sql));
    }
    connections
}

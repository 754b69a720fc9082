//! A migrated database for one test, on either of the two.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gongce::domain::holiday::Calendars;
use gongce::store::Store;
use gongce::usecase::{Clock, Ctx};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::{make, postgres};

/// The file of an SQLite database in its folder.
const FILE: &str = "gongce.db";

/// What the SQLite databases of tests are copied from.
static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();

async fn migrate(url: String) {
    let store = Store::open(&url, None).await.unwrap();
    store.migrate_up().await.unwrap();
    store.close().await.unwrap();
}

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A database that goes away with the test.
pub(crate) struct Database {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    pub(crate) folder: Arc<TempDir>,
    damaged: Arc<AtomicBool>,
}

impl Database {
    /// An empty database without any table.
    pub(crate) fn bare_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join(FILE).display());
        Self::at(Kind::Sqlite, url, folder)
    }

    /// The database of that URL, with a folder that is there for as long as it.
    pub(crate) fn at(kind: Kind, url: String, folder: TempDir) -> Self {
        Self { kind, url, folder: Arc::new(folder), damaged: Arc::default() }
    }

    /// The same once more, for whoever looks at it after the test.
    pub(crate) fn again(&self) -> Self {
        let (url, folder, damaged) = (self.url.clone(), Arc::clone(&self.folder), Arc::clone(&self.damaged));
        Self { kind: self.kind, url, folder, damaged }
    }

    /// Says that this test writes past the program, so that nobody is surprised by what it leaves.
    pub(crate) fn damage(&self) {
        self.damaged.store(true, Ordering::Relaxed);
    }

    /// Holds what a test leaves to the check of the database: above all, that the journal of each record, replayed, is
    /// the record.
    pub(crate) async fn assert_sound(&self) {
        if self.damaged.load(Ordering::Relaxed) {
            return;
        }
        let store = self.open().await;
        let findings = store.check().await.unwrap();
        let findings: Vec<_> = findings.into_iter().filter(|finding| finding.check == "histories").collect();
        assert!(findings.is_empty(), "the journal tells another story than the records: {findings:#?}");
        store.close().await.unwrap();
    }

    /// A database with the schema of today: a copy of one that was migrated for all tests.
    pub(crate) async fn migrated(kind: Kind) -> Self {
        let mut database = Self::bare_sqlite();
        if kind == Kind::Postgres {
            database.url = postgres::clone_database(migrate).await;
            database.kind = kind;
        } else {
            std::fs::write(database.file(), TEMPLATE.get_or_init(Self::template).await).unwrap();
        }
        database
    }

    /// A database on a PostgreSQL that is there for it alone, for what depends on time: on the other one the transactions
    /// of all tests hold back what followers may read. The server ends with what is answered first.
    pub(crate) async fn with_server_of_its_own() -> (postgres::Cluster, Self) {
        let (server, url) = postgres::server_alone(migrate).await;
        (server, Self::at(Kind::Postgres, url, tempfile::tempdir().unwrap()))
    }

    /// The bytes of a closed SQLite database, all of which stands in its one file.
    async fn template() -> Vec<u8> {
        let template = Self::bare_sqlite();
        migrate(template.url.clone()).await;
        std::fs::read(template.file()).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    /// Another connection to it, as another process would have.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url, None).await.unwrap()
    }

    /// A product around it, its clock standing still.
    pub(crate) async fn ctx(&self) -> Arc<Ctx> {
        let clock = Clock::fixed(make::NOW.parse().unwrap());
        Arc::new(Ctx::new(
            self.open().await,
            clock,
            Calendars::builtin(),
            make::keys("1"),
            gongce::http::render_fragment,
        ))
    }
}

/// Makes two tests of one: on SQLite and on PostgreSQL. The body is given a migrated [`Database`].
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($database:ident: Database) $body:block) => {
        mod $name {
            use super::*;
            use crate::harness::stores::{Database, Kind as Which};

            async fn body($database: Database) $body

            async fn leave_sound(kind: Which) {
                let database = Database::migrated(kind).await;
                let left = database.again();
                body(database).await;
                left.assert_sound().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                leave_sound(Which::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                leave_sound(Which::Postgres).await;
            }
        }
    };
}

pub(crate) use on_both;

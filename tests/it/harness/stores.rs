//! A migrated database for one test, on either of the two.

use std::sync::Arc;

use gongce::domain::holiday::Calendars;
use gongce::store::Store;
use gongce::usecase::{Clock, Ctx};
use tempfile::TempDir;

use super::{make, postgres};

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
    pub(crate) _folder: TempDir,
}

impl Database {
    /// An empty database without any table.
    pub(crate) fn bare_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("gongce.db").display());
        Self { kind: Kind::Sqlite, url, _folder: folder }
    }

    /// A database with the schema of today.
    pub(crate) async fn migrated(kind: Kind) -> Self {
        let mut database = Self::bare_sqlite();
        if kind == Kind::Postgres {
            let migrate = |url: String| async move {
                let store = Store::open(&url, None).await.unwrap();
                store.migrate_up().await.unwrap();
                store.close().await.unwrap();
            };
            database.url = postgres::clone_database(migrate).await;
            database.kind = kind;
        } else {
            database.open().await.migrate_up().await.unwrap();
        }
        database
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

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(Database::migrated(Which::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body(Database::migrated(Which::Postgres).await).await;
            }
        }
    };
}

pub(crate) use on_both;

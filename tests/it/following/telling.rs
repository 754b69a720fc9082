//! On PostgreSQL processes tell each other what they wrote. What is told is known long before it would be read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gongce::domain::id::ToiletId;
use gongce::usecase::{Ctx, following, loading};
use sea_orm::{ConnectionTrait, Database as Connection, DatabaseConnection, DbBackend, Statement};

use crate::harness::make;
use crate::harness::stores::{Database, Kind};

/// What three writes one after the other take at least where the journal is only read from time to time: two times the
/// time between, since each is made right after a reading.
pub(super) const READ: Duration = Duration::from_secs(2);

/// How long what must come is waited for.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until it is so.
pub(super) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Somebody on the same database who is none of the processes, and tells nobody anything.
pub(super) struct Outsider(DatabaseConnection);

impl Outsider {
    pub(super) async fn on(url: &str) -> Self {
        Self(Connection::connect(url).await.unwrap())
    }

    async fn number(&self, sql: &str) -> i64 {
        let row = self.0.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
        row.unwrap().try_get("", "number").unwrap()
    }

    /// Waits until so many processes listen.
    pub(super) async fn listeners(&self, wanted: i64) {
        let sql = "SELECT COUNT(*) AS number FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
        until("listening", async || self.number(sql).await == wanted).await;
    }

    /// Ends the connections on which is listened; answers how many there were.
    async fn cut_listeners(&self) -> i64 {
        let sql = "SELECT COUNT(pg_terminate_backend(pid, 5000)) AS number FROM pg_stat_activity \
                   WHERE query LIKE 'LISTEN%'";
        self.number(sql).await
    }

    /// Changes the name of a toilet, and tells the journal alone.
    async fn rename(&self, id: ToiletId, revision: i32) {
        let sql = format!(
            "BEGIN; \
             INSERT INTO journal (at, actor, role, request_id, kind, key, version, action, changes) \
             SELECT now(), 'outsider', 'system', 'outsider', 'toilet', '{id}', {revision}, 'update', \
             json_build_object('name', json_build_array(name, 'renamed {revision}'))::text FROM toilet WHERE id = {id}; \
             UPDATE toilet SET name = 'renamed {revision}', revision = {revision} WHERE id = {id}; \
             COMMIT"
        );
        self.0.execute_unprepared(&sql).await.unwrap();
    }
}

/// Writes three toilets one after the other, each as soon as the one before is known there.
async fn three(here: &Ctx, there: &Ctx, name: &str) -> Duration {
    let begun = Instant::now();
    for number in 0..3 {
        let known = there.finder.snapshot().len();
        crate::imports::import(here, &[make::statement(&format!("{name}-{number}"))]).await;
        until(name, async || there.finder.snapshot().len() > known).await;
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_is_known_long_before_it_would_be_read() {
    let (_server, database) = Database::with_server_of_its_own().await;
    let (here, there, away) = (database.ctx().await, database.ctx().await, database.ctx().await);
    let start = loading::load(&away).await.unwrap();
    let cursor = loading::load(&there).await.unwrap();
    let follower = tokio::spawn(following::follow(Arc::clone(&there), cursor));
    let outsider = Outsider::on(&database.url).await;
    outsider.listeners(1).await;

    let told = three(&here, &there, "told").await;
    assert!(told < READ, "{told:?}");

    // The control: who writes past the program tells nobody, and is read from time to time.
    let id = *there.store.toilets_touched_since(start).await.unwrap().toilets.first().unwrap();
    let begun = Instant::now();
    for revision in 2..=4 {
        outsider.rename(id, revision).await;
        let known = async || there.finder.snapshot().get(id).unwrap().revision() == revision;
        until("what nobody told", known).await;
    }
    let read = begun.elapsed();
    assert!(read > READ, "{read:?}");

    // A listener that is cut off comes back, and what is written meanwhile is read.
    assert_eq!(outsider.cut_listeners().await, 1);
    three(&here, &there, "while nobody listens").await;
    outsider.listeners(1).await;
    let told = three(&here, &there, "told again").await;
    assert!(told < READ, "{told:?}");

    // Whoever was away goes on where it stopped, and has all; going on from now it would have nothing.
    let now = here.store.journal_cursor().await.unwrap();
    following::catch_up(&away, now).await.unwrap();
    assert_eq!(away.finder.snapshot().len(), 0);
    following::catch_up(&away, start).await.unwrap();
    assert_eq!(away.finder.snapshot().len(), there.finder.snapshot().len());
    follower.abort();
    database.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_nobody_tells_and_nobody_waits_for_it() {
    let database = Database::migrated(Kind::Sqlite).await;
    let (here, there) = (database.ctx().await, database.ctx().await);
    let cursor = loading::load(&there).await.unwrap();
    let follower = tokio::spawn(following::follow(Arc::clone(&there), cursor));
    let read = three(&here, &there, "read").await;
    assert!(read < READ, "{read:?}");
    follower.abort();
    database.assert_sound().await;
}

//! The schema goes up, down and up again, and a database that is newer than the program is refused.

use gongce::store::{Store, StoreError};
use sea_orm::{ConnectionTrait, Database as Connection, Statement};

use crate::harness::stores::{Kind, on_both};

on_both! {
    async fn goes_up_down_and_up(database: Database) {
        let store = database.open().await;
        let steps = store.schema_steps().await.unwrap();
        assert!(!steps.is_empty() && steps.iter().all(|step| step.applied));

        store.migrate_down(u32::try_from(steps.len()).unwrap()).await.unwrap();
        assert!(store.schema_steps().await.unwrap().iter().all(|step| !step.applied));
        assert!(matches!(store.require_current_schema().await, Err(StoreError::Refused(_))));

        assert_eq!(store.migrate_up().await.unwrap().len(), steps.len());
        assert!(store.migrate_up().await.unwrap().is_empty());
        store.require_current_schema().await.unwrap();
    }
}

on_both! {
    async fn a_newer_schema_is_refused(database: Database) {
        let raw = Connection::connect(&database.url).await.unwrap();
        raw.execute_unprepared("INSERT INTO schema_migration (version, applied_at) VALUES ('m9999_future', 0)")
            .await
            .unwrap();
        let refusal = database.open().await.migrate_up().await.unwrap_err().to_string();
        assert!(refusal.contains("m9999_future") && refusal.contains("newer"), "{refusal}");
    }
}

on_both! {
    async fn every_constraint_has_a_name_of_ours(database: Database) {
        let raw = Connection::connect(&database.url).await.unwrap();
        let backend = raw.get_database_backend();
        if database.kind == Kind::Sqlite {
            let sql = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                       AND name <> 'schema_migration'";
            for row in raw.query_all_raw(Statement::from_string(backend, sql)).await.unwrap() {
                let sql: String = row.try_get("", "sql").unwrap();
                // The query builder leaves out the names of foreign keys here; SQLite never tells them anyway.
                let named = sql.matches("CHECK").count() + sql.matches("UNIQUE").count();
                assert!(sql.matches("CONSTRAINT").count() >= named, "an unnamed constraint in {sql}");
            }
            return;
        }
        let sql = "SELECT conname, conrelid::regclass::text AS on_table FROM pg_constraint \
                   WHERE contype IN ('f', 'c', 'u') AND connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'schema_migration'";
        for row in raw.query_all_raw(Statement::from_string(backend, sql)).await.unwrap() {
            let name: String = row.try_get("", "conname").unwrap();
            assert!(["fk_", "ck_", "uq_"].iter().any(|prefix| name.starts_with(prefix)), "{name}");
        }
    }
}

on_both! {
    async fn the_journal_cannot_be_changed(database: Database) {
        // What is written here tells of a toilet that is not there.
        database.damage();
        let raw = Connection::connect(&database.url).await.unwrap();
        let insert = "INSERT INTO journal (at, actor, role, request_id, kind, key, version, action, changes) \
                      VALUES ('2026-01-01 00:00:00+00:00', 'a', 'r', 'q', 'toilet', '1', 1, 'create', '{}')";
        raw.execute_unprepared(insert).await.unwrap();
        for change in ["UPDATE journal SET actor = 'someone else'", "DELETE FROM journal"] {
            let refusal = raw.execute_unprepared(change).await.unwrap_err().to_string();
            assert!(refusal.contains("append-only"), "{refusal}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_bring_the_schema_up_once() {
    let database = crate::harness::stores::Database::bare_sqlite();
    let mut all = Vec::new();
    for _ in 0..6 {
        let url = database.url.clone();
        all.push(tokio::spawn(async move { Store::open(&url, None).await?.migrate_up().await }));
    }
    let mut applied = 0;
    for one in all {
        applied += one.await.unwrap().unwrap().len();
    }
    assert_eq!(applied, database.open().await.schema_steps().await.unwrap().len());
}

#[tokio::test]
async fn a_url_of_another_database_is_refused() {
    for url in ["mysql://localhost/x", "gongce.db", "sqlite::memory:", "sqlite://x.db?mode=ro"] {
        assert!(matches!(Store::open(url, None).await, Err(StoreError::Refused(_))), "{url}");
    }
}

#[tokio::test]
async fn a_second_server_on_one_file_is_refused() {
    let database = crate::harness::stores::Database::bare_sqlite();
    let (first, second) = (database.open().await, database.open().await);
    let lock = first.lock_server().unwrap();
    let refusal = second.lock_server().unwrap_err().to_string();
    assert!(refusal.contains(&std::process::id().to_string()), "{refusal}");
    drop(lock);
    second.lock_server().unwrap();
}

//! The journal: append-only, the single source of history, live events, index refresh and audit.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::column::required;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("journal")
            .col(ColumnDef::new("number").big_integer().not_null().auto_increment().primary_key())
            .col(required("at", |c| c.timestamp_with_time_zone()))
            .col(required("actor", |c| c.text()))
            .col(required("role", |c| c.string_len(16)))
            .col(required("request_id", |c| c.string_len(64)))
            .col(required("kind", |c| c.string_len(16)))
            .col(required("key", |c| c.text()))
            .col(required("version", |c| c.integer()))
            .col(required("action", |c| c.string_len(16)))
            .col(required("changes", |c| c.text()))
            .take();
        manager.create_table(table).await?;
        let by_record = Index::create().name("ix_journal_record").table("journal").col("kind").col("key").take();
        manager.create_index(by_record).await?;
        let by_actor = Index::create().name("ix_journal_actor").table("journal").col("actor").take();
        manager.create_index(by_actor).await?;
        let backend = manager.get_database_backend();
        for statement in if backend == DbBackend::Postgres { &POSTGRES[..] } else { &SQLITE[..] } {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("journal").take()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION journal_is_append_only()").await?;
        }
        Ok(())
    }
}

/// On PostgreSQL rows become visible out of the order of their numbers, so each also carries its transaction. Nobody
/// may change or remove a row of the journal.
const POSTGRES: [&str; 4] = [
    "ALTER TABLE journal ADD COLUMN txid xid8 NOT NULL DEFAULT pg_current_xact_id()",
    "CREATE INDEX ix_journal_txid ON journal (txid, number)",
    "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$",
    "CREATE TRIGGER tr_journal_append_only BEFORE UPDATE OR DELETE ON journal \
     FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()",
];

const SQLITE: [&str; 2] = [
    "CREATE TRIGGER tr_journal_no_update BEFORE UPDATE ON journal \
     BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER tr_journal_no_delete BEFORE DELETE ON journal \
     BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
];

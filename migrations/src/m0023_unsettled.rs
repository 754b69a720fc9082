//! What became known at toilets and is still to be settled: how slots came out is worked out after a record is on disk.

use sea_orm_migration::prelude::*;

use crate::column::{index, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(unsettled()).await?;
        manager.create_index(index("ix_settlement_settled", "settlement", "settled_at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [SOON, SINCE, "DROP INDEX ix_settlement_settled"] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        manager.drop_table(Table::drop().table("unsettled").take()).await
    }
}

/// What waits is settled by the program of before together with what changes by itself: soon, and from then on.
const SOON: &str = "UPDATE settlement SET next_at = settled_at WHERE toilet_id IN (SELECT toilet_id FROM unsettled)";

const SINCE: &str = "\
UPDATE settlement SET settled_at = (SELECT MIN(u.at) FROM unsettled u WHERE u.toilet_id = settlement.toilet_id) \
WHERE EXISTS (SELECT 1 FROM unsettled u WHERE u.toilet_id = settlement.toilet_id AND u.at < settlement.settled_at)";

/// A row for each record, from the transaction that takes it to the one that settles its toilet. `at` is the instant
/// that it has to do with, `known_at` the one at which it became known.
fn unsettled() -> TableCreateStatement {
    Table::create()
        .table("unsettled")
        .col(required("toilet_id", |c| c.integer()))
        .col(required("cleaning_id", |c| c.string_len(36)))
        .col(required("at", |c| c.timestamp_with_time_zone()))
        .col(required("known_at", |c| c.timestamp_with_time_zone()))
        .primary_key(Index::create().name("pk_unsettled").col("toilet_id").col("cleaning_id"))
        .foreign_key(&mut references("fk_unsettled_cleaning", "unsettled", "cleaning_id", "cleaning"))
        .take()
}

//! What each source said last about each of its keys, so that a later import knows what its publisher changed.

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
        let table = Table::create()
            .table("imported")
            .col(required("source_id", |c| c.integer()))
            .col(required("key", |c| c.text()))
            .col(required("toilet_id", |c| c.integer()))
            .col(required("fields", |c| c.text()))
            .col(required("present", |c| c.boolean()))
            .col(required("imported_at", |c| c.timestamp_with_time_zone()))
            .primary_key(Index::create().name("pk_imported").col("source_id").col("key"))
            .foreign_key(&mut references("fk_imported_source", "imported", "source_id", "source"))
            .foreign_key(&mut references("fk_imported_toilet", "imported", "toilet_id", "toilet"))
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("ix_imported_toilet", "imported", "toilet_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("imported").take()).await
    }
}

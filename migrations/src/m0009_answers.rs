//! What was answered to requests that must have one effect however often they come.

use sea_orm_migration::prelude::*;

use crate::column::{index, optional, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No reference to a person: an answer outlives its account by a few days and names nobody.
        let table = Table::create()
            .table("answer")
            .col(required("person", |c| c.string_len(36)))
            .col(required("key", |c| c.string_len(64)))
            .col(required("fingerprint", |c| c.string_len(64)))
            .col(required("status", |c| c.integer()))
            .col(optional("location", |c| c.text()))
            .col(optional("etag", |c| c.string_len(64)))
            .col(required("body", |c| c.text()))
            .col(required("answered_at", |c| c.timestamp_with_time_zone()))
            .primary_key(Index::create().name("pk_answer").col("person").col("key"))
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("ix_answer_answered_at", "answer", "answered_at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("answer").take()).await
    }
}

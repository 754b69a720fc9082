//! What the public suggests: toilets that are missing, facts that are wrong, toilets that are closed for good.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, index, one_of, optional, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(suggestion()).await?;
        manager.create_index(index("ix_suggestion_toilet", "suggestion", "toilet_id")).await?;
        manager.create_index(index("ix_suggestion_person", "suggestion", "person_id")).await?;
        let queue = Index::create().name("ix_suggestion_state").table("suggestion").col("state").col("id").take();
        manager.create_index(queue).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("suggestion").take()).await
    }
}

/// No reference to persons: a suggestion outlives the account of whoever decided it. `written` is the revision of the
/// toilet that was written by accepting it.
fn suggestion() -> TableCreateStatement {
    Table::create()
        .table("suggestion")
        .col(counted_key())
        .col(required("kind", |c| c.string_len(16)))
        .col(optional("toilet_id", |c| c.integer()))
        .col(optional("area_id", |c| c.integer()))
        .col(required("proposal", |c| c.text()))
        .col(optional("remark", |c| c.text()))
        .col(optional("person_id", |c| c.string_len(36)))
        .col(required("checked", |c| c.boolean()))
        .col(required("state", |c| c.string_len(16)))
        .col(optional("reason", |c| c.text()))
        .col(optional("decided_by", |c| c.string_len(36)))
        .col(optional("decided_at", |c| c.timestamp_with_time_zone()))
        .col(optional("written", |c| c.integer()))
        .col(required("sent_at", |c| c.timestamp_with_time_zone()))
        .col(required("revision", |c| c.integer()))
        .foreign_key(&mut references("fk_suggestion_toilet", "suggestion", "toilet_id", "toilet"))
        .foreign_key(&mut references("fk_suggestion_area", "suggestion", "area_id", "area"))
        .check(one_of("ck_suggestion_kind", "kind", &["missing", "wrong", "gone"]))
        .check(one_of("ck_suggestion_state", "state", &["open", "accepted", "rejected"]))
        .take()
}

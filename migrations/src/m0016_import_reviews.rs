//! Files that were uploaded to be taken in, each with what that would change, until somebody has looked at it.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, index, one_of, optional, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(review()).await?;
        manager.create_table(file()).await?;
        manager.create_index(index("ix_import_review_expires_at", "import_review", "expires_at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["import_file", "import_review"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// `mark` tells the state of the register for which the report holds.
fn review() -> TableCreateStatement {
    Table::create()
        .table("import_review")
        .col(counted_key())
        .col(required("profile", |c| c.string_len(64)))
        .col(required("sync", |c| c.boolean()))
        .col(required("source", |c| c.string_len(64)))
        .col(required("bytes", |c| c.big_integer()))
        .col(required("fingerprint", |c| c.string_len(64)))
        .col(required("state", |c| c.string_len(16)))
        .col(required("report", |c| c.text()))
        .col(required("mark", |c| c.text()))
        .col(optional("reason", |c| c.text()))
        .col(required("person_id", |c| c.string_len(36)))
        .col(optional("applied_by", |c| c.string_len(36)))
        .col(optional("applied_at", |c| c.timestamp_with_time_zone()))
        .col(required("uploaded_at", |c| c.timestamp_with_time_zone()))
        .col(required("expires_at", |c| c.timestamp_with_time_zone()))
        .col(required("revision", |c| c.integer()))
        .check(one_of("ck_import_review_state", "state", &["ready", "applying", "applied", "failed"]))
        .take()
}

/// The file goes with its review; it lies apart, so that a list of reviews need not read it.
fn file() -> TableCreateStatement {
    let mut key = ForeignKey::create();
    key.name("fk_import_file_review").from("import_file", "review_id").to("import_review", "id");
    Table::create()
        .table("import_file")
        .col(required("review_id", |c| c.integer()).primary_key())
        .col(required("content", |c| c.blob()))
        .foreign_key(key.on_delete(ForeignKeyAction::Cascade))
        .take()
}

//! Photos: each file once by its content, each upload by the id that its client gave it, and what records show it.

use sea_orm_migration::prelude::*;

use crate::column::{index, one_of, optional, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [photo_file(), photo(), photo_use()] {
            manager.create_table(table).await?;
        }
        for column in ["content", "unused_since", "person_id"] {
            let name = format!("ix_photo_{column}");
            manager.create_index(Index::create().name(name).table("photo").col(column).take()).await?;
        }
        manager.create_index(index("ix_photo_use_photo", "photo_use", "photo_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["photo_use", "photo", "photo_file"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// A picture where the files are. The row is there before the file and after it, so that no file is ever forgotten;
/// `leaving` says that it is being deleted.
fn photo_file() -> TableCreateStatement {
    Table::create()
        .table("photo_file")
        .col(required("content", |c| c.string_len(64)).primary_key())
        .col(required("width", |c| c.integer()))
        .col(required("height", |c| c.integer()))
        .col(required("bytes", |c| c.integer()))
        .col(required("stored_at", |c| c.timestamp_with_time_zone()))
        .col(required("leaving", |c| c.boolean()))
        .check(Check::named("ck_photo_file_size", Expr::cust("width > 0 AND height > 0 AND bytes > 0")))
        .take()
}

/// `sent` is the hash of the bytes as they came. The person is a pseudonym, which outlives its account.
fn photo() -> TableCreateStatement {
    let mut file = ForeignKey::create();
    file.name("fk_photo_file").from("photo", "content").to("photo_file", "content");
    Table::create()
        .table("photo")
        .col(required("id", |c| c.string_len(36)).primary_key())
        .col(required("sent", |c| c.string_len(64)))
        .col(required("content", |c| c.string_len(64)))
        .col(required("state", |c| c.string_len(16)))
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("uploaded_at", |c| c.timestamp_with_time_zone()))
        .col(optional("unused_since", |c| c.timestamp_with_time_zone()))
        .col(required("revision", |c| c.integer()))
        .foreign_key(file.on_delete(ForeignKeyAction::Restrict))
        .check(one_of("ck_photo_state", "state", &["pending", "passed", "refused", "unchecked"]))
        .take()
}

/// The record is named as in the journal, by its kind and its key.
fn photo_use() -> TableCreateStatement {
    Table::create()
        .table("photo_use")
        .col(required("kind", |c| c.string_len(16)))
        .col(required("record", |c| c.string_len(64)))
        .col(required("photo_id", |c| c.string_len(36)))
        .col(required("from_at", |c| c.timestamp_with_time_zone()))
        .primary_key(Index::create().name("pk_photo_use").col("kind").col("record").col("photo_id"))
        .foreign_key(&mut references("fk_photo_use_photo", "photo_use", "photo_id", "photo"))
        .take()
}

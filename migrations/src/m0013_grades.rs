//! Who assessed a grade, which record took its place when, and the photo that shows it.

use sea_orm_migration::prelude::*;

use crate::column::optional;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds columns one at a time, and could not take back one that is a foreign key.
        for mut column in [
            optional("assessor", |c| c.string_len(128)),
            optional("superseded_on", |c| c.date()),
            optional("superseded_by", |c| c.integer()),
            optional("evidence", |c| c.string_len(36)),
        ] {
            manager.alter_table(Table::alter().table("grade").add_column(&mut column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["evidence", "superseded_by", "superseded_on", "assessor"] {
            manager.alter_table(Table::alter().table("grade").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

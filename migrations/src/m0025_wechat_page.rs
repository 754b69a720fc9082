//! Signing in with WeChat on the page: of which app an openid is, and which ways to WeChat and back were gone.

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
        let mut realm = optional("realm", |c| c.string_len(16));
        manager.alter_table(Table::alter().table("identity").add_column(&mut realm).take()).await?;
        manager.get_connection().execute_unprepared(KNOWN).await?;
        manager.create_table(wechat_return()).await?;
        manager.create_index(index("ix_wechat_return_at", "wechat_return", "at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("wechat_return").take()).await?;
        manager.get_connection().execute_unprepared(OTHERS).await?;
        manager.alter_table(Table::alter().table("identity").drop_column("realm").take()).await
    }
}

/// Until now there was the mini program alone.
const KNOWN: &str = "UPDATE identity SET realm = 'miniProgram' WHERE kind = 'wechat'";

/// What is known of other apps would be taken for openids of the mini program.
const OTHERS: &str = "DELETE FROM identity WHERE realm <> 'miniProgram'";

/// A state counts once. Of it a hash is kept, and when it was brought.
fn wechat_return() -> TableCreateStatement {
    Table::create()
        .table("wechat_return")
        .col(required("state", |c| c.string_len(64)).primary_key())
        .col(required("at", |c| c.timestamp_with_time_zone()))
        .take()
}

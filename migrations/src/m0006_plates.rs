//! Which plate of each kind hangs at a toilet now, where it is not the first.

use sea_orm_migration::prelude::*;

use crate::column::{one_of, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("plate")
            .col(required("toilet_id", |c| c.integer()))
            .col(required("kind", |c| c.string_len(16)))
            .col(required("serial", |c| c.integer()))
            .col(required("oldest_key", |c| c.string_len(1)))
            .col(required("issued_at", |c| c.timestamp_with_time_zone()))
            .primary_key(Index::create().name("pk_plate").col("toilet_id").col("kind"))
            .foreign_key(&mut references("fk_plate_toilet", "plate", "toilet_id", "toilet"))
            .check(one_of("ck_plate_kind", "kind", &["staff", "citizen"]))
            .check(Check::named("ck_plate_serial", Expr::cust("serial BETWEEN 1 AND 3843")))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("plate").take()).await
    }
}

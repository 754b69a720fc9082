//! Lines that a walker cannot cross.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, one_of, optional, required, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(barrier()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("barrier").take()).await
    }
}

/// The lines are the coordinates of a `GeoJSON` `MultiLineString` in WGS-84, the crossings a list of longitude, latitude
/// and radius in metres.
fn barrier() -> TableCreateStatement {
    Table::create()
        .table("barrier")
        .col(counted_key())
        .col(required("name", |c| c.string_len(128)))
        .col(required("kind", |c| c.string_len(16)))
        .col(required("lines", |c| c.text()))
        .col(required("crossings", |c| c.text()))
        .col(required("datum", |c| c.string_len(8)))
        .col(required("synthetic", |c| c.boolean()))
        .col(optional("source", |c| c.string_len(255)))
        .index(&mut unique("uq_barrier_name", &["name"]))
        .check(one_of("ck_barrier_kind", "kind", &["river", "railway", "expressway", "other"]))
        .check(one_of("ck_barrier_datum", "datum", &["wgs84", "gcj02", "bd09"]))
        .take()
}

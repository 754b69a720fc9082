//! Where areas end.

use sea_orm_migration::prelude::*;

use crate::column::{one_of, optional, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(area_outline()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("area_outline").take()).await
    }
}

/// The outline is the coordinates of a `GeoJSON` `MultiPolygon` in WGS-84; the box around it finds candidates.
fn area_outline() -> TableCreateStatement {
    let mut area_id = required("area_id", |c| c.integer());
    area_id.primary_key();
    Table::create()
        .table("area_outline")
        .col(area_id)
        .col(required("outline", |c| c.text()))
        .col(required("datum", |c| c.string_len(8)))
        .col(required("synthetic", |c| c.boolean()))
        .col(optional("source", |c| c.string_len(255)))
        .col(required("west", |c| c.double()))
        .col(required("south", |c| c.double()))
        .col(required("east", |c| c.double()))
        .col(required("north", |c| c.double()))
        .foreign_key(&mut references("fk_area_outline_area", "area_outline", "area_id", "area"))
        .check(one_of("ck_area_outline_datum", "datum", &["wgs84", "gcj02", "bd09"]))
        .take()
}

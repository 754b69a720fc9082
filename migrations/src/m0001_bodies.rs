//! Areas, operators and sources.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::column::{counted_key, index, one_of, optional, references, required, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(area()).await?;
        manager.create_table(area_alias()).await?;
        manager.create_index(index("ix_area_alias_code", "area_alias", "code")).await?;
        manager.create_index(index("ix_area_alias_area", "area_alias", "area_id")).await?;
        manager.create_table(operator()).await?;
        manager.create_table(source()).await?;
        number_areas_from_800_million(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["source", "operator", "area_alias", "area"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

fn area() -> TableCreateStatement {
    Table::create()
        .table("area")
        .col(counted_key())
        .col(required("code", |c| c.string_len(24)))
        .col(required("name", |c| c.string_len(128)))
        .col(required("level", |c| c.string_len(16)))
        .col(optional("parent_id", |c| c.integer()))
        .col(required("vintage", |c| c.integer()))
        .col(optional("valid_from", |c| c.date()))
        .col(optional("valid_to", |c| c.date()))
        .col(required("path", |c| c.text()))
        .index(&mut unique("uq_area_code", &["code"]))
        .foreign_key(&mut references("fk_area_parent", "area", "parent_id", "area"))
        .check(one_of("ck_area_level", "level", &["province", "city", "county", "town", "village"]))
        .take()
}

fn area_alias() -> TableCreateStatement {
    Table::create()
        .table("area_alias")
        .col(counted_key())
        .col(required("area_id", |c| c.integer()))
        .col(optional("code", |c| c.string_len(24)))
        .col(optional("name", |c| c.string_len(128)))
        .col(optional("vintage", |c| c.integer()))
        .foreign_key(&mut references("fk_area_alias_area", "area_alias", "area_id", "area"))
        .take()
}

fn operator() -> TableCreateStatement {
    let kinds = ["department", "contractor", "scenicArea", "village", "host", "other"];
    Table::create()
        .table("operator")
        .col(counted_key())
        .col(required("name", |c| c.string_len(128)))
        .col(required("kind", |c| c.string_len(16)))
        .col(required("revision", |c| c.integer()))
        .index(&mut unique("uq_operator_name", &["name"]))
        .check(one_of("ck_operator_kind", "kind", &kinds))
        .take()
}

fn source() -> TableCreateStatement {
    Table::create()
        .table("source")
        .col(counted_key())
        .col(required("name", |c| c.string_len(64)))
        .col(optional("attribution", |c| c.text()))
        .col(optional("license", |c| c.text()))
        .col(required("synthetic", |c| c.boolean()))
        .index(&mut unique("uq_source_name", &["name"]))
        .take()
}

/// Toilets and areas share one number space on a map; areas take the part from 800,000,001.
async fn number_areas_from_800_million(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sql = match manager.get_database_backend() {
        DbBackend::Postgres => "ALTER TABLE area ALTER COLUMN id RESTART WITH 800000001",
        _ => "INSERT INTO sqlite_sequence (name, seq) VALUES ('area', 800000000)",
    };
    manager.get_connection().execute_unprepared(sql).await?;
    Ok(())
}

//! Sets of toilets that are put out together for a time, and where each stands meanwhile.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, index, one_of, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [deployment(), deployed(), station()] {
            manager.create_table(table).await?;
        }
        manager.create_index(index("ix_deployed_toilet", "deployed", "toilet_id")).await?;
        manager.create_index(index("ix_station_toilet", "station", "toilet_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["station", "deployed", "deployment"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

fn deployment() -> TableCreateStatement {
    Table::create()
        .table("deployment")
        .col(counted_key())
        .col(required("name", |c| c.string_len(128)))
        .col(required("from_at", |c| c.timestamp_with_time_zone()))
        .col(required("until_at", |c| c.timestamp_with_time_zone()))
        .col(required("revision", |c| c.integer()))
        .check(Check::named("ck_deployment_span", Expr::cust("until_at > from_at")))
        .take()
}

fn deployed() -> TableCreateStatement {
    Table::create()
        .table("deployed")
        .col(required("deployment_id", |c| c.integer()))
        .col(required("toilet_id", |c| c.integer()))
        .primary_key(Index::create().name("pk_deployed").col("deployment_id").col("toilet_id"))
        .foreign_key(&mut references("fk_deployed_deployment", "deployed", "deployment_id", "deployment"))
        .foreign_key(&mut references("fk_deployed_toilet", "deployed", "toilet_id", "toilet"))
        .take()
}

fn station() -> TableCreateStatement {
    Table::create()
        .table("station")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("deployment_id", |c| c.integer()))
        .col(required("from_at", |c| c.timestamp_with_time_zone()))
        .col(required("until_at", |c| c.timestamp_with_time_zone()))
        .col(required("latitude", |c| c.double()))
        .col(required("longitude", |c| c.double()))
        .col(required("datum", |c| c.string_len(8)))
        .col(required("shifted", |c| c.boolean()))
        .foreign_key(&mut references("fk_station_toilet", "station", "toilet_id", "toilet"))
        .foreign_key(&mut references("fk_station_deployment", "station", "deployment_id", "deployment"))
        .check(one_of("ck_station_datum", "datum", &["wgs84", "gcj02", "bd09"]))
        .check(Check::named("ck_station_span", Expr::cust("until_at > from_at")))
        .take()
}

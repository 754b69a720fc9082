//! The counts of days once more, a month of a toilet to a row, so that a year of a county is read in some thousand rows.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, optional, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut key = references("fk_cleaning_month_toilet", "cleaning_month", "toilet_id", "toilet");
        let table = Table::create()
            .table("cleaning_month")
            .col(counted_key())
            .col(required("toilet_id", |c| c.integer()))
            .col(required("month", |c| c.string_len(7)))
            .col(optional("operator_id", |c| c.integer()))
            .col(optional("person_id", |c| c.string_len(36)))
            .col(required("days", |c| c.text()))
            .foreign_key(&mut key)
            .take();
        manager.create_table(table).await?;
        for (name, [first, second]) in
            [("ix_cleaning_month_toilet", ["toilet_id", "month"]), ("ix_cleaning_month_month", ["month", "toilet_id"])]
        {
            let index = Index::create().name(name).table("cleaning_month").col(first).col(second).take();
            manager.create_index(index).await?;
        }
        manager.get_connection().execute_unprepared(COUNTED).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("cleaning_month").take()).await
    }
}

/// What was counted before.
const COUNTED: &str = "\
INSERT INTO cleaning_month (toilet_id, month, operator_id, person_id, days) \
SELECT toilet_id, substr(CAST(due_on AS TEXT), 1, 7), operator_id, person_id, \
string_agg(substr(CAST(due_on AS TEXT), 9, 2) || ' ' || on_time || ' ' || late || ' ' || missed || ' ' || excused || \
' ' || cancelled || ' ' || verified || ' ' || synced_late || ' ' || proxy, ';' ORDER BY due_on) \
FROM cleaning_day GROUP BY toilet_id, substr(CAST(due_on AS TEXT), 1, 7), operator_id, person_id";

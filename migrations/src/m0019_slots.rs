//! How slots came out, the excuses for them, and what is counted of them.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, one_of, optional, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [excuse(), slot_outcome(), settlement(), cleaning_day()] {
            manager.create_table(table).await?;
        }
        let indexes = [
            ("ix_excuse_toilet", "excuse", ["toilet_id", "slot_at"]),
            ("ix_excuse_state", "excuse", ["state", "id"]),
            ("ix_slot_outcome_closes", "slot_outcome", ["toilet_id", "closes_at"]),
            ("ix_slot_outcome_day", "slot_outcome", ["toilet_id", "due_on"]),
            ("ix_cleaning_day_toilet", "cleaning_day", ["toilet_id", "due_on"]),
            ("ix_cleaning_day_day", "cleaning_day", ["due_on", "toilet_id"]),
        ];
        for (name, table, [first, second]) in indexes {
            manager.create_index(Index::create().name(name).table(table).col(first).col(second).take()).await?;
        }
        let next = Index::create().name("ix_settlement_next").table("settlement").col("next_at").take();
        manager.create_index(next).await?;
        manager.get_connection().execute_unprepared(PLANNED).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["cleaning_day", "settlement", "slot_outcome", "excuse"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// What was planned before is settled as soon as may be.
const PLANNED: &str = "INSERT INTO settlement (toilet_id, settled_at, next_at, on_time, due) \
SELECT toilet_id, MIN(made_at), MIN(made_at), 0, 0 FROM plan GROUP BY toilet_id";

/// Why a slot could not be done, as one person says and another decides. No reference to persons: it outlives their
/// accounts under their pseudonyms.
fn excuse() -> TableCreateStatement {
    Table::create()
        .table("excuse")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("slot_key", |c| c.string_len(64)))
        .col(required("slot_at", |c| c.timestamp_with_time_zone()))
        .col(required("reason", |c| c.string_len(16)))
        .col(optional("note", |c| c.text()))
        .col(required("state", |c| c.string_len(16)))
        .col(required("asked_by", |c| c.string_len(36)))
        .col(required("asked_at", |c| c.timestamp_with_time_zone()))
        .col(optional("decided_by", |c| c.string_len(36)))
        .col(optional("decided_at", |c| c.timestamp_with_time_zone()))
        .col(optional("answer", |c| c.text()))
        .col(required("revision", |c| c.integer()))
        .foreign_key(&mut references("fk_excuse_toilet", "excuse", "toilet_id", "toilet"))
        .check(one_of("ck_excuse_state", "state", &["open", "approved", "refused"]))
        .take()
}

/// Derived: what became of each slot that was done, excused or is over.
fn slot_outcome() -> TableCreateStatement {
    let mut key = required("slot_key", |c| c.string_len(64));
    key.primary_key();
    Table::create()
        .table("slot_outcome")
        .col(key)
        .col(required("toilet_id", |c| c.integer()))
        .col(required("task", |c| c.string_len(16)))
        .col(required("due_on", |c| c.date()))
        .col(required("at", |c| c.timestamp_with_time_zone()))
        .col(required("due_at", |c| c.timestamp_with_time_zone()))
        .col(required("closes_at", |c| c.timestamp_with_time_zone()))
        .col(required("state", |c| c.string_len(16)))
        .col(optional("cleaning_id", |c| c.string_len(36)))
        .col(optional("done_at", |c| c.timestamp_with_time_zone()))
        .col(required("synced_late", |c| c.boolean()))
        .col(required("verified", |c| c.boolean()))
        .col(required("proxy", |c| c.boolean()))
        .col(optional("operator_id", |c| c.integer()))
        .col(optional("person_id", |c| c.string_len(36)))
        .col(required("revision", |c| c.integer()))
        .foreign_key(&mut references("fk_slot_outcome_toilet", "slot_outcome", "toilet_id", "toilet"))
        .check(one_of("ck_slot_outcome_state", "state", &["doneOnTime", "doneLate", "missed", "excused", "cancelled"]))
        .take()
}

/// Up to when the slots of a toilet are settled, when the next of them changes by itself, and what the public is told.
fn settlement() -> TableCreateStatement {
    let mut key = required("toilet_id", |c| c.integer());
    key.primary_key();
    Table::create()
        .table("settlement")
        .col(key)
        .col(required("settled_at", |c| c.timestamp_with_time_zone()))
        .col(required("next_at", |c| c.timestamp_with_time_zone()))
        .col(optional("last_cleaned_at", |c| c.timestamp_with_time_zone()))
        .col(optional("next_due_at", |c| c.timestamp_with_time_zone()))
        .col(required("on_time", |c| c.integer()))
        .col(required("due", |c| c.integer()))
        .foreign_key(&mut references("fk_settlement_toilet", "settlement", "toilet_id", "toilet"))
        .take()
}

/// Derived: the outcomes of a toilet's day, counted by who answers for them.
fn cleaning_day() -> TableCreateStatement {
    let counts = ["on_time", "late", "missed", "excused", "cancelled", "verified", "synced_late", "proxy"]
        .map(|name| required(name, |c| c.integer()));
    let mut table = Table::create();
    table
        .table("cleaning_day")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("due_on", |c| c.date()))
        .col(optional("operator_id", |c| c.integer()))
        .col(optional("person_id", |c| c.string_len(36)));
    for count in counts {
        table.col(count);
    }
    table.foreign_key(&mut references("fk_cleaning_day_toilet", "cleaning_day", "toilet_id", "toilet")).take()
}

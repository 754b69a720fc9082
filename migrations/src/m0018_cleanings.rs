//! Cleanings: each once by the id that its client gave it, never changed, only corrected by a further one.

use sea_orm_migration::prelude::*;

use crate::column::{index, one_of, optional, references, required, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [cleaning(), cleaning_photo(), cleaning_verification()] {
            manager.create_table(table).await?;
        }
        for (name, first) in [("ix_cleaning_toilet", "toilet_id"), ("ix_cleaning_person", "performed_by")] {
            let index = Index::create().name(name).table("cleaning").col(first).col("effective_at").take();
            manager.create_index(index).await?;
        }
        manager.create_index(index("ix_cleaning_at", "cleaning", "effective_at")).await?;
        // Few are recorded for somebody else; the others need no second entry for the same person.
        let recorders = "CREATE INDEX ix_cleaning_recorder ON cleaning (recorded_by) WHERE recorded_by <> performed_by";
        manager.get_connection().execute_unprepared(recorders).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["cleaning_verification", "cleaning_photo", "cleaning"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// `event` is what the client fixed when it happened, without the fix, which is in columns of its own so that it can be
/// forgotten with the person; `answer` is what the first delivery was told. Persons are pseudonyms, which outlive their
/// accounts. A record is corrected once at most.
fn cleaning() -> TableCreateStatement {
    let whole = "(corrects IS NULL) = (correction IS NULL) AND (corrects IS NULL OR corrects <> id)";
    let fix = "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (crs IS NULL)";
    Table::create()
        .table("cleaning")
        .col(required("id", |c| c.string_len(36)).primary_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("performed_by", |c| c.string_len(36)))
        .col(required("recorded_by", |c| c.string_len(36)))
        .col(optional("started_at", |c| c.timestamp_with_time_zone()))
        .col(required("effective_at", |c| c.timestamp_with_time_zone()))
        .col(required("received_at", |c| c.timestamp_with_time_zone()))
        .col(required("basis", |c| c.string_len(16)))
        .col(required("presence", |c| c.string_len(2)))
        .col(required("flags", |c| c.text()))
        .col(optional("corrects", |c| c.string_len(36)))
        .col(optional("correction", |c| c.string_len(8)))
        .col(optional("latitude", |c| c.double()))
        .col(optional("longitude", |c| c.double()))
        .col(optional("crs", |c| c.string_len(8)))
        .col(optional("accuracy", |c| c.double()))
        .col(required("event", |c| c.text()))
        .col(required("answer", |c| c.text()))
        .index(&mut unique("uq_cleaning_corrects", &["corrects"]))
        .foreign_key(&mut references("fk_cleaning_toilet", "cleaning", "toilet_id", "toilet"))
        .foreign_key(&mut references("fk_cleaning_corrects", "cleaning", "corrects", "cleaning"))
        .check(one_of("ck_cleaning_basis", "basis", &["monotonic", "device"]))
        .check(one_of("ck_cleaning_presence", "presence", &["E0", "E1", "E2", "E3"]))
        .check(one_of("ck_cleaning_correction", "correction", &["amends", "voids"]))
        .check(Check::named("ck_cleaning_corrects", Expr::cust(whole)))
        .check(Check::named("ck_cleaning_fix", Expr::cust(fix)))
        .take()
}

/// The photos that a cleaning names, whether they have arrived or not: no key refers to `photo`.
fn cleaning_photo() -> TableCreateStatement {
    Table::create()
        .table("cleaning_photo")
        .col(required("photo_id", |c| c.string_len(36)))
        .col(required("cleaning_id", |c| c.string_len(36)))
        .primary_key(Index::create().name("pk_cleaning_photo").col("photo_id").col("cleaning_id"))
        .foreign_key(&mut references("fk_cleaning_photo", "cleaning_photo", "cleaning_id", "cleaning"))
        .take()
}

/// That somebody else confirmed a cleaning; the first who did.
fn cleaning_verification() -> TableCreateStatement {
    Table::create()
        .table("cleaning_verification")
        .col(required("cleaning_id", |c| c.string_len(36)).primary_key())
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("verified_at", |c| c.timestamp_with_time_zone()))
        .foreign_key(&mut references("fk_cleaning_verification", "cleaning_verification", "cleaning_id", "cleaning"))
        .take()
}

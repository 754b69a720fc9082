//! Who stands in for a custodian, and who is on shift at which toilets.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, index, optional, references, required, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [substitute(), roster(), roster_toilet(), roster_turn(), roster_day()] {
            manager.create_table(table).await?;
        }
        for (name, table, column) in INDEXES {
            manager.create_index(index(name, table, column)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["roster_day", "roster_turn", "roster_toilet", "roster", "substitute"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

const INDEXES: [(&str, &str, &str); 6] = [
    ("ix_substitute_toilet", "substitute", "toilet_id"),
    ("ix_substitute_person", "substitute", "person_id"),
    ("ix_roster_toilet_toilet", "roster_toilet", "toilet_id"),
    ("ix_roster_turn_roster", "roster_turn", "roster_id"),
    ("ix_roster_turn_person", "roster_turn", "person_id"),
    ("ix_roster_day_person", "roster_day", "person_id"),
];

/// The person is a pseudonym, which outlives its account, here and below. The last day belongs to it.
fn substitute() -> TableCreateStatement {
    Table::create()
        .table("substitute")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("from_on", |c| c.date()))
        .col(required("to_on", |c| c.date()))
        .col(required("revision", |c| c.integer()))
        .foreign_key(&mut references("fk_substitute_toilet", "substitute", "toilet_id", "toilet"))
        .check(Check::named("ck_substitute_span", Expr::cust("to_on >= from_on")))
        .take()
}

/// `shifts` says for each kind of shift from when to when it is, as JSON.
fn roster() -> TableCreateStatement {
    Table::create()
        .table("roster")
        .col(counted_key())
        .col(required("name", |c| c.string_len(128)))
        .col(required("zone", |c| c.string_len(64)))
        .col(required("shifts", |c| c.text()))
        .col(required("from_on", |c| c.date()))
        .col(optional("to_on", |c| c.date()))
        .col(required("revision", |c| c.integer()))
        .check(Check::named("ck_roster_span", Expr::cust("to_on IS NULL OR to_on >= from_on")))
        .take()
}

fn roster_toilet() -> TableCreateStatement {
    Table::create()
        .table("roster_toilet")
        .col(required("roster_id", |c| c.integer()))
        .col(required("toilet_id", |c| c.integer()))
        .primary_key(Index::create().name("pk_roster_toilet").col("roster_id").col("toilet_id"))
        .foreign_key(&mut references("fk_roster_toilet_roster", "roster_toilet", "roster_id", "roster"))
        .foreign_key(&mut references("fk_roster_toilet_toilet", "roster_toilet", "toilet_id", "toilet"))
        .take()
}

/// `cycle` is the shifts day by day from the first day on, which then begin anew, as JSON.
fn roster_turn() -> TableCreateStatement {
    Table::create()
        .table("roster_turn")
        .col(counted_key())
        .col(required("roster_id", |c| c.integer()))
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("cycle", |c| c.text()))
        .col(required("from_on", |c| c.date()))
        .col(optional("to_on", |c| c.date()))
        .col(required("revision", |c| c.integer()))
        .foreign_key(&mut references("fk_roster_turn_roster", "roster_turn", "roster_id", "roster"))
        .check(Check::named("ck_roster_turn_span", Expr::cust("to_on IS NULL OR to_on >= from_on")))
        .take()
}

/// `off` is a day off. The other person is whom the shift was swapped with.
fn roster_day() -> TableCreateStatement {
    Table::create()
        .table("roster_day")
        .col(counted_key())
        .col(required("roster_id", |c| c.integer()))
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("on_day", |c| c.date()))
        .col(required("shift", |c| c.string_len(16)))
        .col(optional("swapped_with", |c| c.string_len(36)))
        .col(required("revision", |c| c.integer()))
        .foreign_key(&mut references("fk_roster_day_roster", "roster_day", "roster_id", "roster"))
        .index(&mut unique("uq_roster_day", &["roster_id", "person_id", "on_day"]))
        .take()
}

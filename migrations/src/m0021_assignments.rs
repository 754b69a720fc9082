//! Who answers for which toilet, from day to day.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::column::{counted_key, index, optional, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(custodian()).await?;
        manager.create_index(index("ix_custodian_toilet", "custodian", "toilet_id")).await?;
        manager.create_index(index("ix_custodian_person", "custodian", "person_id")).await?;
        let backend = manager.get_database_backend();
        for statement in if backend == DbBackend::Postgres { &POSTGRES[..] } else { &SQLITE[..] } {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("custodian").take()).await
    }
}

/// The person is a pseudonym, which outlives its account. The last day belongs to it.
fn custodian() -> TableCreateStatement {
    Table::create()
        .table("custodian")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("from_on", |c| c.date()))
        .col(optional("to_on", |c| c.date()))
        .col(required("revision", |c| c.integer()))
        .foreign_key(&mut references("fk_custodian_toilet", "custodian", "toilet_id", "toilet"))
        .check(Check::named("ck_custodian_span", Expr::cust("to_on IS NULL OR to_on >= from_on")))
        .take()
}

/// At most one for a toilet on any day. The toilet is written as a range, since equality of numbers in such an index would
/// take an extension that not every server has.
const POSTGRES: [&str; 1] = ["ALTER TABLE custodian ADD CONSTRAINT ex_custodian_one EXCLUDE USING gist \
     (int4range(toilet_id, toilet_id, '[]') WITH &&, daterange(from_on, to_on, '[]') WITH &&)"];

/// The same where no index can say so. Days are texts that sort as they follow each other.
const SQLITE: [&str; 2] = [
    "CREATE TRIGGER tr_custodian_one_insert BEFORE INSERT ON custodian WHEN EXISTS (SELECT 1 FROM custodian c \
     WHERE c.toilet_id = NEW.toilet_id AND c.from_on <= COALESCE(NEW.to_on, '9999-12-31') \
     AND COALESCE(c.to_on, '9999-12-31') >= NEW.from_on) BEGIN SELECT RAISE(ABORT, 'ex_custodian_one'); END",
    "CREATE TRIGGER tr_custodian_one_update BEFORE UPDATE ON custodian WHEN EXISTS (SELECT 1 FROM custodian c \
     WHERE c.id <> NEW.id AND c.toilet_id = NEW.toilet_id AND c.from_on <= COALESCE(NEW.to_on, '9999-12-31') \
     AND COALESCE(c.to_on, '9999-12-31') >= NEW.from_on) BEGIN SELECT RAISE(ABORT, 'ex_custodian_one'); END",
];

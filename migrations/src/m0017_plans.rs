//! Plans of toilets with their templates, and the exceptions from them.

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
        for table in [plan_template(), plan(), exception()] {
            manager.create_table(table).await?;
        }
        for column in ["area_id", "operator_id", "template_id", "toilet_id"] {
            let name = match column {
                "area_id" => "ix_exception_area",
                "operator_id" => "ix_exception_operator",
                "template_id" => "ix_exception_template",
                _ => "ix_exception_toilet",
            };
            manager.create_index(index(name, "exception", column)).await?;
        }
        manager.create_index(index("ix_plan_template", "plan", "template_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["exception", "plan", "plan_template"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// The windows of all three are a list in JSON.
fn plan_template() -> TableCreateStatement {
    Table::create()
        .table("plan_template")
        .col(counted_key())
        .col(required("name", |c| c.string_len(128)))
        .col(optional("note", |c| c.text()))
        .col(required("windows", |c| c.text()))
        .index(&mut unique("uq_plan_template_name", &["name"]))
        .take()
}

/// Versions of one toilet do not overlap: whoever writes one holds the toilet's row. A version that was replaced before
/// anything of it had opened is withdrawn and keeps its number, since keys of its slots may be about.
fn plan() -> TableCreateStatement {
    Table::create()
        .table("plan")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("version", |c| c.integer()))
        .col(optional("template_id", |c| c.integer()))
        .col(required("zone", |c| c.string_len(64)))
        .col(required("from_on", |c| c.date()))
        .col(optional("to_on", |c| c.date()))
        .col(required("made_at", |c| c.timestamp_with_time_zone()))
        .col(required("windows", |c| c.text()))
        .col(required("withdrawn", |c| c.boolean()))
        .col(required("revision", |c| c.integer()))
        .index(&mut unique("uq_plan_version", &["toilet_id", "version"]))
        .foreign_key(&mut references("fk_plan_toilet", "plan", "toilet_id", "toilet"))
        .foreign_key(&mut references("fk_plan_template", "plan", "template_id", "plan_template"))
        .check(Check::named("ck_plan_span", Expr::cust("to_on IS NULL OR to_on >= from_on")))
        .take()
}

/// For an area, a body, a template or one toilet.
fn exception() -> TableCreateStatement {
    let one = "(CASE WHEN area_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN operator_id IS NULL THEN 0 ELSE 1 END) \
               + (CASE WHEN template_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN toilet_id IS NULL THEN 0 ELSE 1 END) = 1";
    Table::create()
        .table("exception")
        .col(counted_key())
        .col(optional("area_id", |c| c.integer()))
        .col(optional("operator_id", |c| c.integer()))
        .col(optional("template_id", |c| c.integer()))
        .col(optional("toilet_id", |c| c.integer()))
        .col(required("occasion", |c| c.text()))
        .col(required("effect", |c| c.text()))
        .col(optional("reason", |c| c.text()))
        .col(required("made_at", |c| c.timestamp_with_time_zone()))
        .col(optional("ended_at", |c| c.timestamp_with_time_zone()))
        .foreign_key(&mut references("fk_exception_area", "exception", "area_id", "area"))
        .foreign_key(&mut references("fk_exception_operator", "exception", "operator_id", "operator"))
        .foreign_key(&mut references("fk_exception_template", "exception", "template_id", "plan_template"))
        .foreign_key(&mut references("fk_exception_toilet", "exception", "toilet_id", "toilet"))
        .check(Check::named("ck_exception_over", Expr::cust(one)))
        .take()
}

//! Toilets with their facts, bodies, closures and grades.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, index, one_of, optional, references, required, unique};

const FACILITIES: [&str; 10] = [
    "wheelchair",
    "family_toilet",
    "baby_changing",
    "women",
    "men",
    "unisex",
    "paper",
    "hand_washing",
    "shower",
    "drinking_water",
];
const STALLS: [&str; 6] =
    ["stalls_total", "stalls_women", "stalls_men", "stalls_urinals", "stalls_accessible", "stalls_family"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(toilet()).await?;
        manager.create_index(index("ix_toilet_area", "toilet", "area_id")).await?;
        // For what stands where somebody wants to add a toilet.
        manager.create_index(index("ix_toilet_latitude", "toilet", "latitude")).await?;
        for table in [tenure(), outage(), grade()] {
            manager.create_table(table).await?;
        }
        manager.create_index(index("ix_tenure_toilet", "tenure", "toilet_id")).await?;
        manager.create_index(index("ix_outage_toilet", "outage", "toilet_id")).await?;
        manager.create_index(index("ix_grade_toilet", "grade", "toilet_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["grade", "outage", "tenure", "toilet"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

fn toilet() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("toilet")
        .col(counted_key())
        .col(required("name", |c| c.string_len(128)))
        .col(optional("name_en", |c| c.string_len(128)))
        .col(optional("code", |c| c.string_len(128)))
        .col(optional("kind", |c| c.string_len(16)))
        .col(optional("form", |c| c.string_len(16)))
        .col(optional("access", |c| c.string_len(16)))
        .col(required("zone", |c| c.string_len(64)))
        .col(optional("calendar", |c| c.string_len(16)))
        .col(optional("latitude", |c| c.double()))
        .col(optional("longitude", |c| c.double()))
        .col(optional("datum", |c| c.string_len(8)))
        .col(optional("shifted", |c| c.boolean()))
        .col(optional("address", |c| c.string_len(255)))
        .col(optional("district", |c| c.string_len(255)))
        .col(optional("area_id", |c| c.integer()))
        .col(optional("located_area_id", |c| c.integer()))
        .col(required("lifecycle", |c| c.string_len(16)))
        .col(optional("hours", |c| c.string_len(255)))
        .col(optional("hours_note", |c| c.string_len(255)))
        .col(optional("fee", |c| c.string_len(8)));
    for facility in FACILITIES {
        table.col(optional(facility, |c| c.string_len(8)));
    }
    for stalls in STALLS {
        table.col(optional(stalls, |c| c.integer()));
    }
    table
        .col(optional("opened_on", |c| c.date()))
        .col(optional("rebuilt_on", |c| c.date()))
        .col(optional("verified_at", |c| c.timestamp_with_time_zone()))
        .col(optional("contact", |c| c.string_len(32)))
        .col(optional("service_from", |c| c.timestamp_with_time_zone()))
        .col(optional("service_until", |c| c.timestamp_with_time_zone()))
        .col(optional("note", |c| c.text()))
        .col(required("extra", |c| c.text()))
        .col(required("attested", |c| c.text()))
        .col(optional("source_id", |c| c.integer()))
        .col(optional("source_key", |c| c.text()))
        .col(required("revision", |c| c.integer()))
        .col(required("created_at", |c| c.timestamp_with_time_zone()))
        .col(required("updated_at", |c| c.timestamp_with_time_zone()))
        .index(&mut unique("uq_toilet_source_key", &["source_id", "source_key"]))
        .foreign_key(&mut references("fk_toilet_area", "toilet", "area_id", "area"))
        .foreign_key(&mut references("fk_toilet_located_area", "toilet", "located_area_id", "area"))
        .foreign_key(&mut references("fk_toilet_source", "toilet", "source_id", "source"))
        .check(one_of("ck_toilet_kind", "kind", &["urban", "tourist", "village", "roadside", "shared"]))
        .check(one_of("ck_toilet_form", "form", &["standalone", "attached", "portable"]))
        .check(one_of("ck_toilet_access", "access", &["public", "customers", "private"]))
        .check(one_of("ck_toilet_datum", "datum", &["wgs84", "gcj02", "bd09"]))
        .check(one_of("ck_toilet_lifecycle", "lifecycle", &["planned", "inService", "retired"]))
        .check(one_of("ck_toilet_fee", "fee", &["yes", "limited", "no"]))
        .check(Check::named("ck_toilet_service", Expr::cust("service_until > service_from")))
        .check(Check::named("ck_toilet_latitude", Expr::col("latitude").between(-90.0, 90.0)))
        .check(Check::named("ck_toilet_longitude", Expr::col("longitude").between(-180.0, 180.0)))
        .take()
}

fn tenure() -> TableCreateStatement {
    Table::create()
        .table("tenure")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("operator_id", |c| c.integer()))
        .col(required("role", |c| c.string_len(16)))
        .col(optional("valid_from", |c| c.date()))
        .col(optional("valid_to", |c| c.date()))
        .col(optional("source_id", |c| c.integer()))
        .foreign_key(&mut references("fk_tenure_toilet", "tenure", "toilet_id", "toilet"))
        .foreign_key(&mut references("fk_tenure_operator", "tenure", "operator_id", "operator"))
        .foreign_key(&mut references("fk_tenure_source", "tenure", "source_id", "source"))
        .check(one_of("ck_tenure_role", "role", &["owner", "operating", "rating"]))
        .check(Check::named("ck_tenure_days", Expr::cust("valid_to >= valid_from")))
        .take()
}

fn outage() -> TableCreateStatement {
    let reasons = ["repair", "rebuilding", "water", "power", "weather", "event", "sewage", "cleaning", "other"];
    Table::create()
        .table("outage")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("reason", |c| c.string_len(16)))
        .col(required("from_at", |c| c.timestamp_with_time_zone()))
        .col(optional("until_at", |c| c.timestamp_with_time_zone()))
        .col(optional("expected_at", |c| c.timestamp_with_time_zone()))
        .col(optional("note", |c| c.text()))
        .col(required("state", |c| c.string_len(16)))
        .col(optional("person_id", |c| c.string_len(36)))
        .col(optional("source_id", |c| c.integer()))
        .foreign_key(&mut references("fk_outage_toilet", "outage", "toilet_id", "toilet"))
        .foreign_key(&mut references("fk_outage_source", "outage", "source_id", "source"))
        .check(one_of("ck_outage_reason", "reason", &reasons))
        .check(one_of("ck_outage_state", "state", &["confirmed", "unconfirmed", "rejected"]))
        .check(Check::named("ck_outage_span", Expr::cust("until_at > from_at")))
        .take()
}

fn grade() -> TableCreateStatement {
    let standards = ["GB/T 18973-2003", "GB/T 18973-2016", "GB/T 18973-2022", "CJJ 14-2016"];
    Table::create()
        .table("grade")
        .col(counted_key())
        .col(required("toilet_id", |c| c.integer()))
        .col(required("standard", |c| c.string_len(24)))
        .col(required("grade", |c| c.string_len(8)))
        .col(optional("assessed_on", |c| c.date()))
        .col(optional("valid_to", |c| c.date()))
        .col(optional("revoked_on", |c| c.date()))
        .col(optional("certificate", |c| c.string_len(128)))
        .col(optional("source_id", |c| c.integer()))
        .foreign_key(&mut references("fk_grade_toilet", "grade", "toilet_id", "toilet"))
        .foreign_key(&mut references("fk_grade_source", "grade", "source_id", "source"))
        .check(one_of("ck_grade_standard", "standard", &standards))
        .take()
}

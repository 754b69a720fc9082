//! What dealing with WeChat leaves behind: the token shared by all processes, consents to messages, phone numbers,
//! checks of pictures, and the pushes that were taken.

use sea_orm_migration::prelude::*;

use crate::column::{index, one_of, optional, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [wechat_token(), message_consent(), phone(), media_check(), wechat_push()] {
            manager.create_table(table).await?;
        }
        manager.create_index(index("ix_media_check_subject", "media_check", "subject")).await?;
        manager.create_index(index("ix_wechat_push_at", "wechat_push", "at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["wechat_push", "media_check", "phone", "message_consent", "wechat_token"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// One row for each app. `lease` is the flight that fetches a new token now, until `leased_until` at the latest.
fn wechat_token() -> TableCreateStatement {
    Table::create()
        .table("wechat_token")
        .col(required("app_id", |c| c.string_len(32)).primary_key())
        .col(required("generation", |c| c.big_integer()))
        .col(optional("sealed", |c| c.text()))
        .col(optional("refresh_at", |c| c.timestamp_with_time_zone()))
        .col(optional("expires_at", |c| c.timestamp_with_time_zone()))
        .col(optional("lease", |c| c.string_len(36)))
        .col(optional("leased_until", |c| c.timestamp_with_time_zone()))
        .take()
}

/// How many messages of a template somebody still takes.
fn message_consent() -> TableCreateStatement {
    Table::create()
        .table("message_consent")
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("template_id", |c| c.string_len(64)))
        .col(required("remaining", |c| c.integer()))
        .primary_key(Index::create().name("pk_message_consent").col("person_id").col("template_id"))
        .foreign_key(&mut of_person("fk_message_consent_person", "message_consent"))
        .check(Check::named("ck_message_consent_remaining", Expr::col("remaining").gte(0)))
        .take()
}

/// Sealed: whoever has the database alone cannot call anybody.
fn phone() -> TableCreateStatement {
    Table::create()
        .table("phone")
        .col(required("person_id", |c| c.string_len(36)).primary_key())
        .col(required("sealed", |c| c.text()))
        .foreign_key(&mut of_person("fk_phone_person", "phone"))
        .take()
}

/// `subject` names what is checked; it is absent while the outcome is here before the answer that names the check.
fn media_check() -> TableCreateStatement {
    Table::create()
        .table("media_check")
        .col(required("trace_id", |c| c.string_len(128)).primary_key())
        .col(optional("subject", |c| c.string_len(64)))
        .col(required("state", |c| c.string_len(16)))
        .col(required("asked_at", |c| c.timestamp_with_time_zone()))
        .col(optional("decided_at", |c| c.timestamp_with_time_zone()))
        .check(one_of("ck_media_check_state", "state", &["pending", "passed", "refused"]))
        .take()
}

/// A signature counts for one body, so that whoever overhears one cannot send another under it.
fn wechat_push() -> TableCreateStatement {
    Table::create()
        .table("wechat_push")
        .col(required("signature", |c| c.string_len(64)).primary_key())
        .col(required("body", |c| c.string_len(64)))
        .col(required("at", |c| c.timestamp_with_time_zone()))
        .take()
}

/// What is a person's own goes with the person.
fn of_person(name: &'static str, table: &'static str) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(name).from(table, "person_id").to("person", "id").on_delete(ForeignKeyAction::Cascade);
    key
}

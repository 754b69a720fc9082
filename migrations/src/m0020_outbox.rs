//! What people want to be told, what they are to be told, and the messages that tell it.

use sea_orm_migration::prelude::*;

use crate::column::{index, one_of, optional, references, required};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [subscription(), delivery(), notice()] {
            manager.create_table(table).await?;
        }
        manager.create_index(index("ix_subscription_person", "subscription", "person_id")).await?;
        manager.create_index(index("ix_notice_subscription", "notice", "subscription_id")).await?;
        manager.create_index(index("ix_notice_delivery", "notice", "delivery_id")).await?;
        manager.create_index(index("ix_delivery_subscription", "delivery", "subscription_id")).await?;
        manager.get_connection().execute_unprepared(ONE_WAITING).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["notice", "delivery", "subscription"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// One message of a subscription is under way at a time: what happens meanwhile goes into the next.
const ONE_WAITING: &str =
    "CREATE UNIQUE INDEX uq_delivery_waiting ON delivery (subscription_id) WHERE state = 'waiting'";

/// `target` and `secret` are sealed.
fn subscription() -> TableCreateStatement {
    Table::create()
        .table("subscription")
        .col(required("id", |c| c.string_len(36)).primary_key())
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("channel", |c| c.string_len(16)))
        .col(optional("area_id", |c| c.integer()))
        .col(optional("operator_id", |c| c.integer()))
        .col(required("topics", |c| c.text()))
        .col(required("pace", |c| c.string_len(16)))
        .col(optional("quiet_from", |c| c.integer()))
        .col(optional("quiet_to", |c| c.integer()))
        .col(required("zone", |c| c.string_len(64)))
        .col(optional("target", |c| c.text()))
        .col(optional("secret", |c| c.text()))
        .col(required("made_at", |c| c.timestamp_with_time_zone()))
        .col(optional("failing_since", |c| c.timestamp_with_time_zone()))
        .col(optional("paused_at", |c| c.timestamp_with_time_zone()))
        .col(optional("trouble", |c| c.string_len(16)))
        .foreign_key(&mut references("fk_subscription_area", "subscription", "area_id", "area"))
        .foreign_key(&mut references("fk_subscription_operator", "subscription", "operator_id", "operator"))
        .check(one_of("ck_subscription_channel", "channel", &["webhook", "wecom", "dingtalk", "wechat"]))
        .check(one_of("ck_subscription_pace", "pace", &["atOnce", "shift"]))
        .take()
}

fn delivery() -> TableCreateStatement {
    Table::create()
        .table("delivery")
        .col(required("id", |c| c.string_len(36)).primary_key())
        .col(required("subscription_id", |c| c.string_len(36)))
        .col(required("state", |c| c.string_len(16)))
        .col(required("attempts", |c| c.integer()))
        .col(required("next_at", |c| c.timestamp_with_time_zone()))
        .col(optional("claimed_until", |c| c.timestamp_with_time_zone()))
        .col(required("made_at", |c| c.timestamp_with_time_zone()))
        .col(optional("ended_at", |c| c.timestamp_with_time_zone()))
        .foreign_key(&mut going("fk_delivery_subscription", "delivery", "subscription_id", "subscription"))
        .check(one_of("ck_delivery_state", "state", &["waiting", "sent", "unwanted", "givenUp"]))
        .take()
}

/// What is to be told, from the transaction in which it happened until a while after it was told.
fn notice() -> TableCreateStatement {
    Table::create()
        .table("notice")
        .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
        .col(required("subscription_id", |c| c.string_len(36)))
        .col(optional("delivery_id", |c| c.string_len(36)))
        .col(required("topics", |c| c.text()))
        .col(required("kind", |c| c.string_len(16)))
        .col(required("key", |c| c.text()))
        .col(required("action", |c| c.string_len(16)))
        .col(required("at", |c| c.timestamp_with_time_zone()))
        .col(optional("toilet_id", |c| c.integer()))
        .col(optional("area", |c| c.string_len(24)))
        .col(required("due_at", |c| c.timestamp_with_time_zone()))
        .foreign_key(&mut going("fk_notice_subscription", "notice", "subscription_id", "subscription"))
        .foreign_key(&mut going("fk_notice_delivery", "notice", "delivery_id", "delivery"))
        .take()
}

/// A key to what takes its rows along when it goes.
fn going(
    name: &'static str,
    table: &'static str,
    column: &'static str,
    target: &'static str,
) -> ForeignKeyCreateStatement {
    let mut key = references(name, table, column, target);
    key.on_delete(ForeignKeyAction::Cascade);
    key
}

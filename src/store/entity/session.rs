//! A session: who it is, and for how long.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub token_hash: String,
    pub person_id: String,
    pub opened_at: DateTimeUtc,
    pub last_seen: DateTimeUtc,
    pub idle_seconds: i64,
    pub idle_until: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub stepped_up_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

//! What somebody is to be told of one event.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub subscription_id: String,
    pub delivery_id: Option<String>,
    pub topics: String,
    pub kind: String,
    pub key: String,
    pub action: String,
    pub at: DateTimeUtc,
    pub toilet_id: Option<i32>,
    pub area: Option<String>,
    pub due_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

//! Somebody's wish to be told.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub person_id: String,
    pub channel: String,
    pub area_id: Option<i32>,
    pub operator_id: Option<i32>,
    pub topics: String,
    pub pace: String,
    pub quiet_from: Option<i32>,
    pub quiet_to: Option<i32>,
    pub zone: String,
    pub target: Option<String>,
    pub secret: Option<String>,
    pub made_at: DateTimeUtc,
    pub failing_since: Option<DateTimeUtc>,
    pub paused_at: Option<DateTimeUtc>,
    pub trouble: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

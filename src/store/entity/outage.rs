//! A dated closure.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outage")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub reason: String,
    pub from_at: DateTimeUtc,
    pub until_at: Option<DateTimeUtc>,
    pub expected_at: Option<DateTimeUtc>,
    pub note: Option<String>,
    pub state: String,
    pub person_id: Option<String>,
    pub source_id: Option<i32>,
    #[sea_orm(belongs_to, from = "toilet_id", to = "id")]
    pub toilet: BelongsTo<super::toilet::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

//! Why a slot could not be done.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "excuse")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub slot_key: String,
    pub slot_at: DateTimeUtc,
    pub reason: String,
    pub note: Option<String>,
    pub state: String,
    pub asked_by: String,
    pub asked_at: DateTimeUtc,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTimeUtc>,
    pub answer: Option<String>,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}

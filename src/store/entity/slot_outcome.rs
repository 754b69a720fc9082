//! What became of a slot.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "slot_outcome")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot_key: String,
    pub toilet_id: i32,
    pub task: String,
    pub due_on: Date,
    pub at: DateTimeUtc,
    pub due_at: DateTimeUtc,
    pub closes_at: DateTimeUtc,
    pub state: String,
    pub cleaning_id: Option<String>,
    pub done_at: Option<DateTimeUtc>,
    pub synced_late: bool,
    pub verified: bool,
    pub proxy: bool,
    pub operator_id: Option<i32>,
    pub person_id: Option<String>,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}

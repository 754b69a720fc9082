//! The outcomes of a day, counted.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cleaning_day")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub due_on: Date,
    pub operator_id: Option<i32>,
    pub person_id: Option<String>,
    pub on_time: i32,
    pub late: i32,
    pub missed: i32,
    pub excused: i32,
    pub cancelled: i32,
    pub verified: i32,
    pub synced_late: i32,
    pub proxy: i32,
}

impl ActiveModelBehavior for ActiveModel {}

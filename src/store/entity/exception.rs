//! An exception from plans.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exception")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub area_id: Option<i32>,
    pub operator_id: Option<i32>,
    pub template_id: Option<i32>,
    pub toilet_id: Option<i32>,
    pub occasion: String,
    pub effect: String,
    pub reason: Option<String>,
    pub made_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

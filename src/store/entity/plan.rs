//! One version of the plan of a toilet.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub version: i32,
    pub template_id: Option<i32>,
    pub zone: String,
    pub from_on: Date,
    pub to_on: Option<Date>,
    pub made_at: DateTimeUtc,
    pub windows: String,
    pub withdrawn: bool,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}

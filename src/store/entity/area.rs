//! An administrative division.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "area")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub code: String,
    pub name: String,
    pub level: String,
    pub parent_id: Option<i32>,
    pub vintage: i32,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub path: String,
}

impl ActiveModelBehavior for ActiveModel {}

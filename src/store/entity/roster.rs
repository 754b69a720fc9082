//! A roster: which shifts there are at some toilets.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: String,
    pub zone: String,
    pub shifts: String,
    pub from_on: Date,
    pub to_on: Option<Date>,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}

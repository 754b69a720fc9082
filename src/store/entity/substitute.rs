//! Somebody who stands in for the custodian of a toilet for some days.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "substitute")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub person_id: String,
    pub from_on: Date,
    pub to_on: Date,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}

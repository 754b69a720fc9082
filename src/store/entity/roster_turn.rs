//! Somebody's turn on a roster.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_turn")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub roster_id: i32,
    pub person_id: String,
    pub cycle: String,
    pub from_on: Date,
    pub to_on: Option<Date>,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}

//! A day of somebody that is other than their turn plans.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_day")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub roster_id: i32,
    pub person_id: String,
    pub on_day: Date,
    pub shift: String,
    pub swapped_with: Option<String>,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}

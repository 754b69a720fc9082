//! The counts of a toilet's days, a month to a row.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cleaning_month")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub month: String,
    pub operator_id: Option<i32>,
    pub person_id: Option<String>,
    pub days: String,
}

impl ActiveModelBehavior for ActiveModel {}

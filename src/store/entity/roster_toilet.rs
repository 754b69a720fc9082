//! A toilet of a roster.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_toilet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub roster_id: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub toilet_id: i32,
}

impl ActiveModelBehavior for ActiveModel {}

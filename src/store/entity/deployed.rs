//! A toilet of a set.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub deployment_id: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub toilet_id: i32,
}

impl ActiveModelBehavior for ActiveModel {}

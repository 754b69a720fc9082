//! Where a toilet stands for a time.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "station")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub deployment_id: i32,
    pub from_at: DateTimeUtc,
    pub until_at: DateTimeUtc,
    pub latitude: f64,
    pub longitude: f64,
    pub datum: String,
    pub shifted: bool,
}

impl ActiveModelBehavior for ActiveModel {}

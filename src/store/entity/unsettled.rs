//! A record whose toilet is still to be settled.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unsettled")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub toilet_id: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub cleaning_id: String,
    pub at: DateTimeUtc,
    pub known_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

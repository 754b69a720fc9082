//! That somebody confirmed a cleaning.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cleaning_verification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cleaning_id: String,
    pub person_id: String,
    pub verified_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

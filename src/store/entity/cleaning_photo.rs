//! That a cleaning names a photo, which may not have arrived yet.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cleaning_photo")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub cleaning_id: String,
}

impl ActiveModelBehavior for ActiveModel {}

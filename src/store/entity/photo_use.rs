//! That a record shows a photo. The record is named as in the journal.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_use")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub record: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: String,
    pub from_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "photo_id", to = "id")]
    pub photo: BelongsTo<super::photo::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

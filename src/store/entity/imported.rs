//! What a source said last about one of its keys.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imported")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub toilet_id: i32,
    pub fields: String,
    pub present: bool,
    pub imported_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "toilet_id", to = "id")]
    pub toilet: BelongsTo<super::toilet::Entity>,
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    pub source: BelongsTo<super::source::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

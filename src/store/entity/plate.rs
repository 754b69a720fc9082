//! The plate of a kind that hangs at a toilet now, where it is not the first.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub toilet_id: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    pub serial: i32,
    pub oldest_key: String,
    pub issued_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "toilet_id", to = "id")]
    pub toilet: BelongsTo<super::toilet::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

//! Where an area ends.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "area_outline")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub area_id: i32,
    #[sea_orm(column_type = "Text")]
    pub outline: String,
    pub datum: String,
    pub synthetic: bool,
    pub source: Option<String>,
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
    #[sea_orm(belongs_to, from = "area_id", to = "id")]
    pub area: BelongsTo<super::area::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

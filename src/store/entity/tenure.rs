//! A body's dated tie to a toilet.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenure")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub operator_id: i32,
    pub role: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub source_id: Option<i32>,
    #[sea_orm(belongs_to, from = "toilet_id", to = "id")]
    pub toilet: BelongsTo<super::toilet::Entity>,
    #[sea_orm(belongs_to, from = "operator_id", to = "id")]
    pub operator: BelongsTo<super::operator::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

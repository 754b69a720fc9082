//! A dated grade record.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grade")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub toilet_id: i32,
    pub standard: String,
    pub grade: String,
    pub assessed_on: Option<Date>,
    pub valid_to: Option<Date>,
    pub revoked_on: Option<Date>,
    pub certificate: Option<String>,
    pub source_id: Option<i32>,
    pub assessor: Option<String>,
    pub superseded_on: Option<Date>,
    pub superseded_by: Option<i32>,
    pub evidence: Option<String>,
    #[sea_orm(belongs_to, from = "toilet_id", to = "id")]
    pub toilet: BelongsTo<super::toilet::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

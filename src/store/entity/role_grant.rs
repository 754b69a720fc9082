//! A role that a person holds somewhere.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub person_id: String,
    pub role: String,
    pub area_id: Option<i32>,
    pub operator_id: Option<i32>,
    pub granted_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "area_id", to = "id")]
    pub area: BelongsTo<Option<super::area::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

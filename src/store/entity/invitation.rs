//! An invitation that nobody has accepted yet.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub token_hash: String,
    pub name: String,
    pub person_id: Option<String>,
    pub role: Option<String>,
    pub area_id: Option<i32>,
    pub operator_id: Option<i32>,
    pub invited_by: Option<String>,
    pub bootstrap: bool,
    pub expires_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "area_id", to = "id")]
    pub area: BelongsTo<Option<super::area::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

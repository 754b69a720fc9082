//! A photo that somebody sent, by the id that their client gave it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub sent: String,
    pub content: String,
    pub state: String,
    pub person_id: String,
    pub uploaded_at: DateTimeUtc,
    pub unused_since: Option<DateTimeUtc>,
    pub revision: i32,
    #[sea_orm(belongs_to, from = "content", to = "content")]
    pub file: BelongsTo<super::photo_file::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

//! A picture where the files are, by the hash of what is stored.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub content: String,
    pub width: i32,
    pub height: i32,
    pub bytes: i32,
    pub stored_at: DateTimeUtc,
    pub leaving: bool,
}

impl ActiveModelBehavior for ActiveModel {}

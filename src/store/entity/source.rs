//! A publisher whose files are taken in.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: String,
    pub attribution: Option<String>,
    pub license: Option<String>,
    pub synthetic: bool,
}

impl ActiveModelBehavior for ActiveModel {}

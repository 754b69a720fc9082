//! A push of WeChat that was taken: its signature, and a hash of what was signed with it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wechat_push")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub signature: String,
    pub body: String,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

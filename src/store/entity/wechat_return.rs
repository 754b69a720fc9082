//! A way to WeChat and back that somebody went: the hash of its state, so that it counts once.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wechat_return")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub state: String,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

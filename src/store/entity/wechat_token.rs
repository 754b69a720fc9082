//! The token with which all processes call WeChat, sealed, and the flight that fetches a new one.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wechat_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: String,
    pub generation: i64,
    pub sealed: Option<String>,
    pub refresh_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
    pub lease: Option<String>,
    pub leased_until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

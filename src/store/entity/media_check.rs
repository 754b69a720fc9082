//! A check of a picture that WeChat was asked for, or whose outcome came before that was written down.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media_check")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub trace_id: String,
    pub subject: Option<String>,
    pub state: String,
    pub asked_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

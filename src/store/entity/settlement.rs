//! Up to when the slots of a toilet are settled.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settlement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub toilet_id: i32,
    pub settled_at: DateTimeUtc,
    pub next_at: DateTimeUtc,
    pub last_cleaned_at: Option<DateTimeUtc>,
    pub next_due_at: Option<DateTimeUtc>,
    pub on_time: i32,
    pub due: i32,
}

impl ActiveModelBehavior for ActiveModel {}

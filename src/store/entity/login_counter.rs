//! How often a login failed for one account or from one address.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "login_counter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    pub since: DateTimeUtc,
    pub failures: i32,
}

impl ActiveModelBehavior for ActiveModel {}

//! An entry of the journal. (On PostgreSQL the table also has `txid`, which only SQL reads.)

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub number: i64,
    pub at: DateTimeUtc,
    pub actor: String,
    pub role: String,
    pub request_id: String,
    pub kind: String,
    pub key: String,
    pub version: i32,
    pub action: String,
    pub changes: String,
}

impl ActiveModelBehavior for ActiveModel {}

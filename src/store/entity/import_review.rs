//! A file that was uploaded to be taken in.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_review")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub profile: String,
    pub sync: bool,
    pub source: String,
    pub bytes: i64,
    pub fingerprint: String,
    pub state: String,
    pub report: String,
    pub mark: String,
    pub reason: Option<String>,
    pub person_id: String,
    pub applied_by: Option<String>,
    pub applied_at: Option<DateTimeUtc>,
    pub uploaded_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}

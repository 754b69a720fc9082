//! One logged cleaning, or a correction of one.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cleaning")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub toilet_id: i32,
    pub performed_by: String,
    pub recorded_by: String,
    pub started_at: Option<DateTimeUtc>,
    pub effective_at: DateTimeUtc,
    pub received_at: DateTimeUtc,
    pub basis: String,
    pub presence: String,
    pub flags: String,
    pub corrects: Option<String>,
    pub correction: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub crs: Option<String>,
    pub accuracy: Option<f64>,
    pub event: String,
    pub answer: String,
}

impl ActiveModelBehavior for ActiveModel {}

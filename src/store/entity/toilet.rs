//! A toilet; facilities and stalls are columns, so that loading all of them is one scan.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "toilet")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: String,
    pub name_en: Option<String>,
    pub code: Option<String>,
    pub kind: Option<String>,
    pub form: Option<String>,
    pub access: Option<String>,
    pub zone: String,
    pub calendar: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub datum: Option<String>,
    pub shifted: Option<bool>,
    pub address: Option<String>,
    pub district: Option<String>,
    pub area_id: Option<i32>,
    pub located_area_id: Option<i32>,
    pub lifecycle: String,
    pub hours: Option<String>,
    pub hours_note: Option<String>,
    pub fee: Option<String>,
    pub wheelchair: Option<String>,
    pub family_toilet: Option<String>,
    pub baby_changing: Option<String>,
    pub women: Option<String>,
    pub men: Option<String>,
    pub unisex: Option<String>,
    pub paper: Option<String>,
    pub hand_washing: Option<String>,
    pub shower: Option<String>,
    pub drinking_water: Option<String>,
    pub stalls_total: Option<i32>,
    pub stalls_women: Option<i32>,
    pub stalls_men: Option<i32>,
    pub stalls_urinals: Option<i32>,
    pub stalls_accessible: Option<i32>,
    pub stalls_family: Option<i32>,
    pub opened_on: Option<Date>,
    pub rebuilt_on: Option<Date>,
    pub verified_at: Option<DateTimeUtc>,
    pub contact: Option<String>,
    pub service_from: Option<DateTimeUtc>,
    pub service_until: Option<DateTimeUtc>,
    pub note: Option<String>,
    pub extra: String,
    pub attested: String,
    pub source_id: Option<i32>,
    pub source_key: Option<String>,
    pub revision: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "area_id", to = "id")]
    pub area: BelongsTo<Option<super::area::Entity>>,
    #[sea_orm(belongs_to, from = "source_id", to = "id")]
    pub source: BelongsTo<Option<super::source::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

//! The frozen history of the database schema: one file for each step, never edited once it has been released.
//!
//! Every constraint is named, every step runs in a transaction on both databases, and nothing here imports an entity of
//! the service, so that an old step means the same for ever.

use sea_orm_migration::prelude::*;

mod column;
mod m0001_bodies;
mod m0002_toilets;
mod m0003_imports;
mod m0004_journal;
mod m0005_people;
mod m0006_plates;
mod m0007_wechat;
mod m0009_answers;
mod m0010_deployments;
mod m0011_outlines;
mod m0012_barriers;
mod m0013_grades;
mod m0014_photos;
mod m0015_suggestions;
mod m0016_import_reviews;
mod m0017_plans;
mod m0018_cleanings;
mod m0019_slots;
mod m0020_outbox;
mod m0021_assignments;
mod m0022_rosters;
mod m0023_unsettled;
mod m0024_months;
mod m0025_wechat_page;

/// Brings a database from any known step to any other.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_bodies::Migration),
            Box::new(m0002_toilets::Migration),
            Box::new(m0003_imports::Migration),
            Box::new(m0004_journal::Migration),
            Box::new(m0005_people::Migration),
            Box::new(m0006_plates::Migration),
            Box::new(m0007_wechat::Migration),
            Box::new(m0009_answers::Migration),
            Box::new(m0010_deployments::Migration),
            Box::new(m0011_outlines::Migration),
            Box::new(m0012_barriers::Migration),
            Box::new(m0013_grades::Migration),
            Box::new(m0014_photos::Migration),
            Box::new(m0015_suggestions::Migration),
            Box::new(m0016_import_reviews::Migration),
            Box::new(m0017_plans::Migration),
            Box::new(m0018_cleanings::Migration),
            Box::new(m0019_slots::Migration),
            Box::new(m0020_outbox::Migration),
            Box::new(m0021_assignments::Migration),
            Box::new(m0022_rosters::Migration),
            Box::new(m0023_unsettled::Migration),
            Box::new(m0024_months::Migration),
            Box::new(m0025_wechat_page::Migration),
        ]
    }

    fn migration_table_name() -> sea_orm_migration::sea_orm::DynIden {
        "schema_migration".into_iden()
    }
}

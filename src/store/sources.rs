//! Sources.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::entity::source;
use super::{Store, StoreError, Tx};
use crate::domain::id::SourceId;
use crate::domain::source::Source;

impl Store {
    /// The source of that name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn source(&self, name: &str) -> Result<Option<Source>, StoreError> {
        find(&self.reader, name).await
    }
}

impl Tx {
    /// The source of that name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn source(&self, name: &str) -> Result<Option<Source>, StoreError> {
        find(&self.connection, name).await
    }

    /// The id of the source of that name, which is made, or brought up to date with what is said of it now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_source(
        &self,
        name: &str,
        attribution: Option<&str>,
        license: Option<&str>,
        synthetic: bool,
    ) -> Result<SourceId, StoreError> {
        let found = source::Entity::find().filter(source::Column::Name.eq(name)).one(&self.connection).await?;
        let (attribution, license) = (attribution.map(ToOwned::to_owned), license.map(ToOwned::to_owned));
        let Some(row) = found else {
            let row = source::ActiveModel {
                id: NotSet,
                name: Set(name.to_owned()),
                attribution: Set(attribution),
                license: Set(license),
                synthetic: Set(synthetic),
            };
            return Ok(SourceId(row.insert(&self.connection).await?.id));
        };
        let id = SourceId(row.id);
        if row.attribution != attribution || row.license != license || row.synthetic != synthetic {
            let mut row = row.into_active_model();
            row.attribution = Set(attribution);
            row.license = Set(license);
            row.synthetic = Set(synthetic);
            row.update(&self.connection).await?;
        }
        Ok(id)
    }
}

async fn find(connection: &impl ConnectionTrait, name: &str) -> Result<Option<Source>, StoreError> {
    let row = source::Entity::find().filter(source::Column::Name.eq(name)).one(connection).await?;
    Ok(row.map(read))
}

fn read(row: source::Model) -> Source {
    Source {
        id: SourceId(row.id),
        name: row.name,
        attribution: row.attribution,
        license: row.license,
        synthetic: row.synthetic,
    }
}

//! Sources.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use serde_json::Value;

use super::entity::source;
use super::{Store, StoreError, Tx};
use crate::domain::event::{Action, Changes, NewEntry, RecordKind};
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

    /// The id of the source of that name, which is made, or brought up to date with what is said of it now. Whoever takes
    /// in the same source waits for this transaction to end: for longer than a request would, since it is a whole batch.
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
        if self.connection.get_database_backend() == DbBackend::Postgres {
            for patience in ["SET LOCAL lock_timeout = '60s'", "SET LOCAL statement_timeout = '60s'"] {
                self.connection.execute_unprepared(patience).await?;
            }
        }
        let (attribution, license) = (attribution.map(ToOwned::to_owned), license.map(ToOwned::to_owned));
        let new = source::ActiveModel {
            id: NotSet,
            name: Set(name.to_owned()),
            attribution: Set(attribution.clone()),
            license: Set(license.clone()),
            synthetic: Set(synthetic),
        };
        // Two first imports at once: the later one waits here for the earlier one and takes its row.
        let unless_there = OnConflict::column(source::Column::Name).do_nothing().to_owned();
        source::Entity::insert_many([new]).on_conflict(unless_there).exec_without_returning(&self.connection).await?;
        // Imports of one source take turns (PostgreSQL; on SQLite all writers do).
        let row = source::Entity::find().filter(source::Column::Name.eq(name)).lock_exclusive();
        let row = row
            .one(&self.connection)
            .await?
            .ok_or_else(|| StoreError::corrupt("source", name, "it was made just now and is gone"))?;
        let id = SourceId(row.id);
        if row.attribution != attribution || row.license != license || row.synthetic != synthetic {
            let said = |text: &Option<String>| text.clone().map_or(Value::Null, Value::from);
            let changes = Changes::from([
                ("attribution".to_owned(), [said(&row.attribution), said(&attribution)]),
                ("license".to_owned(), [said(&row.license), said(&license)]),
                ("synthetic".to_owned(), [row.synthetic.into(), synthetic.into()]),
            ]);
            let (kind, key, action) = (RecordKind::Source, row.name.clone(), Action::Update);
            let mut row = row.into_active_model();
            row.attribution = Set(attribution);
            row.license = Set(license);
            row.synthetic = Set(synthetic);
            row.update(&self.connection).await?;
            self.append(vec![NewEntry { kind, key, version: 1, action, changes }]).await?;
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

//! The journal read record by record.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::journal;
use super::{Store, StoreError};
use crate::domain::Violation;
use crate::domain::event::{Actor, RecordKind};
use crate::domain::history::Entry;

impl Store {
    /// A page of the history of one record, the newest first, from before that number of the journal.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn history(
        &self,
        kind: RecordKind,
        key: &str,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut rows = journal::Entity::find()
            .filter(journal::Column::Kind.eq(kind.as_str()))
            .filter(journal::Column::Key.eq(key));
        if let Some(before) = before {
            rows = rows.filter(journal::Column::Number.lt(before));
        }
        let rows = rows.order_by_desc(journal::Column::Number).limit(limit).all(&self.reader).await?;
        rows.iter().map(read).collect()
    }

    /// The whole histories of those records (at most 500), each in the order of its versions.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn histories(
        &self,
        kind: RecordKind,
        keys: &[String],
    ) -> Result<HashMap<String, Vec<Entry>>, StoreError> {
        histories(&self.reader, kind, keys).await
    }
}

/// The same within a connection, so that records and their histories can be read in one state.
pub(super) async fn histories(
    connection: &impl ConnectionTrait,
    kind: RecordKind,
    keys: &[String],
) -> Result<HashMap<String, Vec<Entry>>, StoreError> {
    let rows = journal::Entity::find()
        .filter(journal::Column::Kind.eq(kind.as_str()))
        .filter(journal::Column::Key.is_in(keys.iter().map(String::as_str)))
        .order_by_asc(journal::Column::Version)
        .order_by_asc(journal::Column::Number)
        .all(connection)
        .await?;
    let mut histories: HashMap<String, Vec<Entry>> = HashMap::new();
    for row in rows {
        histories.entry(row.key.clone()).or_default().push(read(&row)?);
    }
    Ok(histories)
}

/// An entry from its row.
pub(super) fn read(row: &journal::Model) -> Result<Entry, StoreError> {
    let corrupt = |message: String| StoreError::corrupt("journal", row.number, message);
    Ok(Entry {
        number: row.number,
        at: row.at,
        actor: Actor { name: row.actor.clone(), role: row.role.clone(), request_id: row.request_id.clone() },
        version: row.version,
        action: row.action.parse().map_err(|violation: Violation| corrupt(violation.to_string()))?,
        changes: serde_json::from_str(&row.changes).map_err(|error| corrupt(error.to_string()))?,
    })
}

//! The journal as it is read again: what happened to a record, and what somebody did.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::journal;
use super::{Store, StoreError};
use crate::domain::event::{Actor, Entry, RecordKind, Wanted};

impl Store {
    /// The entries that are wanted, the newest first: at most `limit`, all older than the number `before`.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn trail(&self, wanted: &Wanted, before: Option<i64>, limit: u64) -> Result<Vec<Entry>, StoreError> {
        let mut all = Condition::all();
        if let Some((kind, key)) = &wanted.record {
            all = all.add(journal::Column::Kind.eq(kind.as_str())).add(journal::Column::Key.eq(key.as_str()));
        }
        if let Some(person) = wanted.person {
            let person = person.to_string();
            let of = |kind: RecordKind| Condition::all().add(journal::Column::Kind.eq(kind.as_str()));
            let own = of(RecordKind::Person).add(journal::Column::Key.eq(person.as_str()));
            // A grant names its person; a pseudonym is found nowhere by chance.
            let role = of(RecordKind::Grant).add(journal::Column::Changes.contains(person.as_str()));
            let any = Condition::any().add(journal::Column::Actor.eq(person.as_str())).add(own).add(role);
            all = all.add(any);
        }
        if let Some(since) = wanted.since {
            all = all.add(journal::Column::At.gte(since));
        }
        if let Some(before) = before {
            all = all.add(journal::Column::Number.lt(before));
        }
        let tx = self.read().await?;
        let rows = journal::Entity::find().filter(all).order_by_desc(journal::Column::Number).limit(limit);
        rows.all(&tx).await?.into_iter().map(read).collect()
    }
}

/// An entry from its row.
pub(super) fn read(row: journal::Model) -> Result<Entry, StoreError> {
    let corrupt = |violation| StoreError::corrupt("journal", row.number, violation);
    let changes = serde_json::from_str(&row.changes);
    Ok(Entry {
        number: row.number,
        at: row.at,
        kind: row.kind.parse().map_err(corrupt)?,
        action: row.action.parse().map_err(corrupt)?,
        changes: changes.map_err(|error| StoreError::corrupt("journal", row.number, error))?,
        actor: Actor { name: row.actor, role: row.role, request_id: row.request_id },
        key: row.key,
        version: row.version,
    })
}

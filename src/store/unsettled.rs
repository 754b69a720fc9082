//! What became known at toilets and is still to be settled. A mark for each record is written with it, and taken away by
//! the transaction that settles its toilet: whatever ends a process in between, it is settled by the next.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryResult, QuerySelect, QueryTrait, Statement,
};

use super::cleanings::cleaning_id;
use super::entity::{journal, unsettled};
use super::together::{marked, marks};
use super::{Author, Store, StoreError, Tx};
use crate::domain::cleaning::{Cleaning, CleaningId};
use crate::domain::event::{Action, Actor, RecordKind};
use crate::domain::id::ToiletId;

/// A record that waits for its toilet to be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The record.
    pub cleaning: CleaningId,
    /// The instant that it has to do with.
    pub at: DateTime<Utc>,
    /// When it became known.
    pub known_at: DateTime<Utc>,
}

/// The toilets at which something waits, those first where it has waited longest.
const OLDEST: &str =
    "SELECT toilet_id, MIN(known_at) AS since FROM unsettled GROUP BY toilet_id ORDER BY 2, 1 LIMIT $1";

impl Store {
    /// Up to `limit` toilets at which something waits to be settled, and since when: those first where it has waited
    /// longest.
    ///
    /// # Errors
    /// What the database says.
    pub async fn unsettled(&self, limit: u64) -> Result<Vec<(ToiletId, DateTime<Utc>)>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let asked = Statement::from_sql_and_values(self.backend(), OLDEST, [limit.into()]);
        let rows = self.reader.query_all_raw(asked).await?;
        rows.iter().map(|row| Ok((ToiletId(row.try_get("", "toilet_id")?), row.try_get("", "since")?))).collect()
    }

    /// The instants at which something became known of a toilet that is still to be settled.
    ///
    /// # Errors
    /// What the database says.
    pub async fn unsettled_at(&self, toilet: ToiletId) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let rows = unsettled::Entity::find().filter(unsettled::Column::ToiletId.eq(toilet.0));
        Ok(rows.select_only().column(unsettled::Column::At).into_tuple().all(&self.reader).await?)
    }
}

impl Tx {
    /// Who put those records on record, as the journal has it.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn authors_of(&self, cleanings: &[CleaningId]) -> Result<HashMap<CleaningId, Author>, StoreError> {
        let mut authors = HashMap::new();
        for cleanings in cleanings.chunks(KEYS) {
            let rows = journal::Entity::find().filter(journal::Column::Kind.eq(RecordKind::Cleaning.as_str()));
            let rows = rows.filter(journal::Column::Key.is_in(cleanings.iter().map(ToString::to_string)));
            let rows = rows.filter(journal::Column::Action.eq(Action::Create.as_str()));
            for row in rows.all(&self.connection).await? {
                let actor = Actor { name: row.actor, role: row.role, request_id: row.request_id };
                authors.insert(cleaning_id(&row.key)?, Author { actor, at: row.at });
            }
        }
        Ok(authors)
    }
}

/// Takes away what waits at those toilets: whoever does settles them in this transaction, and holds them already.
pub(super) fn taking(backend: DbBackend, toilets: &[i32]) -> Statement {
    let sql = format!(
        "DELETE FROM unsettled WHERE toilet_id IN ({}) RETURNING toilet_id, cleaning_id, at, known_at",
        marks(toilets.len())
    );
    marked(backend, &sql, toilets.iter().map(|id| (*id).into()))
}

/// What was taken away.
pub(super) fn taken(rows: &[QueryResult]) -> Result<HashMap<ToiletId, Vec<Waiting>>, StoreError> {
    let mut taken: HashMap<ToiletId, Vec<Waiting>> = HashMap::new();
    for row in rows {
        taken.entry(ToiletId(row.try_get("", "toilet_id")?)).or_default().push(read(row)?);
    }
    Ok(taken)
}

/// The statement that leaves a mark for each of these records, which became known then.
pub(super) fn marking(backend: DbBackend, made: &[&Cleaning], known_at: DateTime<Utc>) -> Statement {
    let rows = made.iter().map(|made| unsettled::ActiveModel {
        toilet_id: Set(made.toilet().0),
        cleaning_id: Set(made.id.to_string()),
        at: Set(made.at),
        known_at: Set(known_at),
    });
    backend.build(&unsettled::Entity::insert_many(rows).into_query())
}

/// Records asked about at once.
const KEYS: usize = 500;

fn read(row: &QueryResult) -> Result<Waiting, StoreError> {
    let cleaning = cleaning_id(&row.try_get::<String>("", "cleaning_id")?)?;
    Ok(Waiting { cleaning, at: row.try_get("", "at")?, known_at: row.try_get("", "known_at")? })
}

//! The journal: appended to with every write, followed by whoever keeps something derived from the register.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryResult, QueryTrait, Statement,
};

use super::entity::journal;
use super::remembered::is_of_no_duty;
use super::unsettled::marking;
use super::{Author, Store, StoreError, Tx, postgres};
use crate::domain::cleaning::Cleaning;
use crate::domain::event::{NewEntry, RecordKind};
use crate::domain::id::ToiletId;

/// Up to where a follower has read. On SQLite the last number; on PostgreSQL the transaction horizon, since rows become
/// visible out of the order of their numbers there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(super) horizon: i64,
    number: i64,
    is_held_back: bool,
}

impl Cursor {
    /// Before the first entry.
    pub const START: Self = Self::of_version(0);

    /// Up to where the journal was read, as one number that never becomes less: whoever holds it is told of all that
    /// came after it by [`Store::touched_since`].
    #[must_use]
    pub fn version(self) -> i64 {
        self.horizon
    }

    /// The cursor of a version.
    #[must_use]
    pub const fn of_version(version: i64) -> Self {
        Self { horizon: version, number: 0, is_held_back: false }
    }

    /// Whether there may be something committed beyond it, which is told of once transactions before that have ended.
    #[must_use]
    pub fn is_held_back(self) -> bool {
        self.is_held_back
    }

    /// The number of the last entry that was visible.
    #[must_use]
    pub fn number(self) -> i64 {
        self.number
    }
}

/// What has been written since a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// What was touched, each once: kind, key and action.
    pub records: BTreeSet<(String, String, String)>,
    /// Where to go on.
    pub cursor: Cursor,
}

/// What has been written to the register since a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedToilets {
    /// The toilets.
    pub toilets: BTreeSet<ToiletId>,
    /// Whether anything was written to areas.
    pub has_areas: bool,
    /// Where to go on.
    pub cursor: Cursor,
}

/// Rows of one statement: ten columns each, well below the 32,766 parameters that SQLite takes.
const ROWS: usize = 500;

impl Tx {
    /// Appends entries to the journal, and writes down for whom there is a message in them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn append(&self, entries: Vec<NewEntry>) -> Result<(), StoreError> {
        self.append_signed(entries.into_iter().map(|entry| (&self.author, entry)).collect()).await
    }

    /// The same, each entry with an author of its own: in what is written together for several.
    ///
    /// # Errors
    /// What the database says.
    pub async fn append_signed(&self, signed: Vec<(&Author, NewEntry)>) -> Result<(), StoreError> {
        let statements = self.appending(&signed).await?;
        self.execute_together(statements).await
    }

    /// Appends what is said of new cleanings, and marks their toilets as to be settled.
    ///
    /// # Errors
    /// What the database says.
    pub async fn append_unsettled(
        &self,
        signed: Vec<(&Author, NewEntry)>,
        made: &[&Cleaning],
    ) -> Result<(), StoreError> {
        if made.is_empty() {
            return self.append_signed(signed).await;
        }
        let mut statements = self.appending(&signed).await?;
        statements.push(marking(self.connection.get_database_backend(), made, self.author.at));
        self.execute_together(statements).await
    }

    /// The statements that append entries.
    async fn appending(&self, signed: &[(&Author, NewEntry)]) -> Result<Vec<Statement>, StoreError> {
        let entries = || signed.iter().map(|(_, entry)| entry);
        self.touch(entries().filter(|entry| entry.kind == RecordKind::Toilet).filter_map(|entry| {
            // The keys of toilets are their ids.
            entry.key.parse().ok().map(ToiletId)
        }));
        if !entries().all(|entry| is_of_no_duty(entry.kind.as_str())) {
            self.touch_duties();
        }
        self.notify(entries()).await?;
        inserting(self.connection.get_database_backend(), signed)
    }

    /// Takes over a journal that was written in another server's time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn adopt_journal(&self) -> Result<(), StoreError> {
        if self.connection.get_database_backend() == DbBackend::Postgres {
            self.connection.execute_unprepared(postgres::ADOPT).await?;
        }
        Ok(())
    }
}

/// The statements that add entries.
pub(super) fn inserting(backend: DbBackend, signed: &[(&Author, NewEntry)]) -> Result<Vec<Statement>, StoreError> {
    let statement = |chunk: &[(&Author, NewEntry)]| {
        let rows = chunk.iter().map(|(author, entry)| row(author, entry)).collect::<Result<Vec<_>, _>>()?;
        Ok(backend.build(&journal::Entity::insert_many(rows).into_query()))
    };
    signed.chunks(ROWS).map(statement).collect()
}

fn row(author: &Author, entry: &NewEntry) -> Result<journal::ActiveModel, StoreError> {
    let changes =
        serde_json::to_string(&entry.changes).map_err(|error| StoreError::corrupt("journal", &entry.key, error))?;
    Ok(journal::ActiveModel {
        number: NotSet,
        at: Set(author.at),
        actor: Set(author.actor.name.clone()),
        role: Set(author.actor.role.clone()),
        request_id: Set(author.actor.request_id.clone()),
        kind: Set(entry.kind.as_str().to_owned()),
        key: Set(entry.key.clone()),
        version: Set(entry.version),
        action: Set(entry.action.as_str().to_owned()),
        changes: Set(changes),
    })
}

impl Store {
    /// Where the journal stands now: everything before this cursor is visible to a reader that begins later.
    ///
    /// # Errors
    /// What the database says.
    pub async fn journal_cursor(&self) -> Result<Cursor, StoreError> {
        let sql = match self.backend() {
            DbBackend::Postgres => {
                "SELECT pg_snapshot_xmin(seen)::text::bigint AS horizon, \
                 pg_snapshot_xmin(seen) < pg_snapshot_xmax(seen) AS is_held_back, \
                 (SELECT COALESCE(MAX(number), 0) FROM journal) AS number FROM pg_current_snapshot() AS seen"
            }
            _ => "SELECT COALESCE(MAX(number), 0) AS horizon, COALESCE(MAX(number), 0) AS number FROM journal",
        };
        let row = self.reader.query_one_raw(Statement::from_string(self.backend(), sql)).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("journal cursor".to_owned()))?;
        let is_held_back = self.is_postgres() && row.try_get("", "is_held_back")?;
        Ok(Cursor { horizon: row.try_get("", "horizon")?, number: row.try_get("", "number")?, is_held_back })
    }

    /// The records written since a cursor. A record may be told twice, never left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touched_since(&self, cursor: Cursor) -> Result<Touched, StoreError> {
        // The horizon is read first: what commits in between is told now or next time.
        let next = self.journal_cursor().await?;
        if next.horizon == cursor.horizon {
            return Ok(Touched { records: BTreeSet::new(), cursor: next });
        }
        let sql = match self.backend() {
            DbBackend::Postgres => {
                "SELECT DISTINCT kind, key, action FROM journal WHERE txid >= $1::text::xid8 AND txid < $2::text::xid8"
            }
            _ => "SELECT DISTINCT kind, key, action FROM journal WHERE number > $1 AND number <= $2",
        };
        let values: [sea_orm::Value; 2] = match self.backend() {
            DbBackend::Postgres => [cursor.horizon.to_string().into(), next.horizon.to_string().into()],
            _ => [cursor.horizon.into(), next.horizon.into()],
        };
        let tx = self.read().await?;
        let rows = tx.query_all_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await?;
        let part = |row: &QueryResult, name: &str| row.try_get::<String>("", name);
        let records = rows.iter().map(|row| Ok((part(row, "kind")?, part(row, "key")?, part(row, "action")?)));
        let records = records.collect::<Result<BTreeSet<_>, DbErr>>()?;
        if !records.iter().all(|(kind, _, _)| is_of_no_duty(kind)) {
            self.duties.forget();
        }
        Ok(Touched { records, cursor: next })
    }

    /// The toilets written to since a cursor, those included that a follower has to wait for: they are told again next time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn toilets_touched_since(&self, cursor: Cursor) -> Result<TouchedToilets, StoreError> {
        let next = self.journal_cursor().await?;
        let (since, horizon): (_, sea_orm::Value) = match self.backend() {
            DbBackend::Postgres => ("txid >= $1::text::xid8", cursor.horizon.to_string().into()),
            _ => ("number > $1", cursor.horizon.into()),
        };
        let (toilet, area) = (RecordKind::Toilet.as_str(), RecordKind::Area.as_str());
        let sql = format!("SELECT DISTINCT kind, key FROM journal WHERE {since} AND kind IN ('{toilet}', '{area}')");
        let tx = self.read().await?;
        let rows = tx.query_all_raw(Statement::from_sql_and_values(self.backend(), sql, [horizon])).await?;
        let mut touched = TouchedToilets { toilets: BTreeSet::new(), has_areas: false, cursor: next };
        for row in rows {
            let (kind, key): (String, String) = (row.try_get("", "kind")?, row.try_get("", "key")?);
            touched.has_areas |= kind == area;
            // The keys of toilets are their ids.
            touched.toilets.extend(key.parse().ok().filter(|_| kind == toilet).map(ToiletId));
        }
        Ok(touched)
    }

    /// When the last entry was written that a cursor has behind it; `None` where it has none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_written(&self, cursor: Cursor) -> Result<Option<DateTime<Utc>>, StoreError> {
        let (sql, horizon): (_, sea_orm::Value) = match self.backend() {
            DbBackend::Postgres => (
                "SELECT at FROM journal WHERE txid < $1::text::xid8 ORDER BY number DESC LIMIT 1",
                cursor.horizon.to_string().into(),
            ),
            _ => ("SELECT at FROM journal WHERE number <= $1 ORDER BY number DESC LIMIT 1", cursor.horizon.into()),
        };
        let row = self.reader.query_one_raw(Statement::from_sql_and_values(self.backend(), sql, [horizon])).await?;
        Ok(row.map(|row| row.try_get("", "at")).transpose()?)
    }

    /// How many entries the journal holds.
    ///
    /// # Errors
    /// What the database says.
    pub async fn journal_length(&self) -> Result<u64, StoreError> {
        use sea_orm::PaginatorTrait;
        Ok(journal::Entity::find().count(&self.reader).await?)
    }

    /// Whether anything was written that is signed neither with that name nor with a request of that name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_other_writers(&self, name: &str) -> Result<bool, StoreError> {
        let others =
            journal::Entity::find().filter(journal::Column::Actor.ne(name)).filter(journal::Column::RequestId.ne(name));
        Ok(others.one(&self.reader).await?.is_some())
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }
}

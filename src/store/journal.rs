//! The journal: appended to with every write, followed by whoever keeps something derived from the register.

use std::collections::BTreeSet;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryResult, QueryTrait, Statement};

use super::entity::journal;
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
}

impl Cursor {
    /// Before the first entry.
    pub const START: Self = Self { horizon: 0, number: 0 };

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
        statements.push(self.marking(made));
        self.execute_together(statements).await
    }

    /// The statements that append entries.
    async fn appending(&self, signed: &[(&Author, NewEntry)]) -> Result<Vec<Statement>, StoreError> {
        let entries = || signed.iter().map(|(_, entry)| entry);
        self.touch(entries().filter(|entry| entry.kind == RecordKind::Toilet).filter_map(|entry| {
            // The keys of toilets are their ids.
            entry.key.parse().ok().map(ToiletId)
        }));
        self.notify(entries()).await?;
        let backend = self.connection.get_database_backend();
        let statement = |chunk: &[(&Author, NewEntry)]| {
            let rows = chunk.iter().map(|(author, entry)| row(author, entry)).collect::<Result<Vec<_>, _>>()?;
            Ok(backend.build(&journal::Entity::insert_many(rows).into_query()))
        };
        signed.chunks(ROWS).map(statement).collect()
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
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon, \
                 (SELECT COALESCE(MAX(number), 0) FROM journal) AS number"
            }
            _ => "SELECT COALESCE(MAX(number), 0) AS horizon, COALESCE(MAX(number), 0) AS number FROM journal",
        };
        let row = self.reader.query_one_raw(Statement::from_string(self.backend(), sql)).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("journal cursor".to_owned()))?;
        Ok(Cursor { horizon: row.try_get("", "horizon")?, number: row.try_get("", "number")? })
    }

    /// The records written since a cursor. A record may be told twice, never left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touched_since(&self, cursor: Cursor) -> Result<Touched, StoreError> {
        // The horizon is read first: what commits in between is told now or next time.
        let next = self.journal_cursor().await?;
        if next.horizon == cursor.horizon {
            return Ok(Touched { records: BTreeSet::new(), cursor });
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
        Ok(Touched { records: records.collect::<Result<_, DbErr>>()?, cursor: next })
    }

    /// How many entries the journal holds.
    ///
    /// # Errors
    /// What the database says.
    pub async fn journal_length(&self) -> Result<u64, StoreError> {
        use sea_orm::PaginatorTrait;
        Ok(journal::Entity::find().count(&self.reader).await?)
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }
}

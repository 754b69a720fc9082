//! The journal read in the order in which its entries become known, from any of them on.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, QueryResult, Statement};

use super::entity::journal;
use super::trail::read;
use super::{Cursor, Store, StoreError};
use crate::domain::event::Entry;
use crate::domain::events::Mark;

/// Some entries after a mark.
#[derive(Debug)]
pub struct Page {
    /// The entries, each with its mark. One that cannot be read is left out: a program of before may not know it.
    pub entries: Vec<(Mark, Entry)>,
    /// The mark of the last one if there may be more.
    pub more: Option<Mark>,
}

/// On PostgreSQL an entry becomes known when its transaction and all before it have ended, whatever its number. This is
/// an order that nothing is ever put into from behind, and there is an index for it.
const POSTGRES: &str = "\
SELECT journal.*, txid::text::bigint AS mark FROM journal \
WHERE (txid, number) > ($1::text::xid8, $2) AND (txid, number) <= ($3::text::xid8, $4) ORDER BY txid, number";

/// The transactions are given as 0, so that the statement takes the same values as the other.
const SQLITE: &str = "\
SELECT *, CAST(0 AS BIGINT) AS mark FROM journal \
WHERE number > $2 AND number <= $4 AND CAST($1 AS BIGINT) <= CAST($3 AS BIGINT) ORDER BY number";

impl Store {
    /// The mark up to which a follower has read whose cursor this is: all that it has not read comes after it.
    #[must_use]
    pub fn mark(&self, cursor: Cursor) -> Mark {
        match self.backend() {
            DbBackend::Postgres => Mark { transaction: cursor.horizon, number: 0 },
            _ => Mark { transaction: 0, number: cursor.horizon },
        }
    }

    /// At most `limit` entries after a mark and up to another, in the order of their marks. `until` must be the mark of a
    /// cursor, or of an entry that was read before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn entries_after(&self, after: Mark, until: Mark, limit: u64) -> Result<Page, StoreError> {
        let rows = self.read().await?.query_all_raw(self.between(after, until, &format!("LIMIT {limit}"))).await?;
        let mark = |row: &QueryResult| -> Result<Mark, StoreError> {
            Ok(Mark { transaction: row.try_get("", "mark")?, number: row.try_get("", "number")? })
        };
        let more = if rows.len() as u64 == limit { rows.last().map(mark).transpose()? } else { None };
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            match read(journal::Model::from_query_result(row, "")?) {
                Ok(entry) => entries.push((mark(row)?, entry)),
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "an entry is not told"),
            }
        }
        Ok(Page { entries, more })
    }

    /// Whether more than so many entries lie after a mark and up to another.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_farther(&self, after: Mark, until: Mark, than: u64) -> Result<bool, StoreError> {
        let beyond = self.between(after, until, &format!("LIMIT 1 OFFSET {than}"));
        Ok(self.read().await?.query_one_raw(beyond).await?.is_some())
    }

    fn between(&self, after: Mark, until: Mark, limit: &str) -> Statement {
        let sql = if self.backend() == DbBackend::Postgres { POSTGRES } else { SQLITE };
        let transaction = |mark: Mark| sea_orm::Value::from(mark.transaction.to_string());
        let values = [transaction(after), after.number.into(), transaction(until), until.number.into()];
        Statement::from_sql_and_values(self.backend(), format!("{sql} {limit}"), values)
    }
}

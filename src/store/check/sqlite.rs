//! What SQLite itself can say about its file.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Statement};

use super::{Found, texts};
use crate::store::StoreError;

/// Pages, indexes, uniqueness and constraints. The copy of a database is asked the same before it is trusted.
pub(super) async fn integrity(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    Ok(faults(tx).await?.into_iter().map(Found::of_all).collect())
}

/// What the integrity check complains of, at most a hundred faults.
pub(in crate::store) async fn faults(connection: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    let told = texts(connection, "PRAGMA integrity_check(100)", ["integrity_check"]).await?;
    Ok(told.into_iter().map(|[text]| text).filter(|text| text != "ok").collect())
}

pub(super) async fn references(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    Ok(orphans(tx).await?.into_iter().map(|(table, key, parent)| broken(&table, key, &parent)).collect())
}

fn broken(table: &str, key: String, parent: &str) -> Found {
    Found::of_row(table, key, format!("it refers to a row of {parent} that is not there"))
}

/// Rows that refer to nothing: table, row number, and the table in which something is missing.
pub(in crate::store) async fn orphans(
    connection: &impl ConnectionTrait,
) -> Result<Vec<(String, String, String)>, StoreError> {
    let question = Statement::from_string(connection.get_database_backend(), "PRAGMA foreign_key_check");
    let read = |row: &QueryResult| {
        let key: Option<i64> = row.try_get("", "rowid")?;
        Ok((row.try_get("", "table")?, key.map_or_else(String::new, |key| key.to_string()), row.try_get("", "parent")?))
    };
    Ok(connection.query_all_raw(question).await?.iter().map(read).collect::<Result<_, DbErr>>()?)
}

//! Whether everything in the database is as it should be: its files, its references, its rows, and what is derived from
//! others of its rows.

mod derived;
mod histories;
mod logs;
mod postgres;
mod records;
mod rows;
pub(super) mod sqlite;
mod stories;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait};
use serde::Serialize;

use super::{Store, StoreError, Working};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the check that found it.
    pub check: &'static str,
    /// The table, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The key of the row, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// What a check found: a table, a key and what is wrong, to which its name is added.
#[derive(Debug)]
struct Found {
    table: Option<String>,
    key: Option<String>,
    message: String,
}

impl Found {
    /// Something wrong with the whole.
    fn of_all(message: impl Into<String>) -> Self {
        Self { table: None, key: None, message: message.into() }
    }

    /// Something wrong with a row.
    fn of_row(table: &str, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { table: Some(table.to_owned()), key: Some(key.into()), message: message.into() }
    }
}

/// What is said of a record that should be there by the journal.
const MISSING: &str = "the journal tells of it and of no end of it, and it is not there";

/// A check reads in one transaction and tells what it found.
type Look = for<'t> fn(&'t DatabaseTransaction) -> Working<'t, Result<Vec<Found>, StoreError>>;

/// Every check in the order in which they are made. Whatever keeps a figure that follows from other rows adds one here
/// that works it out anew.
const CHECKS: [(&str, Look); 13] = [
    ("integrity", |tx| Box::pin(integrity(tx))),
    ("references", |tx| Box::pin(references(tx))),
    ("rows", |tx| Box::pin(rows::every_row(tx))),
    ("journal guard", |tx| Box::pin(derived::guard(tx))),
    ("revisions", |tx| Box::pin(derived::revisions(tx))),
    ("histories", |tx| Box::pin(histories::histories(tx))),
    ("area paths", |tx| Box::pin(derived::area_paths(tx))),
    ("cleaning days", |tx| Box::pin(derived::cleaning_days(tx))),
    ("cleaning months", |tx| Box::pin(derived::cleaning_months(tx))),
    ("photos", |tx| Box::pin(derived::photos(tx))),
    ("cleaning photos", |tx| Box::pin(derived::cleaning_photos(tx))),
    ("keys", |tx| Box::pin(derived::keys(tx))),
    ("admin", |tx| Box::pin(derived::admin(tx))),
];

/// The names of the checks, in the order in which they are made.
pub fn checks() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(name, _)| *name)
}

impl Store {
    /// Makes every check on one state of the database; what one cannot read does not keep the others from looking.
    ///
    /// # Errors
    /// Where the database cannot be asked at all.
    pub async fn check(&self) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for (check, look) in CHECKS {
            // A transaction for each: on PostgreSQL one that has met an error answers nothing more.
            let tx = self.whole_read().await?;
            match look(&tx).await {
                Ok(found) => findings.extend(found.into_iter().map(|found| {
                    let Found { table, key, message } = found;
                    Finding { check, table, key, message }
                })),
                Err(error) => findings.push(Finding { check, table: None, key: None, message: chain(&error) }),
            }
        }
        Ok(findings)
    }

    /// A transaction that may read for as long as it takes.
    async fn whole_read(&self) -> Result<DatabaseTransaction, StoreError> {
        let tx = self.reader.begin().await?;
        if self.backend() == DbBackend::Postgres {
            super::postgres::prepare_whole_read(&tx).await?;
        }
        Ok(tx)
    }
}

async fn integrity(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    match tx.get_database_backend() {
        DbBackend::Postgres => postgres::integrity(tx).await,
        _ => sqlite::integrity(tx).await,
    }
}

async fn references(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    match tx.get_database_backend() {
        DbBackend::Postgres => postgres::references(tx).await,
        _ => sqlite::references(tx).await,
    }
}

/// The rows of a statement whose columns all are texts; what is absent is an empty one.
async fn texts<const N: usize>(
    connection: &impl ConnectionTrait,
    sql: &str,
    columns: [&str; N],
) -> Result<Vec<[String; N]>, StoreError> {
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    let text = |row: &sea_orm::QueryResult, column: &str| row.try_get::<Option<String>>("", column);
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let mut texts = [const { String::new() }; N];
        for (slot, column) in texts.iter_mut().zip(columns) {
            *slot = text(&row, column)?.unwrap_or_default();
        }
        found.push(texts);
    }
    Ok(found)
}

/// An error with all that caused it: the report is for the operator alone.
fn chain(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// A row that cannot be read, by what the store says of it.
fn unreadable(table: &str, key: &str, error: &StoreError) -> Found {
    match error {
        // A violation of the whole row names no field.
        StoreError::Corrupt { message, .. } => Found::of_row(table, key, message.trim_start_matches(": ")),
        error => Found::of_row(table, key, chain(error)),
    }
}

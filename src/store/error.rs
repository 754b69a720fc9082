//! What can go wrong below the use cases.

use std::fmt::Display;

use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// A failure of the store. `Display` never repeats its source; the chain is for the log alone.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A constraint refused the write.
    #[error("the constraint {constraint} refuses this")]
    Conflict {
        /// The constraint's name in the schema.
        constraint: &'static str,
    },
    /// A row that cannot be a value of the domain: the database was changed by another program, or a bug wrote it.
    #[error("row {key} of table {table} is corrupt: {message}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
        /// What is wrong with it.
        message: String,
    },
    /// The database cannot be used as it is; the message tells the operator what to do.
    #[error("{0}")]
    Refused(String),
    /// The database is busy, away or slow; trying again may help.
    #[error("the database is not available")]
    Unavailable(#[source] DbErr),
    /// Anything else the database said.
    #[error("the database failed")]
    Database(#[source] DbErr),
    /// A file beside the database could not be used.
    #[error("cannot use {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl StoreError {
    /// A row of `table` that breaks a rule of the domain.
    pub(super) fn corrupt(table: &'static str, key: impl Display, message: impl Display) -> Self {
        Self::Corrupt { table, key: key.to_string(), message: message.to_string() }
    }
}

/// Unique constraints as the two databases tell of them: PostgreSQL gives the name, SQLite only lists the columns.
const UNIQUE: [(&str, &str); 12] = [
    ("uq_area_code", "area.code"),
    ("uq_barrier_name", "barrier.name"),
    ("uq_operator_name", "operator.name"),
    ("uq_plan_template_name", "plan_template.name"),
    ("uq_plan_version", "plan.toilet_id, plan.version"),
    ("uq_source_name", "source.name"),
    ("uq_toilet_source_key", "toilet.source_id, toilet.source_key"),
    ("uq_identity_login", "identity.kind, identity.login"),
    ("uq_session_token", "session.token_hash"),
    ("uq_invitation_token", "invitation.token_hash"),
    ("pk_answer", "answer.person, answer.key"),
    ("pk_imported", "imported.source_id, imported.key"),
];

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(message)) = error.sql_err() {
            let named = UNIQUE.iter().find(|(name, columns)| message.contains(name) || message.ends_with(columns));
            if let Some((constraint, _)) = named {
                return Self::Conflict { constraint };
            }
        }
        if is_passing(&error) { Self::Unavailable(error) } else { Self::Database(error) }
    }
}

/// Whether the same statement may succeed a moment later: no connection to be had, a lock held too long, a time-out.
fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
            match inner.as_ref() {
                sea_orm::sqlx::Error::Database(told) => {
                    // SQLite: 5 busy, 6 locked (and extended codes); PostgreSQL: lock not available, cancelled by a
                    // time-out, shutting down, too many connections, serialisation and deadlock.
                    let code = told.code().unwrap_or_default();
                    is_busy_code(&code)
                        || matches!(&*code, "55P03" | "57014" | "57P01" | "57P03" | "53300" | "40001" | "40P01")
                }
                sea_orm::sqlx::Error::Io(_) | sea_orm::sqlx::Error::PoolTimedOut | sea_orm::sqlx::Error::PoolClosed => {
                    true
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether another connection of SQLite has what is wanted.
pub(super) fn is_busy(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
            inner.as_database_error().and_then(|told| told.code().map(|code| is_busy_code(&code))).unwrap_or(false)
        }
        _ => false,
    }
}

/// SQLite's codes for busy and locked, extended ones included; those of PostgreSQL have five characters.
fn is_busy_code(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)) && code.len() < 5
}

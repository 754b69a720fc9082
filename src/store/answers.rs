//! Answers that are kept, so that a request that comes again has one effect and the same answer.

use chrono::TimeDelta;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};

use super::entity::answer;
use super::{Store, StoreError, Tx};

/// An answer as it went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Its status.
    pub status: u16,
    /// Where what was made is to be found.
    pub location: Option<String>,
    /// The entity tag of what was made.
    pub etag: Option<String>,
    /// Its body; sealed, where it tells a secret.
    pub body: String,
}

impl Store {
    /// The answer kept under somebody's key, with the fingerprint of what was asked, as far as that is written already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn kept_answer(&self, person: &str, key: &str) -> Result<Option<(String, KeptAnswer)>, StoreError> {
        find(&self.reader, person, key).await
    }
}

impl Tx {
    /// The answer kept under somebody's key, with the fingerprint of what was asked. Requests under one key take turns.
    ///
    /// # Errors
    /// What the database says.
    pub async fn kept_answer(&self, person: &str, key: &str) -> Result<Option<(String, KeptAnswer)>, StoreError> {
        // On SQLite all writers take turns anyway.
        if self.connection.get_database_backend() == DbBackend::Postgres {
            let turn = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            let values = [format!("{person} {key}").into()];
            self.connection.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, turn, values)).await?;
        }
        find(&self.connection, person, key).await
    }

    /// Keeps an answer under somebody's key, and forgets those that are older than `keep`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where there is one already.
    pub async fn keep_answer(
        &self,
        person: &str,
        key: &str,
        fingerprint: &str,
        new: &KeptAnswer,
        keep: TimeDelta,
    ) -> Result<(), StoreError> {
        let old = answer::Column::AnsweredAt.lt(self.author.at - keep);
        answer::Entity::delete_many().filter(old).exec(&self.connection).await?;
        let row = answer::ActiveModel {
            person: Set(person.to_owned()),
            key: Set(key.to_owned()),
            fingerprint: Set(fingerprint.to_owned()),
            status: Set(i32::from(new.status)),
            location: Set(new.location.clone()),
            etag: Set(new.etag.clone()),
            body: Set(new.body.clone()),
            answered_at: Set(self.author.at),
        };
        answer::Entity::insert(row).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

async fn find(
    connection: &impl ConnectionTrait,
    person: &str,
    key: &str,
) -> Result<Option<(String, KeptAnswer)>, StoreError> {
    let row = answer::Entity::find_by_id((person.to_owned(), key.to_owned())).one(connection).await?;
    Ok(row.map(|row| {
        let answer = KeptAnswer {
            status: u16::try_from(row.status).unwrap_or_default(),
            location: row.location,
            etag: row.etag,
            body: row.body,
        };
        (row.fingerprint, answer)
    }))
}

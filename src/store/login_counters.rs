//! Counters of failed logins, one row for each account or address, the same for all processes on the database.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, Statement};

use super::entity::login_counter;
use super::{Store, StoreError, Tx};

/// How an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The how-manieth it is in its window that has not succeeded yet, itself included.
    pub number: i32,
    /// When the window began.
    pub since: DateTime<Utc>,
}

/// One statement, so that attempts at the same time cannot share a number.
const COUNT: &str = "\
INSERT INTO login_counter (subject, since, failures) VALUES ($1, $2, 1) ON CONFLICT (subject) DO UPDATE SET \
failures = CASE WHEN login_counter.since <= $3 THEN 1 ELSE login_counter.failures + 1 END, \
since = CASE WHEN login_counter.since <= $3 THEN $2 ELSE login_counter.since END RETURNING failures, since";

impl Store {
    /// How many attempts of a subject count, in a window that began after `since`; `None` where none does.
    ///
    /// # Errors
    /// What the database says.
    pub async fn attempts(&self, subject: &str, since: DateTime<Utc>) -> Result<Option<Attempt>, StoreError> {
        let row = login_counter::Entity::find_by_id(subject).one(&self.reader).await?;
        let counting = row.filter(|row| row.since > since && row.failures > 0);
        Ok(counting.map(|row| Attempt { number: row.failures, since: row.since }))
    }
}

impl Tx {
    /// Counts an attempt before it is made, so that attempts at the same time cannot slip through together.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_attempt(&self, subject: &str, window: TimeDelta) -> Result<Attempt, StoreError> {
        let (now, over) = (self.author.at, self.author.at - window);
        let backend = self.connection.get_database_backend();
        let count = Statement::from_sql_and_values(backend, COUNT, [subject.into(), now.into(), over.into()]);
        let row = self.connection.query_one_raw(count).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("login counter".to_owned()))?;
        Ok(Attempt { number: row.try_get("", "failures")?, since: row.try_get("", "since")? })
    }

    /// Takes back an attempt that succeeded.
    ///
    /// # Errors
    /// What the database says.
    pub async fn uncount_attempt(&self, subject: &str) -> Result<(), StoreError> {
        login_counter::Entity::update_many()
            .col_expr(login_counter::Column::Failures, Expr::col(login_counter::Column::Failures).sub(1))
            .filter(login_counter::Column::Subject.eq(subject))
            .filter(login_counter::Column::Failures.gt(0))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Forgets the failures of a subject.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_subject(&self, subject: &str) -> Result<(), StoreError> {
        login_counter::Entity::delete_by_id(subject).exec(&self.connection).await?;
        Ok(())
    }

    /// Forgets the failures of a subject, and those of all whose window is long over.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_attempts(&self, subject: &str, before: DateTime<Utc>) -> Result<(), StoreError> {
        let over = login_counter::Column::Subject.eq(subject).or(login_counter::Column::Since.lt(before));
        login_counter::Entity::delete_many().filter(over).exec(&self.connection).await?;
        Ok(())
    }
}

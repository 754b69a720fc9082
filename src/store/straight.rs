//! Writes that are one text: what is to be written is known before anything is asked, and a statement of it fails where
//! something stands in its way. SQLite is asked through a thread of its own, to which the way is longer than most
//! statements take; such a write goes there once, where another goes for the beginning, for each statement and for the end.

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement};
use tokio::sync::oneshot;

use super::together::joined;
use super::unsettled::marking;
use super::writer::{Job, Tell, Working};
use super::{Author, Store, StoreError, cleanings, journal};
use crate::domain::cleaning::Cleaning;
use crate::domain::event::NewEntry;
use crate::domain::events::Topic;

/// Fails where somebody wants to be told of cleanings: whom has to be looked up then.
const NOBODY_LISTENS: &str = "SELECT json('somebody listens: ' || id) FROM subscription \
WHERE paused_at IS NULL AND instr(',' || topics || ',', ?) > 0 LIMIT 1";

/// A write that is one text.
#[derive(Debug)]
pub struct Straight(Vec<Statement>);

impl Store {
    /// The write of new cleanings, what the journal says of them, and the marks of what is to be settled: it fails where
    /// one of them is on record, and where somebody wants to be told of cleanings. `None` where it would be no quicker
    /// than another: PostgreSQL takes one statement with values at a time.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where something cannot be written down.
    pub fn straight(
        &self,
        author: &Author,
        new: &[(Cleaning, String)],
        signed: &[(&Author, NewEntry)],
    ) -> Result<Option<Straight>, StoreError> {
        if self.is_postgres() || new.is_empty() {
            return Ok(None);
        }
        let backend = self.backend();
        let made: Vec<&Cleaning> = new.iter().map(|(made, _)| made).collect();
        let topic = format!(",{},", Topic::Cleaned.as_str());
        let mut statements = vec![Statement::from_sql_and_values(backend, NOBODY_LISTENS, [topic.into()])];
        statements.push(backend.build(&cleanings::inserting(new)?));
        statements.extend(journal::inserting(backend, signed)?);
        statements.push(marking(backend, &made, author.at));
        Ok(Some(Straight(statements)))
    }

    /// Writes it; answers whether it is written, and nothing of it is where it is not, whatever the reason: whoever asks
    /// goes the longer way then, and is told there.
    pub async fn write_straight(&self, straight: Straight) -> bool {
        let (answer, told) = oneshot::channel();
        self.writer.take(Box::new(Writing { straight, answer }));
        told.await.unwrap_or(false)
    }
}

/// Such a write, waiting for its turn.
struct Writing {
    straight: Straight,
    answer: oneshot::Sender<bool>,
}

/// Tells whether it is written. Somebody who went away does not undo it.
fn tell(answer: oneshot::Sender<bool>) -> Tell {
    Box::new(|fate| {
        let _ = answer.send(fate.is_ok());
    })
}

impl Job for Writing {
    fn run(self: Box<Self>, tx: DatabaseTransaction) -> Working<'static, (DatabaseTransaction, Option<Tell>)> {
        Box::pin(async move {
            let Self { straight: Straight(statements), answer } = *self;
            if tx.execute_raw(joined(statements)).await.is_ok() {
                return (tx, Some(tell(answer)));
            }
            let _ = answer.send(false);
            (tx, None)
        })
    }

    fn straight(self: Box<Self>) -> Result<(Statement, Tell), Box<dyn Job>> {
        let plain = |sql: &str| Statement::from_string(DbBackend::Sqlite, sql);
        let Self { straight: Straight(mut statements), answer } = *self;
        statements.insert(0, plain("BEGIN IMMEDIATE"));
        statements.push(plain("COMMIT"));
        Ok((joined(statements), tell(answer)))
    }

    fn refuse(self: Box<Self>, _: StoreError) {
        let _ = self.answer.send(false);
    }
}

/// Carries out a text that begins and ends a transaction; where it fails on its way nothing of it is left.
pub(super) async fn straight(connection: &DatabaseConnection, text: Statement) -> Result<(), DbErr> {
    let done = connection.execute_raw(text).await;
    if done.is_err() {
        // It fails where there is none: the text failed at its beginning.
        drop(connection.execute_unprepared("ROLLBACK").await);
    }
    done.map(drop)
}

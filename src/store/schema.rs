//! Bringing the schema up and down, one process at a time, and refusing one that is newer than this program.

use std::fs::File;

use migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, Statement, TransactionTrait};
use sea_orm_migration::MigratorTrait;

use super::{Store, StoreError, lock, postgres};

/// One step of the schema's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaStep {
    /// Its name.
    pub name: String,
    /// Whether this database has taken it.
    pub applied: bool,
}

impl Store {
    /// Every step, in order, with whether it is applied.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the database holds steps that this program does not know.
    pub async fn schema_steps(&self) -> Result<Vec<SchemaStep>, StoreError> {
        let applied = self.applied_steps().await?;
        let known = known_steps();
        if let Some(newer) = applied.iter().find(|name| !known.contains(name)) {
            let message =
                format!("the database is newer than this program (it has taken “{newer}”): use a newer gongce");
            return Err(StoreError::Refused(message));
        }
        Ok(known.into_iter().map(|name| SchemaStep { applied: applied.contains(&name), name }).collect())
    }

    /// Applies every step that is missing; answers their names.
    ///
    /// # Errors
    /// As [`Store::schema_steps`], and what a step failed with; a failed step leaves nothing behind.
    pub async fn migrate_up(&self) -> Result<Vec<String>, StoreError> {
        if self.missing_steps().await?.is_empty() {
            return Ok(Vec::new());
        }
        let turn = self.take_turn().await?;
        let missing = self.missing_steps().await?;
        match &turn {
            Turn::File(_) => Migrator::up(self.writer.connection(), None).await?,
            Turn::Transaction(tx) => Migrator::up(tx, None).await?,
        }
        turn.end().await?;
        Ok(missing)
    }

    /// Takes back the newest steps; their tables go with all they hold.
    ///
    /// # Errors
    /// As [`Store::migrate_up`].
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StoreError> {
        self.schema_steps().await?;
        let turn = self.take_turn().await?;
        match &turn {
            Turn::File(_) => {
                // SQLite would else hold a table that goes to the references between its own rows.
                let writer = self.writer.connection();
                writer.execute_unprepared("PRAGMA foreign_keys = OFF").await?;
                let taken_back = Migrator::down(writer, Some(steps)).await;
                writer.execute_unprepared("PRAGMA foreign_keys = ON").await?;
                taken_back?;
            }
            Turn::Transaction(tx) => Migrator::down(tx, Some(steps)).await?,
        }
        turn.end().await
    }

    async fn missing_steps(&self) -> Result<Vec<String>, StoreError> {
        let steps = self.schema_steps().await?;
        Ok(steps.into_iter().filter(|step| !step.applied).map(|step| step.name).collect())
    }

    /// Refuses a schema that is not exactly this program's.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with the command that mends it.
    pub async fn require_current_schema(&self) -> Result<(), StoreError> {
        if self.schema_steps().await?.iter().all(|step| step.applied) {
            return Ok(());
        }
        let message = "the database's schema is older than this program: run `gongce migrate up` first";
        Err(StoreError::Refused(message.to_owned()))
    }

    async fn applied_steps(&self) -> Result<Vec<String>, StoreError> {
        applied_steps(&self.reader).await
    }

    /// Waits until no other process changes the schema.
    async fn take_turn(&self) -> Result<Turn, StoreError> {
        let Some(database) = self.file() else {
            let tx = self.writer.connection().begin().await?;
            postgres::prepare_migration(&tx).await?;
            return Ok(Turn::Transaction(tx));
        };
        Ok(Turn::File(lock::turn_on(database).await?))
    }
}

fn known_steps() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// The steps that a database has taken; none of one that is not ours.
pub(super) async fn applied_steps(connection: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
    let manager = sea_orm_migration::SchemaManager::new(connection);
    if !manager.has_table("schema_migration").await? {
        return Ok(Vec::new());
    }
    let sql = "SELECT version FROM schema_migration ORDER BY version";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "version")).collect::<Result<_, DbErr>>()?)
}

/// Refuses a copy, of that name, which was not made of a database of ours, or of a newer one than this program knows.
pub(super) fn require_ours(applied: &[String], copy: &str) -> Result<(), StoreError> {
    let known = known_steps();
    if !applied.iter().any(|step| known.contains(step)) {
        return Err(StoreError::Refused(format!("{copy} is no copy of a database of gongce")));
    }
    match applied.iter().find(|step| !known.contains(step)) {
        Some(newer) => {
            let message = format!("{copy} is newer than this program (it has taken “{newer}”): use a newer gongce");
            Err(StoreError::Refused(message))
        }
        None => Ok(()),
    }
}

/// The right to change the schema: a locked file beside a SQLite database, a transaction with an advisory lock on
/// PostgreSQL, which then holds all the steps together.
enum Turn {
    File(File),
    Transaction(DatabaseTransaction),
}

impl Turn {
    async fn end(self) -> Result<(), StoreError> {
        match self {
            Self::File(file) => drop(file),
            Self::Transaction(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

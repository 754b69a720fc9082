//! Bringing the schema up and down, one process at a time, and refusing one that is newer than this program.

use migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, TransactionTrait};
use sea_orm_migration::MigratorTrait;

use super::{Store, StoreError};

/// One step of the schema's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaStep {
    /// Its name.
    pub name: String,
    /// Whether this database has taken it.
    pub applied: bool,
}

/// The key of the advisory lock under which PostgreSQL's schema is changed: "gongce" in ASCII.
const LOCK: i64 = 0x67_6f_6e_67_63_65;

impl Store {
    /// Every step, in order, with whether it is applied.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the database holds steps that this program does not know.
    pub async fn schema_steps(&self) -> Result<Vec<SchemaStep>, StoreError> {
        let applied = self.applied_steps().await?;
        let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
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
        let missing = |steps: Vec<SchemaStep>| steps.into_iter().filter(|step| !step.applied).map(|step| step.name);
        if missing(self.schema_steps().await?).next().is_none() {
            return Ok(Vec::new());
        }
        let turn = self.wait_for_turn().await?;
        let names: Vec<_> = missing(self.schema_steps().await?).collect();
        Migrator::up(self.writer.connection(), None).await?;
        drop(turn);
        Ok(names)
    }

    /// Takes back the newest steps; their tables go with all they hold.
    ///
    /// # Errors
    /// As [`Store::migrate_up`].
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StoreError> {
        self.schema_steps().await?;
        let turn = self.wait_for_turn().await?;
        Migrator::down(self.writer.connection(), Some(steps)).await?;
        drop(turn);
        Ok(())
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
        let manager = sea_orm_migration::SchemaManager::new(&self.reader);
        if !manager.has_table("schema_migration").await? {
            return Ok(Vec::new());
        }
        let models = Migrator::get_migration_models(&self.reader).await?;
        Ok(models.into_iter().map(|model| model.version).collect())
    }

    /// On PostgreSQL, an advisory lock held by a transaction of its own; SQLite's writer lock does the same by itself.
    async fn wait_for_turn(&self) -> Result<Option<sea_orm::DatabaseTransaction>, StoreError> {
        let connection: &DatabaseConnection = &self.reader;
        if connection.get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let tx = connection.begin().await?;
        tx.execute_unprepared("SET LOCAL lock_timeout = '60s'").await?;
        tx.execute_unprepared("SET LOCAL statement_timeout = '60s'").await?;
        tx.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
        Ok(Some(tx))
    }
}

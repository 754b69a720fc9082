//! Moving what was committed from SQLite's log into its file, beside those who write.
//!
//! Left to itself SQLite has a writer do so whenever the log is long, while all others wait for it: some milliseconds now
//! and then. Here a reader's connection does most of it, and the writer only what is left when the log has grown very
//! long, which lets it begin the log anew.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Store, StoreError};

/// How often the log is looked at while something is written.
const EVERY: Duration = Duration::from_millis(100);

/// Pages of the log that are worth two waits for the disk: as many as SQLite itself waits for.
const ENOUGH: i64 = 1_000;

/// Pages of the log from which on a writer moves what is left, 32 MiB: below the length to which a log is cut back.
pub(super) const LONG: u32 = 8_000;

/// After a failure, so that a full disk is not asked all the time.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

impl Store {
    /// Moves it for as long as it is polled, or until the store is closed. A failure is logged: a writer moves it then. On
    /// PostgreSQL there is nothing to do.
    pub async fn move_log(&self) {
        let mut written = self.written();
        while !self.is_postgres() && written.changed().await.is_ok() {
            tokio::time::sleep(EVERY).await;
            if let Err(error) = self.move_if_long().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot move the log into the database");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }

    /// Moves what can be moved without anybody waiting, where it is worth it; answers how many pages are left to move.
    async fn move_if_long(&self) -> Result<i64, StoreError> {
        let left = self.left("NOOP").await?;
        if left < ENOUGH { Ok(left) } else { self.left("PASSIVE").await }
    }

    /// How many pages of the log are not in the file after a checkpoint of that mode.
    async fn left(&self, mode: &str) -> Result<i64, StoreError> {
        let asked = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA wal_checkpoint({mode})"));
        let Some(row) = self.reader.query_one_raw(asked).await? else { return Ok(0) };
        Ok(row.try_get_by_index::<i64>(1)? - row.try_get_by_index::<i64>(2)?)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[tokio::test]
    async fn a_long_log_is_moved_by_a_reader_and_a_short_one_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/gongce.db", folder.path().display()), None).await.unwrap();
        let writer = store.writer.connection();
        writer.execute_unprepared("CREATE TABLE pages (bytes BLOB)").await.unwrap();
        let short = store.move_if_long().await.unwrap();
        assert!(short > 0, "{short} pages");
        let fill = format!("INSERT INTO pages VALUES (zeroblob({}))", 4_096 * (ENOUGH + 100));
        writer.execute_unprepared(&fill).await.unwrap();
        // SQLite itself would have moved it.
        assert!(store.left("NOOP").await.unwrap() > ENOUGH);
        assert_eq!(store.move_if_long().await.unwrap(), 0);
        let length = || std::fs::metadata(folder.path().join("gongce.db-wal")).unwrap().len();
        let before = length();
        writer.execute_unprepared(&fill).await.unwrap();
        assert_eq!(length(), before, "the log was not begun anew");
    }
}

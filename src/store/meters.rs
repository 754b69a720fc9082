//! How the database does, in figures for whoever runs the service.

use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use sea_orm::{DatabaseConnection, DbBackend};

use super::{Store, StoreError};

/// How long a database may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the writer counts.
#[derive(Debug, Clone)]
pub(super) struct Meters {
    /// Writes that wait for their transaction.
    pub(super) queued: Gauge,
    /// Seconds from the beginning of a transaction to the end of its commit.
    pub(super) commits: Histogram,
    /// Transactions that did not end in a commit.
    pub(super) failed: Counter,
}

impl Meters {
    pub(super) fn new() -> Self {
        // 0.5 ms to 4 s.
        let commits = Histogram::new(exponential_buckets(0.0005, 2.0, 14));
        Self { queued: Gauge::default(), commits, failed: Counter::default() }
    }
}

/// The connections of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// What it is for.
    pub name: &'static str,
    /// Connections that are in use.
    pub busy: usize,
    /// Connections that wait to be used.
    pub idle: usize,
}

impl Store {
    /// Puts the figures of this database into a registry.
    pub fn register(&self, registry: &mut Registry) {
        let Meters { queued, commits, failed } = self.writer.meters().clone();
        registry.register("write_queue", "Writes that wait for their transaction", queued);
        let help = "From the beginning of a transaction to the end of its commit, a group of writes counted once";
        registry.register_with_unit("commit_duration", help, Unit::Seconds, commits);
        registry.register("commits_failed", "Transactions that could not be begun or committed", failed);
    }

    /// The pools of this process.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        match self.backend() {
            DbBackend::Postgres => vec![pool("all", &self.reader)],
            _ => vec![pool("read", &self.reader), pool("write", self.writer.connection())],
        }
    }

    /// Asks the database for a sign of life; answers how long that took.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] also where it does not answer within a second.
    pub async fn ping(&self) -> Result<Duration, StoreError> {
        let begun = Instant::now();
        match tokio::time::timeout(PATIENCE, self.reader.ping()).await {
            Ok(answered) => Ok(answered.map(|()| begun.elapsed())?),
            Err(_) => Err(StoreError::Unavailable(sea_orm::DbErr::Custom("no answer within a second".to_owned()))),
        }
    }
}

fn pool(name: &'static str, connection: &DatabaseConnection) -> Pool {
    let (size, idle) = if connection.get_database_backend() == DbBackend::Postgres {
        let pool = connection.get_postgres_connection_pool();
        (pool.size(), pool.num_idle())
    } else {
        let pool = connection.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle())
    };
    Pool { name, busy: usize::try_from(size).unwrap_or(usize::MAX).saturating_sub(idle), idle }
}

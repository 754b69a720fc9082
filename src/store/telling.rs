//! Processes on one PostgreSQL database tell each other that they have written: by NOTIFY, heard by LISTEN.
//!
//! Who writes tells after the commit, from a task beside, in a transaction that does nothing else. NOTIFY within the
//! transaction that writes (in its statement, or by a trigger on the journal) would save that round trip, and cost all
//! who write at once: a transaction with a notification takes a lock of the whole cluster (`PreCommit_Notify`:
//! `AccessExclusiveLock` on "database 0") before its commit and holds it until it has ended, the wait for the disk
//! included, so that no two of them could share one. A transaction that only tells writes nothing, waits for no disk, and
//! whoever logs a cleaning never meets that lock. One is under way at a time, and one tells of all that was committed
//! before it, so that telling costs the same however much is written.
//!
//! What is told is only that there is something to read. So nothing is lost when a word is: by a process that ends between
//! its commit and its word, by a connection that is gone, by somebody who writes past this program. The journal is read
//! from time to time in any case, and seldom only while what is told is really heard.

use std::time::Duration;

use sea_orm::sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use sea_orm::sqlx::{Error, Executor};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::Store;

const CHANNEL: &str = "gongce_journal";

const TELL: &str = "NOTIFY gongce_journal";

/// How long after a word the next one is said at the earliest: what is committed meanwhile is told with it.
const BETWEEN: Duration = Duration::from_millis(20);

/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a word may be under way, or a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// After so long without a word one is said to oneself. Else nobody would find out that the other end is gone: who only
/// listens sends nothing that could fail.
const QUIET: Duration = Duration::from_secs(10);

/// Tells the others whenever this process has committed something, until its writer is gone. Commits without an entry in
/// the journal count too: how the cleaning of a toilet stands is settled by some.
pub(super) async fn keep_telling(pool: PgPool, mut written: watch::Receiver<u64>) {
    let mut was_failing = false;
    while written.changed().await.is_ok() {
        match tell(&pool).await {
            Ok(()) => {
                was_failing = false;
                sleep(BETWEEN).await;
            }
            Err(_) if pool.is_closed() => return,
            Err(error) => {
                if !was_failing {
                    tracing::warn!(%error, "cannot tell other processes what was written; they find it a little later");
                }
                was_failing = true;
                written.mark_changed();
                sleep(PAUSE).await;
            }
        }
    }
}

/// Tells all who listen, this process too.
async fn tell(pool: &PgPool) -> Result<(), Error> {
    pool.execute(TELL).await.map(drop)
}

/// What is heard of other processes. They are listened to for as long as it lives.
#[derive(Debug)]
pub struct Ear {
    hears: watch::Receiver<bool>,
    listening: Option<JoinHandle<()>>,
}

impl Store {
    /// Listens to what other processes on the database say. On SQLite nobody says anything.
    #[must_use]
    pub fn listen(&self) -> Ear {
        let (said, hears) = watch::channel(false);
        let pool = self.is_postgres().then(|| self.reader.get_postgres_connection_pool().clone());
        let listening = pool.map(|pool| tokio::spawn(keep_listening(pool, said)));
        Ear { hears, listening }
    }

    /// Tells what the process has written last, before it leaves.
    pub(super) async fn tell_the_last(&self) {
        if self.is_postgres() && *self.written().borrow() > 0 {
            // Whoever is not told reads it soon all the same.
            drop(tell(self.reader.get_postgres_connection_pool()).await);
        }
    }
}

impl Ear {
    /// Whether what is told is heard, as far as is known. A connection that took LISTEN is not enough for that: behind a
    /// pooler that shares connections nothing ever comes back on it.
    #[must_use]
    pub fn hears(&self) -> bool {
        *self.hears.borrow()
    }

    /// Waits until there is something to read, as far as others tell; also until they are not heard any more.
    pub async fn told(&mut self) {
        if self.hears.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Forgets what was told up to now, for whoever reads after that.
    pub fn forget(&mut self) {
        self.hears.mark_unchanged();
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.listening.iter().for_each(JoinHandle::abort);
    }
}

/// Each word is sent on as one more `true`.
async fn keep_listening(pool: PgPool, said: watch::Sender<bool>) {
    let mut was_failing = false;
    loop {
        let error = listen(&pool, &said, &mut was_failing).await;
        said.send_if_modified(std::mem::take);
        if !was_failing {
            tracing::warn!(%error, "what other processes write is not heard; the journal is read more often");
        }
        was_failing = true;
        sleep(PAUSE).await;
    }
}

/// Listens on a connection of its own until nothing is heard there any more; answers why. Each connection begins with a
/// word to oneself, which stands for all that was said before it listened.
async fn listen(pool: &PgPool, said: &watch::Sender<bool>, was_failing: &mut bool) -> Error {
    let mut listener = match connect(pool).await {
        Ok(listener) => listener,
        Err(error) => return error,
    };
    loop {
        if let Err(error) = tell(pool).await {
            return error;
        }
        let mut patience = PATIENCE;
        while let Ok(received) = timeout(patience, listener.try_recv()).await {
            match received {
                Ok(Some(_)) => drop(said.send_replace(true)),
                Ok(None) => return Error::Io(std::io::ErrorKind::ConnectionAborted.into()),
                Err(error) => return error,
            }
            if std::mem::take(was_failing) {
                tracing::info!("what other processes write is heard again");
            }
            patience = QUIET;
        }
        if patience == PATIENCE {
            return Error::Protocol("nothing comes back of what is told".to_owned());
        }
    }
}

async fn connect(pool: &PgPool) -> Result<PgListener, Error> {
    let own = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).max_lifetime(None).idle_timeout(None);
    let own = own.connect_lazy_with(pool.connect_options().as_ref().clone());
    let mut listener = PgListener::connect_with(&own).await?;
    // A connection that is lost is to be seen.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

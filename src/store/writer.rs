//! The way of every write: one transaction, an answer after its commit, and on SQLite one fsync for a whole queue.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{mpsc, oneshot, watch};

use super::meters::Meters;
use super::straight::straight;
use super::{StoreError, telling};
use crate::domain::event::Actor;
use crate::domain::id::ToiletId;
use crate::domain::slot::Settlement;

/// A future that a transaction's work answers with.
pub type Working<'t, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 't>>;

/// Who writes, and when.
#[derive(Debug, Clone)]
pub struct Author {
    /// Who.
    pub actor: Actor,
    /// When, as the journal will say.
    pub at: DateTime<Utc>,
}

/// An open transaction together with its author.
#[derive(Debug)]
pub struct Tx {
    pub(super) connection: DatabaseTransaction,
    pub(super) author: Author,
    touched: Mutex<Marks>,
    nobody_listens: AtomicBool,
}

/// What a write leaves for those who keep something of the register in memory.
#[derive(Debug, Default)]
pub struct Marks {
    /// The toilets that it touched.
    pub toilets: BTreeSet<ToiletId>,
    /// How the cleaning of toilets stands since.
    pub settled: BTreeMap<ToiletId, Settlement>,
    /// Whether it may have changed who is to be where.
    pub(super) duties: bool,
}

/// What a write answers, with the marks that it leaves.
pub(super) type Told<T> = (T, Marks);

impl Tx {
    /// Notes toilets that this transaction touches.
    pub(super) fn touch(&self, ids: impl Iterator<Item = ToiletId>) {
        // A set is whole after any panic: each of its writes is a single insertion.
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).toilets.extend(ids);
    }

    /// Notes that this transaction may change who is to be where.
    pub(super) fn touch_duties(&self) {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).duties = true;
    }

    /// Notes how the cleaning of a toilet stands since this transaction.
    pub(super) fn mark_settled(&self, id: ToiletId, settlement: Settlement) {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).settled.insert(id, settlement);
    }

    /// Notes that nobody wants to be told of anything, as this transaction sees it.
    pub(super) fn nobody_listens(&self) {
        self.nobody_listens.store(true, Ordering::Relaxed);
    }

    /// Whether that is known.
    pub(super) fn is_nobody_listening(&self) -> bool {
        self.nobody_listens.load(Ordering::Relaxed)
    }

    /// Who writes.
    #[must_use]
    pub fn author(&self) -> &Author {
        &self.author
    }

    /// When this is written, as the journal will say.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.author.at
    }
}

/// As many as may share one commit.
const GROUP: usize = 64;

/// Writes to one database, one after the other on SQLite and side by side on PostgreSQL.
pub(super) struct Writer {
    connection: DatabaseConnection,
    queue: Option<mpsc::UnboundedSender<Box<dyn Job>>>,
    written: watch::Sender<u64>,
    meters: Meters,
}

/// Work waiting for its transaction.
pub(super) trait Job: Send {
    /// Runs the work; answers whether to keep it, and what to tell once its fate is known.
    fn run(self: Box<Self>, tx: DatabaseTransaction) -> Working<'static, (DatabaseTransaction, Option<Tell>)>;
    /// The whole of it as one text that begins and ends its transaction, or the work back where it is more than that.
    fn straight(self: Box<Self>) -> Result<(Statement, Tell), Box<dyn Job>>;
    /// Tells the caller that the work never ran.
    fn refuse(self: Box<Self>, error: StoreError);
}

/// Tells the caller how the commit went.
pub(super) type Tell = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

struct Work<T, E, F> {
    author: Author,
    run: F,
    answer: oneshot::Sender<Result<Told<T>, E>>,
}

impl<T, E, F> Job for Work<T, E, F>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: for<'t> FnOnce(&'t Tx) -> Working<'t, Result<T, E>> + Send + 'static,
{
    fn run(self: Box<Self>, connection: DatabaseTransaction) -> Working<'static, (DatabaseTransaction, Option<Tell>)> {
        Box::pin(async move {
            let tx = Tx {
                connection,
                author: self.author,
                touched: Mutex::default(),
                nobody_listens: AtomicBool::new(false),
            };
            let done = (self.run)(&tx).await;
            let answer = self.answer;
            // A caller that went away does not undo its write: only its answer is lost.
            let told = match done {
                Err(error) => {
                    drop(answer.send(Err(error)));
                    None
                }
                Ok(value) => {
                    let touched = std::mem::take(&mut *tx.touched.lock().unwrap_or_else(PoisonError::into_inner));
                    Some(Box::new(move |fate: Result<(), StoreError>| {
                        drop(answer.send(fate.map(|()| (value, touched)).map_err(E::from)));
                    }) as Tell)
                }
            };
            (tx.connection, told)
        })
    }

    fn straight(self: Box<Self>) -> Result<(Statement, Tell), Box<dyn Job>> {
        Err(self)
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        drop(self.answer.send(Err(error.into())));
    }
}

impl Writer {
    /// One writer whose queue shares commits: SQLite.
    pub(super) fn grouped(connection: DatabaseConnection) -> Self {
        let (queue, jobs) = mpsc::unbounded_channel();
        let (written, _) = watch::channel(0);
        let meters = Meters::new();
        tokio::spawn(serve(connection.clone(), jobs, written.clone(), meters.clone()));
        Self { connection, queue: Some(queue), written, meters }
    }

    /// Each write on a connection of its own: PostgreSQL groups commits by itself. Others are told of them.
    pub(super) fn direct(connection: DatabaseConnection) -> Self {
        let (written, news) = watch::channel(0);
        tokio::spawn(telling::keep_telling(connection.get_postgres_connection_pool().clone(), news));
        Self { connection, queue: None, written, meters: Meters::new() }
    }

    /// What it counts.
    pub(super) fn meters(&self) -> &Meters {
        &self.meters
    }

    /// The connection that may write, for migrations.
    pub(super) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Changes whenever this process has committed something.
    pub(super) fn written(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    /// Runs `work` in a transaction and answers after its commit.
    pub(super) async fn run<T, E, F>(self: &Arc<Self>, author: Author, work: F) -> Result<Told<T>, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> Working<'t, Result<T, E>> + Send + 'static,
    {
        let (answer, told) = oneshot::channel();
        self.take(Box::new(Work { author, run: work, answer }));
        told.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// Has work done as soon as it is its turn.
    pub(super) fn take(self: &Arc<Self>, job: Box<dyn Job>) {
        self.meters.queued.inc();
        if let Some(queue) = &self.queue {
            if let Err(mpsc::error::SendError(job)) = queue.send(job) {
                self.meters.queued.dec();
                job.refuse(closed());
            }
        } else {
            // A task of its own: a caller that goes away must not cut a transaction in half.
            let writer = Arc::clone(self);
            tokio::spawn(async move { writer.commit(vec![job]).await });
        }
    }

    async fn commit(&self, jobs: Vec<Box<dyn Job>>) {
        commit(&self.connection, jobs, &self.written, &self.meters).await;
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable(DbErr::Custom("the writer has stopped".to_owned()))
}

/// Takes whatever queued up while the last commit was being written, and commits it together. Never waits for company.
async fn serve(
    connection: DatabaseConnection,
    mut jobs: mpsc::UnboundedReceiver<Box<dyn Job>>,
    written: watch::Sender<u64>,
    meters: Meters,
) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        commit(&connection, std::mem::take(&mut group), &written, &meters).await;
    }
}

async fn commit(
    connection: &DatabaseConnection,
    jobs: Vec<Box<dyn Job>>,
    written: &watch::Sender<u64>,
    meters: &Meters,
) {
    meters.queued.dec_by(i64::try_from(jobs.len()).unwrap_or(i64::MAX));
    let begun = Instant::now();
    let (fate, told) = match only(jobs) {
        Ok((text, tell)) => match straight(connection, text).await {
            Ok(()) => (Ok(()), vec![tell]),
            // Whoever asked goes the longer way now: what was sent again is no failure of the database.
            Err(error) => return tell(Err(StoreError::Unavailable(error))),
        },
        Err(jobs) => match begin(connection).await {
            Ok(tx) if jobs.len() == 1 => alone(tx, jobs).await,
            Ok(tx) => together(tx, jobs).await,
            Err(error) => {
                meters.failed.inc();
                return refuse_all(jobs, &error);
            }
        },
    };
    if fate.is_ok() {
        meters.commits.observe(begun.elapsed().as_secs_f64());
    } else {
        meters.failed.inc();
    }
    if fate.is_ok() && !told.is_empty() {
        written.send_modify(|count| *count += 1);
    }
    let why = fate.err().map(|error| error.to_string());
    for tell in told {
        tell(why.as_ref().map_or(Ok(()), |why| Err(StoreError::Unavailable(DbErr::Custom(why.clone())))));
    }
}

/// Begins a transaction that may write.
async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    // IMMEDIATE: a deferred transaction that reads first fails at once (BUSY_SNAPSHOT) when another process has
    // written in between, and no time-out helps.
    let options =
        TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
    connection.begin_with_options(options).await
}

/// The text of work that is nothing but a text and has nobody beside it.
fn only(mut jobs: Vec<Box<dyn Job>>) -> Result<(Statement, Tell), Vec<Box<dyn Job>>> {
    match (jobs.pop(), jobs.is_empty()) {
        (Some(job), true) => job.straight().map_err(|job| vec![job]),
        (job, _) => {
            jobs.extend(job);
            Err(jobs)
        }
    }
}

fn refuse_all(jobs: Vec<Box<dyn Job>>, error: &DbErr) {
    let text = error.to_string();
    for job in jobs {
        job.refuse(StoreError::Unavailable(DbErr::Custom(text.clone())));
    }
}

/// Runs work so that a panic in it ends that work and not the writer; its transaction is then rolled back and its caller
/// told that the writer has stopped. Not in a task of its own: to go there and back takes as long as a statement.
async fn run(job: Box<dyn Job>, tx: DatabaseTransaction) -> Result<(DatabaseTransaction, Option<Tell>), DbErr> {
    // Nothing of the work outlives it but the transaction, which is dropped with it.
    let ran = AssertUnwindSafe(job.run(tx)).catch_unwind().await;
    ran.map_err(|_| DbErr::Custom("the work of a transaction has panicked".to_owned()))
}

async fn alone(tx: DatabaseTransaction, jobs: Vec<Box<dyn Job>>) -> (Result<(), DbErr>, Vec<Tell>) {
    let mut tx = tx;
    let mut told = Vec::new();
    for job in jobs {
        match run(job, tx).await {
            Ok((back, tell)) => {
                tx = back;
                told.extend(tell);
            }
            Err(panic) => return (Err(panic), told),
        }
    }
    let fate = if told.is_empty() { tx.rollback().await } else { tx.commit().await };
    (fate, told)
}

/// Each job within a savepoint, so that one that fails takes nothing of the others with it.
async fn together(tx: DatabaseTransaction, jobs: Vec<Box<dyn Job>>) -> (Result<(), DbErr>, Vec<Tell>) {
    let mut told: Vec<Tell> = Vec::new();
    for job in jobs {
        let savepoint = match tx.begin().await {
            Ok(savepoint) => savepoint,
            Err(error) => {
                job.refuse(StoreError::Unavailable(error));
                continue;
            }
        };
        let Ok((savepoint, tell)) = run(job, savepoint).await else { continue };
        let kept = if tell.is_some() { savepoint.commit().await } else { savepoint.rollback().await };
        match (kept, tell) {
            (Ok(()), tell) => told.extend(tell),
            (Err(error), Some(tell)) => tell(Err(StoreError::Unavailable(error))),
            (Err(_), None) => {}
        }
    }
    (tx.commit().await, told)
}

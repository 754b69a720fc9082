//! Filling the finder from the database.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::DateTime;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::{Ctx, Failure, events};
use crate::domain::Toilet;
use crate::domain::id::ToiletId;
use crate::store::{Around, Cursor, Store, StoreError};

/// Toilets read at a time: enough that the database is asked seldom, few enough that memory stays flat.
const CHUNK: u64 = 2_000;

/// Loads the whole register into the finder; answers from where to follow the journal.
///
/// # Errors
/// [`Failure::Unavailable`] or [`Failure::Internal`]; the finder then still holds what it held.
pub async fn load(ctx: &Arc<Ctx>) -> Result<Cursor, Failure> {
    // The cursor first: what is written while the scan runs is read again, which does no harm.
    let cursor = ctx.store.journal_cursor().await?;
    ctx.finder.set_barriers(&ctx.store.barriers().await?);
    ctx.finder.settle(ctx.store.settled_since(DateTime::UNIX_EPOCH).await?);
    let areas = ctx.store.areas().await?;
    let around = ctx.store.around().await?;
    let finder = Arc::clone(&ctx.finder);
    let scan = Scan::begin(Arc::new(Reader { store: ctx.store.clone(), around }));
    let now = ctx.clock.now();
    let fill = move || {
        finder.try_replace(scan, areas, cursor.number())?;
        finder.tend(now);
        Ok::<_, Failure>(())
    };
    let filled = tokio::task::spawn_blocking(fill).await;
    filled.map_err(|panic| Failure::Internal(Box::new(panic)))??;
    ctx.followed.reached(cursor);
    events::begin(ctx, cursor);
    Ok(cursor)
}

/// Reads toilets a chunk at a time.
struct Reader {
    store: Store,
    around: Around,
}

/// All toilets in the order of their ids: one chunk in memory, and the next one on its way while it is used up.
struct Scan {
    reader: Arc<Reader>,
    runtime: Handle,
    coming: Option<JoinHandle<Result<Vec<Toilet>, StoreError>>>,
    ready: VecDeque<Toilet>,
}

impl Scan {
    fn begin(reader: Arc<Reader>) -> Self {
        let mut scan = Self { reader, runtime: Handle::current(), coming: None, ready: VecDeque::new() };
        scan.fetch(ToiletId(0));
        scan
    }

    fn fetch(&mut self, after: ToiletId) {
        let reader = Arc::clone(&self.reader);
        let read = async move { reader.store.toilets_after(after, CHUNK, &reader.around).await };
        self.coming = Some(self.runtime.spawn(read));
    }
}

impl Iterator for Scan {
    type Item = Result<Toilet, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() {
            match self.runtime.block_on(self.coming.take()?) {
                Ok(Ok(chunk)) => {
                    if let Some(last) = chunk.last() {
                        self.fetch(last.id);
                    }
                    self.ready = chunk.into();
                }
                Ok(Err(error)) => return Some(Err(error.into())),
                Err(panic) => return Some(Err(Failure::Internal(Box::new(panic)))),
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

//! Filling the finder from the database.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::{Ctx, Failure};
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
    let areas = ctx.store.areas().await?;
    let around = ctx.store.around(&areas).await?;
    let (finder, store) = (Arc::clone(&ctx.finder), ctx.store.clone());
    let toilets = Scan { store, around, runtime: Handle::current(), after: Some(ToiletId(0)), ready: VecDeque::new() };
    let filled = tokio::task::spawn_blocking(move || finder.try_replace(toilets, areas, cursor.number())).await;
    filled.map_err(|panic| Failure::Internal(Box::new(panic)))??;
    Ok(cursor)
}

/// All toilets in the order of their ids, a chunk in memory at a time.
struct Scan {
    store: Store,
    around: Around,
    runtime: Handle,
    /// The last id read, until there is no more.
    after: Option<ToiletId>,
    ready: VecDeque<Toilet>,
}

impl Iterator for Scan {
    type Item = Result<Toilet, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() {
            let after = self.after?;
            match self.runtime.block_on(self.store.toilets_after(after, CHUNK, &self.around)) {
                Ok(chunk) => {
                    self.after = chunk.last().map(|toilet| toilet.id);
                    self.ready = chunk.into();
                }
                Err(error) => {
                    self.after = None;
                    return Some(Err(error));
                }
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

//! How the process does, for whoever watches over it.

use std::time::Duration;

use super::{Ctx, Failure};
use crate::store::Pool;

/// How a process stands at one moment.
#[derive(Debug)]
pub struct Condition {
    /// Whether the register is loaded, without which nothing is answered.
    pub loaded: bool,
    /// How many toilets are in memory.
    pub toilets: usize,
    /// The number of the journal's entry up to which the register in memory holds what was written.
    pub journal: i64,
    /// How long ago the register in memory was last known to hold all that was written; `None` before the first time.
    pub lag: Option<Duration>,
    /// How long the database took to answer, or why it did not.
    pub database: Result<Duration, Failure>,
    /// The connections to it: of which pool, in use, waiting.
    pub pools: Vec<(&'static str, usize, usize)>,
}

/// Looks. The database is given a second to answer.
pub async fn condition(ctx: &Ctx) -> Condition {
    let snapshot = ctx.finder.snapshot();
    Condition {
        loaded: ctx.finder.is_loaded(),
        toilets: snapshot.len(),
        journal: snapshot.number(),
        lag: ctx.followed.lag(ctx.clock.now()),
        database: ctx.store.ping().await.map_err(Failure::from),
        pools: ctx.store.pools().iter().map(|Pool { name, busy, idle }| (*name, *busy, *idle)).collect(),
    }
}

//! Hashing passwords: slow and large on purpose, so only two at once and never on a thread that serves requests.

use std::time::Duration;

use super::{Ctx, Failure};
use crate::domain::password::{self, HashError};
use crate::domain::secret::Passphrase;

/// How many at once: two take 38 MiB and both cores of a small machine.
pub(super) const AT_ONCE: usize = 2;

/// How long somebody waits for a turn before being asked to come again.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn hash(ctx: &Ctx, passphrase: Passphrase) -> Result<String, Failure> {
    let salt = ctx.clock.random()?;
    in_turn(ctx, move || password::hash(&passphrase, salt)).await
}

pub(super) async fn verify(ctx: &Ctx, passphrase: Passphrase, kept: Option<String>) -> Result<bool, Failure> {
    in_turn(ctx, move || password::verify(&passphrase, kept.as_deref())).await
}

async fn in_turn<T: Send + 'static>(
    ctx: &Ctx,
    work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
) -> Result<T, Failure> {
    let turn = tokio::time::timeout(PATIENCE, ctx.hashing.clone().acquire_owned()).await;
    let turn = turn.map_err(|_| Failure::Unavailable { retry_after: PATIENCE, source: None })?;
    let turn = turn.map_err(|closed| Failure::Internal(Box::new(closed)))?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        // Not before: a caller that goes away does not stop the work it began.
        drop(turn);
        done
    });
    let done = done.await.map_err(|panic| Failure::Internal(Box::new(panic)))?;
    done.map_err(|error| Failure::Internal(Box::new(error)))
}

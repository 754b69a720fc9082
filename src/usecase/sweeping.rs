//! Throwing away what is kept for a time only, in the background: whatever is looked at again is thrown away when it is
//! looked at, but what nobody asks for would stay.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::{Ctx, Failure, imports, outbox};

/// How often.
const EVERY: Duration = Duration::from_hours(1);

/// Counters by address and by sender whose time is over so long are cleared away.
const LONG_OVER: TimeDelta = TimeDelta::days(1);

/// Sweeps every hour, for as long as it is polled. What fails is tried again an hour later.
pub async fn sweep_hourly(ctx: Arc<Ctx>) {
    loop {
        if let Err(failure) = sweep(&ctx).await {
            tracing::warn!(cause = %failure, "what is over was not swept");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Sweeps once.
///
/// # Errors
/// What the store fails with.
pub async fn sweep(ctx: &Ctx) -> Result<(), Failure> {
    imports::review::sweep(ctx).await?;
    outbox::sweep(ctx).await?;
    let counters = ctx.store.write(ctx.author("sweep"), |tx| {
        Box::pin(async move { Ok::<_, Failure>(tx.forget_attempts("", tx.at() - LONG_OVER).await?) })
    });
    counters.await
}

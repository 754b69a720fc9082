//! Telling the finder the time.

use std::sync::Arc;
use std::time::Duration;

use super::Ctx;

/// How often: what changes by itself is found as it is within a second, and a search that comes sooner looks for itself.
const EVERY: Duration = Duration::from_millis(250);

/// Tells the finder the time for as long as it is polled.
pub async fn tend(ctx: Arc<Ctx>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (finder, now) = (Arc::clone(&ctx.finder), ctx.clock.now());
        if let Err(error) = tokio::task::spawn_blocking(move || finder.tend(now)).await {
            tracing::error!(%error, "the finder was not told the time; trying again");
        }
    }
}

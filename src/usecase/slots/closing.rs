//! Slots close by themselves: nobody has to look for a missed one to be missed.

use std::sync::Arc;
use std::time::Duration;

use super::settle;
use crate::domain::id::ToiletId;
use crate::usecase::plans::end_of_retired;
use crate::usecase::{Ctx, Failure};

/// How often it is looked whether a slot has changed by itself.
const EVERY: Duration = Duration::from_secs(5);

/// Toilets settled in one go.
const STEP: u64 = 64;

/// Closes slots as their time comes, for as long as it is polled. Several processes may do so at once: each toilet is
/// settled by one at a time, and there is nothing left to settle for the next. A failure is logged and tried again in
/// the next round.
pub async fn close(ctx: Arc<Ctx>) {
    loop {
        if let Err(error) = close_once(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot close slots; trying again");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Settles every toilet of which a slot has changed by itself, in the order of their ids; answers how many that were.
/// One that cannot be settled, since a row of it is corrupt for example, is logged and keeps no other from being so.
///
/// # Errors
/// What the store fails with when it is asked which they are; toilets settled before stay so.
pub async fn close_once(ctx: &Ctx) -> Result<usize, Failure> {
    let (mut settled, mut after) = (0, None);
    loop {
        let due = ctx.store.toilets_to_settle(ctx.clock.now(), after, STEP).await?;
        let Some(last) = due.last().copied() else { return Ok(settled) };
        for id in due {
            match one(ctx, id).await {
                Ok(()) => settled += 1,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(toilet = id.0, error, "cannot close the slots of a toilet; trying again");
                }
            }
        }
        after = Some(last);
    }
}

async fn one(ctx: &Ctx, id: ToiletId) -> Result<(), Failure> {
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(ctx.author("slots"), move |tx| {
        Box::pin(async move {
            let Some(toilet) = tx.toilet(id).await? else { return Ok(()) };
            end_of_retired(tx, &toilet).await?;
            settle(tx, &calendars, &toilet, &[]).await
        })
    });
    written.await
}

//! Slots close by themselves, and what was logged is settled: nobody has to look for a missed one to be missed, nor for a
//! done one to be done.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use super::settle;
use super::settling::settle_all;
use crate::domain::id::ToiletId;
use crate::usecase::plans::end_of_retired;
use crate::usecase::{Ctx, Failure};

/// How often it is looked whether a slot has changed by itself.
const EVERY: Duration = Duration::from_secs(5);

/// Toilets settled in one go.
const STEP: u64 = 64;

/// How long what was logged waits for more of the same toilets, so that whoever logs many cleanings does not pay for the
/// settling of each.
const GATHER: Duration = Duration::from_millis(100);

/// Toilets of one transaction at most where nobody else is to be let through.
const MOST: usize = 16;

/// How long a transaction is to take in which toilets are settled: whoever logs meanwhile waits for it. How many go into
/// the next one follows from how long the last one took.
const GENTLE: Duration = Duration::from_millis(4);

/// For how many times as long as a transaction took others have the database to themselves after it, where nothing has
/// waited yet; the longer something has, the shorter they have it.
const REST: f64 = 40.0;

/// What has waited for so long is settled by transactions between which others have it no longer than those take.
const LATEST: Duration = Duration::from_secs(8);

/// Longer than this nobody rests.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// Closes slots as their time comes, and settles what is logged, for as long as it is polled. Several processes may do so
/// at once: each toilet is settled by one at a time, and there is nothing left to settle for the next. A failure is
/// logged and tried again in the next round.
pub async fn close(ctx: Arc<Ctx>) {
    let mut pace = Pace(1);
    loop {
        if let Err(error) = round(&ctx, &mut pace).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot close slots; trying again");
            sleep(EVERY).await;
        }
    }
}

/// Closes what is to be closed, and settles what is logged until it is time to look again. What could not be settled is
/// left alone until then.
async fn round(ctx: &Ctx, pace: &mut Pace) -> Result<(), Failure> {
    let (begun, mut failed) = (Instant::now(), BTreeSet::new());
    let mut is_more = settle_gently(ctx, pace, &mut failed).await?;
    close_due(ctx).await?;
    while let Some(left) = EVERY.checked_sub(begun.elapsed()) {
        if !is_more {
            if timeout(left, ctx.unsettled.notified()).await.is_err() {
                break;
            }
            sleep(GATHER).await;
        }
        is_more = settle_gently(ctx, pace, &mut failed).await?;
    }
    Ok(())
}

/// Settles what was logged, and every toilet of which a slot has changed by itself, in the order of their ids; answers
/// how many that were. One that cannot be settled, since a row of it is corrupt for example, is logged and keeps no other
/// from being so.
///
/// # Errors
/// What the store fails with when it is asked which they are; toilets settled before stay so.
pub async fn close_once(ctx: &Ctx) -> Result<usize, Failure> {
    Ok(settle_waiting(ctx).await? + close_due(ctx).await?)
}

async fn close_due(ctx: &Ctx) -> Result<usize, Failure> {
    let (mut settled, mut after) = (0, None);
    loop {
        let due = ctx.store.toilets_to_settle(ctx.clock.now(), after, STEP).await?;
        let Some(last) = due.last().copied() else { return Ok(settled) };
        for id in due {
            settled += usize::from(done(id, &one(ctx, id).await));
        }
        after = Some(last);
    }
}

/// Settles all that was logged and waits: whoever reads after that how slots came out, reads what the log says. Answers
/// how many toilets that were; one that cannot be settled is logged.
///
/// # Errors
/// What the store fails with when it is asked which they are.
pub async fn settle_waiting(ctx: &Ctx) -> Result<usize, Failure> {
    let waiting: Vec<_> = ctx.store.unsettled(u64::MAX).await?.into_iter().map(|(id, _)| id).collect();
    let mut failed = 0;
    for ids in waiting.chunks(MOST) {
        failed += together(ctx, ids).await.0.len();
    }
    Ok(waiting.len() - failed)
}

/// The same at one toilet.
///
/// # Errors
/// What the store fails with.
pub(in crate::usecase) async fn settle_waiting_at(ctx: &Ctx, toilet: ToiletId) -> Result<(), Failure> {
    if !ctx.store.unsettled_at(toilet).await?.is_empty() {
        together(ctx, &[toilet]).await;
    }
    Ok(())
}

/// How many toilets go into the next transaction.
struct Pace(usize);

impl Pace {
    /// After one in which so many were settled, which took so long: as many as would have fitted, but one more than before
    /// at most, since what is cheap now may be dear next.
    fn after(&mut self, settled: usize, took: Duration) {
        let fitting = settled as u128 * GENTLE.as_micros() / took.as_micros().max(1);
        let most = (self.0 + 1).min(MOST);
        self.0 = usize::try_from(fitting).unwrap_or(most).clamp(1, most);
    }
}

/// How long others have the database to themselves after a transaction that took so long, in which something was settled
/// that had waited for so long. That it shrinks little by little keeps the way of those who log as even as it can be.
fn rest(took: Duration, waited: Duration) -> Duration {
    let left = 1.0 - waited.as_secs_f64() / LATEST.as_secs_f64();
    took.mul_f64((REST * left).max(1.0)).min(LONGEST_REST)
}

/// The same for some toilets, in small steps with rests between them, so that those who log wait for none of them for
/// long; but for what failed, to which is added what fails now. Answers whether there may be more.
async fn settle_gently(ctx: &Ctx, pace: &mut Pace, failed: &mut BTreeSet<ToiletId>) -> Result<bool, Failure> {
    let waiting = ctx.store.unsettled(STEP).await?;
    let is_all = (waiting.len() as u64) < STEP;
    let waiting: Vec<_> = waiting.into_iter().filter(|(id, _)| !failed.contains(id)).collect();
    let mut left = waiting.as_slice();
    while let Some((_, since)) = left.first() {
        let (step, later) = left.split_at(pace.0.min(left.len()));
        let ids: Vec<_> = step.iter().map(|(id, _)| *id).collect();
        let waited = (ctx.clock.now() - *since).to_std().unwrap_or_default();
        let (not_settled, took) = together(ctx, &ids).await;
        failed.extend(not_settled);
        pace.after(step.len(), took);
        sleep(rest(took, waited)).await;
        left = later;
    }
    Ok(!is_all && !waiting.is_empty())
}

/// Settles what waits at some toilets in one transaction, or at each by itself where that fails; answers those at which
/// it fails then, and for how long nobody else could write.
async fn together(ctx: &Ctx, ids: &[ToiletId]) -> (Vec<ToiletId>, Duration) {
    let begun = Instant::now();
    if let Ok(took) = waiting(ctx, ids.to_vec()).await {
        return (Vec::new(), took);
    }
    let mut failed = Vec::new();
    for id in ids {
        if !done(*id, &waiting(ctx, vec![*id]).await) {
            failed.push(*id);
        }
    }
    (failed, begun.elapsed())
}

fn done<T>(id: ToiletId, settled: &Result<T, Failure>) -> bool {
    if let Err(error) = settled {
        let error = error as &dyn std::error::Error;
        tracing::warn!(toilet = id.0, error, "cannot settle the slots of a toilet; trying again");
    }
    settled.is_ok()
}

/// Settles those of the toilets at which something waits still. They are held before what waits is taken away, so that
/// two who do so settle each mark once, and in the order of their ids, so that no two wait for each other. Answers how long
/// the transaction took.
async fn waiting(ctx: &Ctx, mut ids: Vec<ToiletId>) -> Result<Duration, Failure> {
    ids.sort_unstable();
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(ctx.author("slots"), move |tx| {
        Box::pin(async move {
            let begun = Instant::now();
            let mut bases = tx.bases(&ids).await?;
            bases.grounds.retain(|ground| bases.waiting.contains_key(&ground.toilet));
            settle_all(tx, &calendars, bases, &[]).await?;
            Ok(begun.elapsed())
        })
    });
    written.await
}

async fn one(ctx: &Ctx, id: ToiletId) -> Result<(), Failure> {
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(ctx.author("slots"), move |tx| {
        Box::pin(async move {
            let Some(toilet) = tx.toilet(id).await? else { return Ok(()) };
            end_of_retired(tx, &toilet).await?;
            settle(tx, &calendars, id, &[]).await
        })
    });
    written.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_takes_as_many_toilets_as_fit_and_grows_by_one() {
        let ms = Duration::from_millis;
        for (before, settled, took, after) in [
            (8, 8, ms(16), 2),
            (8, 8, ms(4), 8),
            (8, 8, ms(1), 9),
            (8, 1, ms(16), 1),
            (8, 2, ms(4), 2),
            (1, 1, ms(40), 1),
            (MOST, MOST, Duration::ZERO, MOST),
        ] {
            let mut pace = Pace(before);
            pace.after(settled, took);
            assert_eq!(pace.0, after, "{settled} of {before} in {took:?}");
        }
    }
    #[test]
    fn the_longer_something_has_waited_the_shorter_is_the_rest() {
        let (ms, s) = (Duration::from_millis, Duration::from_secs);
        for (took, waited, after) in [
            (ms(4), s(0), ms(160)),
            (ms(4), s(4), ms(80)),
            (ms(4), ms(7_900), ms(4)),
            (ms(4), s(60), ms(4)),
            (ms(100), s(0), LONGEST_REST),
        ] {
            assert_eq!(rest(took, waited), after, "{took:?} after {waited:?}");
        }
    }
}

//! Keeping the finder true to the journal, whoever wrote to it: this process, a command beside it, another replica.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::sleep;

use super::{Ctx, Failure, events, loading};
use crate::domain::event::{Action, RecordKind};
use crate::domain::id::ToiletId;
use crate::store::{Cursor, Touched};

/// When the finder was last known to hold all that the journal said.
#[derive(Debug, Default)]
pub struct Followed {
    /// In milliseconds, as the others.
    caught_up: AtomicI64,
    /// When the journal told last of what changes how the cleaning of toilets stands.
    told: AtomicI64,
    /// When all was read of it that may be new.
    read: AtomicI64,
    /// Up to where the finder holds all that the journal says.
    version: AtomicI64,
}

impl Followed {
    fn caught_up(&self, at: DateTime<Utc>) {
        self.caught_up.store(at.timestamp_millis(), Ordering::Relaxed);
    }

    /// Notes that the finder holds all that the journal says up to there.
    pub(super) fn reached(&self, cursor: Cursor) {
        self.version.fetch_max(cursor.version(), Ordering::Release);
    }

    /// Up to where the finder holds all that the journal says.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version.load(Ordering::Acquire)
    }

    /// How long ago that was; `None` before the first time.
    #[must_use]
    pub fn lag(&self, now: DateTime<Utc>) -> Option<Duration> {
        let at = Some(self.caught_up.load(Ordering::Relaxed)).filter(|at| *at > 0)?;
        Some(Duration::from_millis(u64::try_from(now.timestamp_millis() - at).unwrap_or_default()))
    }
}

/// How often the journal is asked what others wrote, who do not tell.
const EVERY: Duration = Duration::from_millis(250);

/// How often while others are heard to tell: for what is written past them, and for words that are lost.
const SELDOM: Duration = Duration::from_secs(2);

/// How long it waits for more once something was written, here or elsewhere: what comes in quick succession is read
/// together, and whoever logs many cleanings does not pay for each of them again.
const GATHER: Duration = Duration::from_millis(50);

/// How long to wait after a failure, so that a database that is away is not hammered.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// How long ago what becomes known now may have been settled: longer than any transaction lasts.
const SETTLED: TimeDelta = TimeDelta::minutes(2);

/// Longer than almost all of them last: so much is read each time, and the rest once a minute.
const MOSTLY: TimeDelta = TimeDelta::seconds(10);

/// Follows the journal until the task is dropped. A failure is logged and tried again; nothing is skipped.
pub async fn follow(ctx: Arc<Ctx>, from: Cursor) {
    let mut cursor = from;
    let (mut written, mut others) = (ctx.store.written(), ctx.store.listen());
    let mut was_failing = false;
    loop {
        match catch_up(&ctx, cursor).await {
            Ok(next) => {
                ctx.followed.caught_up(ctx.clock.now());
                if was_failing {
                    tracing::info!("following the journal again");
                }
                (cursor, was_failing) = (next, false);
                // Nobody tells when what holds others back has ended.
                let every = if others.hears() && !cursor.is_held_back() { SELDOM } else { EVERY };
                tokio::select! {
                    () = sleep(every) => continue,
                    Ok(()) = written.changed() => {}
                    () = others.told() => {}
                }
                sleep(GATHER).await;
                // Of one write there are two words, that of the writer and that of the database.
                written.mark_unchanged();
                others.forget();
            }
            Err(error) => {
                if !was_failing {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot follow the journal; trying again");
                }
                was_failing = true;
                sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// Brings the finder up to what the journal says now, and then tells those who watch; answers from where to go on.
///
/// # Errors
/// What the store fails with.
pub async fn catch_up(ctx: &Arc<Ctx>, cursor: Cursor) -> Result<Cursor, Failure> {
    let next = find_out(ctx, cursor).await?;
    ctx.followed.reached(next);
    events::advance(ctx, next).await?;
    Ok(next)
}

async fn find_out(ctx: &Arc<Ctx>, cursor: Cursor) -> Result<Cursor, Failure> {
    let Touched { records, cursor: next } = ctx.store.touched_since(cursor).await?;
    let is = |kind: &str, wanted: RecordKind| kind == wanted.as_str();
    // A new body or source comes with the toilets that name it; one that changed stands in the answers of many.
    let is_wide = |(kind, _, action): &(String, String, String)| {
        let changed = action == Action::Update.as_str();
        is(kind, RecordKind::Area) || changed && (is(kind, RecordKind::Operator) || is(kind, RecordKind::Source))
    };
    if records.iter().any(is_wide) {
        return loading::load(ctx).await;
    }
    if records.iter().any(|(kind, _, _)| is(kind, RecordKind::Barrier)) {
        ctx.finder.set_barriers(&ctx.store.barriers().await?);
    }
    let settles = [RecordKind::Cleaning, RecordKind::Slot, RecordKind::Excuse, RecordKind::Plan];
    let is_told = records.iter().any(|(kind, _, _)| settles.iter().any(|wanted| is(kind, *wanted)));
    find_out_what_is_settled(ctx, is_told).await?;
    let toilets = records.iter().filter(|(kind, _, _)| is(kind, RecordKind::Toilet));
    let mut ids: Vec<_> = toilets.filter_map(|(_, key, _)| key.parse().ok().map(ToiletId)).collect();
    ids.dedup();
    if !ids.is_empty() {
        let changed = ctx.store.toilets(&ids).await?;
        ctx.finder.apply(changed, next.number());
    }
    Ok(next)
}

/// Reads how the cleaning of toilets stands that another process has settled: when the journal tells of something, and for
/// some minutes after that, since what was logged is settled without a word where nothing had been missed.
async fn find_out_what_is_settled(ctx: &Ctx, is_told: bool) -> Result<(), Failure> {
    let (now, Followed { told, read, caught_up, .. }) = (ctx.clock.now(), &ctx.followed);
    if is_told {
        told.store(now.timestamp_millis(), Ordering::Relaxed);
    }
    let last = read.load(Ordering::Relaxed);
    let every = SETTLED.num_milliseconds() / 2;
    if told.load(Ordering::Relaxed) + every <= last {
        return Ok(());
    }
    let reads_all = now.timestamp_millis() - last >= every;
    let (before, margin) = if reads_all { (last, SETTLED) } else { (caught_up.load(Ordering::Relaxed), MOSTLY) };
    ctx.finder.settle(ctx.store.settled_since(since(now, before, margin)).await?);
    if reads_all {
        read.store(now.timestamp_millis(), Ordering::Relaxed);
    }
    Ok(())
}

/// From when on to read, a margin before it was read the last time (in milliseconds; 0 for never): what was settled while
/// the database could not be reached is among it, however long that was.
fn since(now: DateTime<Utc>, before: i64, margin: TimeDelta) -> DateTime<Utc> {
    let before = DateTime::from_timestamp_millis(before).filter(|before| *before > DateTime::UNIX_EPOCH);
    before.unwrap_or(now).min(now) - margin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_settled_while_the_database_was_away_is_read_too() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let ago = |minutes: i64| now - TimeDelta::minutes(minutes);
        assert_eq!(since(now, ago(60).timestamp_millis(), SETTLED), ago(62));
        assert_eq!(since(now, now.timestamp_millis(), SETTLED), ago(2));
        assert_eq!(since(now, 0, SETTLED), ago(2), "the first time: all was just loaded");
        assert_eq!(since(now, ago(-5).timestamp_millis(), SETTLED), ago(2), "a clock that was put back");
    }
}

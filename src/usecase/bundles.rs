//! Copies of the register for phones that keep one: all of it at a moment, and what came after that.
//!
//! A copy is known by the version of the journal that it holds at least. What changes with time alone (hours that are no
//! plain week, closures, places for a time, grades that expire) is told again with every change.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::areas::find;
use super::{Ctx, Failure};
use crate::domain::area::AreaCode;
use crate::domain::id::ToiletId;
use crate::domain::stretch::Stretch;
use crate::domain::{Violation, local};
use crate::finder::{Entry, Snapshot};
use crate::store::{Cursor, TouchedToilets};

/// So many toilets in a copy: a phone is no server.
const MOST: usize = 5_000;

/// So many written records are told as changes; whoever is further behind takes a whole copy.
const MOST_WRITTEN: usize = 2_000;

/// Over how many days hours are told that are no plain week.
const WINDOW: Days = Days::new(14);

/// How much further back than the last entry it is looked for what changed with time: a copy begins with a local day.
const SLACK: TimeDelta = TimeDelta::days(2);

/// A copy, or what is to be changed in one.
#[derive(Debug)]
pub struct Bundle {
    /// What it holds at least.
    pub version: i64,
    /// The zone of the toilets that name none.
    pub zone: Tz,
    /// The instant at which what holds for a time is judged, but for hours.
    pub at: DateTime<Utc>,
    /// The days over which hours are told that are no plain week.
    pub window: Stretch,
    /// The toilets, in the order of their ids.
    pub entries: Vec<Arc<Entry>>,
    /// The toilets that are not in it any more.
    pub removed: Vec<ToiletId>,
}

/// A copy of the toilets in those areas (codes of today or older), or of all.
///
/// # Errors
/// [`Failure::Invalid`] when no area has or had one of the codes, and for too many toilets.
pub fn bundle(ctx: &Ctx, areas: &[AreaCode]) -> Result<Bundle, Failure> {
    // The version first: what is written meanwhile is told again as a change, which does no harm.
    let version = ctx.followed.version();
    let snapshot = ctx.finder.snapshot();
    let areas = within(&snapshot, areas)?;
    let entries = bounded(snapshot.on_record(areas.as_deref()).cloned())?;
    Ok(Bundle { version, zone: ctx.home.zone, at: ctx.clock.now(), window: window(ctx), entries, removed: Vec::new() })
}

/// What is to be changed in a copy of those areas that has that version, so that it is as a new one would be.
///
/// # Errors
/// [`Failure::Invalid`] as [`bundle`], and with `outdated` in `since` where a new copy has to be taken: after changes of
/// areas, after very many changes, and for versions that this register never had.
pub async fn changes(ctx: &Ctx, areas: &[AreaCode], since: i64) -> Result<Bundle, Failure> {
    let cursor = Cursor::of_version(since);
    let TouchedToilets { toilets: touched, has_areas, cursor: next } = ctx.store.toilets_touched_since(cursor).await?;
    if next.version() < since || has_areas || touched.len() > MOST_WRITTEN {
        return Err(Violation::new("since", "outdated", "take a whole bundle anew").into());
    }
    let last = ctx.store.last_written(cursor).await?;
    let since = last.map_or(DateTime::UNIX_EPOCH, |last| last - SLACK);
    let snapshot = ctx.finder.snapshot();
    let areas = within(&snapshot, areas)?;
    let areas = areas.as_deref();
    let written = ctx.store.toilets(&touched.iter().copied().collect::<Vec<_>>()).await?;
    let written = written.iter().map(|toilet| Arc::new(ctx.finder.entry_of(toilet)));
    let mut written: HashMap<ToiletId, Arc<Entry>> = written.map(|entry| (entry.id(), entry)).collect();
    written.retain(|_, entry| entry.is_on_record(areas));
    let removed = touched.iter().copied().filter(|id| !written.contains_key(id)).collect();
    let passed =
        snapshot.on_record(areas).filter(|entry| !touched.contains(&entry.id()) && entry.may_have_passed(since));
    let mut entries = bounded(passed.cloned().chain(written.into_values()))?;
    entries.sort_by_key(|entry| entry.id());
    Ok(Bundle {
        version: next.version(),
        zone: ctx.home.zone,
        at: ctx.clock.now(),
        window: window(ctx),
        entries,
        removed,
    })
}

/// From the beginning of today on, so that a copy is the same all day.
fn window(ctx: &Ctx) -> Stretch {
    let today = ctx.clock.now().with_timezone(&ctx.home.zone).date_naive();
    let midnight = |day: NaiveDate| local::instant(ctx.home.zone, day.and_time(NaiveTime::MIN));
    (midnight(today), midnight(today + WINDOW))
}

fn within(snapshot: &Snapshot, areas: &[AreaCode]) -> Result<Option<Vec<AreaCode>>, Failure> {
    let meant = find(snapshot, "area", areas)?;
    Ok((!areas.is_empty()).then(|| meant.iter().map(|area| area.fact.code.clone()).collect()))
}

fn bounded(entries: impl Iterator<Item = Arc<Entry>>) -> Result<Vec<Arc<Entry>>, Failure> {
    let entries: Vec<_> = entries.take(MOST + 1).collect();
    if entries.len() > MOST {
        let message = format!("holds more than {MOST} toilets: ask for smaller areas");
        return Err(Violation::new("area", "tooMany", message).into());
    }
    Ok(entries)
}

/// A stretch in whole minutes from an instant on: its beginning rounded up, its end down, so that a door that is told to be
/// open is.
#[must_use]
pub fn open_minutes((from, until): Stretch, first: DateTime<Utc>) -> (i64, i64) {
    ((from - first + TimeDelta::seconds(59)).num_minutes(), (until - first).num_minutes())
}

/// The same for a closure: its beginning rounded down, its end up.
#[must_use]
pub fn shut_minutes((from, until): Stretch, first: DateTime<Utc>) -> (i64, i64) {
    ((from - first).num_minutes(), (until - first + TimeDelta::seconds(59)).num_minutes())
}

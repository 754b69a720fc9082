//! Reading the log: as the staff sees it, and as everybody does.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::domain::account::{Actor, PersonId};
use crate::domain::cleaning::{AROUND, Cleaning, CleaningId, Flag, among};
use crate::domain::id::ToiletId;
use crate::domain::policy::{Action, may};
use crate::store::{CleaningQuery, KeptCleaning};
use crate::usecase::permission::scope;
use crate::usecase::registering::subject;
use crate::usecase::{Ctx, Failure};

/// What is asked of the log.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Of this toilet.
    pub toilet: Option<ToiletId>,
    /// Done by this person.
    pub person: Option<PersonId>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Not after.
    pub to: Option<DateTime<Utc>>,
    /// Older than this record of this time.
    pub after: Option<(DateTime<Utc>, CleaningId)>,
}

/// A record with all that is odd about it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The record, and what became of it.
    pub kept: KeptCleaning,
    /// Its own flags, and those that follow from other records.
    pub flags: BTreeSet<Flag>,
}

/// A page of records.
#[derive(Debug)]
pub struct Page<T> {
    /// The newest first.
    pub items: Vec<T>,
    /// Where the next page goes on, if there is more.
    pub next: Option<(DateTime<Utc>, CleaningId)>,
}

/// A page of the records within the caller's area, and of their own wherever these are, corrected ones and corrections
/// included; the newest first.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(ctx: &Ctx, actor: &Actor, asked: Asked, limit: usize) -> Result<Page<Told>, Failure> {
    let scope = scope(actor, Action::ReadCleanings)?;
    let Asked { toilet, person, from, to, after } = asked;
    let today = ctx.clock.now().with_timezone(&ctx.home.zone).date_naive();
    let seen = Some((scope, actor.person, today));
    let query = CleaningQuery { seen, toilet, person, from, to, after, limit: limit as u64 + 1 };
    let found = ctx.store.cleanings(&query).await?;
    let (items, next) = page(found, limit, |kept| &kept.cleaning);
    Ok(Page { items: flagged(ctx, items).await?, next })
}

/// A record, for the staff of its area, and for whoever did or recorded it.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, actor: &Actor, id: CleaningId) -> Result<Told, Failure> {
    scope(actor, Action::ReadCleanings)?;
    let kept = ctx.store.cleaning(id).await?.ok_or(Failure::NotFound)?;
    let cleaning = &kept.cleaning;
    if cleaning.performed_by != actor.person && cleaning.recorded_by != actor.person {
        let toilet = ctx.store.toilets(&[cleaning.toilet()]).await?.pop().ok_or(Failure::NotFound)?;
        if !may(actor, Action::ReadCleanings, subject(&toilet, ctx.clock.now())) {
            return Err(Failure::NotFound);
        }
    }
    flagged(ctx, vec![kept]).await?.pop().ok_or(Failure::NotFound)
}

/// A page of the records of a toilet that count, for everybody; the newest first.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn of_toilet(
    ctx: &Ctx,
    toilet: ToiletId,
    after: Option<(DateTime<Utc>, CleaningId)>,
    limit: usize,
) -> Result<Page<Cleaning>, Failure> {
    if ctx.finder.snapshot().get(toilet).is_none() && ctx.store.toilets(&[toilet]).await?.is_empty() {
        return Err(Failure::NotFound);
    }
    let found = ctx.store.cleanings_for_all(toilet, after, limit as u64 + 1).await?;
    let (items, next) = page(found, limit, |cleaning| cleaning);
    Ok(Page { items, next })
}

fn page<T>(
    mut found: Vec<T>,
    limit: usize,
    of: impl Fn(&T) -> &Cleaning,
) -> (Vec<T>, Option<(DateTime<Utc>, CleaningId)>) {
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| (of(last).at, of(last).id));
    (found, next)
}

/// Adds the flags that follow from other records, to those that count.
async fn flagged(ctx: &Ctx, found: Vec<KeptCleaning>) -> Result<Vec<Told>, Failure> {
    let counts = |kept: &KeptCleaning| kept.corrected_by.is_none() && !kept.cleaning.is_void();
    let counting = || found.iter().filter(|kept| counts(kept)).map(|kept| &kept.cleaning);
    let others = ctx.store.cleanings_around(&spans(counting())).await?;
    let photographed: Vec<_> = counting().filter(|cleaning| !cleaning.event.photos.is_empty()).collect();
    let reused = ctx.store.reused_photos(&photographed).await?;
    let snapshot = ctx.finder.snapshot();
    let place = |toilet| snapshot.get(toilet).and_then(|entry| entry.place()).map(|place| place.position);
    let told = found.iter().map(|kept| {
        let mut flags = kept.cleaning.flags.clone();
        if counts(kept) {
            flags.extend(among(&kept.cleaning, &others, place));
            flags.extend(reused.contains(&kept.cleaning.id).then_some(Flag::PhotoReused));
        }
        Told { kept: kept.clone(), flags }
    });
    Ok(told.collect())
}

/// The times around records within which others of the same person matter, those that touch taken together.
fn spans<'a>(records: impl Iterator<Item = &'a Cleaning>) -> Vec<(PersonId, DateTime<Utc>, DateTime<Utc>)> {
    let mut times: BTreeMap<PersonId, BTreeSet<DateTime<Utc>>> = BTreeMap::new();
    for record in records {
        times.entry(record.performed_by).or_default().insert(record.at);
    }
    let mut spans: Vec<(PersonId, DateTime<Utc>, DateTime<Utc>)> = Vec::new();
    for (person, times) in times {
        for at in times {
            match spans.last_mut() {
                Some((same, _, to)) if *same == person && at - AROUND <= *to => *to = at + AROUND,
                _ => spans.push((person, at - AROUND, at + AROUND)),
            }
        }
    }
    spans
}

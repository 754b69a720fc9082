//! Placing toilets into areas by where they stand. What is stated counts; what is found fills in where nothing is.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::areas::resolve;
use super::permission::scope;
use super::{Ctx, Failure};
use crate::domain::Draft;
use crate::domain::account::Actor;
use crate::domain::area::{Area, AreaCode};
use crate::domain::event::{Action, Changes, NewEntry, RecordKind};
use crate::domain::id::{AreaId, ToiletId};
use crate::domain::placing::{Bounded, Mismatch, located, mismatch};
use crate::domain::policy::{self, Scope};
use crate::domain::toilet::AreaRef;
use crate::store::{ROWS, StoreError, Tx, Whereabouts};

/// What a placement did.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Toilets looked at, retired ones left out.
    pub toilets: u64,
    /// Those that lie in an area with an outline.
    pub located: u64,
    /// Those that have an area by that alone, since none is stated.
    pub filled: u64,
    /// Those found in another area than before.
    pub changed: u64,
    /// Those that stand outside their stated area.
    pub mismatches: Vec<Misplaced>,
}

/// A toilet that stands outside its stated area.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Misplaced {
    /// The toilet.
    pub toilet: ToiletId,
    /// The code of the area that is stated.
    pub stated: AreaCode,
    /// The code of the topmost of that area and those above it in whose outline it does not stand.
    pub outside: AreaCode,
    /// How far outside, in metres.
    pub metres: f64,
    /// The code of the area it stands in, by the outlines there are.
    pub located: Option<AreaCode>,
}

/// A toilet with the area it was found in before and the one now.
type Moved = (ToiletId, [Option<AreaId>; 2]);

/// The area that a toilet belongs to: the stated one or, where none is, the one it stands in.
pub(super) async fn lies_in(tx: &Tx, stated: Option<&AreaRef>, draft: &Draft) -> Result<Option<AreaRef>, StoreError> {
    let (None, Some(place)) = (stated, &draft.position) else { return Ok(stated.cloned()) };
    let areas = tx.bounded(&[place.position]).await?;
    Ok(located(place.position, &areas).and_then(Bounded::refer))
}

/// Finds the areas of toilets (at most 500) that were made or moved in this transaction, and writes what changed;
/// answers the changes.
pub(super) async fn locate(tx: &Tx, ids: &[ToiletId]) -> Result<Vec<Moved>, StoreError> {
    let toilets = tx.whereabouts(ids).await?;
    let places: Vec<_> = toilets.iter().filter_map(|toilet| toilet.position).collect();
    let changed = changed(&toilets, &tx.bounded(&places).await?);
    let found: Vec<_> = changed.iter().map(|(id, [_, now])| (*id, *now)).collect();
    tx.put_located(&found).await?;
    Ok(changed)
}

fn changed(toilets: &[Whereabouts], areas: &[Bounded]) -> Vec<Moved> {
    let mut changed = Vec::new();
    for toilet in toilets {
        let now = toilet.position.and_then(|place| located(place, areas)).map(|area| area.id);
        if now != toilet.located {
            changed.push((toilet.id, [toilet.located, now]));
        }
    }
    changed
}

/// Places all toilets.
///
/// # Errors
/// What the store fails with. What was written before a failure stays; the same call again goes on.
pub async fn place_all(ctx: &Ctx, dry_run: bool) -> Result<Placement, Failure> {
    let tree = Tree::read(ctx).await?;
    let mut done = Placement { dry_run, ..Placement::default() };
    let mut after = ToiletId(0);
    loop {
        let toilets = ctx.store.whereabouts_after(after, ROWS as u64).await?;
        let Some(last) = toilets.last() else { return Ok(done) };
        after = last.id;
        let areas = bounded(ctx, &toilets).await?;
        let found = |toilet: &Whereabouts| toilet.position.is_some_and(|place| located(place, &areas).is_some());
        done.toilets += toilets.len() as u64;
        done.located += toilets.iter().filter(|toilet| found(toilet)).count() as u64;
        done.filled += toilets.iter().filter(|toilet| toilet.stated.is_none() && found(toilet)).count() as u64;
        done.mismatches.extend(toilets.iter().filter_map(|toilet| tree.misplaced(toilet, &areas)));
        let moved = changed(&toilets, &areas);
        done.changed += moved.len() as u64;
        if !dry_run && !moved.is_empty() {
            let (ids, codes) = (moved.into_iter().map(|(id, ..)| id).collect(), tree.codes());
            ctx.write(ctx.author("place"), move |tx| Box::pin(place(tx, ids, codes))).await?;
        }
    }
}

async fn place(tx: &Tx, ids: Vec<ToiletId>, codes: HashMap<AreaId, AreaCode>) -> Result<(), Failure> {
    let mut counts: BTreeMap<&AreaCode, u64> = BTreeMap::new();
    for (_, areas) in locate(tx, &ids).await? {
        for code in areas.into_iter().flatten().filter_map(|area| codes.get(&area)) {
            *counts.entry(code).or_default() += 1;
        }
    }
    // It is the areas that change: what was found is no part of a toilet's record.
    let entries = counts.into_iter().map(|(code, count)| {
        let changes = Changes::from([("toilets".to_owned(), [Value::Null, count.into()])]);
        NewEntry { kind: RecordKind::Area, key: code.to_string(), version: 1, action: Action::Locate, changes }
    });
    Ok(tx.append(entries.collect()).await?)
}

async fn bounded(ctx: &Ctx, toilets: &[Whereabouts]) -> Result<Vec<Bounded>, StoreError> {
    let places: Vec<_> = toilets.iter().filter_map(|toilet| toilet.position).collect();
    let mut stated: Vec<_> = toilets.iter().filter_map(|toilet| toilet.stated).collect();
    stated.sort_unstable();
    stated.dedup();
    ctx.store.bounded(&places, &stated).await
}

/// The areas by their ids.
struct Tree(HashMap<AreaId, Area>);

impl Tree {
    async fn read(ctx: &Ctx) -> Result<Self, StoreError> {
        Ok(Self(ctx.store.areas().await?.into_iter().map(|area| (area.id, area)).collect()))
    }

    fn codes(&self) -> HashMap<AreaId, AreaCode> {
        self.0.iter().map(|(id, area)| (*id, area.fact.code.clone())).collect()
    }

    fn misplaced(&self, toilet: &Whereabouts, areas: &[Bounded]) -> Option<Misplaced> {
        let stated = self.0.get(&toilet.stated?)?;
        let Mismatch { outside, metres, located } = mismatch(toilet.position?, &stated.path, areas)?;
        Some(Misplaced { toilet: toilet.id, stated: stated.fact.code.clone(), outside, metres, located })
    }
}

/// A toilet that stands outside its stated area, as a report shows it.
#[derive(Debug, Clone)]
pub struct MisplacedToilet {
    /// What is wrong.
    pub misplaced: Misplaced,
    /// What is stated about the toilet.
    pub fact: Draft,
}

/// A page of the toilets that stand outside their stated areas, in the order of their ids, and whether there are more.
/// `areas` are codes of today or older ones; none is everything within the caller's scope.
///
/// # Errors
/// [`Failure::Refused`] for who may not read reports, [`Failure::Invalid`] when no area has or had one of the codes.
pub async fn mismatches(
    ctx: &Ctx,
    actor: &Actor,
    areas: &[AreaCode],
    mut after: ToiletId,
    limit: usize,
) -> Result<(Vec<MisplacedToilet>, bool), Failure> {
    let scope = scope(actor, policy::Action::ReadReports)?;
    let wanted = resolve(&ctx.finder.snapshot(), "area", areas)?;
    let tree = Tree::read(ctx).await?;
    let mut found = Vec::new();
    loop {
        let toilets = ctx.store.whereabouts_after(after, ROWS as u64).await?;
        let Some(last) = toilets.last() else { break };
        after = last.id;
        let areas = bounded(ctx, &toilets).await?;
        let misplaced: Vec<_> = toilets.iter().filter_map(|toilet| tree.misplaced(toilet, &areas)).collect();
        found.extend(seen(ctx, &scope, &wanted, misplaced).await?);
        if found.len() > limit {
            break;
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// Those that lie in one of the areas and that the caller may know of.
async fn seen(
    ctx: &Ctx,
    scope: &Scope,
    wanted: &[AreaCode],
    misplaced: Vec<Misplaced>,
) -> Result<Vec<MisplacedToilet>, Failure> {
    if misplaced.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = misplaced.iter().map(|one| one.toilet).collect();
    let toilets = ctx.store.toilets(&ids).await?;
    let mut toilets: HashMap<_, _> = toilets.into_iter().map(|toilet| (toilet.id, toilet)).collect();
    let mut seen = Vec::new();
    for misplaced in misplaced {
        let Some(toilet) = toilets.remove(&misplaced.toilet) else { continue };
        let path = toilet.path();
        let is_wanted = wanted.is_empty() || path.iter().any(|code| wanted.contains(code));
        if is_wanted && scope.covers(path, toilet.operator(ctx.clock.now()).map(|body| body.id)) {
            seen.push(MisplacedToilet { misplaced, fact: toilet.fact });
        }
    }
    Ok(seen)
}

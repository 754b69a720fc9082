//! One change to many toilets, each at the revision that was read, each on its own.

use super::permission::scope;
use super::registering::{self, Expected, subject};
use super::{By, Ctx, Failure, toilets};
use crate::domain::Violation;
use crate::domain::account::Actor;
use crate::domain::area::AreaCode;
use crate::domain::id::ToiletId;
use crate::domain::patch::Patch;
use crate::domain::policy::Action;
use crate::domain::toilet::Kind;
use crate::finder::{Filter, ListQuery};

/// How many are written side by side: on SQLite they share commits, and PostgreSQL has as many connections.
const SIDE_BY_SIDE: usize = 8;

/// As many as may be changed at once.
const MOST: usize = 200;

/// The toilets to change.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// These, each at the revision that was read.
    Listed(Vec<(ToiletId, i32)>),
    /// Those of that kind that lie in that area and are in use, each at the revision at which it is chosen.
    Lying(AreaCode, Option<Kind>),
}

impl Chosen {
    async fn list(self, ctx: &Ctx, actor: &Actor) -> Result<Vec<(ToiletId, i32)>, Failure> {
        match self {
            Self::Listed(items) => Ok(items),
            Self::Lying(area, kind) => lying(ctx, actor, area, kind).await,
        }
    }
}

async fn lying(ctx: &Ctx, actor: &Actor, area: AreaCode, kind: Option<Kind>) -> Result<Vec<(ToiletId, i32)>, Failure> {
    let (scope, now) = (scope(actor, Action::EditToilet)?, ctx.clock.now());
    let filter = Filter { kinds: kind.into_iter().collect(), ..Filter::default() };
    let limit = MOST + 1;
    let query =
        ListQuery { bbox: None, areas: None, filter, statuses: Vec::new(), text: None, after: None, limit, at: now };
    let found = toilets::list(ctx, &[area], query).map_err(|failure| failure.within("filter"))?.0.entries;
    if found.len() > MOST {
        let message = format!("more than {MOST} toilets lie there: name a smaller area, or list them");
        return Err(Violation::new("filter.area", "tooMany", message).into());
    }
    let ids: Vec<_> = found.iter().map(|entry| entry.id()).collect();
    let standing = ctx.store.toilets(&ids).await?;
    let seen = standing.iter().filter(|toilet| {
        let subject = subject(toilet, now);
        scope.covers(subject.path, subject.operator)
    });
    Ok(seen.map(|toilet| (toilet.id, toilet.revision)).collect())
}

/// Changes every chosen toilet that still stands at its revision; answers in the order of the list, for each the
/// revision that it stands at then, or why nothing was changed. What happens to one does not touch the others.
///
/// # Errors
/// [`Failure::Refused`] where the caller may edit nothing anywhere; all else is told toilet by toilet.
pub async fn update(
    ctx: &Ctx,
    by: &By,
    chosen: Chosen,
    patch: &Patch,
) -> Result<Vec<(ToiletId, Result<i32, Failure>)>, Failure> {
    scope(&by.actor, Action::EditToilet)?;
    let items = chosen.list(ctx, &by.actor).await?;
    let mut results = Vec::with_capacity(items.len());
    for some in items.chunks(SIDE_BY_SIDE) {
        let writes = some
            .iter()
            .map(|(id, revision)| registering::update(ctx, by.clone(), *id, Expected(vec![*revision]), patch.clone()));
        for (result, (id, _)) in side_by_side(writes).await.into_iter().zip(some) {
            results.push((*id, result.map(|toilet| toilet.revision)));
        }
    }
    Ok(results)
}

/// Runs a few futures at once; answers in their order.
async fn side_by_side<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        let done = running.iter().all(|(_, output)| output.is_some());
        if done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

//! The slots of many toilets: of an area, of a body, or of those that are named.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Due, settle_waiting};
use crate::domain::area::AreaCode;
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::plan::Exception;
use crate::domain::slot::{Outcome, Slot, SlotKey, SlotState};
use crate::domain::{Toilet, Violation};
use crate::finder::{Filter, ListQuery};
use crate::usecase::areas::resolve;
use crate::usecase::{Ctx, Failure, toilets};

/// How many days of the slots of many toilets are told at once.
const MOST_DAYS: i64 = 7;

/// Toilets read in one step where not all of them fit.
const STEP: usize = 100;

/// Steps of one page at most: where few toilets fit, a page ends before it is full.
const STEPS: usize = 10;

/// Which slots somebody wants.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Of toilets that lie in these areas or below; anywhere if empty.
    pub areas: Vec<AreaCode>,
    /// Of toilets that this body runs on the first of the days.
    pub operator: Option<OperatorId>,
    /// Of these toilets; of all but retired ones if empty.
    pub toilets: Vec<ToiletId>,
    /// The first day, in the zone of each toilet; today if left out.
    pub from: Option<NaiveDate>,
    /// The last day; the first if left out.
    pub to: Option<NaiveDate>,
    /// That stand in one of these ways; in any if empty.
    pub states: Vec<SlotState>,
    /// The toilet after which the page begins.
    pub after: Option<ToiletId>,
    /// How many toilets at most.
    pub limit: usize,
}

impl Asked {
    fn check(&self) -> Result<(), Violation> {
        let Some(to) = self.to else { return Ok(()) };
        let Some(from) = self.from else {
            return Err(Violation::new("from", "incomplete", "say the first day as well as the last"));
        };
        if to < from {
            return Err(Violation::new("to", "endsBeforeItBegins", format!("{to} is before {from}")));
        }
        if to - from >= TimeDelta::days(MOST_DAYS) {
            let message = format!("is more than {MOST_DAYS} days with the first");
            return Err(Violation::new("to", "tooLong", message));
        }
        Ok(())
    }

    /// The days that are meant at a toilet.
    fn days(&self, toilet: &Toilet, now: DateTime<Utc>) -> (NaiveDate, NaiveDate) {
        let from = self.from.unwrap_or_else(|| toilet.today(now));
        (from, self.to.unwrap_or(from))
    }

    fn fits(&self, toilet: &Toilet, areas: &[AreaCode], now: DateTime<Utc>) -> bool {
        let lies = areas.is_empty() || toilet.path().iter().any(|code| areas.contains(code));
        let runs = |id| toilet.operator_on(self.days(toilet, now).0).is_some_and(|body| body.id == id);
        lies && self.operator.is_none_or(runs)
    }
}

/// A page of the toilets of which slots fit, in the order of their ids, each with those slots; and the toilet to go on
/// after, if there may be more. For everybody, as the slots of one toilet are. However many toilets are on a page, the
/// number of statements stays the same.
///
/// # Errors
/// [`Failure::Invalid`] for an area that never was, a span that ends before it begins or is too long.
pub async fn list(ctx: &Ctx, mut asked: Asked) -> Result<(Vec<Due>, Option<ToiletId>), Failure> {
    asked.check()?;
    asked.toilets.sort_unstable();
    asked.toilets.dedup();
    let areas = resolve(&ctx.finder.snapshot(), "area", &asked.areas)?;
    settle_waiting(ctx).await?;
    let (mut found, mut after, now) = (Vec::new(), asked.after, ctx.clock.now());
    for _ in 0..STEPS {
        let (ids, next) = step(ctx, &asked, after, now)?;
        let read = read(ctx, &asked, (&ids, &areas), now).await?;
        let room = asked.limit.saturating_sub(found.len());
        if read.len() > room {
            found.extend(read.into_iter().take(room));
            let last = found.last().map(|due| due.toilet.id);
            return Ok((found, last));
        }
        found.extend(read);
        after = next;
        if after.is_none() || found.len() == asked.limit {
            break;
        }
    }
    Ok((found, after))
}

/// The toilets that come next, and after which to go on then.
fn step(
    ctx: &Ctx,
    asked: &Asked,
    after: Option<ToiletId>,
    at: DateTime<Utc>,
) -> Result<(Vec<ToiletId>, Option<ToiletId>), Failure> {
    if !asked.toilets.is_empty() {
        let rest = asked.toilets.iter().copied().filter(|id| after.is_none_or(|after| after < *id));
        return Ok((rest.collect(), None));
    }
    let all_fit = asked.operator.is_none() && asked.states.is_empty();
    let limit = if all_fit { asked.limit } else { STEP };
    let (bbox, areas, filter, statuses, text) = (None, None, Filter::default(), Vec::new(), None);
    let query = ListQuery { bbox, areas, filter, statuses, text, after, limit, at };
    let (page, _) = toilets::list(ctx, &asked.areas, query)?;
    Ok((page.entries.iter().map(|entry| entry.id()).collect(), page.next))
}

/// The slots that fit of those of these toilets that fit, toilet by toilet; none without any.
async fn read(
    ctx: &Ctx,
    asked: &Asked,
    (ids, areas): (&[ToiletId], &[AreaCode]),
    now: DateTime<Utc>,
) -> Result<Vec<Due>, Failure> {
    let mut toilets = ctx.store.toilets(ids).await?;
    toilets.retain(|toilet| asked.fits(toilet, areas, now));
    let spans: Vec<_> = toilets.iter().map(|toilet| asked.days(toilet, now)).collect();
    let (Some(first), Some(last)) = (spans.iter().map(|days| days.0).min(), spans.iter().map(|days| days.1).max())
    else {
        return Ok(Vec::new());
    };
    let ids: Vec<_> = toilets.iter().map(|toilet| toilet.id).collect();
    let mut plans = ctx.store.plans_of_all(&ids).await?;
    let exceptions: Arc<[Exception]> = ctx.store.exceptions_on(&ids).await?.into();
    let mut outcomes: HashMap<ToiletId, HashMap<SlotKey, Outcome>> = HashMap::new();
    for outcome in ctx.store.outcomes_of_all(&ids, first, last).await? {
        outcomes.entry(outcome.key.toilet).or_default().insert(outcome.key, outcome);
    }
    let due = toilets.into_iter().zip(spans).map(|(toilet, days)| {
        let plans = plans.remove(&toilet.id).unwrap_or_default();
        let outcomes = outcomes.remove(&toilet.id).unwrap_or_default();
        let mut due = Due::of(&ctx.calendars, toilet, (plans, Arc::clone(&exceptions)), days, outcomes, now);
        due.slots = fitting(&due, &asked.states);
        due
    });
    Ok(due.filter(|due| !due.slots.is_empty()).collect())
}

fn fitting(due: &Due, states: &[SlotState]) -> Vec<Slot> {
    let fits = |slot: &&Slot| states.is_empty() || states.contains(&due.state(slot));
    due.slots.iter().filter(fits).copied().collect()
}

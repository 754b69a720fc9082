//! What an exception would change, before it is made.

use std::collections::{BTreeSet, HashMap};
use std::slice;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, SubsecRound, Utc};

use super::{NewException, everywhere};
use crate::domain::account::Actor;
use crate::domain::id::{ExceptionId, ToiletId};
use crate::domain::plan::{Exception, Over, Plan};
use crate::domain::policy::{Action, Subject};
use crate::domain::slot::SlotKey;
use crate::domain::text::Name;
use crate::domain::{Toilet, Violation};
use crate::finder::{Filter, ListQuery};
use crate::usecase::permission::{require, scope};
use crate::usecase::plans::in_setting;
use crate::usecase::registering::subject;
use crate::usecase::slots::Due;
use crate::usecase::{Ctx, Failure, toilets};

/// Toilets looked at.
const MOST: usize = 200;

/// How far ahead it is looked for a day on which an exception holds: what comes once a year is found.
const AHEAD: usize = 366;

/// From such a day on, over how many days it is looked for one on which that makes a difference.
const AFTER: usize = 14;

/// What an exception would change.
#[derive(Debug, Clone)]
pub struct Preview {
    /// How many toilets with a plan are in question; of those that were looked at.
    pub toilets: usize,
    /// Whether there are more than were looked at.
    pub is_more: bool,
    /// The first day on which it changes anything; none where it does on no day that is near.
    pub day: Option<NaiveDate>,
    /// What it changes on that day, toilet by toilet in the order of their ids.
    pub changed: Vec<Changed>,
    /// What would be due at the first of these on that day.
    pub example: Option<Due>,
}

/// What an exception changes at a toilet on a day.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The toilet.
    pub toilet: ToiletId,
    /// What it is called.
    pub name: Name,
    /// How many slots are no longer due.
    pub cancelled: usize,
    /// How many are due that were not.
    pub added: usize,
}

/// What an exception that somebody has in mind would change on the first day on which it changes anything. Nothing is
/// kept.
///
/// # Errors
/// What [`create`](super::create) would be refused with.
pub async fn preview(ctx: &Ctx, actor: &Actor, new: NewException) -> Result<Preview, Failure> {
    scope(actor, Action::EditPlan)?;
    new.occasion.check()?;
    let now = ctx.clock.now();
    let (over, mut ids) = concerned(ctx, actor, &new.over, now).await?;
    let is_more = ids.len() > MOST;
    ids.truncate(MOST);
    let mut toilets = ctx.store.toilets(&ids).await?;
    let plans = ctx.store.plans_of_all(&ids).await?;
    toilets.retain(|toilet| plans.contains_key(&toilet.id));
    let before = ctx.store.exceptions_on(&ids).await?;
    let (id, made_at) = (ExceptionId(0), now.trunc_subsecs(0));
    let NewException { occasion, effect, reason, .. } = new;
    let made = Exception { id, over, occasion, effect, reason, made_at, ended_at: None };
    let mut after = before.clone();
    after.push(made.clone());
    let looking = Looking { ctx, plans: &plans, before: &before, after: &after };
    let first = toilets.iter().filter_map(|toilet| looking.first(toilet, &made, now)).min();
    let days = first.into_iter().flat_map(|first| first.iter_days().take(AFTER));
    let found = days.map(|day| (day, looking.changed(&toilets, day))).find(|(_, changed)| !changed.is_empty());
    let (day, changed) = found.unzip();
    let changed = changed.unwrap_or_default();
    let count = toilets.len();
    let example = changed.first().and_then(|one| toilets.into_iter().find(|toilet| toilet.id == one.toilet));
    let example = example.zip(day).map(|(toilet, day)| looking.due(toilet, day, now));
    Ok(Preview { toilets: count, is_more, day, changed, example })
}

/// The plans of toilets with the exceptions from them, without the new one and with it.
struct Looking<'a> {
    ctx: &'a Ctx,
    plans: &'a HashMap<ToiletId, Vec<Plan>>,
    before: &'a [Exception],
    after: &'a [Exception],
}

impl Looking<'_> {
    /// The first day from today on, at a toilet, on which an exception holds.
    fn first(&self, toilet: &Toilet, made: &Exception, now: DateTime<Utc>) -> Option<NaiveDate> {
        let calendar = toilet.fact.calendar.as_deref().and_then(|id| self.ctx.calendars.get(id));
        let today = toilet.today(now);
        let from = made.occasion.days.from().map_or(today, |from| from.max(today));
        from.iter_days().take(AHEAD).find(|day| made.occasion.contains(*day, calendar))
    }

    fn changed(&self, toilets: &[Toilet], day: NaiveDate) -> Vec<Changed> {
        let changed = toilets.iter().filter_map(|toilet| {
            let (before, after) = (self.due_on(toilet, self.before, day), self.due_on(toilet, self.after, day));
            let (cancelled, added) = (before.difference(&after).count(), after.difference(&before).count());
            let name = toilet.fact.name.clone();
            (cancelled + added > 0).then_some(Changed { toilet: toilet.id, name, cancelled, added })
        });
        changed.collect()
    }

    /// What is due on a day and not cancelled.
    fn due_on(&self, toilet: &Toilet, exceptions: &[Exception], day: NaiveDate) -> BTreeSet<SlotKey> {
        let plans = self.plans.get(&toilet.id).into_iter().flatten();
        in_setting(&self.ctx.calendars, toilet, exceptions, |setting| {
            let slots = plans.flat_map(|plan| plan.slots(setting, day, day + Days::new(1)));
            slots.filter(|slot| slot.cancelled.is_none()).map(|slot| slot.key).collect()
        })
    }

    fn due(&self, toilet: Toilet, day: NaiveDate, now: DateTime<Utc>) -> Due {
        let plans = self.plans.get(&toilet.id).cloned().unwrap_or_default();
        let exceptions: Arc<[Exception]> = self.after.into();
        Due::of(&self.ctx.calendars, toilet, (plans, exceptions), (day, day), HashMap::new(), now)
    }
}

/// The same with the codes of today, and the toilets that may be concerned, one more than are looked at at most; if the
/// caller may make exceptions there.
async fn concerned(ctx: &Ctx, actor: &Actor, over: &Over, at: DateTime<Utc>) -> Result<(Over, Vec<ToiletId>), Failure> {
    let limit = MOST + 1;
    match over {
        Over::Toilet(id) => {
            let toilet = ctx.store.toilets(&[*id]).await?.pop().ok_or(Failure::NotFound)?;
            require(actor, Action::EditPlan, subject(&toilet, at))?;
            Ok((over.clone(), vec![*id]))
        }
        Over::Area(code) => {
            let found = ctx.finder.snapshot().areas().find(code);
            let [area] = found.as_slice() else {
                let message = format!("no area has the code {code}, or several had it");
                return Err(Violation::new("area", "unknownArea", message).into());
            };
            require(actor, Action::EditPlan, Subject { path: &area.path, operator: None, person: None })?;
            let code = area.fact.code.clone();
            let (bbox, areas, filter, statuses, text, after) = (None, None, Filter::default(), Vec::new(), None, None);
            let query = ListQuery { bbox, areas, filter, statuses, text, after, limit, at };
            let (page, _) = toilets::list(ctx, slice::from_ref(&code), query)?;
            Ok((Over::Area(code), page.entries.iter().map(|entry| entry.id()).collect()))
        }
        Over::Operator(id) => {
            everywhere(actor, Some(*id))?;
            if ctx.store.operators([id.0].into()).await?.is_empty() {
                return Err(Violation::new("operator", "unknownOperator", format!("there is no body {id}")).into());
            }
            Ok((over.clone(), ctx.store.toilets_run_by(*id, limit as u64).await?))
        }
        Over::Template(id) => {
            everywhere(actor, None)?;
            let unknown = || Violation::new("template", "unknownTemplate", format!("there is no template {id}"));
            ctx.store.template(*id).await?.ok_or_else(unknown)?;
            Ok((over.clone(), ctx.store.toilets_planned_by(*id, limit as u64).await?))
        }
    }
}

//! Plans: templates are made, put on one toilet or on many, and tell which slots are due.

mod previewing;

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, SubsecRound, Utc};
pub use previewing::preview;

use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::registering::{standing, subject};
use super::slots::settle;
use super::{By, Ctx, Failure, toilets};
use crate::domain::account::Actor;
use crate::domain::area::AreaCode;
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::grade::Grade;
use crate::domain::holiday::Calendars;
use crate::domain::id::{OperatorId, PlanId, TemplateId, ToiletId};
use crate::domain::plan::{Exception, Plan, Setting, Template, Windows};
use crate::domain::policy::Action;
use crate::domain::slot::Ground;
use crate::domain::text::{Name, Remark};
use crate::domain::toilet::{Kind, Lifecycle};
use crate::domain::{Toilet, Violation};
use crate::finder::{Filter, GradeFilter, ListQuery};
use crate::store::{StoreError, Tx};

/// On how many toilets a template is put at once.
const MOST: usize = 200;

/// A template to be made.
#[derive(Debug, Clone)]
pub struct NewTemplate {
    /// What it is called; there is one of a name.
    pub name: Name,
    /// What is said of it.
    pub note: Option<Remark>,
    /// Its windows.
    pub windows: Windows,
}

/// A version to be made.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// The first day on which its windows begin; tomorrow if left out.
    pub from: Option<NaiveDate>,
    /// The last such day, if it has one.
    pub to: Option<NaiveDate>,
    /// What it says.
    pub content: Content,
}

/// What a version says.
#[derive(Debug, Clone)]
pub enum Content {
    /// What a template says today.
    Template(TemplateId),
    /// Its own.
    Own(Windows),
}

/// The toilets on which a template is put.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// These.
    Listed(Vec<ToiletId>),
    /// All in the caller's scope, neither retired nor temporary and over, that fit everything that is given.
    Fitting {
        /// They lie in this area or below.
        area: Option<AreaCode>,
        /// They are of one of these kinds; of any if empty.
        kinds: Vec<Kind>,
        /// They hold one of these grades or classes; any or none if empty.
        grades: Vec<Grade>,
        /// This body runs them now.
        operator: Option<OperatorId>,
    },
}

/// What became of each toilet on which a template was put.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// The versions that were made.
    pub made: Vec<Plan>,
    /// The toilets that were left as they are, and why.
    pub left: Vec<(ToiletId, String)>,
}

/// Makes a template; whoever answers for toilets may, since it is none of any one area.
///
/// # Errors
/// [`Failure::Refused`]; [`Failure::Conflict`] where there is one of the name; [`Failure::KeyReused`].
pub async fn create_template(
    ctx: &Ctx,
    by: By,
    new: NewTemplate,
    once: Option<Once>,
    tell: impl FnOnce(&Template) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditPlan)?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let NewTemplate { name, note, windows } = new;
            let new = Template { id: TemplateId(0), name, note, windows };
            let id = tx.create_template(&new).await.map_err(|error| match error {
                StoreError::Conflict { .. } => Failure::Conflict(format!("there is a template “{}”", new.name)),
                error => error.into(),
            })?;
            let changes = changes(&Fields::new(), &new.fields());
            let (kind, key, action) = (RecordKind::PlanTemplate, id.to_string(), event::Action::Create);
            tx.append(vec![NewEntry { kind, key, version: 1, action, changes }]).await?;
            let answer = tell(&Template { id, ..new });
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// A page of the templates in the order of their ids, and whether there is more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn templates(
    ctx: &Ctx,
    actor: &Actor,
    after: TemplateId,
    limit: usize,
) -> Result<(Vec<Template>, bool), Failure> {
    scope(actor, Action::ReadPlans)?;
    let mut found = ctx.store.templates_after(after, limit as u64 + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// The template of that id.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`].
pub async fn template(ctx: &Ctx, actor: &Actor, id: TemplateId) -> Result<Template, Failure> {
    scope(actor, Action::ReadPlans)?;
    ctx.store.template(id).await?.ok_or(Failure::NotFound)
}

/// Gives a toilet a new version of its plan. The one in force ends the day before, and those that would begin later are
/// withdrawn.
///
/// # Errors
/// [`Failure::Conflict`] where a slot that it would replace has opened; [`Failure::Invalid`], [`Failure::Refused`],
/// [`Failure::NotFound`], [`Failure::KeyReused`].
pub async fn put(
    ctx: &Ctx,
    by: By,
    id: ToiletId,
    new: NewPlan,
    once: Option<Once>,
    tell: impl FnOnce(&Plan) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditPlan)?;
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let toilet = standing(tx, &by.actor, Action::EditPlan, id).await?;
            let (template, windows) = content(tx, new.content).await?;
            let answer = tell(&put_in(tx, &calendars, &toilet, (new.from, new.to), template, windows).await?);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// Puts a template on many toilets, in one transaction: what a slot that has opened bars for one of them does not touch
/// the others, anything else that is wrong touches all.
///
/// # Errors
/// As [`put`].
pub async fn apply(
    ctx: &Ctx,
    by: By,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    template: TemplateId,
    chosen: Chosen,
    once: Option<Once>,
    tell: impl FnOnce(&Applied) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditPlan)?;
    let ids = chosen.list(ctx, &by.actor).await?;
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let (template, windows) = content(tx, Content::Template(template)).await?;
            let mut applied = Applied::default();
            for id in ids {
                let toilet = standing(tx, &by.actor, Action::EditPlan, id).await?;
                match put_in(tx, &calendars, &toilet, (from, to), template, windows.clone()).await {
                    Ok(plan) => applied.made.push(plan),
                    Err(Failure::Conflict(why)) => applied.left.push((id, why)),
                    Err(failure) => return Err(failure),
                }
            }
            let answer = tell(&applied);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

async fn content(tx: &Tx, content: Content) -> Result<(Option<TemplateId>, Windows), Failure> {
    match content {
        Content::Own(windows) => Ok((None, windows)),
        Content::Template(id) => {
            let template = tx.template(id).await?.ok_or_else(|| unknown_template(id))?;
            Ok((Some(id), template.windows))
        }
    }
}

fn unknown_template(id: TemplateId) -> Violation {
    Violation::new("template", "unknownTemplate", format!("there is no template {id}"))
}

/// The first day of a version: tomorrow unless another is given, which must not be past.
fn begin(
    toilet: &Toilet,
    now: DateTime<Utc>,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<NaiveDate, Failure> {
    let today = toilet.today(now);
    let from = from.unwrap_or(today + Days::new(1));
    if from < today {
        return Err(Violation::new("from", "outOfRange", format!("{from} is past: begin today or later")).into());
    }
    if to.is_some_and(|to| to < from) {
        return Err(Violation::new("to", "endsBeforeItBegins", format!("is before {from}")).into());
    }
    if toilet.fact.lifecycle == Lifecycle::Retired {
        return Err(Failure::Conflict("the toilet is retired".to_owned()));
    }
    Ok(from)
}

/// Those of the versions whose days a new one takes, unless a slot of one has opened.
fn replaced<'v>(
    calendars: &Calendars,
    toilet: &Toilet,
    (versions, exceptions): (&'v [Plan], &[Exception]),
    (from, to): (NaiveDate, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<Vec<&'v Plan>, Failure> {
    let overlaps = |plan: &&Plan| plan.to.is_none_or(|end| from <= end) && to.is_none_or(|to| plan.from <= to);
    let replaced: Vec<_> = versions.iter().filter(overlaps).collect();
    let has_opened =
        |plan: &&&Plan| in_setting(calendars, toilet, exceptions, |setting| plan.has_opened_since(setting, from, now));
    match replaced.iter().find(has_opened) {
        Some(plan) => Err(Failure::Conflict(format!(
            "a slot of version {} from {from} on has opened already: begin later",
            plan.version
        ))),
        None => Ok(replaced),
    }
}

/// Nothing is written where this answers [`Failure::Conflict`].
async fn put_in(
    tx: &Tx,
    calendars: &Calendars,
    toilet: &Toilet,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    template: Option<TemplateId>,
    windows: Windows,
) -> Result<Plan, Failure> {
    let (now, zone) = (tx.at(), toilet.fact.zone);
    let from = begin(toilet, now, (from, to))?;
    let versions = tx.plans_of(toilet.id).await?;
    let exceptions = tx.exceptions_of(toilet, &versions).await?;
    let replaced = replaced(calendars, toilet, (&versions, &exceptions), (from, to), now)?;
    let mut entries = Vec::new();
    for plan in replaced {
        entries.push(end_before(tx, plan, from).await?);
    }
    let version = tx.last_version(toilet.id).await? + 1;
    let made_at = now.trunc_subsecs(0);
    let plan = Plan { toilet: toilet.id, version, template, zone, from, to, made_at, windows, revision: 1 };
    tx.create_plan(&plan).await?;
    entries.push(entry(&plan, event::Action::Create, &Fields::new(), &plan.fields()));
    tx.append(entries).await?;
    settle(tx, calendars, toilet.id, &[]).await?;
    Ok(plan)
}

/// Ends a version with the day before, or withdraws it where it would begin later; answers what the journal is told.
async fn end_before(tx: &Tx, plan: &Plan, from: NaiveDate) -> Result<NewEntry, Failure> {
    let (ended, action) = match plan.clone().ended_before(from) {
        Ok(ended) => (ended, event::Action::Update),
        Err(_) => (Plan { revision: plan.revision + 1, ..plan.clone() }, event::Action::Retire),
    };
    let withdrawn = action == event::Action::Retire;
    tx.end_plan(&ended, withdrawn).await?;
    let after = if withdrawn { Fields::new() } else { ended.fields() };
    Ok(entry(&ended, action, &plan.fields(), &after))
}

/// Ends the plan of a toilet that is retired with the day on which it was: nothing is due at a toilet that is gone, and
/// what was due before stays.
pub(super) async fn end_of_retired(tx: &Tx, toilet: &Toilet) -> Result<(), Failure> {
    if toilet.fact.lifecycle != Lifecycle::Retired {
        return Ok(());
    }
    let from = toilet.today(toilet.updated_at) + Days::new(1);
    let mut entries = Vec::new();
    for plan in tx.plans_of(toilet.id).await? {
        if plan.to.is_none_or(|to| from <= to) {
            entries.push(end_before(tx, &plan, from).await?);
        }
    }
    Ok(tx.append(entries).await?)
}

fn entry(plan: &Plan, action: event::Action, before: &Fields, after: &Fields) -> NewEntry {
    let changes = changes(before, after);
    NewEntry { kind: RecordKind::Plan, key: plan.key(), version: plan.revision, action, changes }
}

/// Asks something about the plans of a toilet under its exceptions.
pub(super) fn in_setting<T>(
    calendars: &Calendars,
    toilet: &Toilet,
    exceptions: &[Exception],
    ask: impl FnOnce(Setting<'_>) -> T,
) -> T {
    on_ground(calendars, &toilet.ground(), exceptions, ask)
}

/// The same for what is known of a toilet that is settled.
pub(super) fn on_ground<T>(
    calendars: &Calendars,
    ground: &Ground,
    exceptions: &[Exception],
    ask: impl FnOnce(Setting<'_>) -> T,
) -> T {
    let calendar = ground.calendar.as_deref().and_then(|id| calendars.get(id));
    let operator = |day| ground.operator_on(day);
    ask(Setting { exceptions, calendar, path: &ground.path, operator: &operator })
}

impl Chosen {
    async fn list(self, ctx: &Ctx, actor: &Actor) -> Result<Vec<ToiletId>, Failure> {
        let (area, kinds, grades, operator) = match self {
            Self::Listed(mut ids) => {
                ids.sort_unstable();
                ids.dedup();
                return Ok(ids);
            }
            Self::Fitting { area, kinds, grades, operator } => (area, kinds, grades, operator),
        };
        let (scope, at) = (scope(actor, Action::EditPlan)?, ctx.clock.now());
        let grades = grades.into_iter().map(GradeFilter::Exactly).collect();
        let filter = Filter { kinds, grades, ..Filter::default() };
        let (statuses, text, mut after, limit) = (Vec::new(), None, None, 500);
        let areas: Vec<_> = area.into_iter().collect();
        let query = ListQuery { bbox: None, areas: None, filter, statuses, text, after, limit, at };
        let mut chosen = Vec::new();
        loop {
            let page = toilets::list(ctx, &areas, ListQuery { after, ..query.clone() })?.0;
            let ids: Vec<_> = page.entries.iter().map(|entry| entry.id()).collect();
            let fitting = ctx.store.toilets(&ids).await?.into_iter().filter(|toilet| {
                let subject = subject(toilet, at);
                scope.covers(subject.path, subject.operator) && operator.is_none_or(|id| subject.operator == Some(id))
            });
            chosen.extend(fitting.map(|toilet| toilet.id));
            if chosen.len() > MOST {
                let message = format!("more than {MOST} toilets fit: name a smaller area, or list them");
                return Err(Violation::new("filter", "tooMany", message).into());
            }
            after = page.next;
            if after.is_none() {
                return Ok(chosen);
            }
        }
    }
}

/// Versions looked at in one step of a list.
const STEP: u64 = 200;

/// A page of the versions within the caller's area, in the order of their ids, and whether there is more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    after: PlanId,
    limit: usize,
) -> Result<(Vec<(PlanId, Plan)>, bool), Failure> {
    let scope = scope(actor, Action::ReadPlans)?;
    let (mut found, mut after, now) = (Vec::new(), after, ctx.clock.now());
    loop {
        let step = ctx.store.plans_after(after, STEP).await?;
        let Some((last, _)) = step.last() else { return Ok((found, false)) };
        after = *last;
        let mut ids: Vec<_> = step.iter().map(|(_, plan)| plan.toilet).collect();
        ids.sort_unstable();
        ids.dedup();
        let toilets = ctx.store.toilets(&ids).await?.into_iter().filter(|toilet| {
            let subject = subject(toilet, now);
            scope.covers(subject.path, subject.operator)
        });
        let seen: Vec<_> = toilets.map(|toilet| toilet.id).collect();
        for (id, plan) in step.into_iter().filter(|(_, plan)| seen.contains(&plan.toilet)) {
            if found.len() == limit {
                return Ok((found, true));
            }
            found.push((id, plan));
        }
    }
}

/// The versions of one toilet's plan in the order of their days.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn of_toilet(ctx: &Ctx, actor: &Actor, id: ToiletId) -> Result<Vec<Plan>, Failure> {
    scope(actor, Action::ReadPlans)?;
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    require(actor, Action::ReadPlans, subject(&toilet, ctx.clock.now()))?;
    Ok(ctx.store.plans_of(id).await?)
}

//! Reports: going through the toilets that somebody answers for, once, whatever is counted.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, SubsecRound, Utc};
use chrono_tz::Tz;

use super::permission::scope;
use super::{Ctx, Failure};
use crate::domain::Toilet;
use crate::domain::account::Actor;
use crate::domain::area::{Area, AreaCode};
use crate::domain::assignment::{Custodian, works_at};
use crate::domain::grade::Standard;
use crate::domain::id::ToiletId;
use crate::domain::language::Language;
use crate::domain::operator::OperatorRole;
use crate::domain::policy::{Action, Scope};
use crate::domain::report::{Custody, Due, Fittings, Grading, Month, Monthly, Wanted, Within, body};
use crate::export::{self, Book};
use crate::finder::Snapshot;

/// Toilets read at a time.
const CHUNK: u64 = 1_000;

/// The toilets that a report is about.
pub(super) struct About {
    scope: Scope,
    within: Within,
    now: DateTime<Utc>,
    /// The zone by whose calendar a report on many toilets is dated.
    zone: Tz,
}

/// The report on a month that a caller may read, on the area of that code or on all; `None` is the present month.
///
/// # Errors
/// [`Failure::Refused`] for a role that reads no reports, [`Failure::NotFound`] for an area that is not there or out of
/// scope.
pub async fn monthly(
    ctx: &Ctx,
    actor: &Actor,
    area: Option<&AreaCode>,
    month: Option<Month>,
) -> Result<Monthly, Failure> {
    let about = about(ctx, actor, area)?;
    let today = about.today();
    let mut report = Monthly::new(month.unwrap_or_else(|| Month::of(today)), today, about.now);
    each(ctx, &about, |toilet| report.add(toilet, &about.within)).await?;
    Ok(report)
}

/// The same report as a page that prints on A4.
///
/// # Errors
/// As [`monthly`].
pub async fn monthly_page(ctx: &Ctx, actor: &Actor, asked: &MonthlyAsked<'_>) -> Result<String, Failure> {
    Ok(export::html(&book(ctx, actor, asked).await?))
}

/// The same report as a workbook.
///
/// # Errors
/// As [`monthly`].
pub async fn monthly_sheet(ctx: &Ctx, actor: &Actor, asked: &MonthlyAsked<'_>) -> Result<Vec<u8>, Failure> {
    export::xlsx(&book(ctx, actor, asked).await?).map_err(|error| Failure::Internal(Box::new(error)))
}

/// Which report on a month somebody wants to print.
#[derive(Debug)]
pub struct MonthlyAsked<'a> {
    /// The code of the area, or all that the caller answers for.
    pub area: Option<&'a AreaCode>,
    /// The month, or the present one.
    pub month: Option<Month>,
    /// The language of its words.
    pub language: Language,
}

async fn book(ctx: &Ctx, actor: &Actor, asked: &MonthlyAsked<'_>) -> Result<Book, Failure> {
    let report = monthly(ctx, actor, asked.area, asked.month).await?;
    let all = || asked.language.pick("全部管辖范围", "all in the caller's charge").to_owned();
    let areas = asked.area.map(|code| ctx.finder.snapshot().areas().find(code)).unwrap_or_default();
    let about = areas.first().map_or_else(all, |area| format!("{} {}", area.fact.name, area.fact.code));
    Ok(export::monthly(&report, &ctx.targets, &about, asked.language))
}

/// Who reaches a grade, on that day or today; the day, and when the register was read.
///
/// # Errors
/// As [`monthly`].
pub async fn grading(
    ctx: &Ctx,
    actor: &Actor,
    area: Option<&AreaCode>,
    wanted: Wanted,
    on: Option<NaiveDate>,
) -> Result<(Grading, NaiveDate, DateTime<Utc>), Failure> {
    let about = about(ctx, actor, area)?;
    let mut report = Grading::new(wanted);
    each(ctx, &about, |toilet| report.add(toilet, &about.within, about.day(toilet, on))).await?;
    Ok((report, on.unwrap_or_else(|| about.today()), about.now))
}

/// A page of the toilets that are due for assessment, the oldest assessment first, and whether there is more. `after`
/// names the last one of the page before, and when that was assessed.
///
/// # Errors
/// As [`monthly`].
pub async fn due(
    ctx: &Ctx,
    actor: &Actor,
    area: Option<&AreaCode>,
    after: Option<(Option<NaiveDate>, ToiletId)>,
    limit: usize,
) -> Result<(Vec<Due>, bool), Failure> {
    let wanted = Wanted::any_of(Standard::GbT2022).ok_or(Failure::NotFound)?;
    let (report, _, _) = grading(ctx, actor, area, wanted, None).await?;
    let rest = report.due.into_iter().skip_while(|due| after.is_some_and(|after| (due.assessed_on, due.id) <= after));
    let mut page: Vec<_> = rest.take(limit + 1).collect();
    let more = page.len() > limit;
    page.truncate(limit);
    Ok((page, more))
}

/// What is inside the toilets.
///
/// # Errors
/// As [`monthly`].
pub async fn fittings(ctx: &Ctx, actor: &Actor, area: Option<&AreaCode>) -> Result<(Fittings, DateTime<Utc>), Failure> {
    let about = about(ctx, actor, area)?;
    let mut report = Fittings::default();
    each(ctx, &about, |toilet| report.add(toilet, about.day(toilet, None))).await?;
    Ok((report, about.now))
}

/// For how many toilets somebody answers today, and when the register was read.
///
/// # Errors
/// As [`monthly`].
pub async fn custody(ctx: &Ctx, actor: &Actor, area: Option<&AreaCode>) -> Result<(Custody, DateTime<Utc>), Failure> {
    let about = about(ctx, actor, area)?;
    // Somewhere it is still yesterday.
    let custodians = ctx.store.custodians_since(about.now.date_naive() - Days::new(1)).await?;
    let persons: BTreeSet<_> = custodians.values().flatten().map(|custodian| custodian.person).collect();
    let grants = ctx.store.grants_of(&Vec::from_iter(persons)).await?;
    let mut report = Custody::default();
    let count = |toilet: &Toilet| {
        let day = about.day(toilet, None);
        let named = custodians.get(&toilet.id).and_then(|all| all.iter().find(|one| one.days.contains(day)));
        let operator = toilet.operator_on(day).map(|body| body.id);
        let works =
            |one: &Custodian| grants.get(&one.person).is_some_and(|grants| works_at(grants, toilet.path(), operator));
        report.add(toilet, day, named.map(works));
    };
    each(ctx, &about, count).await?;
    Ok((report, about.now))
}

impl About {
    /// The day on which a toilet is judged: its own today unless one is asked for.
    fn day(&self, toilet: &Toilet, on: Option<NaiveDate>) -> NaiveDate {
        on.unwrap_or_else(|| self.now.with_timezone(&toilet.fact.zone).date_naive())
    }

    /// Today for a report on many toilets.
    pub(super) fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    fn has(&self, toilet: &Toilet) -> bool {
        let today = self.day(toilet, None);
        let operating = body(toilet, OperatorRole::Operating, today).map(|operator| operator.id);
        let path = toilet.area.as_ref().map(|area| area.path.as_slice()).unwrap_or_default();
        self.within.covers(toilet) && self.scope.covers(path, operating)
    }
}

pub(super) fn about(ctx: &Ctx, actor: &Actor, area: Option<&AreaCode>) -> Result<About, Failure> {
    let scope = scope(actor, Action::ReadReports)?;
    let snapshot = ctx.finder.snapshot();
    let within = match area {
        None => Within::default(),
        Some(code) => Within::new(visible(&snapshot, &scope, code).ok_or(Failure::NotFound)?.path.clone()),
    };
    Ok(About { scope, within, now: ctx.clock.now().trunc_subsecs(0), zone: ctx.home.zone })
}

/// The area of that code, of today or older, if any of it lies within the scope.
fn visible(snapshot: &Snapshot, scope: &Scope, code: &AreaCode) -> Option<Arc<Area>> {
    let areas = snapshot.areas();
    let meets = |area: &Area| {
        scope.reaches().iter().any(|reach| {
            let Some(granted) = &reach.area else { return true };
            let lies_below = || areas.find(granted).iter().any(|below| below.path.contains(&area.fact.code));
            area.path.contains(granted) || lies_below()
        })
    };
    areas.find(code).into_iter().find(|area| meets(area))
}

/// Goes through the toilets that a report is about, in the order of their ids, without holding all of them.
pub(super) async fn each(ctx: &Ctx, about: &About, mut count: impl FnMut(&Toilet)) -> Result<(), Failure> {
    let around = ctx.store.around().await?;
    let mut last = ToiletId(0);
    loop {
        let chunk = ctx.store.toilets_after(last, CHUNK, &around).await?;
        let Some(end) = chunk.last() else { return Ok(()) };
        last = end.id;
        for toilet in chunk.iter().filter(|toilet| about.has(toilet)) {
            count(toilet);
        }
    }
}

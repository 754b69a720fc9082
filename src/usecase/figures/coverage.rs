//! How much of the service hours somebody is on shift.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate, SubsecRound};

use super::{Asked, bounded, note, span};
use crate::domain::Violation;
use crate::domain::account::Actor;
use crate::domain::coverage::{Minutes, coverage as covered};
use crate::domain::figures::{CoverageFigures, Grouping, Of};
use crate::domain::id::ToiletId;
use crate::domain::language::Language;
use crate::domain::stretch::{Stretch, united};
use crate::export;
use crate::usecase::reports::{about, each};
use crate::usecase::{Ctx, Failure};

/// So many days at once: a year.
const MOST_DAYS: i64 = 366;

/// How much of the service hours somebody is on shift, as the rosters have it.
///
/// # Errors
/// As [`cleaning`](super::cleaning), for more than a year, and by person: nobody covers a toilet alone.
pub async fn shares(ctx: &Ctx, actor: &Actor, asked: &Asked) -> Result<CoverageFigures, Failure> {
    let about = about(ctx, actor, asked.area.as_ref())?;
    let (from, to) = span(&about, asked, MOST_DAYS)?;
    if asked.by == Grouping::Person {
        let message = "is told by toilet, area or operator: many cover a toilet together";
        return Err(Violation::new("groupBy", "unsupported", message).into());
    }
    let mut shifts = shifts(ctx, from, to).await?;
    let (mut figures, mut names): (BTreeMap<_, Minutes>, _) = (BTreeMap::new(), HashMap::new());
    each(ctx, &about, |toilet| {
        let calendar = toilet.fact.calendar.as_deref().and_then(|id| ctx.calendars.get(id));
        let on_shift = shifts.remove(&toilet.id).unwrap_or_default();
        for (day, minutes) in covered(toilet, calendar, on_shift, (from, to)) {
            let operator = toilet.operator_on(day).map(|body| body.id);
            let of = match asked.by {
                Grouping::Toilet => Of::Toilet(toilet.id.0),
                Grouping::Area => Of::Area(toilet.area.as_ref().map(|area| area.code.clone())),
                Grouping::Operator => Of::Operator(operator.map(|id| id.0)),
                Grouping::All | Grouping::Person => Of::All,
            };
            *figures.entry((of, asked.bucket.first(day, from))).or_default() += minutes;
            note(&mut names, asked.by, toilet, operator);
        }
    })
    .await?;
    bounded(figures.len())?;
    let as_of = ctx.clock.now().trunc_subsecs(0);
    Ok(CoverageFigures { from, to, by: asked.by, bucket: asked.bucket, as_of, figures, gaps: None, names })
}

/// When somebody is on shift at each toilet on those days, in no order.
async fn shifts(ctx: &Ctx, from: NaiveDate, to: NaiveDate) -> Result<HashMap<ToiletId, Vec<Stretch>>, Failure> {
    let mut shifts: HashMap<ToiletId, Vec<Stretch>> = HashMap::new();
    // One of the evening before may go on.
    let first = from - Days::new(1);
    for plan in ctx.store.rosters_between(first, to).await? {
        let spans = united(plan.duties(first, to).iter().map(|duty| (duty.from, duty.until)).collect());
        for toilet in &plan.roster.toilets {
            shifts.entry(*toilet).or_default().extend(&spans);
        }
    }
    Ok(shifts)
}

/// Coverage as a table of comma-separated values.
///
/// # Errors
/// As [`shares`].
pub async fn csv(ctx: &Ctx, actor: &Actor, asked: &Asked, language: Language) -> Result<Vec<u8>, Failure> {
    let book = export::coverage(&shares(ctx, actor, asked).await?, language);
    Ok(book.tables.iter().flat_map(export::csv_table).collect())
}

/// Coverage as a workbook.
///
/// # Errors
/// As [`shares`].
pub async fn sheet(ctx: &Ctx, actor: &Actor, asked: &Asked, language: Language) -> Result<Vec<u8>, Failure> {
    let book = export::coverage(&shares(ctx, actor, asked).await?, language);
    export::xlsx(&book).map_err(|error| Failure::Internal(Box::new(error)))
}

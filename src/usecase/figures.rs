//! The cleaning figures, for those who answer for them.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate, SubsecRound, TimeDelta};

use super::reports::{About, about, each};
use super::{Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::area::AreaCode;
use crate::domain::coverage::{Minutes, Stretch, united};
use crate::domain::figures::{Bucket, CleaningFigures, CoverageFigures, Figures, Grouping, Of, add};
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::language::Language;
use crate::domain::tally::DayTally;
use crate::domain::{self, Toilet, Violation};
use crate::export;

/// So many days at once: two years.
const MOST_DAYS: i64 = 732;

/// So many days of coverage at once: a year.
const MOST_COVERED: i64 = 366;

/// So many rows at once: who wants more asks for less at a time.
const MOST_ROWS: usize = 20_000;

/// Which figures somebody wants.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The code of the area; all that the caller answers for if left out.
    pub area: Option<AreaCode>,
    /// The first day; the first of this month if left out.
    pub from: Option<NaiveDate>,
    /// The last day; today if left out.
    pub to: Option<NaiveDate>,
    /// By what.
    pub by: Grouping,
    /// By which stretch of time.
    pub bucket: Bucket,
}

/// The cleaning figures of a span of days.
///
/// # Errors
/// [`Failure::Refused`] for a role that reads no reports, [`Failure::NotFound`] for an area that is not there or out of
/// scope, [`Failure::Invalid`] for a span that ends before it begins, is too long or has too many figures.
pub async fn cleaning(ctx: &Ctx, actor: &Actor, asked: &Asked) -> Result<CleaningFigures, Failure> {
    let about = about(ctx, actor, asked.area.as_ref())?;
    let (from, to) = span(&about, asked, MOST_DAYS)?;
    let counted = ctx.store.tallies(from, to, asked.bucket != Bucket::Whole).await?;
    let mut by_toilet: HashMap<ToiletId, Vec<DayTally>> = HashMap::new();
    for one in counted {
        by_toilet.entry(one.toilet).or_default().push(one);
    }
    let (mut figures, mut names) = (Figures::new(), HashMap::new());
    each(ctx, &about, |toilet| {
        for one in by_toilet.remove(&toilet.id).unwrap_or_default() {
            add(&mut figures, toilet, &one, (asked.by, asked.bucket), from);
            note(&mut names, asked.by, toilet, one.operator);
        }
    })
    .await?;
    bounded(figures.len())?;
    let as_of = ctx.clock.now().trunc_subsecs(0);
    Ok(CleaningFigures { from, to, by: asked.by, bucket: asked.bucket, as_of, figures, names })
}

/// How much of the service hours somebody is on shift, as the rosters have it.
///
/// # Errors
/// As [`cleaning`], for more than a year, and by person: nobody covers a toilet alone.
pub async fn coverage(ctx: &Ctx, actor: &Actor, asked: &Asked) -> Result<CoverageFigures, Failure> {
    let about = about(ctx, actor, asked.area.as_ref())?;
    let (from, to) = span(&about, asked, MOST_COVERED)?;
    if asked.by == Grouping::Person {
        let message = "is told by toilet, area or operator: many cover a toilet together";
        return Err(Violation::new("groupBy", "unsupported", message).into());
    }
    let mut shifts = shifts(ctx, from, to).await?;
    let (mut figures, mut names): (BTreeMap<_, Minutes>, _) = (BTreeMap::new(), HashMap::new());
    each(ctx, &about, |toilet| {
        let calendar = toilet.fact.calendar.as_deref().and_then(|id| ctx.calendars.get(id));
        let on_shift = shifts.remove(&toilet.id).unwrap_or_default();
        for (day, minutes) in domain::coverage::coverage(toilet, calendar, on_shift, (from, to)) {
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
    Ok(CoverageFigures { from, to, by: asked.by, bucket: asked.bucket, as_of, figures, names })
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

/// The days that are asked for.
fn span(about: &About, asked: &Asked, most: i64) -> Result<(NaiveDate, NaiveDate), Violation> {
    let to = asked.to.unwrap_or_else(|| about.today());
    let from = asked.from.unwrap_or_else(|| Bucket::Month.first(to, NaiveDate::MIN));
    let length = to - from;
    if length < TimeDelta::zero() {
        return Err(Violation::new("to", "endsBeforeItBegins", format!("{to} is before {from}")));
    }
    if length.num_days() >= most {
        return Err(Violation::new("to", "tooLong", format!("is more than {most} days with the first")));
    }
    Ok((from, to))
}

/// Goes on only with so many figures as are told.
fn bounded(figures: usize) -> Result<(), Violation> {
    if figures <= MOST_ROWS {
        return Ok(());
    }
    let message = format!("has {figures} figures; at most {MOST_ROWS} are told: fewer days, or longer stretches");
    Err(Violation::new("bucket", "tooMany", message))
}

/// Notes what the group of a toilet is called.
fn note(names: &mut HashMap<Of, String>, by: Grouping, toilet: &Toilet, operator: Option<OperatorId>) {
    match by {
        Grouping::Toilet => {
            names.entry(Of::Toilet(toilet.id.0)).or_insert_with(|| toilet.fact.name.to_string());
        }
        Grouping::Area => {
            if let Some(area) = &toilet.area {
                names.entry(Of::Area(Some(area.code.clone()))).or_insert_with(|| area.name.to_string());
            }
        }
        Grouping::Operator => {
            for tie in toilet.tenures.iter().filter(|tie| Some(tie.operator.id) == operator) {
                let of = Of::Operator(Some(tie.operator.id.0));
                names.entry(of).or_insert_with(|| tie.operator.name.to_string());
            }
        }
        Grouping::All | Grouping::Person => {}
    }
}

/// The same figures as a table of comma-separated values.
///
/// # Errors
/// As [`cleaning`].
pub async fn csv(ctx: &Ctx, actor: &Actor, asked: &Asked, language: Language) -> Result<Vec<u8>, Failure> {
    let book = export::figures(&cleaning(ctx, actor, asked).await?, language);
    Ok(book.tables.iter().flat_map(export::csv_table).collect())
}

/// The same figures as a workbook.
///
/// # Errors
/// As [`cleaning`].
pub async fn sheet(ctx: &Ctx, actor: &Actor, asked: &Asked, language: Language) -> Result<Vec<u8>, Failure> {
    let book = export::figures(&cleaning(ctx, actor, asked).await?, language);
    export::xlsx(&book).map_err(|error| Failure::Internal(Box::new(error)))
}

/// Coverage as a table of comma-separated values.
///
/// # Errors
/// As [`coverage`].
pub async fn coverage_csv(ctx: &Ctx, actor: &Actor, asked: &Asked, language: Language) -> Result<Vec<u8>, Failure> {
    let book = export::coverage(&coverage(ctx, actor, asked).await?, language);
    Ok(book.tables.iter().flat_map(export::csv_table).collect())
}

/// Coverage as a workbook.
///
/// # Errors
/// As [`coverage`].
pub async fn coverage_sheet(ctx: &Ctx, actor: &Actor, asked: &Asked, language: Language) -> Result<Vec<u8>, Failure> {
    let book = export::coverage(&coverage(ctx, actor, asked).await?, language);
    export::xlsx(&book).map_err(|error| Failure::Internal(Box::new(error)))
}

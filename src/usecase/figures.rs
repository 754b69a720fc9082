//! The cleaning figures, for those who answer for them.

pub mod coverage;
mod gaps;
mod hours;

use std::collections::HashMap;

use chrono::{NaiveDate, SubsecRound, TimeDelta};

use self::gaps::GapCount;
pub use self::hours::by_hour;
use super::reports::{About, about, each};
use super::slots::settle_waiting;
use super::{Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::area::AreaCode;
use crate::domain::figures::{Bucket, CleaningFigures, Figures, Grouping, Of, add};
use crate::domain::id::{OperatorId, ToiletId};
use crate::domain::language::Language;
use crate::domain::policy::{Action, Scope};
use crate::domain::tally::DayTally;
use crate::domain::{Toilet, Violation};
use crate::export;

/// So many days at once: two years.
const MOST_DAYS: i64 = 732;

/// So many rows at once: who wants more asks for less at a time.
const MOST_ROWS: usize = 20_000;

/// Persons read at a time.
const STEP: u64 = 500;

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
    /// Whether the longest gaps are told as well, for which the log itself is read.
    pub gaps: bool,
}

/// The cleaning figures of a span of days.
///
/// # Errors
/// [`Failure::Refused`] for a role that reads no reports, [`Failure::NotFound`] for an area that is not there or out of
/// scope, [`Failure::Invalid`] for a span that ends before it begins, is too long or has too many figures.
pub async fn cleaning(ctx: &Ctx, actor: &Actor, asked: &Asked) -> Result<CleaningFigures, Failure> {
    let about = about(ctx, actor, asked.area.as_ref())?;
    let (from, to) = span(&about, asked, MOST_DAYS)?;
    settle_waiting(ctx).await?;
    let counted = ctx.store.tallies(from, to, asked.bucket).await?;
    let mut by_toilet: HashMap<ToiletId, Vec<DayTally>> = HashMap::new();
    for one in counted {
        by_toilet.entry(one.toilet).or_default().push(one);
    }
    let (mut figures, mut names) = (Figures::new(), HashMap::new());
    let mut gaps = if asked.gaps { Some(GapCount::begin(ctx, asked, (from, to)).await?) } else { None };
    each(ctx, &about, |toilet| {
        let Some(own) = by_toilet.remove(&toilet.id) else { return };
        if let Some(gaps) = &mut gaps {
            gaps.count(toilet);
        }
        for one in own {
            add(&mut figures, toilet, &one, (asked.by, asked.bucket), from);
            note(&mut names, asked.by, toilet, one.operator);
        }
    })
    .await?;
    bounded(figures.len())?;
    if asked.by == Grouping::Person {
        names.extend(persons(ctx, actor).await?);
    }
    let (gaps, as_of) = (gaps.map(GapCount::done), ctx.clock.now().trunc_subsecs(0));
    Ok(CleaningFigures { from, to, by: asked.by, bucket: asked.bucket, as_of, figures, gaps, names })
}

/// The names of those whom the caller may see as staff; nobody else's.
async fn persons(ctx: &Ctx, actor: &Actor) -> Result<HashMap<Of, String>, Failure> {
    let mut names = HashMap::new();
    let Some(scope) = Scope::of(actor, Action::ReadStaff) else { return Ok(names) };
    let mut after = None;
    loop {
        let page = ctx.store.staff(&scope, after, STEP).await?;
        after = page.last().map(|member| member.id);
        names.extend(page.iter().map(|member| (Of::Person(Some(member.id.to_string())), member.name.to_string())));
        if after.is_none() {
            return Ok(names);
        }
    }
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

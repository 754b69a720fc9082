//! The cleaning figures, for those who answer for them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use chrono_tz::Tz;

use super::reports::{about, each};
use super::{Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::area::AreaCode;
use crate::domain::figures::{Bucket, CleaningFigures, Figures, Grouping, Of, add};
use crate::domain::gap::{self, Gaps, Over, Stretch};
use crate::domain::hours::Hours;
use crate::domain::id::ToiletId;
use crate::domain::language::Language;
use crate::domain::policy::{Action, Scope};
use crate::domain::tally::DayTally;
use crate::domain::toilet::Lifecycle;
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
    let today = about.today();
    let to = asked.to.unwrap_or(today);
    let from = asked.from.unwrap_or_else(|| Bucket::Month.first(to, NaiveDate::MIN));
    let length = to - from;
    if length < TimeDelta::zero() {
        return Err(Violation::new("to", "endsBeforeItBegins", format!("{to} is before {from}")).into());
    }
    if length.num_days() >= MOST_DAYS {
        return Err(Violation::new("to", "tooLong", format!("is more than {MOST_DAYS} days with the first")).into());
    }
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
            match asked.by {
                Grouping::Toilet => {
                    names.entry(Of::Toilet(toilet.id.0)).or_insert_with(|| toilet.fact.name.to_string());
                }
                Grouping::Area => {
                    if let Some(area) = &toilet.area {
                        names.entry(Of::Area(Some(area.code.clone()))).or_insert_with(|| area.name.to_string());
                    }
                }
                Grouping::Operator => {
                    for tie in toilet.tenures.iter().filter(|tie| Some(tie.operator.id) == one.operator) {
                        let of = Of::Operator(Some(tie.operator.id.0));
                        names.entry(of).or_insert_with(|| tie.operator.name.to_string());
                    }
                }
                Grouping::All | Grouping::Person => {}
            }
        }
    })
    .await?;
    if figures.len() > MOST_ROWS {
        let message =
            format!("has {} figures; at most {MOST_ROWS} are told: fewer days, or longer stretches", figures.len());
        return Err(Violation::new("bucket", "tooMany", message).into());
    }
    if asked.by == Grouping::Person {
        names.extend(persons(ctx, actor).await?);
    }
    let as_of = ctx.clock.now().trunc_subsecs(0);
    Ok(CleaningFigures {
        from,
        to,
        by: asked.by,
        bucket: asked.bucket,
        as_of,
        figures,
        gaps: gaps.map(|count| count.gaps),
        names,
    })
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

/// Gaps that are being counted.
struct GapCount<'a> {
    ctx: &'a Ctx,
    over: Over,
    within: Stretch,
    finished: HashMap<ToiletId, Vec<DateTime<Utc>>>,
    /// The open stretches of hours that were worked out already: many toilets have the same.
    open: HashMap<(Hours, Tz, Option<String>), Option<Vec<Stretch>>>,
    gaps: Gaps,
}

impl<'a> GapCount<'a> {
    async fn begin(ctx: &'a Ctx, asked: &Asked, days: (NaiveDate, NaiveDate)) -> Result<Self, Failure> {
        let over = Over { days, now: ctx.clock.now(), by: asked.by, bucket: asked.bucket };
        let within = gap::around(days);
        let finished = ctx.store.finished(within).await?;
        Ok(Self { ctx, over, within, finished, open: HashMap::new(), gaps: Gaps::new() })
    }

    /// Adds those of a toilet that is in service, if its hours are known.
    fn count(&mut self, toilet: &Toilet) {
        let fact = &toilet.fact;
        let Some(hours) = fact.hours.as_ref().filter(|_| fact.lifecycle == Lifecycle::InService) else { return };
        let calendar = fact.calendar.as_deref();
        let key = (hours.clone(), fact.zone, calendar.map(str::to_owned));
        let (ctx, within) = (self.ctx, self.within);
        let known = calendar.and_then(|id| ctx.calendars.get(id));
        let open = self.open.entry(key).or_insert_with(|| hours.open_within(fact.zone, known, within));
        let Some(open) = open else { return };
        let service = gap::without(open.clone(), &gap::closures(toilet));
        let finished = self.finished.get(&toilet.id).map(Vec::as_slice).unwrap_or_default();
        gap::add(&mut self.gaps, toilet, &service, finished, &self.over);
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

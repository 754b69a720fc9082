//! Exceptions from plans.

use std::sync::Arc;

use chrono::NaiveDate;
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::instant::Instant;
use super::people_view::Done;
use super::plan_view::{WindowFacts, windows, written};
use super::plans::{Page, span};
use super::problem::Problem;
use super::query::Params;
use super::revision::{expected, once};
use super::slots::SlotsView;
use super::tag::Tag;
use super::words::Word;
use super::written::Created;
use crate::domain::Violation;
use crate::domain::id::{ExceptionId, OperatorId, TemplateId, ToiletId};
use crate::domain::language::Language::{Chinese, English};
use crate::domain::period::Days;
use crate::domain::plan::{DayKind, Effect, EffectKind, Exception, Occasion, Over, Season, Weekday, YearDay};
use crate::domain::text::Remark;
use crate::usecase::exceptions::{self, NewException, Preview};
use crate::usecase::{Ctx, Failure};

/// Every operation on exceptions.
pub(super) struct ExceptionsApi(pub(super) Arc<Ctx>);

/// For which toilets: exactly one of these. The later in this list, the stronger.
#[derive(Debug, Object)]
#[oai(rename = "ExceptionOver", deny_unknown_fields, skip_serializing_if_is_none)]
struct OverFacts {
    /// The code of an area; what lies below belongs to it.
    area: Option<String>,
    /// The id of a body: the toilets that it runs on the day.
    operator: Option<i32>,
    /// The id of a template: the toilets whose plan was made from it.
    template: Option<i32>,
    /// The id of a toilet.
    toilet: Option<i32>,
}

/// A part of every year, both days in it.
#[derive(Debug, Object)]
#[oai(rename = "Season", deny_unknown_fields)]
struct SeasonFacts {
    /// The first day, such as `05-01`.
    from: String,
    /// The last day; before the first where the new year lies between.
    to: String,
}

/// An exception to be made. It holds on the days for which all is true that is said of them; something must be said by
/// which it ends, or comes and goes.
#[derive(Debug, Object)]
#[oai(rename = "NewException", rename_all = "camelCase", deny_unknown_fields)]
struct ExceptionInput {
    /// For which toilets.
    over: OverFacts,
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day.
    to: Option<NaiveDate>,
    /// In a part of every year.
    season: Option<SeasonFacts>,
    /// On days of the week.
    weekdays: Option<Vec<Word<Weekday>>>,
    /// By the holiday table of the toilet. On days of which it does not tell, the plan stands.
    day_kind: Option<Word<DayKind>>,
    /// `closed`: nothing is due. `instead`: the tasks of `windows` are due at their times alone. `extra`: as well.
    effect: Word<EffectKind>,
    /// What is due.
    windows: Option<Vec<WindowFacts>>,
    /// Why: 1 to 1,000 characters.
    reason: Option<String>,
}

/// An exception from plans. It changes nothing that opened before it was made or after it was taken back.
#[derive(Debug, Object)]
#[oai(rename = "Exception", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ExceptionView {
    /// Its id.
    id: i32,
    /// For which toilets.
    over: OverFacts,
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day.
    to: Option<NaiveDate>,
    /// In a part of every year.
    season: Option<SeasonFacts>,
    /// On days of the week.
    weekdays: Option<Vec<Word<Weekday>>>,
    /// By the holiday table of the toilet.
    day_kind: Option<Word<DayKind>>,
    /// What is other on these days.
    effect: Word<EffectKind>,
    /// What is due.
    windows: Option<Vec<WindowFacts>>,
    /// Why.
    reason: Option<String>,
    /// When it was made.
    made_at: Instant,
    /// When it was taken back.
    ended_at: Option<Instant>,
    /// What it says, in Chinese sentences.
    description: Vec<String>,
    /// The same in English.
    description_en: Vec<String>,
    /// Counts the writes to it.
    revision: i32,
}

/// A page of exceptions, in the order of their ids.
#[derive(Debug, Object)]
#[oai(rename = "ExceptionPage", skip_serializing_if_is_none)]
struct ExceptionPage {
    /// The exceptions.
    items: Vec<ExceptionView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

/// What an exception would change.
#[derive(Debug, Object)]
#[oai(rename = "ExceptionPreview", skip_serializing_if_is_none)]
struct ExceptionPreview {
    /// How many toilets with a plan are in question.
    toilets: usize,
    /// Whether there are more than were looked at.
    more: bool,
    /// The first day on which it changes anything: within two weeks of the first on which it holds, which is looked for a
    /// year ahead. Left out where there is none.
    day: Option<NaiveDate>,
    /// How many slots are no longer due on that day.
    cancelled: usize,
    /// How many are due on that day that were not.
    added: usize,
    /// The toilets at which it changes anything on that day, in the order of their ids.
    items: Vec<ChangedToilet>,
    /// What would be due on that day at the first of these; what is cancelled is among it.
    slots: Option<SlotsView>,
}

/// What an exception changes at a toilet on that day.
#[derive(Debug, Object)]
struct ChangedToilet {
    /// The toilet's id.
    toilet: i32,
    /// What it is called.
    name: String,
    /// How many slots are no longer due.
    cancelled: usize,
    /// How many are due that were not.
    added: usize,
}

#[OpenApi(tag = "Tag::Cleaning")]
impl ExceptionsApi {
    /// Make an exception from plans
    ///
    /// For supervisors and admins, for an area or a toilet of theirs; for a body or a template, which may be found
    /// anywhere, for whoever administers everything.
    #[oai(path = "/api/v1/exceptions", method = "post", operation_id = "create_exception")]
    async fn create_exception(
        &self,
        signed: Signed,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<ExceptionInput>,
    ) -> Result<Created<ExceptionView>, Problem> {
        let (Params(()), by, new) = (query, signed.writer(), body.0.read()?);
        let once = once(key.as_deref(), by.actor.person, &["create_exception", &format!("{new:?}")])?;
        let tell =
            |made: &Exception| answer(made).kept(StatusCode::CREATED, Some(format!("/api/v1/exceptions/{}", made.id)));
        Ok(Created::kept(exceptions::create(&self.0, by, new, once, tell).await?))
    }

    /// List what an exception would change
    ///
    /// For those who may make it: what it comes to on the first day on which it changes anything, before it is made. It is
    /// refused as the exception would be, and nothing is kept. At most 200 toilets are looked at.
    #[oai(path = "/api/v1/exceptions/preview", method = "post", operation_id = "list_exception_changes")]
    async fn list_exception_changes(
        &self,
        signed: Signed,
        query: Params<()>,
        body: Body<ExceptionInput>,
    ) -> Result<Json<ExceptionPreview>, Problem> {
        let (Params(()), new) = (query, body.0.read()?);
        Ok(Json(ExceptionPreview::from(&exceptions::preview(&self.0, &signed.by().actor, new).await?)))
    }

    /// List exceptions
    ///
    /// All of them, past ones too, for the staff.
    #[oai(path = "/api/v1/exceptions", method = "get", operation_id = "list_exceptions")]
    async fn list_exceptions(&self, signed: Signed, query: Params<Page>) -> Result<Json<ExceptionPage>, Problem> {
        let Params(Page { after, limit }) = query;
        let (found, more) = exceptions::list(&self.0, &signed.by().actor, ExceptionId(after), limit).await?;
        let next = found.last().filter(|_| more).map(|exception| exception.id.to_string());
        Ok(Json(ExceptionPage { items: found.iter().map(ExceptionView::from).collect(), next }))
    }

    /// Get an exception
    #[oai(path = "/api/v1/exceptions/:id", method = "get", operation_id = "get_exception")]
    async fn get_exception(
        &self,
        signed: Signed,
        /// The exception's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Answer<ExceptionView>, Problem> {
        let Params(()) = query;
        Ok(answer(&exceptions::get(&self.0, &signed.by().actor, ExceptionId(id.0)).await?))
    }

    /// Take an exception back
    ///
    /// Now: what opens from now on is as planned again.
    #[oai(path = "/api/v1/exceptions/:id", method = "delete", operation_id = "delete_exception")]
    async fn delete_exception(
        &self,
        signed: Signed,
        /// The exception's id.
        id: Path<i32>,
        query: Params<()>,
        /// The revision of the exception that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        exceptions::end(&self.0, signed.writer(), ExceptionId(id.0), expected).await?;
        Ok(Done::Done)
    }
}

fn answer(exception: &Exception) -> Answer<ExceptionView> {
    Answer::of(&ExceptionView::from(exception)).of_revision(exception.revision())
}

impl From<&Preview> for ExceptionPreview {
    fn from(preview: &Preview) -> Self {
        let items = preview.changed.iter().map(|one| ChangedToilet {
            toilet: one.toilet.0,
            name: one.name.to_string(),
            cancelled: one.cancelled,
            added: one.added,
        });
        Self {
            toilets: preview.toilets,
            more: preview.is_more,
            day: preview.day,
            cancelled: preview.changed.iter().map(|one| one.cancelled).sum(),
            added: preview.changed.iter().map(|one| one.added).sum(),
            items: items.collect(),
            slots: preview.example.as_ref().map(SlotsView::from),
        }
    }
}

impl ExceptionInput {
    fn read(self) -> Result<NewException, Failure> {
        let (from, to) = span(self.from, self.to)?;
        let occasion = Occasion {
            days: Days::new(from, to)?,
            season: self.season.map(SeasonFacts::read).transpose()?,
            weekdays: self.weekdays.map(|days| days.into_iter().map(|day| day.0).collect()),
            kind: self.day_kind.map(|kind| kind.0),
        };
        let reason = self.reason.map(|text| Remark::new(&text)).transpose();
        let reason = reason.map_err(|wrong| wrong.in_field("reason"))?;
        let effect = Effect::new(self.effect.0, self.windows.map(windows).transpose()?)?;
        Ok(NewException { over: self.over.read()?, occasion, effect, reason })
    }
}

impl SeasonFacts {
    fn read(self) -> Result<Season, Violation> {
        let day = |field: &str, text: &str| text.parse::<YearDay>().map_err(|wrong| wrong.in_field(field));
        Ok(Season { from: day("season.from", &self.from)?, to: day("season.to", &self.to)? })
    }
}

impl OverFacts {
    fn read(self) -> Result<Over, Violation> {
        match (self.area, self.operator, self.template, self.toilet) {
            (Some(code), None, None, None) => {
                Ok(Over::Area(code.parse().map_err(|wrong: Violation| wrong.in_field("over.area"))?))
            }
            (None, Some(id), None, None) => Ok(Over::Operator(OperatorId(id))),
            (None, None, Some(id), None) => Ok(Over::Template(TemplateId(id))),
            (None, None, None, Some(id)) => Ok(Over::Toilet(ToiletId(id))),
            _ => Err(Violation::new("over", "incomplete", "must be exactly one of area, operator, template, toilet")),
        }
    }
}

impl From<&Over> for OverFacts {
    fn from(over: &Over) -> Self {
        let none = Self { area: None, operator: None, template: None, toilet: None };
        match over {
            Over::Area(code) => Self { area: Some(code.to_string()), ..none },
            Over::Operator(id) => Self { operator: Some(id.0), ..none },
            Over::Template(id) => Self { template: Some(id.0), ..none },
            Over::Toilet(id) => Self { toilet: Some(id.0), ..none },
        }
    }
}

impl From<&Exception> for ExceptionView {
    fn from(exception: &Exception) -> Self {
        let Occasion { days, season, weekdays, kind } = &exception.occasion;
        let season = season.map(|Season { from, to }| SeasonFacts { from: from.to_string(), to: to.to_string() });
        Self {
            id: exception.id.0,
            over: OverFacts::from(&exception.over),
            from: days.from(),
            to: days.to(),
            season,
            weekdays: weekdays.as_ref().map(|days| days.iter().copied().map(Word).collect()),
            day_kind: kind.map(Word),
            effect: Word(exception.effect.kind()),
            windows: exception.windows().map(written),
            reason: exception.reason.as_ref().map(ToString::to_string),
            made_at: Instant(exception.made_at),
            ended_at: exception.ended_at.map(Instant),
            description: exception.describe(Chinese),
            description_en: exception.describe(English),
            revision: exception.revision(),
        }
    }
}

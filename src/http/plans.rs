//! Plans of toilets and their templates.

use std::sync::Arc;

use chrono::NaiveDate;
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::plan_view::{PlanView, TemplateView, WindowFacts, windows};
use super::problem::Problem;
use super::query::{Declared, Given, Group, Params};
use super::revision::once;
use super::slots::SlotsView;
use super::tag::Tag;
use super::toilet_facts::day;
use super::toilet_params::{CURSOR, LIMIT};
use super::words::Word;
use super::written::{Changed, Created};
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::grade::Grade;
use crate::domain::id::{OperatorId, PlanId, TemplateId, ToiletId};
use crate::domain::plan::{Plan, Template};
use crate::domain::text::{Name, Remark};
use crate::domain::toilet::Kind;
use crate::usecase::plans::{self, Applied, Chosen, Content, NewPlan, NewTemplate};
use crate::usecase::{Ctx, Failure};

/// Every operation on plans and templates.
pub(super) struct PlansApi(pub(super) Arc<Ctx>);

/// A plan for a class of toilets, to be made. It is never changed: plans that were made from it would say something else.
#[derive(Debug, Object)]
#[oai(rename = "NewPlanTemplate", deny_unknown_fields)]
struct TemplateInput {
    /// What it is called: 1 to 128 characters. There is one template of a name.
    name: String,
    /// What is said of it: 1 to 1,000 characters.
    note: Option<String>,
    /// Its windows, 1 to 32.
    windows: Vec<WindowFacts>,
}

/// A version of a toilet's plan, to be made: what a template says, or windows of its own.
#[derive(Debug, Object)]
#[oai(rename = "NewPlan", deny_unknown_fields)]
struct PlanInput {
    /// The first day on which its windows begin; tomorrow if left out.
    from: Option<NaiveDate>,
    /// The last such day.
    to: Option<NaiveDate>,
    /// The id of a template.
    template: Option<i32>,
    /// Windows, 1 to 32.
    windows: Option<Vec<WindowFacts>>,
}

/// A template and the toilets on which it is put: those that are listed, or those that fit.
#[derive(Debug, Object)]
#[oai(rename = "PlanApplication", deny_unknown_fields)]
struct Application {
    /// The id of the template.
    template: i32,
    /// The first day on which its windows begin; tomorrow if left out.
    from: Option<NaiveDate>,
    /// The last such day.
    to: Option<NaiveDate>,
    /// The ids of the toilets, 200 at most.
    #[oai(validator(min_items = 1, max_items = 200))]
    toilets: Option<Vec<i32>>,
    /// Which toilets, 200 at most.
    filter: Option<ApplicationFilter>,
}

/// Toilets within the caller's area that fit everything that is given; at least one thing is.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ApplicationFilter {
    /// The code of an area, of today or before; what lies below belongs to it.
    area: Option<String>,
    /// Of one of these kinds.
    kinds: Option<Vec<Word<Kind>>>,
    /// Holding one of these grades or classes.
    grades: Option<Vec<Word<Grade>>>,
    /// The id of the body that runs them now.
    operator: Option<i32>,
}

/// What became of each toilet on which a template was put.
#[derive(Debug, Object)]
#[oai(rename = "PlanApplied")]
struct AppliedView {
    /// The versions that were made.
    made: Vec<MadeVersion>,
    /// The toilets that keep the plan that they have.
    left: Vec<LeftToilet>,
}

/// A version that was made.
#[derive(Debug, Object)]
struct MadeVersion {
    /// The toilet's id.
    toilet: i32,
    /// The version.
    version: i32,
}

/// A toilet that keeps the plan that it has.
#[derive(Debug, Object)]
struct LeftToilet {
    /// Its id.
    toilet: i32,
    /// Why.
    detail: String,
}

/// A page of templates, in the order of their ids.
#[derive(Debug, Object)]
#[oai(rename = "PlanTemplatePage", skip_serializing_if_is_none)]
struct TemplatePage {
    /// The templates.
    items: Vec<TemplateView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

/// A page of versions.
#[derive(Debug, Object)]
#[oai(rename = "PlanPage", skip_serializing_if_is_none)]
struct PlanPage {
    /// The versions.
    items: Vec<PlanView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

/// The versions of one toilet.
#[derive(Debug, Object)]
#[oai(rename = "ToiletPlans")]
struct ToiletPlans {
    /// The versions, in the order of their days.
    items: Vec<PlanView>,
}

#[OpenApi(tag = "Tag::Cleaning")]
impl PlansApi {
    /// Make a plan template
    ///
    /// For supervisors and admins.
    #[oai(path = "/api/v1/plan-templates", method = "post", operation_id = "create_plan_template")]
    async fn create_plan_template(
        &self,
        signed: Signed,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<TemplateInput>,
    ) -> Result<Created<TemplateView>, Problem> {
        let (Params(()), by, new) = (query, signed.writer(), body.0.read()?);
        let once = once(key.as_deref(), by.actor.person, &["create_plan_template", &format!("{new:?}")])?;
        let tell = |made: &Template| {
            let location = format!("/api/v1/plan-templates/{}", made.id);
            template(made).kept(StatusCode::CREATED, Some(location))
        };
        Ok(Created::kept(plans::create_template(&self.0, by, new, once, tell).await?))
    }

    /// List plan templates
    #[oai(path = "/api/v1/plan-templates", method = "get", operation_id = "list_plan_templates")]
    async fn list_plan_templates(&self, signed: Signed, query: Params<Page>) -> Result<Json<TemplatePage>, Problem> {
        let Params(Page { after, limit }) = query;
        let (found, more) = plans::templates(&self.0, &signed.by().actor, TemplateId(after), limit).await?;
        let next = found.last().filter(|_| more).map(|template| template.id.to_string());
        Ok(Json(TemplatePage { items: found.iter().map(TemplateView::from).collect(), next }))
    }

    /// Get a plan template
    #[oai(path = "/api/v1/plan-templates/:id", method = "get", operation_id = "get_plan_template")]
    async fn get_plan_template(
        &self,
        signed: Signed,
        /// The template's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Answer<TemplateView>, Problem> {
        let Params(()) = query;
        Ok(template(&plans::template(&self.0, &signed.by().actor, TemplateId(id.0)).await?))
    }

    /// Put a template on many toilets
    ///
    /// For supervisors and admins, within their area: each toilet gets a new version of its plan that says what the
    /// template says now. One of which a slot of those days has opened already keeps its plan and is told in `left`.
    #[oai(path = "/api/v1/plans/apply", method = "post", operation_id = "apply_plan_template")]
    async fn apply_plan_template(
        &self,
        signed: Signed,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<Application>,
    ) -> Result<Changed<AppliedView>, Problem> {
        let (Params(()), by, Body(asked)) = (query, signed.writer(), body);
        let once = once(key.as_deref(), by.actor.person, &["apply_plan_template", &format!("{asked:?}")])?;
        let (days, template) = (span(asked.from, asked.to)?, TemplateId(asked.template));
        let chosen = chosen(asked.toilets, asked.filter)?;
        let tell = |applied: &Applied| Answer::of(&AppliedView::from(applied)).kept(StatusCode::OK, None);
        Ok(Changed::kept(plans::apply(&self.0, by, days, template, chosen, once, tell).await?))
    }

    /// List plans
    ///
    /// The versions of the plans of all toilets within the caller's area, past and to come, in the order in which they
    /// were made.
    #[oai(path = "/api/v1/plans", method = "get", operation_id = "list_plans")]
    async fn list_plans(&self, signed: Signed, query: Params<Page>) -> Result<Json<PlanPage>, Problem> {
        let Params(Page { after, limit }) = query;
        let (found, more) = plans::list(&self.0, &signed.by().actor, PlanId(after), limit).await?;
        let next = found.last().filter(|_| more).map(|(id, _)| id.to_string());
        Ok(Json(PlanPage { items: found.iter().map(|(_, plan)| PlanView::from(plan)).collect(), next }))
    }

    /// List the plans of a toilet
    ///
    /// All versions that stand, past and to come.
    #[oai(path = "/api/v1/toilets/:id/plans", method = "get", operation_id = "list_toilet_plans")]
    async fn list_toilet_plans(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Json<ToiletPlans>, Problem> {
        let Params(()) = query;
        let found = plans::of_toilet(&self.0, &signed.by().actor, ToiletId(id.0)).await?;
        Ok(Json(ToiletPlans { items: found.iter().map(PlanView::from).collect() }))
    }

    /// Give a toilet a plan
    ///
    /// For supervisors and admins, within their area. Versions never overlap: the one in force ends the day before, and
    /// those that would begin later are withdrawn. 409 where a slot that would be replaced has opened already.
    #[oai(path = "/api/v1/toilets/:id/plans", method = "post", operation_id = "create_plan")]
    async fn create_plan(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<PlanInput>,
    ) -> Result<Created<PlanView>, Problem> {
        let (Params(()), by, new) = (query, signed.writer(), body.0.read()?);
        let asked = ["create_plan", &id.to_string(), &format!("{new:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let tell = |plan: &Plan| {
            let location = format!("/api/v1/toilets/{}/plans", plan.toilet);
            Answer::of(&PlanView::from(plan)).of_revision(plan.revision).kept(StatusCode::CREATED, Some(location))
        };
        Ok(Created::kept(plans::put(&self.0, by, ToiletId(id.0), new, once, tell).await?))
    }

    /// List the slots that a plan would have
    ///
    /// For supervisors and admins, within their area: what a plan comes to at a toilet on its first seven days, before it
    /// is given. It is refused as the plan would be, and nothing is kept.
    #[oai(path = "/api/v1/toilets/:id/plans/preview", method = "post", operation_id = "list_planned_slots")]
    async fn list_planned_slots(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
        body: Body<PlanInput>,
    ) -> Result<Json<SlotsView>, Problem> {
        let (Params(()), new) = (query, body.0.read()?);
        Ok(Json(SlotsView::from(&plans::preview(&self.0, &signed.by().actor, ToiletId(id.0), new).await?)))
    }
}

fn template(template: &Template) -> Answer<TemplateView> {
    Answer::of(&TemplateView::from(template)).of_revision(1)
}

impl TemplateInput {
    fn read(self) -> Result<NewTemplate, Failure> {
        let name = Name::new(&self.name).map_err(|wrong| wrong.in_field("name"))?;
        let note = self.note.map(|text| Remark::new(&text)).transpose().map_err(|wrong| wrong.in_field("note"))?;
        Ok(NewTemplate { name, note, windows: windows(self.windows)? })
    }
}

impl PlanInput {
    fn read(self) -> Result<NewPlan, Failure> {
        let (from, to) = span(self.from, self.to)?;
        let content = match (self.template, self.windows) {
            (Some(id), None) => Content::Template(TemplateId(id)),
            (None, Some(given)) => Content::Own(windows(given)?),
            _ => return Err(Violation::new("windows", "incomplete", "give either a template or windows").into()),
        };
        Ok(NewPlan { from, to, content })
    }
}

type Span = (Option<NaiveDate>, Option<NaiveDate>);

/// Days that can be kept.
pub(super) fn span(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Span, Failure> {
    let read = |field: &str, given: Option<NaiveDate>| {
        given.map(day).transpose().map_err(|wrong| Failure::from(wrong.in_field(field)))
    };
    Ok((read("from", from)?, read("to", to)?))
}

fn chosen(toilets: Option<Vec<i32>>, filter: Option<ApplicationFilter>) -> Result<Chosen, Failure> {
    match (toilets, filter) {
        (Some(ids), None) => Ok(Chosen::Listed(ids.into_iter().map(ToiletId).collect())),
        (None, Some(filter)) => Ok(filter.read()?),
        _ => Err(Violation::new("toilets", "incomplete", "give either toilets or a filter").into()),
    }
}

impl ApplicationFilter {
    fn read(self) -> Result<Chosen, Violation> {
        let code = |text: String| text.parse::<AreaCode>().map_err(|wrong| wrong.in_field("filter.area"));
        let area = self.area.map(code).transpose()?;
        let kinds: Vec<_> = self.kinds.unwrap_or_default().into_iter().map(|kind| kind.0).collect();
        let grades: Vec<_> = self.grades.unwrap_or_default().into_iter().map(|grade| grade.0).collect();
        let operator = self.operator.map(OperatorId);
        if area.is_none() && kinds.is_empty() && grades.is_empty() && operator.is_none() {
            return Err(Violation::new("filter", "incomplete", "must name an area, kinds, grades or a body"));
        }
        Ok(Chosen::Fitting { area, kinds, grades, operator })
    }
}

impl From<&Applied> for AppliedView {
    fn from(applied: &Applied) -> Self {
        let made = applied.made.iter().map(|plan| MadeVersion { toilet: plan.toilet.0, version: plan.version });
        let left = applied.left.iter().map(|(id, why)| LeftToilet { toilet: id.0, detail: why.clone() });
        Self { made: made.collect(), left: left.collect() }
    }
}

/// What a list in the order of ids takes.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) after: i32,
    pub(super) limit: usize,
}

impl Group for Page {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (cursor, limit) = (given.take(&CURSOR).flatten(), given.take(&LIMIT));
        let after = match cursor.map(|text| text.parse().ok().filter(|id| *id > 0)) {
            None => 0,
            Some(Some(id)) => id,
            Some(None) => {
                given.fault(&CURSOR, Violation::new("", "unreadable", "must be the `next` of the page before"));
                return None;
            }
        };
        Some(Self { after, limit: limit? })
    }
}

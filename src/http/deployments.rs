//! Toilets for an event: put out with one call, taken away with one call.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::instant::Instant;
use super::people_view::Done;
use super::problem::Problem;
use super::query::{Declared, Given, Group, Params};
use super::revision::{expected, once};
use super::tag::Tag;
use super::toilet_facts::{NewToilet, PositionInput, instant};
use super::toilet_params::{CURSOR, LIMIT, WriteParams};
use super::written::Created;
use crate::domain::Violation;
use crate::domain::deployment::Deployment;
use crate::domain::id::{DeploymentId, ToiletId};
use crate::domain::text::Name;
use crate::geo::Crs;
use crate::usecase::deployments::{self, Deployed};
use crate::usecase::{Ctx, Failure};

/// Every operation on sets of temporary toilets.
pub(super) struct DeploymentsApi(pub(super) Arc<Ctx>);

/// A set of toilets to be put out together.
#[derive(Debug, Object)]
#[oai(rename = "NewDeployment", deny_unknown_fields)]
struct NewDeployment {
    /// What it is for: 1 to 128 characters.
    name: String,
    /// From when they serve; now if left out.
    from: Option<Instant>,
    /// Until when they serve.
    until: Instant,
    /// The toilets, 1 to 100.
    #[oai(validator(min_items = 1, max_items = 100))]
    toilets: Vec<DeployedInput>,
}

/// A toilet of a set: a portable one on record by its `id`, or a new one.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct DeployedInput {
    /// The id of a portable toilet.
    id: Option<i32>,
    /// Where it is put, in the datum of `crs`; where it is registered if left out.
    position: Option<PositionInput>,
    /// A new toilet, portable unless it says otherwise, in use as long as the set is. Those of one set may stand side by
    /// side.
    toilet: Option<NewToilet>,
}

/// A set of toilets that are put out together for a time.
#[derive(Debug, Object)]
#[oai(rename = "Deployment", skip_serializing_if_is_none)]
struct DeploymentView {
    /// Its id.
    id: i32,
    /// What it is for.
    name: String,
    /// From when its toilets serve.
    from: Instant,
    /// Until when they serve.
    until: Option<Instant>,
    /// The ids of the toilets.
    toilets: Vec<i32>,
    /// Counts the writes to the set.
    revision: i32,
}

impl From<&Deployment> for DeploymentView {
    fn from(set: &Deployment) -> Self {
        Self {
            id: set.id.0,
            name: set.name.to_string(),
            from: Instant(set.span.from()),
            until: set.span.until().map(Instant),
            toilets: set.toilets.iter().map(|id| id.0).collect(),
            revision: set.revision,
        }
    }
}

/// A page of sets, in the order of their ids.
#[derive(Debug, Object)]
#[oai(rename = "DeploymentPage", skip_serializing_if_is_none)]
struct DeploymentPageView {
    /// The sets.
    items: Vec<DeploymentView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

/// What a list of sets takes.
#[derive(Debug)]
struct DeploymentParams {
    after: DeploymentId,
    limit: usize,
}

impl Group for DeploymentParams {
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
        Some(Self { after: DeploymentId(after), limit: limit? })
    }
}

#[OpenApi(tag = "Tag::Toilets")]
impl DeploymentsApi {
    /// Put out toilets for an event
    ///
    /// For supervisors and admins, within their area: all of the set or none. The toilets are found from `from` to
    /// `until` and no longer.
    #[oai(path = "/api/v1/deployments", method = "post", operation_id = "create_deployment")]
    async fn create_deployment(
        &self,
        signed: Signed,
        query: Params<WriteParams>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewDeployment>,
    ) -> Result<Created<DeploymentView>, Problem> {
        let (by, crs, new) = (signed.writer(), query.0.crs, body.0.read(query.0.crs)?);
        let asked = ["create_deployment", crs.map_or("", Crs::as_str), &format!("{new:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let tell = |set: &Deployment| {
            let location = format!("/api/v1/deployments/{}", set.id);
            Answer::of(&DeploymentView::from(set)).of_revision(set.revision).kept(StatusCode::CREATED, Some(location))
        };
        Ok(Created::kept(deployments::open(&self.0, by, new, once, tell).await?))
    }

    /// List sets of temporary toilets
    ///
    /// Those with a toilet within the caller's area, past and to come.
    #[oai(path = "/api/v1/deployments", method = "get", operation_id = "list_deployments")]
    async fn list_deployments(
        &self,
        signed: Signed,
        query: Params<DeploymentParams>,
    ) -> Result<Json<DeploymentPageView>, Problem> {
        let Params(DeploymentParams { after, limit }) = query;
        let (sets, more) = deployments::list(&self.0, &signed.by().actor, after, limit).await?;
        let next = sets.last().filter(|_| more).map(|set| set.id.to_string());
        Ok(Json(DeploymentPageView { items: sets.iter().map(DeploymentView::from).collect(), next }))
    }

    /// Take away the toilets of an event
    ///
    /// Now, all of the set; they stay on record and can be put out again.
    #[oai(path = "/api/v1/deployments/:id", method = "delete", operation_id = "delete_deployment")]
    async fn delete_deployment(
        &self,
        signed: Signed,
        /// The set's id.
        id: Path<i32>,
        query: Params<()>,
        /// The revision of the set that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        deployments::close(&self.0, signed.writer(), DeploymentId(id.0), expected).await?;
        Ok(Done::Done)
    }
}

impl NewDeployment {
    fn read(self, crs: Option<Crs>) -> Result<deployments::NewDeployment, Problem> {
        let field = |name: &'static str| move |wrong: Violation| Failure::from(wrong.in_field(name));
        let name = Name::new(&self.name).map_err(field("name"))?;
        let from = self.from.map(|at| instant(at.0)).transpose().map_err(field("from"))?;
        let until = instant(self.until.0).map_err(field("until"))?;
        let toilets = self.toilets.into_iter().enumerate().map(|(place, toilet)| toilet.read(place, crs));
        Ok(deployments::NewDeployment { name, from, until, toilets: toilets.collect::<Result<_, _>>()? })
    }
}

impl DeployedInput {
    fn read(self, place: usize, crs: Option<Crs>) -> Result<Deployed, Problem> {
        match (self.id, self.toilet) {
            (Some(id), None) => {
                let position = self.position.map(|position| position.placed(crs)).transpose()?;
                Ok(Deployed::Known(ToiletId(id), position))
            }
            (None, Some(toilet)) if self.position.is_none() => {
                let mut new = toilet.read(crs)?;
                new.confirmed = true;
                Ok(Deployed::New(Box::new(new)))
            }
            _ => {
                let message = "give id with or without position, or toilet with its position inside";
                Err(Failure::from(Violation::new(format!("toilets.{place}"), "incomplete", message)).into())
            }
        }
    }
}

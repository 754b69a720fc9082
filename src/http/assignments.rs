//! Who answers for which toilet.

use std::sync::Arc;

use chrono::NaiveDate;
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::people_view::Done;
use super::plans::span;
use super::problem::Problem;
use super::query::Params;
use super::revision::{expected, once};
use super::tag::Tag;
use super::written::Created;
use crate::domain::account::PersonId;
use crate::domain::assignment::{Assignments, Custodian, Named, Substitute};
use crate::domain::id::{CustodianId, SubstituteId, ToiletId};
use crate::domain::period::Days;
use crate::usecase::assignments::{self, NewCustodian};
use crate::usecase::substitutes::{self, NewSubstitute};
use crate::usecase::{Ctx, Failure};

/// Every operation on who answers for toilets.
pub(super) struct AssignmentsApi(pub(super) Arc<Ctx>);

/// Somebody who is to answer for a toilet (责任保洁员).
#[derive(Debug, Object)]
#[oai(rename = "NewCustodian", deny_unknown_fields)]
struct CustodianInput {
    /// The id of a cleaner or supervisor whose role counts there.
    person: Uuid,
    /// The first day, by the clock of the toilet; today if left out.
    from: Option<NaiveDate>,
    /// The last day, if there is one.
    to: Option<NaiveDate>,
}

/// Somebody who is to stand in at a toilet (替班): beside its custodian, who goes on answering for it.
#[derive(Debug, Object)]
#[oai(rename = "NewSubstitute", deny_unknown_fields)]
struct SubstituteInput {
    /// The id of a cleaner or supervisor whose role counts there.
    person: Uuid,
    /// The first day, by the clock of the toilet; today if left out.
    from: Option<NaiveDate>,
    /// The last day.
    to: NaiveDate,
}

/// Somebody who stands in at a toilet, whole days.
#[derive(Debug, Object)]
#[oai(rename = "Substitute", skip_serializing_if_is_none)]
pub(super) struct SubstituteView {
    /// Its id.
    id: i32,
    /// The toilet's id.
    toilet: i32,
    /// Who: their pseudonym.
    person: Uuid,
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day.
    to: Option<NaiveDate>,
    /// Counts the writes to it.
    revision: i32,
}

/// Somebody who answers for a toilet, whole days.
#[derive(Debug, Object)]
#[oai(rename = "Custodian", skip_serializing_if_is_none)]
pub(super) struct CustodianView {
    /// Its id.
    id: i32,
    /// The toilet's id.
    toilet: i32,
    /// Who: their pseudonym.
    person: Uuid,
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day, if there is one.
    to: Option<NaiveDate>,
    /// Counts the writes to it.
    revision: i32,
}

/// One of those who answered, answer and will answer for a toilet, or stand in there.
#[derive(Debug, Object)]
#[oai(rename = "Assigned", skip_serializing_if_is_none)]
struct NamedView {
    /// Its id.
    id: i32,
    /// Who: their pseudonym.
    person: Uuid,
    /// What they are called; left out for who is forgotten.
    name: Option<String>,
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day, if there is one.
    to: Option<NaiveDate>,
    /// Counts the writes to it.
    revision: i32,
}

/// Who answers for a toilet.
#[derive(Debug, Object)]
#[oai(rename = "Assignments")]
struct AssignmentsView {
    /// Who answered, answers and will answer for it, in the order of their days; at most one on any day.
    custodians: Vec<NamedView>,
    /// Who stood in, stands in and will stand in there, in the order of their days.
    substitutes: Vec<NamedView>,
}

#[OpenApi(tag = "Tag::Cleaning")]
impl AssignmentsApi {
    /// Tell who answers for a toilet, and who stands in
    ///
    /// For the staff of its area; the public is told the line on the sign, and nobody's name.
    #[oai(path = "/api/v1/toilets/:id/assignments", method = "get", operation_id = "list_assignments")]
    async fn list_assignments(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Json<AssignmentsView>, Problem> {
        let Params(()) = query;
        let found = assignments::of_toilet(&self.0, &signed.by().actor, ToiletId(id.0)).await?;
        Ok(Json(AssignmentsView::from(found)))
    }

    /// Have somebody answer for a toilet
    ///
    /// For supervisors and admins, within their area. There is one at a time: whoever answers for it on these days is over
    /// the day before the new one begins, and whoever was to begin on one of them does not.
    #[oai(path = "/api/v1/toilets/:id/custodians", method = "post", operation_id = "create_custodian")]
    async fn create_custodian(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<CustodianInput>,
    ) -> Result<Created<CustodianView>, Problem> {
        let (Params(()), by, new) = (query, signed.writer(), body.0.read()?);
        let once =
            once(key.as_deref(), by.actor.person, &["create_custodian", &id.0.to_string(), &format!("{new:?}")])?;
        let path = format!("/api/v1/toilets/{}/assignments", id.0);
        let tell = |made: &Custodian| answer(made).kept(StatusCode::CREATED, Some(path));
        Ok(Created::kept(assignments::name(&self.0, by, ToiletId(id.0), new, once, tell).await?))
    }

    /// End that somebody answers for a toilet
    ///
    /// Today is the last day. One who was to begin today or later never does.
    #[oai(path = "/api/v1/toilets/:id/custodians/:custodian", method = "delete", operation_id = "delete_custodian")]
    async fn delete_custodian(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The custodian's id.
        custodian: Path<i32>,
        query: Params<()>,
        /// The revision of the custodian that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        let about = (ToiletId(id.0), CustodianId(custodian.0));
        assignments::end(&self.0, signed.writer(), about, expected).await?;
        Ok(Done::Done)
    }

    /// Have somebody stand in at a toilet
    ///
    /// For supervisors and admins, within their area. Whoever stands in has the toilet on their round on these days; the
    /// slots go on counting for its custodian. Several may stand in at once.
    #[oai(path = "/api/v1/toilets/:id/substitutes", method = "post", operation_id = "create_substitute")]
    async fn create_substitute(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<SubstituteInput>,
    ) -> Result<Created<SubstituteView>, Problem> {
        let (Params(()), by, new) = (query, signed.writer(), body.0.read()?);
        let asked = ["create_substitute", &id.0.to_string(), &format!("{new:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let path = format!("/api/v1/toilets/{}/assignments", id.0);
        let tell = |made: &Substitute| {
            let answer = Answer::of(&SubstituteView::from(made)).of_revision(made.revision);
            answer.kept(StatusCode::CREATED, Some(path))
        };
        Ok(Created::kept(substitutes::name(&self.0, by, ToiletId(id.0), new, once, tell).await?))
    }

    /// End that somebody stands in at a toilet
    ///
    /// Today is the last day. One who was to begin today or later never does.
    #[oai(path = "/api/v1/toilets/:id/substitutes/:substitute", method = "delete", operation_id = "delete_substitute")]
    async fn delete_substitute(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The substitute's id.
        substitute: Path<i32>,
        query: Params<()>,
        /// The revision of the substitute that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        let about = (ToiletId(id.0), SubstituteId(substitute.0));
        substitutes::end(&self.0, signed.writer(), about, expected).await?;
        Ok(Done::Done)
    }
}

fn answer(custodian: &Custodian) -> Answer<CustodianView> {
    Answer::of(&CustodianView::from(custodian)).of_revision(custodian.revision)
}

impl CustodianInput {
    fn read(self) -> Result<NewCustodian, Failure> {
        let (from, to) = span(self.from, self.to)?;
        Ok(NewCustodian { person: PersonId(self.person), from, to })
    }
}

impl From<&Custodian> for CustodianView {
    fn from(custodian: &Custodian) -> Self {
        let Custodian { id, toilet, person, days, revision } = *custodian;
        Self { id: id.0, toilet: toilet.0, person: person.0, from: days.from(), to: days.to(), revision }
    }
}

impl SubstituteInput {
    fn read(self) -> Result<NewSubstitute, Failure> {
        let (from, to) = span(self.from, Some(self.to))?;
        Ok(NewSubstitute { person: PersonId(self.person), from, to: to.unwrap_or(self.to) })
    }
}

impl From<&Substitute> for SubstituteView {
    fn from(substitute: &Substitute) -> Self {
        let Substitute { id, toilet, person, days, revision } = *substitute;
        Self { id: id.0, toilet: toilet.0, person: person.0, from: days.from(), to: days.to(), revision }
    }
}

impl NamedView {
    fn of<T>(named: Named<T>, told: fn(&T) -> (i32, PersonId, Days, i32)) -> Self {
        let (id, person, days, revision) = told(&named.record);
        let name = named.name.map(String::from);
        Self { id, person: person.0, name, from: days.from(), to: days.to(), revision }
    }
}

impl From<Assignments> for AssignmentsView {
    fn from(found: Assignments) -> Self {
        let custodian = |one| NamedView::of(one, |it: &Custodian| (it.id.0, it.person, it.days, it.revision));
        let substitute = |one| NamedView::of(one, |it: &Substitute| (it.id.0, it.person, it.days, it.revision));
        Self {
            custodians: found.custodians.into_iter().map(custodian).collect(),
            substitutes: found.substitutes.into_iter().map(substitute).collect(),
        }
    }
}

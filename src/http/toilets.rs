//! Finding toilets.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path};

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::people_view::Done;
use super::problem::Problem;
use super::query::Params;
use super::revision::{expected, once};
use super::tag::Tag;
use super::toilet_facts::{NewToilet, ToiletPatch};
use super::toilet_json::Reader;
use super::toilet_params::{AtBarriers, ListParams, NearestParams, ToiletParams, WriteParams};
use super::toilet_view::{NearestView, ToiletPageView, ToiletView};
use super::written::{Changed, Created};
use crate::domain::Toilet;
use crate::domain::id::ToiletId;
use crate::geo::Crs;
use crate::usecase::once::KeptAnswer;
use crate::usecase::{Ctx, registering, toilets};

/// Every operation on the paths below `/api/v1/toilets`.
pub(super) struct ToiletsApi(pub(super) Arc<Ctx>);

#[expect(clippy::unused_async, reason = "poem-openapi takes nothing but async functions")]
#[OpenApi(tag = "Tag::Toilets")]
impl ToiletsApi {
    /// Find the nearest toilets
    ///
    /// The toilets nearest to a position that can be used there and then: in service, no outage, open, and with all
    /// that is needed. Sorted by distance along the great circle, then by id; exact everywhere on Earth.
    /// Those across a river or the like bear `across`, and come last with `barriers=avoid`.
    #[oai(path = "/api/v1/toilets/nearest", method = "get", operation_id = "find_nearest_toilets")]
    async fn find_nearest_toilets(&self, query: Params<NearestParams>) -> Result<Answer<NearestView>, Problem> {
        self.nearest(&query.0)
    }

    /// List toilets
    ///
    /// Toilets by where and what they are, in the order of their ids, page by page.
    #[oai(path = "/api/v1/toilets", method = "get", operation_id = "list_toilets")]
    async fn list_toilets(&self, query: Params<ListParams>) -> Result<Answer<ToiletPageView>, Problem> {
        let Params(asked) = query;
        let (crs, at, areas) = (asked.crs, self.now(), asked.areas.clone());
        let (page, areas) = toilets::list(&self.0, &areas, asked.query(at))?;
        Ok(self.reader(crs, at)?.page(&page, &areas))
    }

    /// Get a toilet
    ///
    /// One toilet as it stands now, retired or not. The entity tag begins with its revision.
    #[oai(path = "/api/v1/toilets/:id", method = "get", operation_id = "get_toilet")]
    async fn get_toilet(
        &self,
        /// The toilet's id.
        #[oai(example = "example_id")]
        id: Path<i32>,
        query: Params<ToiletParams>,
    ) -> Result<Answer<ToiletView>, Problem> {
        let entry = toilets::get(&self.0, ToiletId(id.0))?;
        Ok(self.reader(query.0.crs, self.now())?.toilet(&entry))
    }

    /// Add a toilet
    ///
    /// For supervisors and admins, within their area. One that stands within 30 m of another, or bears its name within
    /// 500 m, is refused with 409 and the `candidates`, unless `confirmed` says that it is no other one.
    #[oai(path = "/api/v1/toilets", method = "post", operation_id = "create_toilet")]
    async fn create_toilet(
        &self,
        signed: Signed,
        query: Params<WriteParams>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewToilet>,
    ) -> Result<Created<ToiletView>, Problem> {
        let (by, crs) = (signed.writer(), query.0.crs);
        let new = body.0.read(crs)?;
        let asked = ["create_toilet", crs.map_or("", Crs::as_str), &new.patch.written(), new.name.as_str()];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let tell = self.teller(crs, StatusCode::CREATED);
        Ok(Created::kept(registering::create(&self.0, by, new, once, tell).await?))
    }

    /// Change a toilet
    ///
    /// For supervisors and admins, within their area. What the body leaves out stays as it is, `null` clears. `If-Match`
    /// names the revision that was read: 428 without it, 412 where somebody else has changed the record since.
    #[oai(path = "/api/v1/toilets/:id", method = "patch", operation_id = "update_toilet")]
    async fn update_toilet(
        &self,
        signed: Signed,
        /// The toilet's id.
        #[oai(example = "example_id")]
        id: Path<i32>,
        query: Params<WriteParams>,
        /// The entity tag or the revision that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<ToiletPatch>,
    ) -> Result<Changed<ToiletView>, Problem> {
        self.change(signed, id.0, query.0.crs, revision.as_deref(), body.0).await
    }

    /// Change a toilet, for clients without PATCH
    ///
    /// Does exactly what PATCH does: `wx.request` knows no PATCH.
    #[oai(path = "/api/v1/toilets/:id", method = "post", operation_id = "apply_toilet_patch")]
    async fn apply_toilet_patch(
        &self,
        signed: Signed,
        /// The toilet's id.
        #[oai(example = "example_id")]
        id: Path<i32>,
        query: Params<WriteParams>,
        /// The entity tag or the revision that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<ToiletPatch>,
    ) -> Result<Changed<ToiletView>, Problem> {
        self.change(signed, id.0, query.0.crs, revision.as_deref(), body.0).await
    }

    /// Take a toilet out of use
    ///
    /// It is retired, not deleted: it stays on record, and its id is never used again.
    #[oai(path = "/api/v1/toilets/:id", method = "delete", operation_id = "delete_toilet")]
    async fn delete_toilet(
        &self,
        signed: Signed,
        /// The toilet's id.
        #[oai(example = "example_id")]
        id: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let Params(()) = query;
        let expected = expected(revision.as_deref())?;
        registering::retire(&self.0, signed.writer(), ToiletId(id.0), expected).await?;
        Ok(Done::Done)
    }
}

impl ToiletsApi {
    /// Answers a search for the nearest.
    pub(super) fn nearest(&self, asked: &NearestParams) -> Result<Answer<NearestView>, Problem> {
        let at = asked.at.unwrap_or_else(|| self.now());
        let query = asked.query(at);
        let hits = match asked.barriers {
            AtBarriers::Mark => toilets::nearest(&self.0, &query),
            AtBarriers::Avoid => toilets::nearest_avoiding(&self.0, &query),
        };
        Ok(self.reader(Some(asked.crs), at)?.nearest(&query, asked.at.is_some(), &hits))
    }

    async fn change(
        &self,
        signed: Signed,
        id: i32,
        crs: Option<Crs>,
        revision: Option<&str>,
        body: ToiletPatch,
    ) -> Result<Changed<ToiletView>, Problem> {
        let (expected, patch) = (expected(revision)?, body.read(crs)?);
        let toilet = registering::update(&self.0, signed.writer(), ToiletId(id), expected, patch).await?;
        let entry = self.0.finder.entry_of(&toilet);
        // Whoever keeps the register is not the public, whose datum may be limited.
        let reader = Reader { calendars: &self.0.calendars, crs: crs.unwrap_or(Crs::Wgs84), at: self.now() };
        Ok(Changed::now(reader.toilet(&entry)))
    }

    /// Writes the answer about a toilet that was made, wherever it was.
    fn teller(&self, crs: Option<Crs>, status: StatusCode) -> impl FnOnce(&Toilet) -> KeptAnswer + Send + 'static {
        let (ctx, at) = (Arc::clone(&self.0), self.now());
        move |toilet| {
            let reader = Reader { calendars: &ctx.calendars, crs: crs.unwrap_or(Crs::Wgs84), at };
            let location = format!("/api/v1/toilets/{}", toilet.id);
            reader.toilet(&ctx.finder.entry_of(toilet)).kept(status, Some(location))
        }
    }

    /// The instant by which an answer without `at` is judged, in whole seconds as it is written.
    fn now(&self) -> DateTime<Utc> {
        self.0.clock.now().trunc_subsecs(0)
    }

    /// Writes for whoever asked for that datum, if it is one in which positions are published.
    fn reader(&self, crs: Option<Crs>, at: DateTime<Utc>) -> Result<Reader<'_>, Problem> {
        let crs = toilets::public_crs(&self.0, crs)?;
        Ok(Reader { calendars: &self.0.calendars, crs, at })
    }
}

fn example_id() -> i32 {
    17
}

//! Finding toilets.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::answer::Answer;
use super::problem::Problem;
use super::query::Params;
use super::tag::Tag;
use super::toilet_json::Reader;
use super::toilet_params::{ListParams, NearestParams, ToiletParams};
use super::toilet_view::{NearestView, ToiletPageView, ToiletView};
use crate::domain::id::ToiletId;
use crate::geo::Crs;
use crate::usecase::{Ctx, toilets};

/// Every operation on the paths below `/api/v1/toilets`.
pub(super) struct ToiletsApi(pub(super) Arc<Ctx>);

#[expect(clippy::unused_async, reason = "poem-openapi takes nothing but async functions")]
#[OpenApi(tag = "Tag::Toilets")]
impl ToiletsApi {
    /// Find the nearest toilets
    ///
    /// The toilets nearest to a position that can be used there and then: in service, no outage, open, and with all
    /// that is needed. Sorted by distance along the great circle, then by id; exact everywhere on Earth.
    #[oai(path = "/api/v1/toilets/nearest", method = "get", operation_id = "find_nearest_toilets")]
    async fn find_nearest_toilets(&self, query: Params<NearestParams>) -> Result<Answer<NearestView>, Problem> {
        let Params(asked) = query;
        let at = asked.at.unwrap_or_else(|| self.now());
        let query = asked.query(at);
        let hits = toilets::nearest(&self.0, &query);
        Ok(self.reader(asked.crs, at).nearest(&query, asked.at.is_some(), &hits))
    }

    /// List toilets
    ///
    /// Toilets by where and what they are, in the order of their ids, page by page.
    #[oai(path = "/api/v1/toilets", method = "get", operation_id = "list_toilets")]
    async fn list_toilets(&self, query: Params<ListParams>) -> Result<Answer<ToiletPageView>, Problem> {
        let Params(asked) = query;
        let (crs, at, areas) = (asked.crs, self.now(), asked.areas.clone());
        let page = toilets::list(&self.0, &areas, asked.query(at))?;
        Ok(self.reader(crs, at).page(&page))
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
        Ok(self.reader(query.0.crs, self.now()).toilet(&entry))
    }
}

impl ToiletsApi {
    /// The instant by which an answer without `at` is judged, in whole seconds as it is written.
    fn now(&self) -> DateTime<Utc> {
        self.0.clock.now().trunc_subsecs(0)
    }

    fn reader(&self, crs: Crs, at: DateTime<Utc>) -> Reader<'_> {
        Reader { calendars: &self.0.calendars, crs, at }
    }
}

fn example_id() -> i32 {
    17
}

//! Finding toilets along a way.

use std::sync::Arc;

use chrono::SubsecRound;
use poem_openapi::{Object, OpenApi};

use super::answer::Answer;
use super::body::Body;
use super::problem::Problem;
use super::query::Params;
use super::tag::Tag;
use super::toilet_json::Reader;
use super::toilet_params::AlongParams;
use super::toilet_view::PassageView;
use crate::domain::Violation;
use crate::geo::{Crs, Route, Wgs84};
use crate::usecase::{Ctx, Failure, toilets};

/// The operation on `/api/v1/toilets/along`.
pub(super) struct AlongApi(pub(super) Arc<Ctx>);

/// A way by positions.
#[derive(Debug, Object)]
#[oai(rename = "Way")]
struct Way {
    /// The positions in their order, in the datum of the request; between two of them the way is straight.
    #[oai(validator(min_items = 2, max_items = 1000))]
    line: Vec<WayPoint>,
}

/// A position of a way.
#[derive(Debug, Object)]
#[oai(rename = "WayPoint")]
struct WayPoint {
    /// Degrees north.
    #[oai(validator(minimum(value = "-90"), maximum(value = "90")))]
    latitude: f64,
    /// Degrees east.
    #[oai(validator(minimum(value = "-180"), maximum(value = "180")))]
    longitude: f64,
}

impl Way {
    fn read(&self, crs: Crs) -> Result<Route, Failure> {
        let positions = self.line.iter().enumerate().map(|(number, point)| {
            crs.read(point.latitude, point.longitude).map_err(|error| {
                Violation::new(format!("line[{number}].{}", error.field), "outOfRange", error.to_string())
            })
        });
        Ok(Route::new(&positions.collect::<Result<Vec<Wgs84>, Violation>>()?))
    }
}

#[expect(clippy::unused_async, reason = "poem-openapi takes nothing but async functions")]
#[OpenApi(tag = "Tag::Toilets")]
impl AlongApi {
    /// Find toilets along a way
    ///
    /// The toilets beside a way that can be used, in the order in which one comes by them, then by id; each with how far along
    /// the way and how far aside of it it lies. Changes nothing: it is a POST because a way is long.
    #[oai(path = "/api/v1/toilets/along", method = "post", operation_id = "find_toilets_along")]
    async fn find_toilets_along(
        &self,
        query: Params<AlongParams>,
        body: Body<Way>,
    ) -> Result<Answer<PassageView>, Problem> {
        let Params(asked) = query;
        let at = asked.at.unwrap_or_else(|| self.0.clock.now().trunc_subsecs(0));
        let crs = toilets::public_crs(&self.0, Some(asked.crs))?;
        let query = asked.query(body.0.read(crs)?, at);
        let passage = toilets::along(&self.0, &query);
        Ok(Reader { calendars: &self.0.calendars, crs, at }.passage(&query, &passage))
    }
}

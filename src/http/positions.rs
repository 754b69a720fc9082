//! Where a toilet stands, as a phone at its door says.

use std::sync::Arc;

use chrono::SubsecRound;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::body::Body;
use super::problem::Problem;
use super::query::Params;
use super::revision::expected;
use super::tag::Tag;
use super::toilet_json::Reader;
use super::toilet_params::PositionParams;
use super::toilet_view::ToiletView;
use super::written::Changed;
use crate::domain::Violation;
use crate::domain::id::ToiletId;
use crate::domain::place::Place;
use crate::usecase::positions::{self, Fix};
use crate::usecase::{Ctx, Failure};

/// Every operation on the positions of toilets.
pub(super) struct PositionsApi(pub(super) Arc<Ctx>);

/// What a phone at the door says.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct FixInput {
    /// Degrees north, in the datum of `crs`.
    latitude: f64,
    /// Degrees east, in the datum of `crs`.
    longitude: f64,
    /// How exact it is, in metres: above 0 and at most 100.
    accuracy: f64,
    /// That it is right, though it is more than 300 m from where the toilet is registered: by a supervisor.
    confirmed: Option<bool>,
}

#[OpenApi(tag = "Tag::Toilets")]
impl PositionsApi {
    /// Say where a toilet stands
    ///
    /// For whoever works in its area and stands at its door. Who said so, when and how exactly is remembered; the datum
    /// is kept. A place more than 300 m from the registered one is refused, since a forgotten datum is off by more,
    /// unless a supervisor confirms it.
    #[oai(path = "/api/v1/toilets/:id/position", method = "put", operation_id = "place_toilet")]
    async fn place_toilet(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<PositionParams>,
        /// The entity tag or the revision that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<FixInput>,
    ) -> Result<Changed<ToiletView>, Problem> {
        let (crs, expected, fix) = (query.0.crs, expected(revision.as_deref())?, body.0);
        let position = crs
            .read(fix.latitude, fix.longitude)
            .map_err(|error| Failure::from(Violation::new(error.field, "outOfRange", error.to_string())))?;
        let place = Place::new(position, crs, true);
        let fix = Fix { place, accuracy: fix.accuracy, confirmed: fix.confirmed.unwrap_or(false) };
        let toilet = positions::put(&self.0, signed.writer(), ToiletId(id.0), expected, fix).await?;
        let reader = Reader { calendars: &self.0.calendars, crs, at: self.0.clock.now().trunc_subsecs(0) };
        Ok(Changed::now(reader.toilet(&self.0.finder.entry_of(&toilet))))
    }
}

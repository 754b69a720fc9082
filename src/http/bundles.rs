//! Copies of the register for phones that keep one, and what changes in them.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::answer::Answer;
use super::bundle_json::Writer;
use super::bundle_view::{BundleView, ChangesView};
use super::problem::Problem;
use super::query::{Codes, Declared, Given, Group, Params, Version};
use super::tag::Tag;
use super::toilet_params::OUTPUT_CRS;
use crate::domain::area::AreaCode;
use crate::geo::Crs;
use crate::usecase::{Ctx, bundles, toilets};

/// The operations on `/api/v1/toilets/bundle` and `/api/v1/toilets/changes`.
pub(super) struct BundlesApi(pub(super) Arc<Ctx>);

#[expect(clippy::unused_async, reason = "poem-openapi takes nothing but async functions")]
#[OpenApi(tag = "Tag::Toilets")]
impl BundlesApi {
    /// Get a bundle of toilets
    ///
    /// All toilets of an area that are not retired, at most 5,000, in as few bytes as may be: for a phone that keeps a copy
    /// and finds toilets without a network. What hours mean is worked out: minutes of the week where all weeks are alike,
    /// stretches of the next 14 days where not. What is known of a toilet beyond this, `GET /toilets/{id}` tells.
    #[oai(path = "/api/v1/toilets/bundle", method = "get", operation_id = "get_toilet_bundle")]
    async fn get_toilet_bundle(&self, query: Params<BundleParams>) -> Result<Answer<BundleView>, Problem> {
        let crs = toilets::public_crs(&self.0, query.0.crs)?;
        let bundle = bundles::bundle(&self.0, &query.0.areas)?;
        Ok(Answer::whole(Writer::new(&self.0.calendars, crs, &bundle).bundle()))
    }

    /// List what changed in a bundle
    ///
    /// Takes a bundle of the same areas and datum from the `version` that it has to the one that this answer has: every item
    /// is put in the place of the one with its id, those in `removed` are taken out. Items whose hours or closures depend on
    /// the day come with every answer. 422 with `outdated` in `since` asks for a whole bundle anew.
    #[oai(path = "/api/v1/toilets/changes", method = "get", operation_id = "list_toilet_changes")]
    async fn list_toilet_changes(&self, query: Params<ChangeParams>) -> Result<Answer<ChangesView>, Problem> {
        let Params(ChangeParams { bundle: BundleParams { areas, crs }, since }) = query;
        let crs = toilets::public_crs(&self.0, crs)?;
        let bundle = bundles::changes(&self.0, &areas, since).await?;
        Ok(Answer::whole(Writer::new(&self.0.calendars, crs, &bundle).changes()))
    }
}

const AREA: Codes = Codes {
    name: "area",
    about: "Codes of areas, of today or older; those below belong to them. All toilets if left out. Repeat it, or join with \
            commas.",
};
const SINCE: Version =
    Version { name: "since", about: "The `version` of the bundle, or of the changes that were applied to it last." };

/// What a bundle takes.
struct BundleParams {
    areas: Vec<AreaCode>,
    crs: Option<Crs>,
}

impl Group for BundleParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &OUTPUT_CRS];

    fn read(given: &mut Given) -> Option<Self> {
        let (areas, crs) = (given.take(&AREA), given.asked(&OUTPUT_CRS));
        Some(Self { areas: areas?, crs })
    }
}

/// What changes take.
struct ChangeParams {
    bundle: BundleParams,
    since: i64,
}

impl Group for ChangeParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&SINCE, &AREA, &OUTPUT_CRS];

    fn read(given: &mut Given) -> Option<Self> {
        let (since, bundle) = (given.take(&SINCE), BundleParams::read(given));
        Some(Self { bundle: bundle?, since: since? })
    }
}

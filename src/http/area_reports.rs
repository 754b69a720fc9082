//! Reports on where toilets stand.

use std::sync::Arc;

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::problem::Problem;
use super::query::{Codes, Declared, Given, Group, Integer, Params, Text};
use super::tag::Tag;
use super::toilet_params;
use crate::domain::area::AreaCode;
use crate::domain::id::ToiletId;
use crate::usecase::Ctx;
use crate::usecase::placing::{self, MisplacedToilet};

/// Every operation on `/api/v1/reports/area-mismatches`.
pub(super) struct AreaReportsApi(pub(super) Arc<Ctx>);

/// A toilet that stands outside the area stated for it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct AreaMismatch {
    /// The toilet's id.
    toilet: i32,
    /// Its name.
    name: String,
    /// The number on its sign.
    code: Option<String>,
    /// The code of the area that is stated, which counts.
    stated: String,
    /// The code of the topmost of that area and those above it in whose outline the toilet does not stand.
    outside: String,
    /// How far outside, in metres.
    metres: f64,
    /// The code of the area in which it stands, by the outlines there are.
    located: Option<String>,
}

/// A page of mismatches in the order of the toilets' ids.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct AreaMismatchPage {
    /// The mismatches.
    items: Vec<AreaMismatch>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

impl From<MisplacedToilet> for AreaMismatch {
    fn from(found: MisplacedToilet) -> Self {
        let MisplacedToilet { misplaced, fact } = found;
        Self {
            toilet: misplaced.toilet.0,
            name: fact.name.to_string(),
            code: fact.code.as_ref().map(ToString::to_string),
            stated: misplaced.stated.to_string(),
            outside: misplaced.outside.to_string(),
            metres: (misplaced.metres * 10.0).round() / 10.0,
            located: misplaced.located.as_ref().map(ToString::to_string),
        }
    }
}

struct MismatchParams {
    areas: Vec<AreaCode>,
    after: ToiletId,
    limit: usize,
}

const AREA: Codes = Codes {
    name: "area",
    about: "Codes of areas, of today or older; those below belong to them. Everything within the caller's scope if left \
            out.",
};
const CURSOR: Text =
    Text { name: "cursor", about: "The `next` of the page before. Its form may change at any time.", longest: 64 };
const LIMIT: Integer = Integer { name: "limit", about: "How many at most on a page.", range: (1, 100), default: 20 };

impl Group for MismatchParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let areas = given.take(&AREA);
        let after = toilet_params::cursor(given, &CURSOR).unwrap_or(ToiletId(0));
        Some(Self { areas: areas?, after, limit: given.take(&LIMIT)? })
    }
}

#[OpenApi(tag = "Tag::Reports")]
impl AreaReportsApi {
    /// List toilets outside their stated area
    ///
    /// By the outlines of areas, page by page. What is stated counts all the same; somebody has to find out which of the
    /// two is wrong.
    #[oai(path = "/api/v1/reports/area-mismatches", method = "get", operation_id = "list_area_mismatches")]
    async fn list_area_mismatches(
        &self,
        signed: Signed,
        query: Params<MismatchParams>,
    ) -> Result<Json<AreaMismatchPage>, Problem> {
        let Params(MismatchParams { areas, after, limit }) = query;
        let (found, more) = placing::mismatches(&self.0, &signed.by().actor, &areas, after, limit).await?;
        let next = found.last().filter(|_| more).map(|last| toilet_params::next(last.misplaced.toilet));
        Ok(Json(AreaMismatchPage { items: found.into_iter().map(AreaMismatch::from).collect(), next }))
    }
}

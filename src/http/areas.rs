//! Looking up areas.

use std::marker::PhantomData;
use std::sync::Arc;

use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::answer::Answer;
use super::area_view::{AreaPageView, AreaView, Drawn, OutlineView};
use super::problem::Problem;
use super::query::{AnyOf, Code, Declared, Given, Group, Integer, OneOf, Params, Text};
use super::tag::Tag;
use crate::domain::Violation;
use crate::domain::area::{AreaCode, AreaLevel};
use crate::finder::{AreaQuery, Sought};
use crate::geo::Crs;
use crate::usecase::{Ctx, Failure, areas};

/// Every operation on the paths below `/api/v1/areas`.
pub(super) struct AreasApi(pub(super) Arc<Ctx>);

#[expect(clippy::unused_async, reason = "poem-openapi takes nothing but async functions")]
#[OpenApi(tag = "Tag::Areas")]
impl AreasApi {
    /// List areas
    ///
    /// Administrative divisions in the order of their codes, page by page.
    #[oai(path = "/api/v1/areas", method = "get", operation_id = "list_areas")]
    async fn list_areas(&self, query: Params<AreaQuery>) -> Result<Answer<AreaPageView>, Problem> {
        Ok(Answer::of(&areas::list(&self.0, query.0)?.into()))
    }

    /// Get an area
    ///
    /// The area that has this code today or, if none has, the one that had it or took it over; `code` in the answer is
    /// today's. With `outline` also where it ends.
    #[oai(path = "/api/v1/areas/:code", method = "get", operation_id = "get_area")]
    async fn get_area(
        &self,
        /// The area's code, of today or older, such as `410308106`.
        #[oai(example = "example_code")]
        code: Path<String>,
        query: Params<AreaParams>,
    ) -> Result<Answer<AreaView>, Problem> {
        let Params(AreaParams { outline, crs }) = query;
        let code: AreaCode = code.0.parse().map_err(|_| Failure::NotFound)?;
        let area = areas::get(&self.0, &code)?;
        let view = AreaView::from(area.as_ref());
        if outline == Drawn::None {
            return Ok(Answer::of(&view));
        }
        let boundary = areas::boundary(&self.0, area.id).await?;
        Ok(Answer::of(&view.outlined(boundary.map(|boundary| OutlineView::new(&boundary, crs, outline)))))
    }
}

fn example_code() -> String {
    "410308106".to_owned()
}

const PARENT: Code = Code { name: "parent", about: "The code of the area directly above, of today or older." };
const LEVEL: AnyOf<AreaLevel> =
    AnyOf { name: "level", about: "The levels that will do. Repeat it, or join with commas.", of: PhantomData };
const Q: Text = Text { name: "q", about: "What the name, or another name of the area, must contain.", longest: 64 };
const CURSOR: Text =
    Text { name: "cursor", about: "The `next` of the page before. Its form may change at any time.", longest: 64 };
const LIMIT: Integer = Integer { name: "limit", about: "How many at most on a page.", range: (1, 100), default: 20 };

/// What one area takes.
#[derive(Debug)]
struct AreaParams {
    outline: Drawn,
    crs: Crs,
}

const OUTLINE: OneOf<Drawn> = OneOf {
    name: "outline",
    about: "How much of where it ends: `none`, `simple` (what can be seen on a screen) or `full` (every corner).",
    default: Some(Drawn::None),
    missing: "missing",
};
const OUTLINE_CRS: OneOf<Crs> =
    OneOf { name: "crs", about: "The datum of the outline's corners.", default: Some(Crs::Wgs84), missing: "missing" };

impl Group for AreaParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&OUTLINE, &OUTLINE_CRS];

    fn read(given: &mut Given) -> Option<Self> {
        let (outline, crs) = (given.take(&OUTLINE), given.take(&OUTLINE_CRS));
        Some(Self { outline: outline?, crs: crs? })
    }
}

impl Group for AreaQuery {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&PARENT, &LEVEL, &Q, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let parents = given.take(&PARENT).flatten().into_iter().collect();
        let levels = given.take(&LEVEL);
        let text = given.take(&Q).flatten().map(|text| Sought::new(&text));
        let after = cursor(given);
        let limit = given.take(&LIMIT);
        Some(Self { parents, levels: levels?, text, after, limit: limit? })
    }
}

fn cursor(given: &mut Given) -> Option<AreaCode> {
    let text = given.take(&CURSOR).flatten()?;
    let read: Result<AreaCode, Violation> = text.parse();
    read.map_err(|violation| given.fault(&CURSOR, violation)).ok()
}

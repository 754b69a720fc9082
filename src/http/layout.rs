//! How toilets are laid out.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::bearer::Signed;
use super::body::Body;
use super::changes::Reading;
use super::layout_view::{FeaturesView, LayoutView};
use super::problem::Problem;
use super::query::{CRS_MISSING, Declared, Given, Group, Integer, Number, OneOf, Params, RequiredCode, Time};
use super::tag::Tag;
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::layout::Demand;
use crate::domain::text::Name;
use crate::geo::Crs;
use crate::usecase::Ctx;
use crate::usecase::layout::{Asked, Report, report};

/// The most squares of a grid in an answer: a county at 100 m.
const MOST_SQUARES: usize = 250_000;

/// Every operation on the paths `/api/v1/reports/layout` and `/api/v1/reports/layout.geojson`.
pub(super) struct LayoutApi(pub(super) Arc<Ctx>);

/// A grid over an area.
#[derive(Debug)]
struct LayoutParams {
    area: AreaCode,
    spacing: Option<f64>,
    question: QuestionParams,
}

/// What is asked of the demand, whatever that is.
#[derive(Debug)]
struct QuestionParams {
    radius: f64,
    at: Option<DateTime<Utc>>,
    crs: Crs,
    gaps: usize,
    places: usize,
}

/// The same of points that come in, in the datum of the answer.
#[derive(Debug)]
struct PointsParams(QuestionParams);

/// Points that need toilets.
#[derive(Debug, Object)]
#[oai(rename = "DemandList", deny_unknown_fields)]
struct DemandInput {
    /// The points, such as villages, at most 500.
    #[oai(validator(min_items = 1, max_items = 500))]
    points: Vec<PointInput>,
}

/// A point that needs a toilet, in the datum of `crs`.
#[derive(Debug, Object)]
#[oai(rename = "DemandPoint", deny_unknown_fields)]
struct PointInput {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// How much it counts, as by its inhabitants: 0 to 1,000,000,000,000; 1 if left out.
    weight: Option<f64>,
    /// What it is called: 1 to 128 characters.
    name: Option<String>,
}

const AREA: RequiredCode =
    RequiredCode { name: "area", about: "The code of the area, of today or older. It must have an outline." };
const RADIUS: Number = Number {
    name: "radius",
    about: "How far a toilet serves, in metres along the great circle. Standards differ (300 m, 300 to 500 m, 500 to \
            800 m), so it must be said.",
    range: (10.0, 50_000.0),
    required: true,
    example: 500.0,
};
const SPACING: Number = Number {
    name: "spacing",
    about: "The side of the grid's squares, in metres; a fifth of `radius` if left out. At most 250,000 squares.",
    range: (1.0, 50_000.0),
    required: false,
    example: 100.0,
};
const AT: Time = Time { name: "at", about: "The instant at which a toilet must be usable; now if left out. RFC 3339." };
const CRS: OneOf<Crs> = OneOf {
    name: "crs",
    about: "The datum of the positions that come out.",
    default: Some(Crs::Wgs84),
    missing: "missing",
};
const CRS_OF_POINTS: OneOf<Crs> = OneOf {
    name: "crs",
    about: "The datum of the points that go in and of the positions that come out.",
    default: None,
    missing: CRS_MISSING,
};
const GAPS: Integer = Integer { name: "gaps", about: "How many gaps to tell.", range: (0, 100), default: 10 };
const PLACES: Integer = Integer { name: "places", about: "How many new toilets to place.", range: (0, 50), default: 5 };

impl Group for LayoutParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &RADIUS, &SPACING, &AT, &CRS, &GAPS, &PLACES];

    fn read(given: &mut Given) -> Option<Self> {
        let (area, spacing) = (given.take(&AREA), given.take(&SPACING));
        let question = QuestionParams::read(given, &CRS);
        Some(Self { area: area?, spacing, question: question? })
    }
}

impl Group for PointsParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&RADIUS, &AT, &CRS_OF_POINTS, &GAPS, &PLACES];

    fn read(given: &mut Given) -> Option<Self> {
        QuestionParams::read(given, &CRS_OF_POINTS).map(Self)
    }
}

impl QuestionParams {
    fn read(given: &mut Given, crs: &'static OneOf<Crs>) -> Option<Self> {
        let (radius, at, crs) = (given.take(&RADIUS), given.take(&AT), given.take(crs));
        let (gaps, places) = (given.take(&GAPS), given.take(&PLACES));
        Some(Self { radius: radius?, at: at?, crs: crs?, gaps: gaps?, places: places? })
    }
}

#[OpenApi(tag = "Tag::Reports")]
impl LayoutApi {
    /// Report on the layout of toilets
    ///
    /// Covers the outline of an area with a grid and tells which share of it lies within the service radius of a toilet
    /// that can be used at that instant, where the largest gaps are, and where new toilets would help most (greedy
    /// maximum coverage).
    #[oai(path = "/api/v1/reports/layout", method = "get", operation_id = "get_layout_report")]
    async fn get_layout_report(
        &self,
        signed: Signed,
        query: Params<LayoutParams>,
    ) -> Result<Json<LayoutView>, Problem> {
        let crs = query.0.question.crs;
        Ok(Json(LayoutView::new(&self.over_area(&signed, query.0).await?, crs)))
    }

    /// Report on the layout of toilets for given points
    ///
    /// The same for points that need toilets, such as villages: which of them lie within the service radius of a toilet,
    /// which are furthest from one, and at which of them new ones would help most. Nothing is kept.
    #[oai(path = "/api/v1/reports/layout", method = "post", operation_id = "find_layout_of_points")]
    async fn find_layout_of_points(
        &self,
        signed: Signed,
        query: Params<PointsParams>,
        body: Body<DemandInput>,
    ) -> Result<Json<LayoutView>, Problem> {
        let crs = query.0.0.crs;
        Ok(Json(LayoutView::new(&self.of_points(&signed, query.0.0, body.0).await?, crs)))
    }

    /// Report on the layout of toilets as GeoJSON
    ///
    /// The gaps and the places of the report as points.
    #[oai(path = "/api/v1/reports/layout.geojson", method = "get", operation_id = "get_layout_features")]
    async fn get_layout_features(
        &self,
        signed: Signed,
        query: Params<LayoutParams>,
    ) -> Result<Json<FeaturesView>, Problem> {
        let crs = query.0.question.crs;
        Ok(Json(FeaturesView::new(&self.over_area(&signed, query.0).await?, crs)))
    }

    /// Report on the layout of toilets for given points as GeoJSON
    ///
    /// The gaps and the places of that report as points.
    #[oai(path = "/api/v1/reports/layout.geojson", method = "post", operation_id = "find_layout_features_of_points")]
    async fn find_layout_features_of_points(
        &self,
        signed: Signed,
        query: Params<PointsParams>,
        body: Body<DemandInput>,
    ) -> Result<Json<FeaturesView>, Problem> {
        let crs = query.0.0.crs;
        Ok(Json(FeaturesView::new(&self.of_points(&signed, query.0.0, body.0).await?, crs)))
    }
}

impl LayoutApi {
    async fn over_area(&self, signed: &Signed, params: LayoutParams) -> Result<Report, Problem> {
        let LayoutParams { area, spacing, question } = params;
        let asked = Asked { area: Some(area), spacing_metres: spacing, ..self.asked(&question) };
        Ok(report(&self.0, &signed.by().actor, asked).await?)
    }

    async fn of_points(&self, signed: &Signed, question: QuestionParams, body: DemandInput) -> Result<Report, Problem> {
        let asked = Asked { demand: Some(body.read(question.crs)?), ..self.asked(&question) };
        Ok(report(&self.0, &signed.by().actor, asked).await?)
    }

    fn asked(&self, question: &QuestionParams) -> Asked {
        Asked {
            area: None,
            demand: None,
            radius_metres: question.radius,
            spacing_metres: None,
            at: question.at.unwrap_or_else(|| self.0.clock.now().trunc_subsecs(0)),
            gaps: question.gaps,
            places: question.places,
            most_squares: MOST_SQUARES,
        }
    }
}

impl DemandInput {
    fn read(self, crs: Crs) -> Result<Vec<Demand>, Problem> {
        let mut reading = Reading::default();
        let points = self.points.into_iter().enumerate();
        let demand: Vec<_> = points.filter_map(|(place, point)| point.read(place, crs, &mut reading)).collect();
        Ok(reading.done(demand)?)
    }
}

impl PointInput {
    fn read(self, place: usize, crs: Crs, reading: &mut Reading) -> Option<Demand> {
        let field = |name: &str| format!("points.{place}.{name}");
        let (latitude, longitude) = (self.latitude, self.longitude);
        let read = crs.read(latitude, longitude);
        let wrong = read.as_ref().err().map_or("latitude", |error| error.field);
        let position = reading.field(&field(wrong), Some(read), |read| {
            read.map_err(|error| Violation::new(error.field, "outOfRange", error.to_string()))
        });
        let weight = reading.field(&field("weight"), Some(self.weight.unwrap_or(1.0)), counted);
        let name = reading.field(&field("name"), self.name, |text| Name::new(&text));
        Some(Demand { position: position?, weight: weight?, name })
    }
}

/// How much a point may count: the bounds of a file's.
fn counted(weight: f64) -> Result<f64, Violation> {
    if (0.0..=1e12).contains(&weight) {
        return Ok(weight);
    }
    Err(Violation::new("weight", "outOfRange", "must be a number from 0 to 1,000,000,000,000"))
}

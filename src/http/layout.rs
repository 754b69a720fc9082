//! How toilets are laid out.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::bearer::Signed;
use super::layout_view::{FeaturesView, LayoutView};
use super::problem::Problem;
use super::query::{Declared, Given, Group, Integer, Number, OneOf, Params, RequiredCode, Time};
use super::tag::Tag;
use crate::domain::area::AreaCode;
use crate::geo::Crs;
use crate::usecase::Ctx;
use crate::usecase::layout::{Asked, Report, report};

/// The most squares of a grid in an answer: a county at 100 m.
const MOST_SQUARES: usize = 250_000;

/// Every operation on the paths `/api/v1/reports/layout` and `/api/v1/reports/layout.geojson`.
pub(super) struct LayoutApi(pub(super) Arc<Ctx>);

#[derive(Debug)]
struct LayoutParams {
    area: AreaCode,
    radius: f64,
    spacing: Option<f64>,
    at: Option<DateTime<Utc>>,
    crs: Crs,
    gaps: usize,
    places: usize,
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
const GAPS: Integer = Integer { name: "gaps", about: "How many gaps to tell.", range: (0, 100), default: 10 };
const PLACES: Integer = Integer { name: "places", about: "How many new toilets to place.", range: (0, 50), default: 5 };

impl Group for LayoutParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&AREA, &RADIUS, &SPACING, &AT, &CRS, &GAPS, &PLACES];

    fn read(given: &mut Given) -> Option<Self> {
        let (area, radius) = (given.take(&AREA), given.take(&RADIUS));
        let (spacing, at, crs) = (given.take(&SPACING), given.take(&AT), given.take(&CRS));
        let (gaps, places) = (given.take(&GAPS), given.take(&PLACES));
        Some(Self { area: area?, radius: radius?, spacing, at: at?, crs: crs?, gaps: gaps?, places: places? })
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
        let crs = query.0.crs;
        Ok(Json(LayoutView::new(&self.report(&signed, query.0).await?, crs)))
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
        let crs = query.0.crs;
        Ok(Json(FeaturesView::new(&self.report(&signed, query.0).await?, crs)))
    }
}

impl LayoutApi {
    async fn report(&self, signed: &Signed, params: LayoutParams) -> Result<Report, Problem> {
        let LayoutParams { area, radius, spacing, at, gaps, places, .. } = params;
        let asked = Asked {
            area: Some(area),
            demand: None,
            radius_metres: radius,
            spacing_metres: spacing,
            at: at.unwrap_or_else(|| self.0.clock.now().trunc_subsecs(0)),
            gaps,
            places,
            most_squares: MOST_SQUARES,
        };
        Ok(report(&self.0, &signed.by().actor, asked).await?)
    }
}

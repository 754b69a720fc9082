//! How toilets are laid out, as the interface shows it.

use poem_openapi::Object;
use poem_openapi::types::ToJSON;

use super::instant::Instant;
use super::words::Word;
use crate::domain::layout::{Amount, Demand, Gap, Layout, NewPlace};
use crate::geo::Crs;
use crate::usecase::layout::Report;

/// How toilets are laid out.
#[derive(Debug, Object)]
#[oai(rename = "Layout", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct LayoutView {
    /// The code of the area whose outline was covered by a grid.
    area: Option<String>,
    /// The datum of all positions.
    crs: Word<Crs>,
    /// The instant at which toilets had to be usable.
    at: Instant,
    /// How far a toilet serves, in metres along the great circle, as asked.
    radius: f64,
    /// The side of the grid's squares, in metres.
    spacing: Option<f64>,
    /// How many toilets were usable then, in the area and elsewhere: one across the border serves as well.
    toilets: usize,
    /// Those among them whose hours nobody knows.
    unsure: usize,
    /// All of the demand: squares of the grid, or points that were given.
    demand: AmountView,
    /// What lies within the radius of a toilet.
    covered: CoveredView,
    /// The largest gaps, the furthest from a toilet first, each further than the radius from the others.
    gaps: Vec<GapView>,
    /// The best places for new toilets, in the order in which they help most.
    places: Vec<PlaceView>,
    /// How the places were found.
    method: MethodView,
}

/// Demand, counted and weighed.
#[derive(Debug, Object)]
#[oai(rename = "Amount")]
struct AmountView {
    /// How many points.
    points: usize,
    /// Their weights together.
    weight: f64,
}

/// Demand that is covered.
#[derive(Debug, Object)]
#[oai(rename = "Covered", rename_all = "camelCase", skip_serializing_if_is_none)]
struct CoveredView {
    /// How many points.
    points: usize,
    /// Their weights together.
    weight: f64,
    /// `points` ÷ the points of the demand; left out where there are none.
    share: Option<f64>,
    /// `weight` ÷ the weight of the demand; left out where that is 0.
    share_by_weight: Option<f64>,
}

/// A part of the demand that is far from every toilet.
#[derive(Debug, Object)]
#[oai(rename = "Gap", skip_serializing_if_is_none)]
struct GapView {
    /// Degrees north of its point furthest from a toilet.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// What the point is called.
    name: Option<String>,
    /// How far the nearest toilet is, in metres; left out where there is none.
    metres: Option<f64>,
    /// How many uncovered points lie within the radius of it, itself included.
    points: usize,
    /// Their weights together.
    weight: f64,
}

/// A place for a new toilet.
#[derive(Debug, Object)]
#[oai(rename = "NewPlace", skip_serializing_if_is_none)]
struct PlaceView {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// What the point of the demand there is called.
    name: Option<String>,
    /// What it covers that neither toilets nor the places before it do.
    gain: AmountView,
    /// What is covered then.
    covered: CoveredView,
}

/// How places were found.
#[derive(Debug, Object)]
#[oai(rename = "LayoutMethod")]
struct MethodView {
    /// Always `greedyMaximumCoverage`: each place is the one that covers the most weight that is left.
    name: String,
    /// What the places cover together is at least this part (1 − 1/e) of what the best choice of as many of the places
    /// tried would.
    bound: f64,
    /// How many places were tried. All are uncovered points of the demand; of more than 20,000 every so manieth.
    tried: usize,
}

/// A `GeoJSON` feature collection of the gaps and the places.
#[derive(Debug, Object)]
#[oai(rename = "LayoutFeatures")]
pub(super) struct FeaturesView {
    /// Always `FeatureCollection`.
    #[oai(rename = "type")]
    kind: String,
    /// The datum of the coordinates. Only `wgs84` is `GeoJSON` by RFC 7946; the others are for maps in their datum.
    crs: Word<Crs>,
    /// The gaps, then the places.
    features: Vec<FeatureView>,
}

/// A gap or a place.
#[derive(Debug, Object)]
#[oai(rename = "LayoutFeature")]
struct FeatureView {
    /// Always `Feature`.
    #[oai(rename = "type")]
    kind: String,
    /// Where.
    geometry: PointView,
    /// What.
    properties: PropertiesView,
}

/// A `GeoJSON` point.
#[derive(Debug, Object)]
#[oai(rename = "Point")]
struct PointView {
    /// Always `Point`.
    #[oai(rename = "type")]
    kind: String,
    /// Longitude and latitude.
    coordinates: [f64; 2],
}

/// What a feature is.
#[derive(Debug, Object)]
#[oai(rename = "LayoutProperties", skip_serializing_if_is_none)]
struct PropertiesView {
    /// `gap` or `place`.
    kind: String,
    /// Its rank among its kind, from 1.
    rank: usize,
    /// What the point of the demand there is called.
    name: Option<String>,
    /// Of a gap: how far the nearest toilet is, in metres.
    metres: Option<f64>,
    /// How many uncovered points lie around it, or are covered by it.
    points: usize,
    /// Their weights together.
    weight: f64,
}

/// A report as JSON.
#[must_use]
pub fn layout_json(report: &Report, crs: Crs) -> String {
    LayoutView::new(report, crs).to_json_string()
}

/// The gaps and places of a report as `GeoJSON`.
#[must_use]
pub fn layout_geojson(report: &Report, crs: Crs) -> String {
    FeaturesView::new(report, crs).to_json_string()
}

impl LayoutView {
    pub(super) fn new(report: &Report, crs: Crs) -> Self {
        let Layout { demand, covered, gaps, places, tried } = &report.layout;
        Self {
            area: report.area.as_ref().map(|area| area.fact.code.to_string()),
            crs: Word(crs),
            at: Instant(report.asked.at),
            radius: report.asked.radius_metres,
            spacing: report.spacing_metres,
            toilets: report.toilets,
            unsure: report.unsure,
            demand: (*demand).into(),
            covered: CoveredView::new(*covered, *demand),
            gaps: gaps.iter().filter_map(|gap| GapView::new(gap, report, crs)).collect(),
            places: places.iter().filter_map(|place| PlaceView::new(place, report, crs)).collect(),
            method: MethodView {
                name: "greedyMaximumCoverage".to_owned(),
                bound: tenths(1.0 - (-1.0_f64).exp(), 1e3),
                tried: *tried,
            },
        }
    }
}

impl From<Amount> for AmountView {
    fn from(amount: Amount) -> Self {
        Self { points: amount.points, weight: amount.weight }
    }
}

impl CoveredView {
    fn new(covered: Amount, all: Amount) -> Self {
        let (share, share_by_weight) = covered.share_of(all);
        let short = |share: f64| tenths(share, 1e4);
        let (share, share_by_weight) = (share.map(short), share_by_weight.map(short));
        Self { points: covered.points, weight: covered.weight, share, share_by_weight }
    }
}

impl GapView {
    fn new(gap: &Gap, report: &Report, crs: Crs) -> Option<Self> {
        let point = report.demand.get(gap.demand)?;
        let (latitude, longitude) = crs.write(point.position);
        let Amount { points, weight } = gap.around;
        Some(Self {
            latitude,
            longitude,
            name: name(point),
            metres: gap.metres.map(|m| tenths(m, 10.0)),
            points,
            weight,
        })
    }
}

impl PlaceView {
    fn new(place: &NewPlace, report: &Report, crs: Crs) -> Option<Self> {
        let point = report.demand.get(place.demand)?;
        let (latitude, longitude) = crs.write(point.position);
        let covered = CoveredView::new(place.covered, report.layout.demand);
        Some(Self { latitude, longitude, name: name(point), gain: place.gain.into(), covered })
    }
}

impl FeaturesView {
    pub(super) fn new(report: &Report, crs: Crs) -> Self {
        let feature = |kind: &str, rank: usize, demand: usize, metres: Option<f64>, amount: Amount| {
            let point = report.demand.get(demand)?;
            let (latitude, longitude) = crs.write(point.position);
            let Amount { points, weight } = amount;
            let kind = kind.to_owned();
            Some(FeatureView {
                kind: "Feature".to_owned(),
                geometry: PointView { kind: "Point".to_owned(), coordinates: [longitude, latitude] },
                properties: PropertiesView { kind, rank, name: name(point), metres, points, weight },
            })
        };
        let gaps = (1..).zip(&report.layout.gaps);
        let gaps = gaps.filter_map(|(rank, gap)| {
            feature("gap", rank, gap.demand, gap.metres.map(|m| tenths(m, 10.0)), gap.around)
        });
        let places = (1..).zip(&report.layout.places);
        let places = places.filter_map(|(rank, place)| feature("place", rank, place.demand, None, place.gain));
        Self { kind: "FeatureCollection".to_owned(), crs: Word(crs), features: gaps.chain(places).collect() }
    }
}

fn name(point: &Demand) -> Option<String> {
    point.name.as_ref().map(ToString::to_string)
}

/// A number to that part of one.
fn tenths(number: f64, part: f64) -> f64 {
    (number * part).round() / part
}

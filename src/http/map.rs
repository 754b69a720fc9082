//! What a map shows.

use std::sync::Arc;

use chrono::SubsecRound;
use poem_openapi::{Object, OpenApi};

use super::answer::Answer;
use super::fragment::Fragment;
use super::problem::Problem;
use super::query::{Declared, Given, Group, Integer, OneOf, Params};
use super::tag::Tag;
use super::toilet_params::{CRS_OF_POSITION, PART, bounds};
use super::toilet_view::PositionView;
use super::words::Word;
use crate::domain::toilet::Status;
use crate::finder::{Bbox, Cluster, ClusterQuery};
use crate::geo::Crs;
use crate::usecase::{Ctx, toilets};

/// The operation on `/api/v1/map/clusters`.
pub(super) struct MapApi(pub(super) Arc<Ctx>);

/// The toilets of a part of a map.
#[derive(Debug, Object)]
#[oai(rename = "Clusters")]
struct ClustersView {
    /// The datum of all positions.
    crs: Word<Crs>,
    /// Row by row from the north, each from the west.
    items: Vec<ClusterView>,
}

/// A toilet, or several that are near together.
#[derive(Debug, Object)]
#[oai(rename = "Cluster", skip_serializing_if_is_none)]
struct ClusterView {
    /// Fit for a map marker: the id of the toilet where it is a single one; else a number from 900,000,000 on, which stays
    /// while the map is moved.
    id: i32,
    /// Where they are on average.
    position: PositionView,
    /// How many toilets they are.
    count: u32,
    /// How many of them can be used now, as far as anybody knows.
    usable: u32,
    /// The part of the map in which they are, to zoom to: west, south, east and north.
    bbox: Vec<f64>,
    /// The name, where it is a single one.
    name: Option<String>,
    /// What the public is told of it now, where it is a single one.
    status: Option<Word<Status>>,
}

/// From where on clusters are numbered: toilets and areas have the numbers below.
const NUMBERS: i32 = 900_000_000;

const ZOOM: Integer = Integer {
    name: "zoom",
    about: "How far in, as web maps count: at 0 the world is 256 pixels wide, and twice as wide with each step. Toilets \
            within the same 64 by 64 pixels are one cluster.",
    range: (0, 22),
    default: 14,
};

#[derive(Debug)]
struct ClusterParams {
    bbox: Bbox,
    zoom: u8,
}

impl Group for ClusterParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&PART, &CRS_OF_MAP, &ZOOM];

    fn read(given: &mut Given) -> Option<Self> {
        let (edges, crs, zoom) = (given.take(&PART), given.take(&CRS_OF_MAP), given.take(&ZOOM));
        let bounds = bounds(given, &PART, edges??)?;
        Some(Self { bbox: Bbox { bounds, crs: crs? }, zoom: u8::try_from(zoom?).ok()? })
    }
}

const CRS_OF_MAP: OneOf<Crs> = OneOf {
    about: "The datum of the map: of `bbox`, and of the positions that come out. Always required, since a wrong guess is a \
            silent error of some 570 m.",
    ..CRS_OF_POSITION
};

#[expect(clippy::unused_async, reason = "poem-openapi takes nothing but async functions")]
#[OpenApi(tag = "Tag::Toilets")]
impl MapApi {
    /// List the toilets of a part of a map
    ///
    /// All but retired ones, those that are near together as one. The part is made larger to whole cells of the grid.
    #[oai(path = "/api/v1/map/clusters", method = "get", operation_id = "list_map_clusters")]
    async fn list_map_clusters(&self, query: Params<ClusterParams>) -> Result<Answer<ClustersView>, Problem> {
        let Params(ClusterParams { bbox, zoom }) = query;
        let crs = toilets::public_crs(&self.0, Some(bbox.crs))?;
        let query = ClusterQuery { bbox, zoom, at: self.0.clock.now().trunc_subsecs(0) };
        let clusters = toilets::clusters(&self.0, &query)?;
        let items = clusters.iter().map(|cluster| ClusterView::of(cluster, &query)).collect();
        Ok(Answer::of(&ClustersView { crs: Word(crs), items }))
    }
}

impl ClusterView {
    fn of(cluster: &Cluster, query: &ClusterQuery) -> Self {
        let single = cluster.single.as_deref();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let numbered = || NUMBERS.saturating_add(i32::try_from(cluster.number).unwrap_or_default());
        Self {
            id: single.map_or_else(numbered, |entry| entry.id().0),
            position: PositionView::of(cluster.position),
            count: count(cluster.count),
            usable: count(cluster.usable),
            bbox: cluster.bounds.map(rounded).to_vec(),
            name: single.map(|entry| Fragment::read(entry.fragment()).named().name),
            status: single.map(|entry| Word(entry.status(query.at))),
        }
    }
}

/// Seven decimals: a centimetre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

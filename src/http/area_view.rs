//! Areas as the interface shows them.

use chrono::NaiveDate;
use poem_openapi::Object;

use super::words::Word;
use crate::domain::area::{Alias, Area, AreaCode, AreaLevel, Boundary};
use crate::finder::AreaPage;
use crate::geo::{Crs, Wgs84};

/// An administrative division. What is not known is left out.
#[derive(Debug, Object)]
#[oai(rename = "Area", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct AreaView {
    /// Its id, above 800,000,000, so that it never equals a toilet's id on a map.
    id: i32,
    /// Its code today; text, since codes may begin with zero.
    code: String,
    /// Its name today.
    name: String,
    /// How high it stands in the tree.
    level: Word<AreaLevel>,
    /// The code of the area it lies in.
    parent: Option<String>,
    /// The codes from the top of the tree down, its own included.
    path: Vec<String>,
    /// The year of the list that states its code.
    vintage: u16,
    /// The first day on which its code is in force.
    valid_from: Option<NaiveDate>,
    /// The last day on which its code is in force.
    valid_to: Option<NaiveDate>,
    /// Its other names and older codes.
    aliases: Option<Vec<AliasView>>,
    /// Where it ends, if that was asked for and is known.
    outline: Option<OutlineView>,
}

/// Where an area ends.
#[derive(Debug, Object)]
#[oai(rename = "Outline", skip_serializing_if_is_none)]
pub(super) struct OutlineView {
    /// The datum of the corners. Only `wgs84` makes a GeoJSON geometry of this; the others fit maps in their datum.
    crs: Word<Crs>,
    /// Always `MultiPolygon`.
    #[oai(rename = "type")]
    kind: String,
    /// Polygons, each a list of rings (its edge first, then its holes) of corners as longitude and latitude.
    coordinates: Vec<Vec<Vec<[f64; 2]>>>,
    /// `true` where it is drawn for show and no survey.
    synthetic: Option<bool>,
    /// The words to show beside it on a map: 示意图 where it is drawn for show.
    label: Option<String>,
    /// Who states it.
    source: Option<String>,
}

impl OutlineView {
    /// A boundary in that datum; drawn simply, it has only the corners that can be seen.
    pub(super) fn new(boundary: &Boundary, crs: Crs, drawn: Drawn) -> Self {
        let outline = match drawn {
            Drawn::Full => boundary.outline.clone(),
            Drawn::Simple | Drawn::None => boundary.outline.simplified(boundary.outline.extent_metres() / DETAIL),
        };
        let corner = |(longitude, latitude): (f64, f64)| {
            let (latitude, longitude) =
                Wgs84::new(latitude, longitude).map_or((latitude, longitude), |at| crs.write(at));
            [longitude, latitude]
        };
        let ring = |ring: Vec<(f64, f64)>| ring.into_iter().map(corner).collect();
        let polygon = |rings: Vec<Vec<(f64, f64)>>| rings.into_iter().map(ring).collect();
        Self {
            crs: Word(crs),
            kind: "MultiPolygon".to_owned(),
            coordinates: outline.rings().into_iter().map(polygon).collect(),
            synthetic: boundary.synthetic.then_some(true),
            label: boundary.synthetic.then(|| "示意图".to_owned()),
            source: boundary.source.as_ref().map(ToString::to_string),
        }
    }
}

/// How much of an outline an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawn {
    /// Nothing.
    None,
    /// What can be seen on a screen.
    Simple,
    /// Every corner.
    Full,
}

/// The extent of an outline is so many times as long as what its simple drawing leaves out: a pixel of a small screen.
const DETAIL: f64 = 500.0;

/// Another name or an older code of an area.
#[derive(Debug, Object)]
#[oai(rename = "AreaAlias", skip_serializing_if_is_none)]
struct AliasView {
    /// A code that it had or took over.
    code: Option<String>,
    /// A name that it had or bears elsewhere.
    name: Option<String>,
    /// The year of the list that uses it.
    vintage: Option<u16>,
}

/// A page of areas in the order of their codes.
#[derive(Debug, Object)]
#[oai(rename = "AreaPage", skip_serializing_if_is_none)]
pub(super) struct AreaPageView {
    /// The areas.
    items: Vec<AreaView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

impl From<&Area> for AreaView {
    fn from(area: &Area) -> Self {
        let fact = &area.fact;
        let aliases: Vec<AliasView> = fact.aliases.iter().map(AliasView::from).collect();
        Self {
            id: area.id.0,
            code: fact.code.to_string(),
            name: fact.name.to_string(),
            level: Word(fact.level),
            parent: fact.parent.as_ref().map(AreaCode::to_string),
            path: area.path.iter().map(AreaCode::to_string).collect(),
            vintage: fact.vintage,
            valid_from: fact.days.from(),
            valid_to: fact.days.to(),
            aliases: (!aliases.is_empty()).then_some(aliases),
            outline: None,
        }
    }
}

impl AreaView {
    /// The same with where it ends.
    pub(super) fn outlined(self, outline: Option<OutlineView>) -> Self {
        Self { outline, ..self }
    }
}

impl From<&Alias> for AliasView {
    fn from(alias: &Alias) -> Self {
        Self {
            code: alias.code.as_ref().map(AreaCode::to_string),
            name: alias.name.as_ref().map(ToString::to_string),
            vintage: alias.vintage,
        }
    }
}

impl From<AreaPage> for AreaPageView {
    fn from(page: AreaPage) -> Self {
        let items = page.areas.iter().map(|area| AreaView::from(area.as_ref())).collect();
        Self { items, next: page.next.map(String::from) }
    }
}

//! The county as a whole.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::areas::{MENGJIN, areas};
use super::barriers::barriers;
use super::{ATTRIBUTION, table, toilets};
use crate::domain::Violation;
use crate::domain::area::{AreaCode, Boundary, NewArea};
use crate::domain::barrier::Barrier;
use crate::domain::statement::Statement;
use crate::domain::text::Line;
use crate::geo::{Crs, Outline, Ring};

/// The demonstration county.
#[derive(Debug, Clone, PartialEq)]
pub struct County {
    /// Province, city, district, 14 towns and 270 villages, each after the area it lies in.
    pub areas: Vec<NewArea>,
    /// The toilets: 56 urban (`U-001` …), 114 graded tourist (`T-001` …) and 12 of villages (`V-001` …).
    pub statements: Vec<Statement>,
    /// The outline of the district, drawn by hand in WGS-84 (示意图).
    pub outline: Outline,
    /// The outlines as the register keeps them: that of the district, and made-up ones of its 14 towns, which fill it.
    pub boundaries: Vec<(AreaCode, Boundary)>,
    /// What a walker cannot cross: the Yellow River, drawn by hand (示意图).
    pub barriers: Vec<Barrier>,
}

/// The demonstration county, the same at every call.
///
/// # Errors
/// A [`Violation`] names the embedded table that is at fault; the tests of this module show that none is.
pub fn county() -> Result<County, Violation> {
    let areas = areas()?;
    let outline = outline()?;
    let statements = toilets::statements(&areas, &outline)?;
    let boundaries = boundaries(&outline)?;
    Ok(County { areas, statements, outline, boundaries, barriers: barriers()? })
}

fn boundaries(county: &Outline) -> Result<Vec<(AreaCode, Boundary)>, Violation> {
    // The tables leave out the first corner at the end.
    let closed = Outline::of_area(county.rings()).map_err(|fault| bad_row("outline.csv", &fault))?;
    let mut boundaries = vec![(MENGJIN.parse()?, boundary(&closed)?)];
    for (town, corners) in towns()? {
        let drawn = Outline::new([vec![corners]]).map_err(|error| bad_row("town_outlines.csv", &error))?;
        boundaries.push((town, boundary(&drawn.intersection(&closed))?));
    }
    Ok(boundaries)
}

/// A corner of the line around a town. The lines run about midway between the toilets of one town and of the next, and
/// along the Yellow River; where they leave the county, they run on, and its outline ends the town.
#[derive(Deserialize)]
struct Corner {
    code: AreaCode,
    longitude: f64,
    latitude: f64,
}

fn towns() -> Result<BTreeMap<AreaCode, Ring>, Violation> {
    let corners: Vec<Corner> = table::rows("town_outlines.csv", include_str!("data/town_outlines.csv"))?;
    let mut towns: BTreeMap<_, Ring> = BTreeMap::new();
    for Corner { code, longitude, latitude } in corners {
        towns.entry(code).or_default().push((longitude, latitude));
    }
    Ok(towns)
}

fn boundary(outline: &Outline) -> Result<Boundary, Violation> {
    let source = Some(Line::new(ATTRIBUTION)?);
    Ok(Boundary { outline: outline.rounded(), given: Crs::Wgs84, synthetic: true, source })
}

fn outline() -> Result<Outline, Violation> {
    let corners = table::rows("outline.csv", include_str!("data/outline.csv"))?;
    Outline::new([vec![corners]]).map_err(|error| bad_row("outline.csv", &error))
}

fn bad_row(file: &str, fault: &impl ToString) -> Violation {
    Violation::new(file, "badRow", fault.to_string())
}

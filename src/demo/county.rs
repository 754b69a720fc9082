//! The county as a whole.

use super::areas::{MENGJIN, areas};
use super::barriers::barriers;
use super::{ATTRIBUTION, table, toilets};
use crate::domain::Violation;
use crate::domain::area::{AreaCode, Boundary, NewArea};
use crate::domain::barrier::Barrier;
use crate::domain::statement::Statement;
use crate::domain::text::Line;
use crate::geo::{Crs, Outline};

/// The demonstration county.
#[derive(Debug, Clone, PartialEq)]
pub struct County {
    /// Province, city, district, 14 towns and 270 villages, each after the area it lies in.
    pub areas: Vec<NewArea>,
    /// The toilets: 56 urban (`U-001` …), 114 graded tourist (`T-001` …) and 12 of villages (`V-001` …).
    pub statements: Vec<Statement>,
    /// The outline of the district, drawn by hand in WGS-84 (示意图).
    pub outline: Outline,
    /// That outline as the register keeps it.
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
    let boundaries = vec![(MENGJIN.parse()?, boundary(&outline)?)];
    Ok(County { areas, statements, outline, boundaries, barriers: barriers()? })
}

fn boundary(outline: &Outline) -> Result<Boundary, Violation> {
    // The table leaves out the first corner at the end.
    let outline = Outline::of_area(outline.rings()).map(|outline| outline.rounded());
    let outline = outline.map_err(|fault| Violation::new("outline.csv", "badRow", fault.to_string()))?;
    Ok(Boundary { outline, given: Crs::Wgs84, synthetic: true, source: Some(Line::new(ATTRIBUTION)?) })
}

fn outline() -> Result<Outline, Violation> {
    let corners = table::rows("outline.csv", include_str!("data/outline.csv"))?;
    Outline::new([vec![corners]]).map_err(|error| Violation::new("outline.csv", "badRow", error.to_string()))
}

//! The county as a whole.

use super::areas::areas;
use super::{table, toilets};
use crate::domain::Violation;
use crate::domain::area::NewArea;
use crate::domain::statement::Statement;
use crate::geo::Outline;

/// The demonstration county.
#[derive(Debug, Clone, PartialEq)]
pub struct County {
    /// Province, city, district, 14 towns and 270 villages, each after the area it lies in.
    pub areas: Vec<NewArea>,
    /// The toilets: 56 urban (`U-001` …), 114 graded tourist (`T-001` …) and 12 of villages (`V-001` …).
    pub statements: Vec<Statement>,
    /// The outline of the district, drawn by hand in WGS-84 (示意图).
    pub outline: Outline,
}

/// The demonstration county, the same at every call.
///
/// # Errors
/// A [`Violation`] names the embedded table that is at fault; the tests of this module show that none is.
pub fn county() -> Result<County, Violation> {
    let areas = areas()?;
    let outline = outline()?;
    let statements = toilets::statements(&areas, &outline)?;
    Ok(County { areas, statements, outline })
}

fn outline() -> Result<Outline, Violation> {
    let corners = table::rows("outline.csv", include_str!("data/outline.csv"))?;
    Outline::new([vec![corners]]).map_err(|error| Violation::new("outline.csv", "badRow", error.to_string()))
}

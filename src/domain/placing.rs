//! In which area a toilet lies, by where it stands.

use super::area::{AreaCode, Boundary};
use super::id::AreaId;
use super::text::Name;
use super::toilet::AreaRef;
use crate::geo::Wgs84;

/// An area with an outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounded {
    /// Its id.
    pub id: AreaId,
    /// Its name today.
    pub name: Name,
    /// Its codes from the top of the tree down, itself included.
    pub path: Vec<AreaCode>,
    /// Where it ends.
    pub boundary: Boundary,
}

impl Bounded {
    /// Its code today.
    #[must_use]
    pub fn code(&self) -> Option<&AreaCode> {
        self.path.last()
    }

    /// As a toilet refers to it.
    #[must_use]
    pub fn refer(&self) -> Option<AreaRef> {
        Some(AreaRef { code: self.code()?.clone(), name: self.name.clone(), path: self.path.clone() })
    }
}

/// The area that a place lies in: of those whose outline covers it the deepest in the tree, and of equals (where
/// outlines overlap or share an edge) the one with the first code. A place on an edge lies within.
#[must_use]
pub fn located(place: Wgs84, areas: &[Bounded]) -> Option<&Bounded> {
    let covering = areas.iter().filter(|area| area.boundary.outline.covers(place));
    covering.min_by(|a, b| b.path.len().cmp(&a.path.len()).then_with(|| a.code().cmp(&b.code())))
}

/// A stated area that a toilet does not stand in.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The topmost of the stated area and those above it in whose outline it does not stand.
    pub outside: AreaCode,
    /// How far outside, in metres.
    pub metres: f64,
    /// The area it stands in, by the outlines there are.
    pub located: Option<AreaCode>,
}

/// Whether a toilet stands outside the area that is stated for it, by that area's outline and those of the areas above
/// it. Areas without an outline say nothing, and a stated area above the one it stands in is no mismatch.
#[must_use]
pub fn mismatch(place: Wgs84, stated: &[AreaCode], areas: &[Bounded]) -> Option<Mismatch> {
    let outline =
        |code: &AreaCode| areas.iter().find(|area| area.code() == Some(code)).map(|area| &area.boundary.outline);
    let mut bounded = stated.iter().filter_map(|code| Some((code, outline(code)?)));
    let (outside, outline) = bounded.find(|(_, outline)| !outline.covers(place))?;
    let located = located(place, areas).and_then(Bounded::code).cloned();
    Some(Mismatch { outside: outside.clone(), metres: outline.metres_outside(place), located })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

    use super::*;
    use crate::geo::{Crs, Outline};

    fn square(id: i32, path: &[&str], west: f64, size: f64) -> Bounded {
        let ring = vec![(west, 0.0), (west + size, 0.0), (west + size, size), (west, size), (west, 0.0)];
        let outline = Outline::of_area(vec![vec![ring]]).unwrap();
        let boundary = Boundary { outline, given: Crs::Wgs84, synthetic: true, source: None };
        let name = Name::new("a").unwrap();
        Bounded { id: AreaId(id), name, path: path.iter().map(|code| code.parse().unwrap()).collect(), boundary }
    }

    fn at(latitude: f64, longitude: f64) -> Wgs84 {
        Wgs84::new(latitude, longitude).unwrap()
    }

    fn codes(path: &[&str]) -> Vec<AreaCode> {
        path.iter().map(|code| code.parse().unwrap()).collect()
    }

    #[test]
    fn the_deepest_area_counts_and_a_shared_edge_belongs_to_the_first_code() {
        let areas =
            [square(1, &["c"], 0.0, 10.0), square(2, &["c", "c2"], 1.0, 1.0), square(3, &["c", "c1"], 0.0, 1.0)];
        let code = |latitude, longitude| {
            located(at(latitude, longitude), &areas).and_then(Bounded::code).map(AreaCode::as_str)
        };
        assert_eq!(code(0.5, 0.5), Some("c1"));
        assert_eq!(code(0.5, 1.5), Some("c2"));
        assert_eq!(code(0.5, 1.0), Some("c1"), "on the edge between the two");
        assert_eq!(code(5.0, 5.0), Some("c"));
        assert_eq!(code(20.0, 20.0), None);
    }

    #[test]
    fn a_mismatch_names_the_topmost_outline_that_was_left_and_how_far() {
        let areas = [square(1, &["c"], 0.0, 10.0), square(3, &["c", "c1"], 0.0, 1.0)];
        assert_eq!(mismatch(at(0.5, 0.5), &codes(&["c"]), &areas), None, "deeper than stated is no mismatch");
        assert_eq!(mismatch(at(0.5, 0.5), &codes(&["c", "c9"]), &areas), None, "nothing is known of c9");
        let town = mismatch(at(0.5, 1.001), &codes(&["c", "c1"]), &areas).unwrap();
        assert_eq!((town.outside.as_str(), town.located.unwrap().as_str()), ("c1", "c"));
        assert!((town.metres - 111.0).abs() < 1.0, "{}", town.metres);
        let county = mismatch(at(-0.5, 0.5), &codes(&["c", "c1"]), &areas).unwrap();
        assert_eq!((county.outside.as_str(), county.located), ("c", None));
    }
}

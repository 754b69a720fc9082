//! What is to be done at a toilet (作业), and what each time has to be looked at.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Violation;
use super::codes::codes;
use super::text::Name;

codes!(
    /// A kind of work at a toilet.
    Task {
        /// 全面清扫
        Thorough = "thorough",
        /// 巡回保洁
        Round = "round",
        /// 消毒
        Disinfect = "disinfect",
        /// 深度清洁: walls, vents, lamps.
        Deep = "deep",
    }
);

/// The most points of one checklist; what nobody reads to its end is no checklist.
const MOST_POINTS: usize = 40;

/// One point of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Point {
    /// By which a log names it: 1 to 32 small letters, digits and hyphens, once in a list.
    pub code: String,
    /// What is to be looked at.
    pub name: Name,
    /// The same in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<Name>,
}

/// The points of one task in the order in which they are gone through; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Point>", into = "Vec<Point>")]
pub struct Checklist(Vec<Point>);

impl Checklist {
    /// A list of at most 40 points, each with a code of its own.
    ///
    /// # Errors
    /// `tooMany`, `badCode` or `repeated`, in the field of the point.
    pub fn new(points: Vec<Point>) -> Result<Self, Violation> {
        if points.len() > MOST_POINTS {
            let message = format!("has {} points; at most {MOST_POINTS} are kept", points.len());
            return Err(Violation::new("checklist", "tooMany", message));
        }
        let mut seen = BTreeSet::new();
        for (place, point) in points.iter().enumerate() {
            let field = format!("checklist.{place}.code");
            let is_sane = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if !(1..=32).contains(&point.code.len()) || !point.code.bytes().all(is_sane) {
                return Err(Violation::new(field, "badCode", "is 1 to 32 small letters, digits and hyphens"));
            }
            if !seen.insert(&point.code) {
                return Err(Violation::new(field, "repeated", format!("{} is on the list already", point.code)));
            }
        }
        Ok(Self(points))
    }

    /// The points in order.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }
}

impl TryFrom<Vec<Point>> for Checklist {
    type Error = Violation;
    fn try_from(points: Vec<Point>) -> Result<Self, Violation> {
        Self::new(points)
    }
}

impl From<Checklist> for Vec<Point> {
    fn from(list: Checklist) -> Self {
        list.0
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn point(code: &str) -> Point {
        Point { code: code.to_owned(), name: Name::new("地面无积水").unwrap(), name_en: None }
    }

    #[test]
    fn each_point_has_a_code_of_its_own() {
        assert_eq!(Checklist::new(vec![point("floor"), point("soap-2")]).unwrap().points().len(), 2);
        for (points, code) in [
            (vec![point("floor"), point("floor")], "repeated"),
            (vec![point("Floor")], "badCode"),
            (vec![point("")], "badCode"),
            (vec![point(&"a".repeat(33))], "badCode"),
            ((0..41).map(|number| point(&format!("p{number}"))).collect(), "tooMany"),
        ] {
            assert_eq!(Checklist::new(points).unwrap_err().code, code);
        }
    }
}

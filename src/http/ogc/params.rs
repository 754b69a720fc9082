//! The parameters of the standard, read exactly as it says (17-069r4, 7.15).

use chrono::{DateTime, Utc};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use crate::domain::Violation;
use crate::domain::id::ToiletId;
use crate::finder::{FeatureQuery, Window};
use crate::geo::Bounds;
use crate::http::query::{Declared, Given, Group, Readable};
use crate::http::toilet_params;

/// The most features of a page. More are not refused: the standard wants as many as there may be.
pub(super) const MOST: usize = 1_000;

/// The features of a page when nobody says.
const USUAL: usize = 10;

/// The box.
#[derive(Debug)]
pub(super) struct Bbox;

/// The time.
#[derive(Debug)]
pub(super) struct Datetime;

/// How many.
#[derive(Debug)]
pub(super) struct Limit;

/// Where to go on.
#[derive(Debug)]
pub(super) struct Cursor;

impl Declared for Bbox {
    fn name(&self) -> &'static str {
        "bbox"
    }

    fn about(&self) -> &'static str {
        "The box that features must stand in: west, south, east, north in degrees of WGS-84, or six numbers with a \
         height, which is passed over. West greater than east reaches across the antimeridian. A feature without a \
         position is in every box."
    }

    fn schema(&self) -> MetaSchema {
        let number = MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("number", "double")));
        MetaSchema { items: Some(Box::new(number)), min_items: Some(4), max_items: Some(6), ..MetaSchema::new("array") }
    }
}

impl Readable for Bbox {
    type Value = Option<Bounds>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        let unreadable = || Violation::new("", "unreadable", "must be four or six numbers: west,south,east,north");
        let numbers: Option<Vec<f64>> = only(values)?.split(',').map(|number| number.trim().parse().ok()).collect();
        let (west, south, east, north) = match numbers.as_deref() {
            Some([west, south, east, north]) => (*west, *south, *east, *north),
            Some([west, south, low, east, north, high]) if low <= high => (*west, *south, *east, *north),
            _ => return Err(unreadable()),
        };
        let bounds = Bounds::new(west, south, east, north);
        bounds.map(Some).map_err(|error| Violation::new("", "outOfRange", error.to_string()))
    }
}

impl Declared for Datetime {
    fn name(&self) -> &'static str {
        "datetime"
    }

    fn about(&self) -> &'static str {
        "When the record was last written (`updatedAt`): an instant, or an interval `from/to` of which one end may be \
         `..` or empty. RFC 3339, both ends included."
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema::new("string")
    }
}

impl Readable for Datetime {
    type Value = Option<Window>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        // A plus sign that was not escaped arrives as a space.
        let text = only(values)?.replace(' ', "+");
        let window = match text.split_once('/') {
            None => {
                let at = instant(&text)?;
                Window { from: Some(at), to: Some(at) }
            }
            Some((from, to)) => Window { from: end(from)?, to: end(to)? },
        };
        match (window.from, window.to) {
            (None, None) => Err(Violation::new("", "unreadable", "must have at least one end")),
            (Some(from), Some(to)) if to < from => {
                Err(Violation::new("", "endsBeforeItBegins", "must not end before it begins"))
            }
            _ => Ok(Some(window)),
        }
    }
}

fn end(text: &str) -> Result<Option<DateTime<Utc>>, Violation> {
    if text.is_empty() || text == ".." { Ok(None) } else { instant(text).map(Some) }
}

fn instant(text: &str) -> Result<DateTime<Utc>, Violation> {
    let read = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    read.map_err(|_| {
        Violation::new("", "unreadable", "must be instants such as 2026-11-23T08:00:00Z (RFC 3339), or .. for no end")
    })
}

impl Declared for Limit {
    fn name(&self) -> &'static str {
        "limit"
    }

    fn about(&self) -> &'static str {
        "How many features at most on a page. Where there are more, `next` leads on."
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema {
            minimum: Some(1.0),
            maximum: Some(1_000.0),
            default: Some(USUAL.into()),
            ..MetaSchema::new("integer")
        }
    }
}

impl Readable for Limit {
    type Value = usize;

    fn absent(&self) -> Option<usize> {
        Some(USUAL)
    }

    fn read(&self, values: &[&str]) -> Result<usize, Violation> {
        let text = only(values)?;
        let is_whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let fault = || Violation::new("", "outOfRange", "must be a whole number from 1");
        if !is_whole || text.bytes().all(|byte| byte == b'0') {
            return Err(fault());
        }
        Ok(text.parse().map_or(MOST, |limit: usize| limit.min(MOST)))
    }
}

impl Declared for Cursor {
    fn name(&self) -> &'static str {
        "cursor"
    }

    fn about(&self) -> &'static str {
        "Where a page begins: part of the link `next`. Its form may change at any time."
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema { max_length: Some(64), ..MetaSchema::new("string") }
    }
}

impl Readable for Cursor {
    type Value = Option<ToiletId>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        let id = toilet_params::place(only(values)?);
        id.map(Some).ok_or_else(|| Violation::new("", "unreadable", "must be what `next` brings"))
    }
}

fn only<'a>(values: &[&'a str]) -> Result<&'a str, Violation> {
    match values {
        [value] => Ok(value),
        _ => Err(Violation::new("", "repeated", "must be given once")),
    }
}

/// The parameters of a page, as the document lists them.
pub(super) const ITEMS: [&dyn Declared; 4] = [&Bbox, &Datetime, &Limit, &Cursor];

impl Group for FeatureQuery {
    const PARAMETERS: &'static [&'static dyn Declared] = &ITEMS;

    fn read(given: &mut Given) -> Option<Self> {
        let (bbox, updated) = (given.take(&Bbox), given.take(&Datetime));
        let (limit, after) = (given.take(&Limit), given.take(&Cursor));
        Some(Self { bbox: bbox?, updated: updated?, limit: limit?, after: after? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_four_or_six_numbers() {
        let west = |text| Bbox.read(&[text]).ok().flatten().map(|bounds| (bounds.west(), bounds.north()));
        assert_eq!(west("1,2,3,4"), Some((1.0, 4.0)));
        assert_eq!(west("1,2,-5,3,4,9"), Some((1.0, 4.0)));
        assert_eq!(west("177,-20,-178,-12"), Some((177.0, -12.0)));
        for wrong in
            ["", "1,2,3", "1,2,3,4,5", "1,2,9,3,4,5", "1,4,3,2", "1,2,3,91", "1,2,181,4", "NaN,2,3,4", "a,b,c,d"]
        {
            assert!(Bbox.read(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_instants_and_intervals() {
        let read = |text| Datetime.read(&[text]).ok().flatten();
        let at = "2026-11-23T08:00:00Z";
        let whole = read(at).map(|window| (window.from == window.to, window.from.is_some()));
        assert_eq!(whole, Some((true, true)));
        for (text, ends) in [
            ("2026-11-23T08:00:00Z/..", (true, false)),
            ("2026-11-23T08:00:00Z/", (true, false)),
            ("../2026-11-23T16:00:00+08:00", (false, true)),
            ("/2026-11-23T16:00:00 08:00", (false, true)),
            ("2026-11-23T08:00:00Z/2026-11-23T08:00:00Z", (true, true)),
        ] {
            assert_eq!(read(text).map(|window| (window.from.is_some(), window.to.is_some())), Some(ends), "{text}");
        }
        for wrong in
            ["", "/", "../..", "2026-11-23", "now", "2026-11-24T00:00:00Z/2026-11-23T00:00:00Z", "a/b", "1/2/3"]
        {
            assert!(Datetime.read(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_limit_above_the_most_is_the_most() {
        let read = |text| Limit.read(&[text]).ok();
        assert_eq!([read("1"), read("1000"), read("1001")], [Some(1), Some(1_000), Some(1_000)]);
        assert_eq!(read("99999999999999999999999999"), Some(1_000));
        for wrong in ["0", "-1", "+1", "1.5", "", "many", "00"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

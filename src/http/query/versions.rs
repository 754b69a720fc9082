//! The kind of parameter that takes a version of the journal.

use poem_openapi::registry::MetaSchema;

use super::kinds::{digits, only};
use super::{Declared, Readable};
use crate::domain::Violation;

/// A version of the journal, required.
#[derive(Debug)]
pub(in crate::http) struct Version {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
}

/// Above this, JavaScript no longer tells every whole number from the next.
const MOST: i64 = 9_007_199_254_740_991;

impl Declared for Version {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn is_required(&self) -> bool {
        true
    }

    fn schema(&self) -> MetaSchema {
        MetaSchema {
            minimum: Some(0.0),
            maximum: Some(9_007_199_254_740_991.0),
            example: Some(1.into()),
            ..MetaSchema::new_with_format("integer", "int64")
        }
    }
}

impl Readable for Version {
    type Value = i64;

    fn absent(&self) -> Option<i64> {
        None
    }

    fn read(&self, values: &[&str]) -> Result<i64, Violation> {
        let read = digits(only(values)?).and_then(|text| text.parse::<i64>().ok()).filter(|version| *version <= MOST);
        read.ok_or_else(|| Violation::new("", "outOfRange", "must be the `version` of a bundle or of changes"))
    }
}

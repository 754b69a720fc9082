//! The kinds of parameters that take ids.

use poem_openapi::registry::MetaSchema;

use super::kinds::{digits, only};
use super::lists::{array, each, few};
use super::{Declared, Readable};
use crate::domain::Violation;

/// The id of one record.
#[derive(Debug)]
pub(in crate::http) struct Id {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
}

impl Declared for Id {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn schema(&self) -> MetaSchema {
        schema()
    }
}

impl Readable for Id {
    type Value = Option<i32>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        id(only(values)?).map(Some)
    }
}

/// The ids of some records.
#[derive(Debug)]
pub(in crate::http) struct Ids {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
}

impl Declared for Ids {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn schema(&self) -> MetaSchema {
        array(schema())
    }
}

impl Readable for Ids {
    type Value = Vec<i32>;

    fn absent(&self) -> Option<Vec<i32>> {
        Some(Vec::new())
    }

    fn takes_empty(&self) -> bool {
        true
    }

    fn read(&self, values: &[&str]) -> Result<Vec<i32>, Violation> {
        each(values).map(id).collect::<Result<Vec<_>, _>>().and_then(few)
    }
}

fn id(text: &str) -> Result<i32, Violation> {
    let read = digits(text).and_then(|text| text.parse().ok()).filter(|id| *id > 0);
    read.ok_or_else(|| Violation::new("", "unreadable", "must be an id: a whole number from 1 on"))
}

fn schema() -> MetaSchema {
    MetaSchema { minimum: Some(1.0), ..MetaSchema::new_with_format("integer", "int32") }
}

//! The kinds of parameters that take codes of areas.

use poem_openapi::registry::MetaSchema;

use super::kinds::only;
use super::lists::{array, each, few};
use super::{Declared, Readable};
use crate::domain::Violation;
use crate::domain::area::AreaCode;

/// The code of one area.
#[derive(Debug)]
pub(in crate::http) struct Code {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
}

impl Declared for Code {
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

impl Readable for Code {
    type Value = Option<AreaCode>;

    fn absent(&self) -> Option<Self::Value> {
        Some(None)
    }

    fn takes_empty(&self) -> bool {
        true
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        only(values)?.parse().map(Some)
    }
}

/// The code of one area, required.
#[derive(Debug)]
pub(in crate::http) struct RequiredCode {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
}

impl Declared for RequiredCode {
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
        // Whoever tries it out needs one that is there: the demonstration county.
        MetaSchema { example: Some("410308".into()), min_length: Some(1), ..schema() }
    }
}

impl Readable for RequiredCode {
    type Value = AreaCode;

    fn absent(&self) -> Option<AreaCode> {
        None
    }

    fn read(&self, values: &[&str]) -> Result<AreaCode, Violation> {
        only(values)?.parse()
    }
}

/// Codes of areas.
#[derive(Debug)]
pub(in crate::http) struct Codes {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
}

impl Declared for Codes {
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

impl Readable for Codes {
    type Value = Vec<AreaCode>;

    fn absent(&self) -> Option<Vec<AreaCode>> {
        Some(Vec::new())
    }

    fn takes_empty(&self) -> bool {
        true
    }

    fn read(&self, values: &[&str]) -> Result<Vec<AreaCode>, Violation> {
        each(values).map(str::parse).collect::<Result<Vec<_>, _>>().and_then(few)
    }
}

/// What [`AreaCode`] takes, and nothing.
fn schema() -> MetaSchema {
    MetaSchema { max_length: Some(24), pattern: Some("^[0-9A-Za-z-]*$".to_owned()), ..MetaSchema::new("string") }
}

//! The kinds of parameters that take several values, by repetition or with commas.

use std::marker::PhantomData;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::kinds::{number, word};
use super::{Declared, Readable};
use crate::domain::Violation;
use crate::http::words::{Vocabulary, schema_of_words};

/// The most values that a list takes; every closed list is shorter.
const MOST: usize = 50;

/// Any words of a closed list.
#[derive(Debug)]
pub(in crate::http) struct AnyOf<T> {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
    pub(in crate::http) of: PhantomData<fn() -> T>,
}

impl<T: Vocabulary> Declared for AnyOf<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn schema(&self) -> MetaSchema {
        array(schema_of_words(&T::words()))
    }
}

impl<T: Vocabulary> Readable for AnyOf<T> {
    type Value = Vec<T>;

    fn absent(&self) -> Option<Vec<T>> {
        Some(Vec::new())
    }

    fn takes_empty(&self) -> bool {
        true
    }

    fn read(&self, values: &[&str]) -> Result<Vec<T>, Violation> {
        each(values).map(word).collect::<Result<Vec<_>, _>>().and_then(few)
    }
}

/// What any of the four may be; that two of them are latitudes is seen later.
const DEGREES: (f64, f64) = (-180.0, 180.0);

/// Four numbers in order, `west,south,east,north`.
#[derive(Debug)]
pub(in crate::http) struct Numbers {
    pub(in crate::http) name: &'static str,
    pub(in crate::http) about: &'static str,
    pub(in crate::http) required: bool,
}

impl Declared for Numbers {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn is_required(&self) -> bool {
        self.required
    }

    fn schema(&self) -> MetaSchema {
        let four = MetaSchema { min_items: Some(4), max_items: Some(4), ..MetaSchema::ANY };
        let (minimum, maximum) = (Some(DEGREES.0), Some(DEGREES.1));
        array(MetaSchema { minimum, maximum, ..MetaSchema::new_with_format("number", "double") }).merge(four)
    }
}

impl Readable for Numbers {
    type Value = Option<[f64; 4]>;

    fn absent(&self) -> Option<Self::Value> {
        (!self.required).then_some(None)
    }

    fn read(&self, values: &[&str]) -> Result<Self::Value, Violation> {
        // A hole is not dropped: what follows would take its place.
        let numbers = split(values).map(|text| number(text, DEGREES)).collect::<Result<Vec<_>, _>>()?;
        let four = numbers.try_into().map(Some);
        four.map_err(|_| Violation::new("", "unreadable", "must be four numbers: west,south,east,north"))
    }
}

pub(super) fn each<'a>(values: &[&'a str]) -> impl Iterator<Item = &'a str> {
    split(values).filter(|value| !value.is_empty())
}

fn split<'a>(values: &[&'a str]) -> impl Iterator<Item = &'a str> {
    values.iter().flat_map(|value| value.split(',')).map(str::trim)
}

pub(super) fn few<T>(values: Vec<T>) -> Result<Vec<T>, Violation> {
    if values.len() > MOST {
        return Err(Violation::new("", "tooMany", format!("takes at most {MOST} values")));
    }
    Ok(values)
}

pub(super) fn array(items: MetaSchema) -> MetaSchema {
    MetaSchema { items: Some(Box::new(MetaSchemaRef::Inline(Box::new(items)))), ..MetaSchema::new("array") }
}

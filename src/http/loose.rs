//! An item of a list that is held to its schema by itself, so that one that breaks it keeps no other from being taken.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;
use uuid::Uuid;

use super::body::faults;
use crate::domain::{Violation, Violations};

/// An item in the shape of `T`, or what is wrong with it.
#[derive(Debug)]
pub(super) struct Loose<T> {
    /// Its `id`, if that can be read, by which it is named in the answer.
    pub(super) id: Option<Uuid>,
    /// The item.
    pub(super) read: Result<T, Violations>,
}

impl<T: Type> Type for Loose<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    /// A choice of one: the checker of bodies passes over choices, and the document says what an item is all the same.
    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema { any_of: vec![T::schema_ref()], ..MetaSchema::ANY }))
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: ParseFromJSON> ParseFromJSON for Loose<T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        let id = value["id"].as_str().and_then(|text| Uuid::try_parse(text).ok());
        let wrong = faults::<T>(&value);
        let read = if wrong.is_empty() {
            T::parse_from_json(Some(value))
                .map_err(|error| Violation::new("", "unreadable", error.into_message()).into())
        } else {
            Err(Violations(wrong))
        };
        Ok(Self { id, read })
    }
}

/// As far as it could be read: an object that holds one is written by nobody, and still must say how it would be.
impl<T: ToJSON> ToJSON for Loose<T> {
    fn to_json(&self) -> Option<Value> {
        self.read.as_ref().ok().and_then(ToJSON::to_json)
    }
}

//! A text in a body that nobody may see again.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;

use crate::domain::secret::Passphrase;

/// A password, PIN, code or token as it came in. Neither its `Debug` output nor a failure to read it repeats it.
#[derive(Clone)]
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Type for Secret {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string(password)".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let schema =
            MetaSchema { max_length: Some(Passphrase::LONGEST), ..MetaSchema::new_with_format("string", "password") };
        MetaSchemaRef::Inline(Box::new(schema))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for Secret {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::String(text)) if text.chars().count() <= Passphrase::LONGEST => Ok(Self(text)),
            _ => Err(ParseError::custom("must be a text of at most 128 characters")),
        }
    }
}

impl ToJSON for Secret {
    /// Nothing: a secret only ever comes in this way.
    fn to_json(&self) -> Option<Value> {
        None
    }
}

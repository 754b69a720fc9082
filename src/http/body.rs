//! The body of a request: JSON that the document describes, or a failure that names the field.

use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{Json, ParsePayload, Payload};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use serde_json::Value;

use super::faults::{Schemas, known};
use super::problem::Problem;
use super::problem_code::ProblemCode;
use crate::domain::Violation;

/// A body as JSON in the shape of `T`.
///
/// It is held to the document first: the framework, which reads it then, takes a number for a text here and there, and
/// what it says of a fault names types of ours and no field.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: Type> Payload for Body<T> {
    const CONTENT_TYPE: &'static str = Json::<T>::CONTENT_TYPE;

    fn check_content_type(content_type: &str) -> bool {
        Json::<T>::check_content_type(content_type)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON> ParsePayload for Body<T> {
    const IS_REQUIRED: bool = T::IS_REQUIRED;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let bytes = Vec::<u8>::from_request(request, body).await?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| no_json(&bytes, &error))?;
        let faults = faults::<T>(&value);
        if !faults.is_empty() {
            return Err(Problem::of_fields(ProblemCode::BadBody, faults).into());
        }
        // The rare thing that a schema cannot tell.
        T::parse_from_json(Some(value))
            .map(Self)
            .map_err(|error| Problem::new(ProblemCode::BadBody, error.into_message()).into())
    }
}

impl_apirequest_for_payload!(Body<T>, T: ParseFromJSON);

fn no_json(bytes: &[u8], error: &serde_json::Error) -> Problem {
    let detail = match (bytes.is_empty(), error.line(), error.column()) {
        (true, ..) => "The body is missing: it is due as JSON.".to_owned(),
        (false, line, column) => format!("The body is no JSON: it cannot be read at line {line}, column {column}."),
    };
    Problem::new(ProblemCode::BadBody, detail)
}

/// What a body has against its schema.
pub(super) fn faults<T: Type>(given: &Value) -> Vec<Violation> {
    let Some(schemas) = known() else { return Vec::new() };
    let schema = match T::schema_ref() {
        MetaSchemaRef::Reference(name) => Schemas::reference(&name),
        MetaSchemaRef::Inline(schema) => serde_json::to_value(&*schema).unwrap_or_default(),
    };
    schemas.faults(&schema, given)
}

//! A group of query parameters as an argument of a handler.

use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::{Declared, Given};
use crate::http::problem::Problem;

/// Query parameters that are read together.
pub(in crate::http) trait Group: Sized + Send {
    /// All of them, in the order of the document.
    const PARAMETERS: &'static [&'static dyn Declared];

    /// Reads the group; `None` where a fault was noted.
    fn read(given: &mut Given) -> Option<Self>;
}

/// The argument of a handler that reads a [`Group`].
///
/// To poem-openapi it is one query parameter whose schema is an object; OpenAPI spreads the members of such an object
/// over the query, and [`documented`](crate::http::documented) writes them as the single parameters they are.
#[derive(Debug)]
pub(in crate::http) struct Params<T>(pub(in crate::http) T);

/// Marks the schema of a group in the metadata.
pub(in crate::http) const QUERY_GROUP: &str = "query-group";

impl<'a, T: Group> ApiExtractor<'a> for Params<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = ();
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let required = T::PARAMETERS.iter().filter(|parameter| parameter.is_required());
        let properties = T::PARAMETERS.iter().map(|parameter| {
            let schema = MetaSchema { description: Some(parameter.about()), ..parameter.schema() };
            (parameter.name(), MetaSchemaRef::Inline(Box::new(schema)))
        });
        Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
            required: required.map(|parameter| parameter.name()).collect(),
            properties: properties.collect(),
            ..MetaSchema::new_with_format("object", QUERY_GROUP)
        })))
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> Result<Self> {
        Ok(Self(read(request)?))
    }
}

/// Reads the parameters of a request that is not of the document.
///
/// # Errors
/// All that is wrong with them.
pub(in crate::http) fn read<T: Group>(request: &Request) -> std::result::Result<T, Problem> {
    let mut given = Given::new(request, T::PARAMETERS);
    let group = T::read(&mut given);
    given.finish(group)
}

/// An operation without query parameters, which refuses any.
impl Group for () {
    const PARAMETERS: &'static [&'static dyn Declared] = &[];

    fn read(_: &mut Given) -> Option<Self> {
        Some(())
    }
}

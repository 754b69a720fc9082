//! What the document says of every operation beyond what poem-openapi sees.

use std::collections::HashMap;

use poem::endpoint::BoxEndpoint;
use poem::http::{Method, StatusCode};
use poem_openapi::OpenApi;
use poem_openapi::registry::{
    MetaApi, MetaMediaType, MetaOperation, MetaOperationParam, MetaParamIn, MetaResponse, MetaSchema, MetaSchemaRef,
    Registry,
};
use poem_openapi::types::Type;

use super::problem::{PROBLEM_JSON, ProblemView};
use super::query::QUERY_GROUP;
use super::revision::IF_MATCH;

/// An API whose document lists every query parameter and every failure by itself.
pub(super) struct Documented<A>(pub(super) A);

impl<A: OpenApi> OpenApi for Documented<A> {
    fn meta() -> Vec<MetaApi> {
        let mut apis = A::meta();
        for operation in apis.iter_mut().flat_map(|api| &mut api.paths).flat_map(|path| &mut path.operations) {
            let failures = failures(operation);
            operation.responses.responses.extend(failures.into_iter().map(failure));
            let params = std::mem::take(&mut operation.params);
            operation.params = params.into_iter().flat_map(spread).collect();
            for revision in operation.params.iter_mut().filter(|param| param.name == IF_MATCH) {
                // To the framework it is optional, so that its absence is 428 and not 400.
                revision.required = true;
            }
        }
        apis
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
    }

    fn add_routes(self, routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        self.0.add_routes(routes);
    }
}

/// The failures that an operation can answer with follow from what it takes.
fn failures(operation: &MetaOperation) -> Vec<(StatusCode, &'static str)> {
    let takes = |place| operation.params.iter().any(|param| param.in_type == place);
    let answers = |status: StatusCode| {
        operation.responses.responses.iter().any(|response| response.status == Some(status.as_u16()))
    };
    let names_revision = operation.params.iter().any(|param| param.name == IF_MATCH);
    let is = |id: &str| operation.operation_id == Some(id);
    // A push is read by hand, whatever its head says, and proves itself by its signature.
    let is_pushed = is("get_wechat_push") || is("accept_wechat_push");
    let takes_body = operation.request.is_some() || is("accept_wechat_push");
    let is_signed = !operation.security.is_empty();
    // A session may be brought to these, and then is asked for.
    let may_be_signed = is("get_photo") || is("get_photo_thumbnail") || is("list_toilet_photos");
    let signs_in = is("create_session") || is("create_wechat_session") || is("create_wechat_page_session");
    // Only the service's own pages may ask.
    let is_of_page = is("create_wechat_authorization");
    // These name a record in their body, or mean the caller's own.
    let names_records =
        is("create_invitation") || is("accept_invitation") || is("delete_current_session") || is("list_audit");
    let names_records = names_records || is("get_me") || is("get_my_export") || is("delete_me");
    let names_records = names_records || is("create_wechat_session") || is("get_my_phone") || is("delete_my_phone");
    let names_records = names_records || is("create_suggestion") || is("create_subscription");
    let names_records = names_records || is("create_excuses") || is_of_page || is("create_wechat_page_session");
    let is_report = |id: &str| {
        let is_figure = id.starts_with("get_") && id.contains("_figures");
        id.ends_with("_report") || id == "list_due_assessments" || id == "get_layout_features" || is_figure
    };
    let names_area = operation.operation_id.is_some_and(is_report);
    let names_records = names_records || names_area;
    let all = [
        (
            takes(MetaParamIn::Query) || takes(MetaParamIn::Path) || takes_body,
            StatusCode::BAD_REQUEST,
            "The request cannot be read or breaks the schema.",
        ),
        (
            is_signed || signs_in || may_be_signed,
            StatusCode::UNAUTHORIZED,
            "There is no valid session, or none was opened.",
        ),
        (
            is_signed || signs_in || is_pushed || is_of_page,
            StatusCode::FORBIDDEN,
            "The caller's role or page does not allow it, or a proof is wanting.",
        ),
        (
            takes(MetaParamIn::Path) || names_records,
            StatusCode::NOT_FOUND,
            "There is no such record, or not for this caller.",
        ),
        (operation.method != Method::GET, StatusCode::CONFLICT, "It does not fit the state of the record."),
        (names_revision, StatusCode::PRECONDITION_FAILED, "The record was changed since it was read."),
        (names_revision, StatusCode::PRECONDITION_REQUIRED, "`If-Match` is missing."),
        (takes_body, StatusCode::REQUEST_TIMEOUT, "The body came too slowly."),
        (takes_body, StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
        (true, StatusCode::URI_TOO_LONG, "Path and query are too long."),
        (true, StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is of a type, or in a coding, that is not taken."),
        (
            takes(MetaParamIn::Query) || takes_body,
            StatusCode::UNPROCESSABLE_ENTITY,
            "The input breaks a rule of the domain.",
        ),
        (true, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of the request is too large."),
        (true, StatusCode::TOO_MANY_REQUESTS, "Too many requests; try again after `Retry-After`."),
        (true, StatusCode::INTERNAL_SERVER_ERROR, "A fault of the service."),
        (true, StatusCode::SERVICE_UNAVAILABLE, "Not now; try again after `Retry-After`."),
    ];
    let kept = all.into_iter().filter(|(applies, status, _)| *applies && !answers(*status));
    kept.map(|(_, status, description)| (status, description)).collect()
}

fn failure((status, description): (StatusCode, &'static str)) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status.as_u16()),
        status_range: None,
        content: vec![MetaMediaType { content_type: PROBLEM_JSON, schema: ProblemView::schema_ref() }],
        headers: vec![],
    }
}

/// The single parameters of a query group; any other parameter as it is.
fn spread(param: MetaOperationParam) -> Vec<MetaOperationParam> {
    match param.schema {
        MetaSchemaRef::Inline(group) if group.format == Some(QUERY_GROUP) => members(*group),
        schema => vec![MetaOperationParam { schema, ..param }],
    }
}

fn members(group: MetaSchema) -> Vec<MetaOperationParam> {
    let MetaSchema { properties, required, .. } = group;
    let member = |(name, schema): (&'static str, MetaSchemaRef)| {
        let (schema, description) = match schema {
            MetaSchemaRef::Inline(mut schema) => {
                let description = schema.description.take();
                (MetaSchemaRef::Inline(schema), description)
            }
            reference @ MetaSchemaRef::Reference(_) => (reference, None),
        };
        MetaOperationParam {
            name: name.to_owned(),
            // A list may come with commas as well; a box always does, since the order of repeated values is easily lost.
            explode: !(schema.is_array() && schema.unwrap_inline().min_items.is_some()),
            schema,
            in_type: MetaParamIn::Query,
            description: description.map(ToOwned::to_owned),
            required: required.contains(&name),
            deprecated: false,
            style: None,
        }
    };
    properties.into_iter().map(member).collect()
}

//! Answers to writes: the record as it stands now, with the tag that the next write names.

use std::marker::PhantomData;

use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;

use super::answer::{Answer, JSON, etag};
use crate::usecase::once::KeptAnswer;

/// The status of what was made.
pub(super) const MADE: u16 = StatusCode::CREATED.as_u16();
/// The status of what was changed.
pub(super) const CHANGED: u16 = StatusCode::OK.as_u16();

/// A record in the shape of `T` after a write.
#[derive(Debug)]
pub(super) struct Written<T, const STATUS: u16> {
    kept: KeptAnswer,
    shape: PhantomData<fn() -> T>,
}

/// A record that was made just now, or by the same request before.
pub(super) type Created<T> = Written<T, MADE>;

/// A record that was changed.
pub(super) type Changed<T> = Written<T, CHANGED>;

impl<T, const STATUS: u16> Written<T, STATUS> {
    /// The answer to a request, or the one that it got before.
    pub(super) fn kept(kept: KeptAnswer) -> Self {
        Self { kept, shape: PhantomData }
    }
}

impl<T> Changed<T> {
    /// How the record stands now.
    pub(super) fn now(answer: Answer<T>) -> Self {
        Self::kept(answer.kept(StatusCode::OK, None))
    }
}

impl<T, const STATUS: u16> IntoResponse for Written<T, STATUS> {
    fn into_response(self) -> Response {
        let KeptAnswer { status, location, etag, body } = self.kept;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        let mut response = Response::builder().status(status).content_type(JSON).body(body);
        let headers = [(header::LOCATION, location), (header::ETAG, etag)];
        let values = headers.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value?).ok()?)));
        response.headers_mut().extend(values);
        // A tag says that an answer may be kept; one to a write may not.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl<T: Type, const STATUS: u16> ApiResponse for Written<T, STATUS> {
    fn meta() -> MetaResponses {
        let made = STATUS == MADE;
        let response = MetaResponse {
            description: if made { "Made." } else { "Done." },
            status: Some(STATUS),
            status_range: None,
            content: vec![MetaMediaType { content_type: JSON, schema: T::schema_ref() }],
            headers: made.then(location).into_iter().chain([etag()]).collect(),
        };
        MetaResponses { responses: vec![response] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

fn location() -> MetaHeader {
    MetaHeader {
        name: "Location".to_owned(),
        description: Some("Where it is to be found.".to_owned()),
        required: true,
        deprecated: false,
        schema: String::schema_ref(),
    }
}

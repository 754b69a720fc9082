//! Conditional reading: 304 instead of an answer that the client has (RFC 9110, 13.1.2).

use poem::Response;
use poem::http::{HeaderMap, Method, StatusCode, header};

/// What a client says it has.
#[derive(Debug, Default)]
pub(super) struct Held(Option<String>);

impl Held {
    /// Reads `If-None-Match` where it counts, in a GET or HEAD.
    pub(super) fn of(method: &Method, headers: &HeaderMap) -> Self {
        if method != Method::GET && method != Method::HEAD {
            return Self(None);
        }
        if !headers.contains_key(header::IF_NONE_MATCH) {
            return Self(None);
        }
        let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let joined = values.collect::<Vec<_>>().join(",");
        Self((!joined.is_empty()).then_some(joined))
    }

    /// The answer, or 304 without a body where the client has it.
    pub(super) fn spare(&self, mut response: Response) -> Response {
        let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        if response.status() == StatusCode::OK && tag.is_some_and(|tag| self.names(tag)) {
            response.set_status(StatusCode::NOT_MODIFIED);
            response.set_body(());
            response.headers_mut().remove(header::CONTENT_TYPE);
        }
        response
    }

    fn names(&self, tag: &str) -> bool {
        let Some(list) = &self.0 else { return false };
        // The tags of this service hold no comma.
        list.split(',').map(str::trim).any(|held| held == "*" || held.trim_start_matches("W/") == tag)
    }
}

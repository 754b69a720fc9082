//! Pages of other origins: those on the list may read answers, no other may.

use poem::Response;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::limits::Limits;

/// What such pages may send and see beyond what every page may.
const SENT: &str =
    "accept-language, authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id";
const SEEN: &str = "etag, location, retry-after, x-request-id";

/// How long a browser may remember a preflight: 10 minutes, so that a change of the list is soon felt.
const REMEMBERED: &str = "600";

/// The page behind a request, as far as it matters to browsers.
#[derive(Debug)]
pub(in crate::http) struct Visitor {
    /// Its origin, if that is on the list.
    origin: Option<HeaderValue>,
    /// Whether there is a list, so that answers depend on the origin.
    is_listed: bool,
    asks_first: bool,
}

impl Visitor {
    /// Reads `Origin`, and whether this is a preflight (Fetch standard, 4.8).
    pub(in crate::http) fn of(method: &Method, headers: &HeaderMap, limits: &Limits) -> Self {
        let origins = &limits.cors_origins;
        let origin = headers.get(header::ORIGIN).filter(|origin| origins.iter().any(|known| known == *origin)).cloned();
        let asks_first = method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        Self { asks_first: asks_first && origin.is_some(), origin, is_listed: !origins.is_empty() }
    }

    /// Whether this is the preflight of a listed origin.
    pub(in crate::http) fn asks_first(&self) -> bool {
        self.asks_first
    }

    /// Tells the browser that the page may read the answer.
    pub(in crate::http) fn dress(&self, headers: &mut HeaderMap) {
        if self.is_listed {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = &self.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(SEEN));
        }
    }
}

/// The answer to a preflight, by the methods that the path takes.
pub(in crate::http) fn preflight(allowed: &str) -> Response {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, allowed)
        .header(header::ACCESS_CONTROL_ALLOW_HEADERS, SENT)
        .header(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED)
        .finish()
}

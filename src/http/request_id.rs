//! The name of a request, by which a caller and a log speak of the same thing.

use poem::Request;
use poem::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::usecase::Clock;

/// Where it is taken in and given out.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name taken from a caller.
const LONGEST: usize = 64;

/// The caller's own name for its request if it is sane, or else `fresh`.
///
/// It goes into logs and answers, so only letters, digits and `.`, `_`, `-` are taken.
pub(super) fn request_id(headers: &HeaderMap, fresh: impl FnOnce() -> Uuid) -> String {
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| is_sane(id));
    given.map_or_else(|| fresh().to_string(), ToOwned::to_owned)
}

/// The header that gives it out.
pub(super) fn header_value(id: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(id).ok()
}

/// The request with a name that everything behind agrees on: the journal, the log and the answer.
pub(super) fn named(mut request: Request, clock: Clock) -> Request {
    let id = request_id(request.headers(), || clock.new_id());
    let value = header_value(&id);
    request.headers_mut().extend(value.map(|value| (X_REQUEST_ID, value)));
    request
}

/// The name of a [named] request.
pub(super) fn name_of(request: &Request) -> String {
    request_id(request.headers(), Uuid::nil)
}

fn is_sane(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sane_id_is_taken_in() {
        for (given, taken) in [("a.B-1_", true), ("", false), ("a b", false), ("a\tb", false), (&"x".repeat(65), false)]
        {
            let mut headers = HeaderMap::new();
            headers.extend(HeaderValue::from_str(given).ok().map(|value| (X_REQUEST_ID, value)));
            assert_eq!(request_id(&headers, Uuid::nil) == given, taken, "{given}");
        }
    }
}

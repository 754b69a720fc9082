//! The name of a request, by which a caller and a log speak of the same thing.

use poem::Request;
use poem::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::fmt::Hyphenated;

use crate::usecase::Clock;

/// Where it is taken in and given out.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name taken from a caller.
const LONGEST: usize = 64;

/// The caller's own name for its request, if it is sane. It goes into logs and answers, so only letters, digits and `.`,
/// `_`, `-` are taken.
fn given(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(X_REQUEST_ID).filter(|value| value.to_str().is_ok_and(is_sane))
}

/// Gives a request a name that everything behind agrees on: the journal, the log and the answer.
pub(super) fn name(request: &mut Request, clock: Clock) -> HeaderValue {
    if let Some(given) = given(request.headers()) {
        return given.clone();
    }
    let mut text = [0; Hyphenated::LENGTH];
    let id = HeaderValue::from_str(clock.new_id().hyphenated().encode_lower(&mut text));
    // A UUID is plain text; what cannot be is a request without a name.
    let id = id.unwrap_or_else(|_| HeaderValue::from_static("-"));
    request.headers_mut().insert(X_REQUEST_ID, id.clone());
    id
}

/// The name of a request that was given one.
pub(super) fn name_of(request: &Request) -> String {
    given(request.headers()).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
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
            assert_eq!(super::given(&headers).is_some(), taken, "{given}");
        }
    }
}

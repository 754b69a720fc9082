//! What is said to whoever sends a head that cannot be read. hyper answers such a one by itself, before any endpoint
//! sees a request, and without a body; here its answer becomes a problem like every other.

use poem::http::header;

use crate::http::front::COMMON;
use crate::http::language::Language;
use crate::http::problem::{PROBLEM_JSON, Problem};
use crate::http::problem_code::ProblemCode;
use crate::http::request_id::X_REQUEST_ID;
use crate::usecase::Clock;

/// The end of the head that hyper writes: it never has a body.
const NO_BODY: &str = "content-length: 0\r\n";

/// The answer to send in place of one of hyper's own; nothing if that is not one that gives a request up.
pub(super) fn in_place_of(own: &[u8], clock: Clock) -> Option<Vec<u8>> {
    let own = std::str::from_utf8(own).ok()?;
    let (code, detail) = match own.split_whitespace().nth(1)? {
        "400" => (ProblemCode::BadRequest, "The head of the request is no HTTP/1.1."),
        "414" => (ProblemCode::UriTooLong, "Path and query are too long."),
        "431" => (ProblemCode::HeadTooLarge, "The head of the request is too large or has too many fields."),
        _ => return None,
    };
    let (before, after) = own.split_once(NO_BODY)?;
    // Neither the path nor the language of whoever asks can be told.
    let (id, language) = (clock.new_id().to_string(), Language::Chinese);
    tracing::debug!(request_id = id, code = code.as_str(), "refused");
    let body = Problem::new(code, detail).body("", &id, language);
    let length = body.len().to_string();
    let fields = [
        (header::CONTENT_TYPE, PROBLEM_JSON),
        (header::CONTENT_LANGUAGE, language.tag()),
        (header::CONTENT_LENGTH, &length),
        (header::CACHE_CONTROL, "no-store"),
        (X_REQUEST_ID, &id),
    ];
    let fields = fields.into_iter().chain(COMMON).map(|(name, value)| format!("{name}: {value}\r\n"));
    Some([before, &fields.collect::<String>(), after, &body].concat().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

    #[test]
    fn only_an_answer_that_gives_a_request_up_is_replaced() {
        let replaced = |own: &str| in_place_of(own.as_bytes(), Clock::system()).is_some();
        assert!(replaced(OWN));
        assert!(!replaced("HTTP/1.1 100 Continue\r\n\r\n"));
        assert!(!replaced("HTTP/1.1 400 Bad Request\r\ncontent-length: 7\r\n\r\nbecause"));
        assert!(!replaced(""));
    }
}

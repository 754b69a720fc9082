//! Failures that a handler did not make itself: those of the framework, and panics.

use std::any::Any;
use std::sync::Arc;

use poem::error::{MethodNotAllowedError, NotFoundError, ResponseError};
use poem::http::StatusCode;
use poem::{Error, Response};
use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError};

use super::paths::Paths;
use super::problem::Problem;
use super::problem_code::ProblemCode;
use crate::domain::Violation;

/// The problem behind an error of the framework, for a request to `path`.
pub(super) fn problem_of(error: Error, path: &str, paths: &Paths) -> Problem {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.clone();
    }
    if error.is::<NotFoundError>() {
        return Problem::new(ProblemCode::NoSuchPath, "The service has no such path.");
    }
    if error.is::<MethodNotAllowedError>() {
        return Problem::method_not_allowed(paths.allow(path));
    }
    if error.is::<poem::error::ParsePathError>() {
        let field = paths.placeholder(path, 0).unwrap_or("path");
        return bad_parameter(field, "must be UTF-8 text in percent-encoding");
    }
    if let Some(bad) = error.downcast_ref::<ParsePathError>() {
        // The framework numbers the placeholders, and its reason names types of its own.
        let place = bad.name.trim_start_matches("param").parse().unwrap_or_default();
        let is_uuid = bad.reason.contains("uuid");
        let reason = if is_uuid { "must be a UUID" } else { "must be a whole number" };
        return bad_parameter(paths.placeholder(path, place).unwrap_or(bad.name), reason);
    }
    if let Some(bad) = error.downcast_ref::<ParseParamError>() {
        return bad_parameter(bad.name, &bad.reason);
    }
    if let Some(bad) = error.downcast_ref::<ParseRequestPayloadError>() {
        return Problem::new(ProblemCode::BadBody, bad.reason.clone());
    }
    if let Some(bad) = error.downcast_ref::<ContentTypeError>() {
        return Problem::new(ProblemCode::UnsupportedMediaType, bad.to_string());
    }
    by_status(error)
}

/// The answer to a request whose handler panicked, still to be written by [`front`](super::front).
pub(super) fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let message = cause
        .downcast::<String>()
        .map(|text| *text)
        .or_else(|cause| cause.downcast::<&str>().map(|text| (*text).to_owned()));
    Problem::internal(Some(Arc::new(Panicked(message.unwrap_or_default())))).as_response()
}

/// A handler panicked.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

fn bad_parameter(name: &str, reason: &str) -> Problem {
    Problem::of_fields(ProblemCode::BadParameter, vec![Violation::new(name, "unreadable", reason)])
}

fn by_status(error: Error) -> Problem {
    let code = match error.status() {
        StatusCode::UNAUTHORIZED => ProblemCode::Unauthenticated,
        StatusCode::FORBIDDEN => ProblemCode::Forbidden,
        StatusCode::NOT_FOUND => ProblemCode::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
        status if status.is_client_error() => ProblemCode::BadRequest,
        _ => return Problem::internal(Some(Arc::new(error))),
    };
    Problem::new(code, error.to_string())
}

//! The endpoint before all others: it names each request, writes every failure, and puts the common headers.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Instant;

use poem::http::header::{self, HeaderName};
use poem::http::{HeaderValue, Method, StatusCode, Uri};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::complaint::Complaint;
use super::conditional::Held;
use super::door::{Door, Packing, Visitor, preflight};
use super::language::Language;
use super::meters::Traffic;
use super::paths::{Paths, blotted};
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::request_id::{self, X_REQUEST_ID};
use super::unhandled::problem_of;
use crate::usecase::Clock;

/// Puts a [`FrontEndpoint`] before an endpoint.
#[derive(Debug, Clone)]
pub(super) struct Front {
    pub(super) clock: Clock,
    pub(super) door: Arc<Door>,
    pub(super) paths: Arc<Paths>,
    pub(super) traffic: Arc<Traffic>,
    pub(super) unavailable: Arc<Complaint>,
}

impl<E: Endpoint> Middleware<E> for Front {
    type Output = FrontEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        FrontEndpoint { inner, front: self.clone() }
    }
}

/// An endpoint that never fails: whatever happens inside is an answer.
#[derive(Debug)]
pub(super) struct FrontEndpoint<E> {
    inner: E,
    front: Front,
}

impl<E: Endpoint> Endpoint for FrontEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let begun = Instant::now();
        let id = request_id::name(&mut request, self.front.clock);
        let asked = Asked::of(&request, &self.front, id);
        let response = match self.answer(&asked, request).await {
            Ok(response) => response,
            Err(error) => asked.refuse(problem_of(error, asked.uri.path(), &self.front.paths), &self.front.unavailable),
        };
        let response = match response.data::<Problem>().cloned() {
            Some(problem) => asked.refuse(problem, &self.front.unavailable),
            None => asked.held.spare(response),
        };
        let response = asked.packing.pack(asked.dress(response)).await;
        let meter = self.front.traffic.meter(self.front.paths.number(asked.uri.path()), &asked.method);
        meter.answered(response.status(), begun.elapsed());
        Ok(response)
    }
}

impl<E: Endpoint> FrontEndpoint<E> {
    async fn answer(&self, asked: &Asked, request: Request) -> Result<Response> {
        if asked.visitor.asks_first() {
            return Ok(preflight(&self.front.paths.allow(asked.uri.path())));
        }
        Ok(self.inner.call(request).await?.into_response())
    }
}

/// What is needed of a request once it has been answered.
struct Asked {
    id: HeaderValue,
    method: Method,
    uri: Uri,
    language: Language,
    held: Held,
    visitor: Visitor,
    packing: Packing,
}

impl Asked {
    fn of(request: &Request, front: &Front, id: HeaderValue) -> Self {
        let headers = request.headers();
        Self {
            id,
            method: request.method().clone(),
            uri: request.uri().clone(),
            language: Language::of(headers),
            held: Held::of(request.method(), headers),
            visitor: Visitor::of(request.method(), headers, &front.door.limits),
            packing: Packing::of(headers),
        }
    }

    /// Writes a failure, and logs it: the one place that does. The query is not logged, since it holds positions, and tokens
    /// are blotted out of the path.
    fn refuse(&self, problem: Problem, unavailable: &Complaint) -> Response {
        let (method, path) = (&self.method, &blotted(self.uri.path()));
        let request_id = self.id.to_str().unwrap_or_default();
        if matches!(problem.code(), ProblemCode::Unavailable | ProblemCode::WechatUnavailable) {
            if let Some(times) = unavailable.due() {
                tracing::warn!(request_id, %method, path, times, "{}", chain(&problem));
            }
        } else if problem.code().status().is_server_error() && problem.code() != ProblemCode::WechatNotConfigured {
            tracing::error!(request_id, %method, path, "{}", chain(&problem));
        } else {
            tracing::debug!(request_id, %method, path, code = problem.code().as_str(), "refused");
        }
        problem.answer(path, request_id, self.language)
    }

    fn dress(&self, mut response: Response) -> Response {
        let kept = matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED)
            && response.headers().contains_key(header::ETAG);
        let headers = response.headers_mut();
        // All that is put in below, at once.
        headers.reserve(8);
        headers.insert(X_REQUEST_ID, self.id.clone());
        for (name, value) in COMMON {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        self.visitor.dress(headers);
        let caching = if kept { "no-cache" } else { "no-store" };
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
        response
    }
}

/// The headers of every answer that does not bring its own.
pub(super) const COMMON: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// An error with all that caused it.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

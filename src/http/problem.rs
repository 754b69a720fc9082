//! The one body of every failure: problem details (RFC 9457).

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, Object};

use super::language::Language;
use super::problem_code::ProblemCode;
use crate::domain::{Violation, Violations};
use crate::usecase::{Candidate, Failure};

/// When to ask again for what is not set up: somebody has to do it first.
const NOT_CONFIGURED: Duration = Duration::from_hours(1);

/// The media type of every failure.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// After how long to come again when somebody must change the configuration first.
const UNCONFIGURED: Duration = Duration::from_hours(1);

/// A failure on its way out. `http::front` writes it, since only there the request's name and language are
/// known.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {detail}", code.as_str())]
pub struct Problem {
    code: ProblemCode,
    detail: String,
    errors: Vec<Violation>,
    retry_after: Option<Duration>,
    allow: Option<String>,
    state: Option<Box<State>>,
    #[source]
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What is told of the state that stood in the way; seldom, so that it takes no room in every other problem.
#[derive(Debug, Clone)]
enum State {
    Revision(i32),
    Candidates(Vec<Candidate>),
}

impl Problem {
    /// A problem with a sentence for the person who programs the client.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            state: None,
            source: None,
        }
    }

    /// A problem with its fields and what is wrong with each.
    pub(super) fn of_fields(code: ProblemCode, errors: Vec<Violation>) -> Self {
        let detail = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Self { errors, ..Self::new(code, detail) }
    }

    /// The same with another sentence than what is wrong with each field.
    pub(super) fn saying(self, detail: String) -> Self {
        Self { detail, ..self }
    }

    /// A method that the path does not take, with those it does.
    pub(super) fn method_not_allowed(allow: String) -> Self {
        let detail = format!("This path takes {allow}.");
        Self { allow: Some(allow), ..Self::new(ProblemCode::MethodNotAllowed, detail) }
    }

    /// A fault of ours; the text of its source is for the log alone.
    pub(super) fn internal(source: Option<Arc<dyn StdError + Send + Sync>>) -> Self {
        Self { source, ..Self::new(ProblemCode::Internal, "The request failed inside the service.") }
    }

    /// Not now, but later.
    pub(super) fn unavailable(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(ProblemCode::Unavailable, detail) }
    }

    /// Too often; later.
    pub(super) fn too_many_requests(retry_after: Duration) -> Self {
        let detail = "This caller asks too often.";
        Self { retry_after: Some(retry_after), ..Self::new(ProblemCode::TooManyRequests, detail) }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    /// Its sentence.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// The revision at which the record stands, where another one was expected.
    pub(super) fn revision(&self) -> Option<i32> {
        match self.state.as_deref() {
            Some(State::Revision(revision)) => Some(*revision),
            _ => None,
        }
    }

    /// The answer to one request.
    pub(super) fn answer(self, instance: &str, request_id: &str, language: Language) -> Response {
        let mut response = Response::builder().status(self.code.status()).content_type(PROBLEM_JSON).finish();
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        let retry_after = self.retry_after_seconds().map(HeaderValue::from);
        let allow = self.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok());
        headers.extend(retry_after.map(|value| (header::RETRY_AFTER, value)));
        if self.code.status() == StatusCode::UNAUTHORIZED {
            // RFC 9110, 15.5.2: a 401 says how to sign in.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        headers.extend(allow.map(|value| (header::ALLOW, value)));
        response.set_body(Body::from(self.body(instance, request_id, language)));
        response
    }

    /// The body of that answer.
    pub(super) fn body(self, instance: &str, request_id: &str, language: Language) -> String {
        let retry_after_seconds = self.retry_after_seconds();
        let (revision, candidates) = match self.state.map(|state| *state) {
            Some(State::Revision(revision)) => (Some(revision), None),
            Some(State::Candidates(all)) => (None, Some(all.into_iter().map(CandidateView::from).collect())),
            None => (None, None),
        };
        let view = ProblemView {
            kind: format!("urn:gongce:problem:{}", self.code.as_str()),
            title: self.code.title(language).to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail,
            instance: instance.to_owned(),
            code: self.code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            errors: self.errors.into_iter().map(FieldProblem::from).collect(),
            retry_after_seconds,
            revision,
            candidates,
        };
        view.to_json_string()
    }

    /// In whole seconds, at least one.
    fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after.map(|wait| (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1))
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::new(ProblemCode::NotFound, "There is no such record."),
            Failure::Refused => Self::new(ProblemCode::Forbidden, "The caller's role does not allow this."),
            Failure::StepUpNeeded => {
                let detail = "This needs a proof of who is calling, not older than ten minutes.";
                Self::new(ProblemCode::StepUpNeeded, detail)
            }
            Failure::SecondFactorNeeded => {
                let detail = "The caller's role takes the code of the second factor: sign in again with totp.";
                Self::new(ProblemCode::SecondFactorNeeded, detail)
            }
            Failure::WechatBarred => Self::new(ProblemCode::WechatBarred, "WeChat bars this person for a risk."),
            Failure::WechatPreview => {
                Self::new(ProblemCode::WechatPreview, "WeChat shows the page to look at only, and names nobody real.")
            }
            Failure::WechatUnknown => {
                Self::new(ProblemCode::WechatUnknown, "Nobody of the staff signs in with this WeChat.")
            }
            Failure::WechatNotConfigured => {
                let detail = "This service is not set up to ask WeChat for this.";
                Self { retry_after: Some(NOT_CONFIGURED), ..Self::new(ProblemCode::WechatNotConfigured, detail) }
            }
            Failure::WechatUnavailable { retry_after, source } => {
                let problem = Self::new(ProblemCode::WechatUnavailable, "WeChat cannot be asked now.");
                Self { retry_after: Some(retry_after), source: source.map(Arc::from), ..problem }
            }
            Failure::Unauthenticated => {
                Self::new(ProblemCode::Unauthenticated, "There is no such session, or the sign-in was not accepted.")
            }
            Failure::TooMany { retry_after } => Self {
                retry_after: Some(retry_after),
                ..Self::new(ProblemCode::TooManyRequests, "This was tried too often.")
            },
            Failure::Stale { revision } => {
                let detail = format!("The record stands at revision {revision}.");
                Self {
                    state: Some(Box::new(State::Revision(revision))),
                    ..Self::new(ProblemCode::RevisionStale, detail)
                }
            }
            Failure::KeyReused => {
                Self::new(ProblemCode::IdempotencyKeyReused, "The key was used for another request: make a new one.")
            }
            Failure::Duplicate(candidates) => Self {
                state: Some(Box::new(State::Candidates(candidates))),
                ..Self::new(ProblemCode::DuplicateSuspected, "It stands by another, or bears the name of one nearby.")
            },
            Failure::Conflict(detail) => Self::new(ProblemCode::Conflict, detail),
            Failure::Invalid(Violations(errors)) => Self::of_fields(ProblemCode::Invalid, errors),
            Failure::Unsupported(Violations(errors)) => Self::of_fields(ProblemCode::UnsupportedMediaType, errors),
            Failure::Unavailable { retry_after, source } => {
                let problem = Self::unavailable("Something needed is not available.", retry_after);
                Self { source: source.map(Arc::from), ..problem }
            }
            Failure::NotConfigured { .. } => {
                Self { retry_after: Some(UNCONFIGURED), ..Self::new(ProblemCode::NotConfigured, format!("{failure}.")) }
            }
            Failure::Internal(source) => Self::internal(Some(source.into())),
        }
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.code.status()
    }

    fn as_response(&self) -> Response {
        Response::builder().status(self.code.status()).extension(self.clone()).finish()
    }
}

/// Which problems an operation can answer with follows from what it takes, so that
/// `http::documented` adds them to the document.
impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        MetaResponses { responses: Vec::new() }
    }

    fn register(registry: &mut Registry) {
        ProblemView::register(registry);
    }
}

/// What went wrong (problem details, RFC 9457).
#[derive(Debug, Object)]
#[oai(rename = "Problem", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct ProblemView {
    /// Names the sort of problem: `urn:gongce:problem:` and the code.
    #[oai(rename = "type")]
    kind: String,
    /// A few words for people, in the language of `Accept-Language` (zh-CN unless English is preferred).
    title: String,
    /// The HTTP status again.
    status: u16,
    /// A sentence for the person who programs the client.
    detail: String,
    /// The path that was asked.
    instance: String,
    /// The stable word for programs. The list is in the description of this document.
    code: String,
    /// The name of the request, also in `X-Request-Id`; tell it when you ask for help.
    request_id: String,
    /// The fields that are wrong, all at once.
    errors: Vec<FieldProblem>,
    /// After how many seconds to try again, also in `Retry-After`.
    retry_after_seconds: Option<u64>,
    /// The revision at which the record stands, where another one was expected.
    revision: Option<i32>,
    /// The toilets that may be the one that is to be made.
    candidates: Option<Vec<CandidateView>>,
}

/// A toilet that may be the one that is to be made.
#[derive(Debug, Object)]
#[oai(rename = "Candidate", skip_serializing_if_is_none)]
struct CandidateView {
    /// Its id.
    id: i32,
    /// Its name.
    name: String,
    /// How far away it stands, in metres, where both places are known.
    distance: Option<f64>,
}

impl From<Candidate> for CandidateView {
    fn from(candidate: Candidate) -> Self {
        let distance = candidate.distance_metres.map(|metres| (metres * 10.0).round() / 10.0);
        Self { id: candidate.id.0, name: candidate.name.into(), distance }
    }
}

/// One field that is wrong.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct FieldProblem {
    /// The name of the parameter or field.
    field: String,
    /// What is wrong, in a stable word.
    code: String,
    /// What is wrong and what would be right.
    message: String,
}

impl From<Violation> for FieldProblem {
    fn from(violation: Violation) -> Self {
        Self { field: violation.field, code: violation.code.to_owned(), message: violation.message }
    }
}

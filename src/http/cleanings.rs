//! Cleanings: logged, corrected, confirmed and read.

use std::sync::Arc;

use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::answer::{Answer, JSON};
use super::bearer::Signed;
use super::body::Body;
use super::cleaning_input::{BatchInput, CleaningInput};
use super::cleaning_params::{CleaningParams, PageParams, cursor};
use super::cleaning_view::{self as view, BatchView, CleaningView, OutcomeView, PublicView, receipt};
use super::json::Json as Writing;
use super::language::Language;
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::query::Params;
use super::tag::Tag;
use crate::domain::cleaning::CleaningId;
use crate::domain::id::ToiletId;
use crate::usecase::cleanings::{self, Outcome, Rejection};
use crate::usecase::{Ctx, Failure};

/// Every operation on cleanings.
pub(super) struct CleaningsApi(pub(super) Arc<Ctx>);

/// A page of the log.
#[derive(Debug, Object)]
#[oai(rename = "CleaningList", skip_serializing_if_is_none)]
struct CleaningListView {
    /// The newest first.
    items: Vec<CleaningView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

/// A page of the cleanings of a toilet.
#[derive(Debug, Object)]
#[oai(rename = "PublicCleaningList", skip_serializing_if_is_none)]
struct PublicListView {
    /// The newest first.
    items: Vec<PublicView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

#[OpenApi(tag = "Tag::Cleaning")]
impl CleaningsApi {
    /// Log a cleaning
    ///
    /// For cleaners and supervisors. The client makes the id, once and for all: the same event under it again, however
    /// often and whenever, changes nothing and is answered with what the first delivery was told, byte for byte; another
    /// is 409. When it was done follows from the clocks of the device at the event and at the first sending. A record is
    /// never changed: a further one `amends` or `voids` it, once, by whoever did or recorded it or a supervisor of its
    /// area. What lies outside the caller's area is taken and flagged. It is on disk when this answers.
    #[oai(path = "/api/v1/cleanings/:id", method = "put", operation_id = "record_cleaning")]
    async fn record_cleaning(
        &self,
        signed: Signed,
        request: &Request,
        /// The record's id: a UUID of version 7, made by the client.
        id: Path<Uuid>,
        query: Params<()>,
        body: Body<CleaningInput>,
    ) -> Result<Recorded, Problem> {
        let Params(()) = query;
        let language = Language::of(request.headers());
        let (item, sending) = match body.0.read(id.0) {
            Ok(read) => read,
            Err(wrong) => return recorded(id.0, Some(Outcome::Rejected(Rejection::Invalid(wrong))), language),
        };
        let logged = cleanings::log(&self.0, signed.writer(), sending, vec![item], receipt).await?;
        recorded(id.0, logged.into_iter().next(), language)
    }

    /// Log what was done without signal
    ///
    /// Up to 200 records, 1 MiB in all, each taken, or not, by itself, in any order: an item for each in `items`, in
    /// their order. Sent again, in part or together with others, it ends in the same.
    #[oai(path = "/api/v1/cleanings/batch", method = "post", operation_id = "record_cleanings")]
    async fn record_cleanings(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<()>,
        body: Body<BatchInput>,
    ) -> Result<Batch, Problem> {
        let (Params(()), (read, items, sending)) = (query, body.0.read());
        let logged = cleanings::log(&self.0, signed.writer(), sending, read, receipt).await?;
        Ok(Batch(view::batch(items, logged, Language::of(request.headers()))))
    }

    /// Read the log
    ///
    /// For the staff: what was logged within the caller's area, and by the caller anywhere, the newest first.
    /// Corrections and what they correct stand beside each other. Where phones were is told to nobody.
    #[oai(path = "/api/v1/cleanings", method = "get", operation_id = "list_cleanings")]
    async fn list_cleanings(
        &self,
        signed: Signed,
        query: Params<CleaningParams>,
    ) -> Result<Json<CleaningListView>, Problem> {
        let Params(CleaningParams { asked, limit }) = query;
        let page = cleanings::list(&self.0, &signed.by().actor, asked, limit).await?;
        let items = page.items.iter().map(CleaningView::from).collect();
        Ok(Json(CleaningListView { items, next: page.next.map(cursor) }))
    }

    /// Read a record of the log
    ///
    /// For the staff of its area, and for whoever did or recorded it.
    #[oai(path = "/api/v1/cleanings/:id", method = "get", operation_id = "get_cleaning")]
    async fn get_cleaning(
        &self,
        signed: Signed,
        /// The record's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Json<CleaningView>, Problem> {
        let (Params(()), id) = (query, known(id.0)?);
        let told = cleanings::get(&self.0, &signed.by().actor, id).await?;
        Ok(Json(CleaningView::from(&told)))
    }

    /// Confirm a cleaning
    ///
    /// For inspectors and supervisors of its area who neither did nor recorded it. Whoever confirms it first stays on
    /// record.
    #[oai(path = "/api/v1/cleanings/:id/verify", method = "post", operation_id = "verify_cleaning")]
    async fn verify_cleaning(
        &self,
        signed: Signed,
        /// The record's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Json<CleaningView>, Problem> {
        let (Params(()), id) = (query, known(id.0)?);
        let told = cleanings::verify(&self.0, signed.writer(), id).await?;
        Ok(Json(CleaningView::from(&told)))
    }

    /// List the cleanings of a toilet
    ///
    /// For everybody: when, what, and how well it is shown that somebody was there; never who.
    #[oai(path = "/api/v1/toilets/:id/cleanings", method = "get", operation_id = "list_toilet_cleanings")]
    async fn list_toilet_cleanings(
        &self,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<PageParams>,
    ) -> Result<Answer<PublicListView>, Problem> {
        let Params(PageParams { after, limit }) = query;
        let page = cleanings::of_toilet(&self.0, ToiletId(id.0), after, limit).await?;
        let items = page.items.iter().map(PublicView::from).collect();
        Ok(Answer::of(&PublicListView { items, next: page.next.map(cursor) }))
    }
}

fn known(id: Uuid) -> Result<CleaningId, Problem> {
    CleaningId::try_from(id).map_err(|_| Failure::NotFound.into())
}

/// The answer to who logged a record.
struct Recorded {
    id: Uuid,
    is_new: bool,
    body: Vec<u8>,
}

fn recorded(id: Uuid, outcome: Option<Outcome>, language: Language) -> Result<Recorded, Problem> {
    let outcome = outcome.ok_or_else(|| Problem::internal(None))?;
    let code = match &outcome {
        Outcome::Created { .. } | Outcome::Replayed { .. } => None,
        Outcome::Conflict(_) => Some(ProblemCode::Conflict),
        Outcome::Rejected(Rejection::Forbidden) => Some(ProblemCode::Forbidden),
        Outcome::Rejected(_) => Some(ProblemCode::Invalid),
    };
    if let Some(code) = code {
        // The fields are told to whoever reads them, the sentence for programmers stays English.
        let detail = Problem::of_fields(code, view::faults(&outcome, Language::English)).detail().to_owned();
        return Err(Problem::of_fields(code, view::faults(&outcome, language)).saying(detail));
    }
    let mut json = Writing::default();
    view::outcome(&mut json, Some(id), &outcome, language);
    Ok(Recorded { id, is_new: matches!(outcome, Outcome::Created { .. }), body: json.into_bytes() })
}

impl IntoResponse for Recorded {
    fn into_response(self) -> Response {
        let status = if self.is_new { StatusCode::CREATED } else { StatusCode::OK };
        let mut response = told(status, self.body);
        if self.is_new
            && let Ok(location) = HeaderValue::from_str(&format!("/api/v1/cleanings/{}", self.id))
        {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

impl ApiResponse for Recorded {
    fn meta() -> MetaResponses {
        let created = meta::<OutcomeView>(StatusCode::CREATED, "It is on record now.");
        let replayed = meta::<OutcomeView>(StatusCode::OK, "It was on record before.");
        MetaResponses { responses: vec![created, replayed] }
    }

    fn register(registry: &mut Registry) {
        OutcomeView::register(registry);
    }
}

/// The answer to a batch.
struct Batch(Vec<u8>);

impl IntoResponse for Batch {
    fn into_response(self) -> Response {
        told(StatusCode::OK, self.0)
    }
}

impl ApiResponse for Batch {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![meta::<BatchView>(StatusCode::OK, "What became of each item.")] }
    }

    fn register(registry: &mut Registry) {
        BatchView::register(registry);
    }
}

fn told(status: StatusCode, body: Vec<u8>) -> Response {
    let response = Response::builder().status(status).content_type(JSON);
    response.header(header::CACHE_CONTROL, HeaderValue::from_static("no-store")).body(body)
}

fn meta<T: Type>(status: StatusCode, description: &'static str) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status.as_u16()),
        status_range: None,
        content: vec![MetaMediaType { content_type: JSON, schema: T::schema_ref() }],
        headers: vec![],
    }
}

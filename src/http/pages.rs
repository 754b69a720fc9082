//! What is served beside the interface: the first page, that of a scanned plate, the document and a reader for it.

use std::sync::Arc;

use poem::endpoint::{make, make_sync};
use poem::http::header;
use poem::{Endpoint, Response, Route, get};

use super::answer::digest;
use super::document::document;
use super::door::Packed;
use super::{plate_page, swagger};
use crate::usecase::Ctx;

/// The paths of these pages, all for GET.
pub(super) const PATHS: [&str; 7] = [
    plate_page::PATH,
    "/",
    "/api/openapi.json",
    "/api/docs",
    swagger::SCRIPT_PATH,
    swagger::STYLE_PATH,
    swagger::START_PATH,
];

const INDEX: &str = include_str!("../../web/index.html");

/// No script at all; the style stands in the page.
pub(super) const STILL_PAGE_POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Puts the pages beside the routes of the interface.
pub(super) fn add_to(route: Route, ctx: Arc<Ctx>) -> Route {
    route
        .at("/", get(page("text/html; charset=utf-8", INDEX, Some(STILL_PAGE_POLICY))))
        .at(plate_page::ROUTE, get(make(move |request| plate_page::show(Arc::clone(&ctx), request))))
        .at("/api/openapi.json", get(page("application/json", document(), None)))
        .at("/api/docs", get(page("text/html; charset=utf-8", swagger::PAGE, Some(swagger::POLICY))))
        .at(swagger::SCRIPT_PATH, get(page("text/javascript; charset=utf-8", swagger::script(), None)))
        .at(swagger::STYLE_PATH, get(page("text/css; charset=utf-8", swagger::style(), None)))
        .at(swagger::START_PATH, get(page("text/javascript; charset=utf-8", swagger::START, None)))
}

/// Always the same bytes.
fn page(content_type: &'static str, body: &'static str, policy: Option<&'static str>) -> impl Endpoint + 'static {
    let tag = format!("\"{}\"", digest(&[body.as_bytes()]));
    let packed = Packed::default();
    make_sync(move |_| {
        let answer = Response::builder().content_type(content_type).header(header::ETAG, &tag);
        let mut answer = answer.extension(packed.clone());
        if let Some(policy) = policy {
            answer = answer.header(header::CONTENT_SECURITY_POLICY, policy);
        }
        answer.body(body)
    })
}

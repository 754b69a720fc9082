//! What is served beside the interface: the pages and their files, the document and a reader for it.

mod assets;
mod plate;
mod shell;

use std::sync::Arc;

use poem::endpoint::{make, make_sync};
use poem::http::header;
use poem::{Endpoint, Response, Route, get};

use self::shell::Shell;
use super::answer::digest;
use super::document::document;
use super::door::Packed;
use super::swagger;
use crate::usecase::Ctx;

/// The paths of these pages, all for GET.
pub(super) const PATHS: [&str; 16] = [
    plate::PATH,
    assets::PATH,
    "/",
    "/toilets/{id}",
    "/staff",
    "/desk",
    "/join",
    "/board",
    "/board/{areaCode}",
    "/sw.js",
    "/manifest.webmanifest",
    "/api/openapi.json",
    "/api/docs",
    swagger::SCRIPT_PATH,
    swagger::STYLE_PATH,
    swagger::START_PATH,
];

/// Puts the pages beside the routes of the interface.
pub(super) fn add_to(route: Route, ctx: &Arc<Ctx>) -> Route {
    let shell = |name: &str| Shell::new(ctx, name);
    let (find, board, staff) = (shell("find.html"), shell("board.html"), shell("staff.html"));
    let plates = plate::Plates::new(Arc::clone(ctx), staff.clone());
    route
        .at("/", get(find.clone().endpoint()))
        .at("/toilets/:id", get(find.endpoint()))
        .at("/staff", get(staff.endpoint()))
        .at("/desk", get(shell("desk.html").endpoint()))
        .at("/join", get(shell("join.html").endpoint()))
        .at("/board", get(board.clone().endpoint()))
        .at("/board/:areaCode", get(board.endpoint()))
        .at("/sw.js", get(shell("sw.js").endpoint()))
        .at("/manifest.webmanifest", get(shell("manifest.webmanifest").endpoint()))
        .at(assets::ROUTE, get(make_sync(|request| assets::show(&request))))
        .at(plate::ROUTE, get(make(move |request| plates.clone().show(request))))
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

//! All paths of the service under one endpoint.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::middleware::CatchPanic;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route};

use super::door::{Admitting, Door};
use super::front::Front;
use super::paths::Paths;
use super::shortcut::Shortcut;
use super::unhandled::panicked;
use super::{document, ogc, pages};
use crate::usecase::{Clock, Ctx};

/// The whole service as one endpoint that never fails: every failure is an answer.
#[must_use]
pub fn routes(ctx: Arc<Ctx>, door: Arc<Door>) -> BoxEndpoint<'static, Response> {
    let clock = ctx.clock;
    let routes = bare_routes(ctx, &door);
    behind_front(clock, door, routes)
}

/// The routes without the front before them: to measure what that costs, never to serve anybody.
#[must_use]
pub fn bare_routes(ctx: Arc<Ctx>, door: &Arc<Door>) -> impl Endpoint<Output = Response> + 'static {
    Shortcut::new(Arc::clone(&ctx), documented_routes(ctx, door))
}

/// The same without the shortcut to the search, each operation through the document: what the shortcut is held to.
#[must_use]
pub fn documented_routes(ctx: Arc<Ctx>, door: &Arc<Door>) -> Route {
    let pages = ogc::add_to(pages::add_to(Route::new(), &ctx), &ctx);
    let service = Arc::new(document::service(&ctx, door).into_endpoint().data(ctx));
    // Nested at the root, the service would take the first page's path as well.
    pages.nest_no_strip("/api/v1", Arc::clone(&service)).at("/livez", Arc::clone(&service)).at("/readyz", service)
}

/// Puts the common front before an endpoint: the door, a catch for panics, and the answer to every failure.
pub fn behind_front(clock: Clock, door: Arc<Door>, inner: impl Endpoint + 'static) -> BoxEndpoint<'static, Response> {
    fronted(clock, door, Arc::new(Paths::new(&document::paths(), &[&pages::PATHS[..], &ogc::PATHS].concat())), inner)
}

/// The common front before an endpoint with these paths.
pub(super) fn fronted(
    clock: Clock,
    door: Arc<Door>,
    paths: Arc<Paths>,
    inner: impl Endpoint + 'static,
) -> BoxEndpoint<'static, Response> {
    let traffic = Arc::new(door.meters.traffic(&paths));
    let front = Front { clock, door: Arc::clone(&door), paths, traffic, unavailable: Arc::default() };
    inner.with(CatchPanic::new().with_handler(panicked)).with(Admitting(door)).with(front).boxed()
}

//! OGC API – Features, part 1 (OGC 17-069r4): the public register for QGIS, GDAL and whatever else speaks it.
//!
//! Paths, parameters and shapes are the standard's, not ours, so they stand beside our own document and bring their own
//! at `/ogc/api`. What is left alike is how things fail: unknown parameters are refused, failures are problems.

mod collection;
mod document;
mod items;
mod links;
mod params;

use std::future::Future;
use std::sync::Arc;

use poem::endpoint::make;
use poem::http::header;
use poem::{Endpoint, Request, Response, Route, get};
use serde_json::{Value, json};

use self::links::{Base, JSON, OPENAPI, link};
use super::answer::digest;
use super::problem::Problem;
use super::query;
use crate::usecase::Ctx;

/// The paths of the standard, all for GET.
pub(super) const PATHS: [&str; 9] = [
    "/ogc",
    "/ogc/",
    "/ogc/conformance",
    "/ogc/api",
    "/ogc/collections",
    "/ogc/collections/{collectionId}",
    "/ogc/collections/{collectionId}/schema",
    "/ogc/collections/{collectionId}/items",
    "/ogc/collections/{collectionId}/items/{featureId}",
];

/// The conformance classes that are kept.
const CONFORMANCE: [&str; 3] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

/// The one collection.
const TOILETS: &str = "toilets";

/// Puts the standard's paths beside the routes of the interface.
pub(super) fn add_to(route: Route, ctx: &Arc<Ctx>) -> Route {
    let at = |handler: Handler| answering(Arc::clone(ctx), handler);
    route
        .at("/ogc", get(at(landing)))
        .at("/ogc/", get(at(landing)))
        .at("/ogc/conformance", get(at(conformance)))
        .at("/ogc/api", get(at(document::answer)))
        .at("/ogc/collections", get(at(collection::list)))
        .at("/ogc/collections/:collectionId", get(at(collection::one)))
        .at("/ogc/collections/:collectionId/schema", get(at(collection::schema)))
        .at("/ogc/collections/:collectionId/items", get(reading(Arc::clone(ctx), items::list)))
        .at("/ogc/collections/:collectionId/items/:featureId", get(reading(Arc::clone(ctx), items::one)))
}

type Handler = fn(&Ctx, &Request) -> Result<Response, Problem>;

/// An endpoint whose answer follows from the register in memory.
fn answering(ctx: Arc<Ctx>, handler: Handler) -> impl Endpoint + 'static {
    make(move |request: Request| {
        let answer = handler(&ctx, &request).map_err(poem::Error::from);
        async move { answer }
    })
}

/// An endpoint that asks the database as well.
fn reading<F>(ctx: Arc<Ctx>, handler: fn(Arc<Ctx>, Request) -> F) -> impl Endpoint + 'static
where
    F: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    make(move |request: Request| {
        let answer = handler(Arc::clone(&ctx), request);
        async move { answer.await.map_err(poem::Error::from) }
    })
}

/// JSON with an entity tag made of those parts that tell one state from another.
fn whole(content_type: &'static str, value: &Value) -> Response {
    let body = value.to_string();
    let tag = digest(&[body.as_bytes()]);
    tagged(content_type, body, &tag)
}

fn tagged(content_type: &'static str, body: String, tag: &str) -> Response {
    Response::builder().content_type(content_type).header(header::ETAG, format!("\"{tag}\"")).body(body)
}

fn landing(ctx: &Ctx, request: &Request) -> Result<Response, Problem> {
    query::read::<()>(request)?;
    let base = Base::of(ctx, request);
    let page = json!({
        "title": "Gongce 公厕",
        "description": "Public toilets, as features. Positions are WGS-84, longitude first.",
        "links": [
            link("self", JSON, "This page", base.to("")),
            link("service-desc", OPENAPI, "The operations below this page", base.to("/api")),
            link("conformance", JSON, "What of the standard is kept", base.to("/conformance")),
            link("data", JSON, "The collections", base.to("/collections")),
        ],
    });
    Ok(whole(JSON, &page))
}

fn conformance(_: &Ctx, request: &Request) -> Result<Response, Problem> {
    query::read::<()>(request)?;
    Ok(whole(JSON, &json!({"conformsTo": CONFORMANCE})))
}

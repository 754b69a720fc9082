//! Links, always absolute: many clients do not resolve others.

use poem::Request;
use poem::http::header;
use poem::http::uri::Authority;
use serde_json::{Value, json};

use crate::usecase::Ctx;

pub(super) const JSON: &str = "application/json";
pub(super) const GEOJSON: &str = "application/geo+json";
pub(super) const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";
pub(super) const SCHEMA: &str = "application/schema+json";

/// Where the service is reached, as far as a client can know: where the public is told to, else where this request went.
#[derive(Debug)]
pub(super) struct Base(String);

impl Base {
    pub(super) fn of(ctx: &Ctx, request: &Request) -> Self {
        // The one on loopback may be nobody's but a proxy's.
        if let Some(url) = ctx.public_url.as_ref().filter(|url| url.is_https()) {
            return Self(format!("{}/ogc", url.origin()));
        }
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.filter(|host| host.parse::<Authority>().is_ok_and(|host| !host.as_str().contains('@')));
        // A request without one gets links that begin with a slash.
        Self(host.map_or_else(|| "/ogc".to_owned(), |host| format!("http://{host}/ogc")))
    }

    /// A path below the landing page.
    pub(super) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

pub(super) fn link(rel: &str, kind: &str, title: &str, href: String) -> Value {
    json!({"rel": rel, "type": kind, "title": title, "href": Value::String(href)})
}

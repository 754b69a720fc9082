//! The pages themselves: a template from `web/pages`, in the reader's language, with where the files are and what the page
//! must know of this service. No script and no style stands in them, so that the policy can be strict.

use std::sync::Arc;

use bytes::Bytes;
use poem::endpoint::make_sync;
use poem::http::HeaderValue;
use poem::http::header::{self, HeaderName};
use poem::{Endpoint, Request, Response};
use serde_json::json;

use super::assets::assets;
use crate::domain::map_tiles::MapTiles;
use crate::geo::Crs;
use crate::http::answer::digest;
use crate::http::door::Packed;
use crate::http::language::Language;
use crate::usecase::Ctx;

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// A text that is put together once for each language.
#[derive(Clone)]
pub(super) struct Shell(Arc<[Made; 2]>);

struct Made {
    kind: &'static str,
    policy: String,
    bytes: Bytes,
    tag: String,
    packed: Packed,
}

impl Shell {
    /// The template of that name, such as `find.html`.
    pub(super) fn new(ctx: &Ctx, name: &str) -> Self {
        Self(Arc::new([Language::Chinese, Language::English].map(|language| Made::new(ctx, name, language))))
    }

    /// An answer with it.
    pub(super) fn answer(&self, request: &Request) -> Response {
        let language = Language::of(request.headers());
        let [chinese, english] = &*self.0;
        let made = language.of_two(chinese, english);
        let answer = Response::builder().content_type(made.kind).header(header::ETAG, &made.tag);
        let answer = answer.header(header::CONTENT_SECURITY_POLICY, &made.policy);
        let answer = answer.header(PERMISSIONS, "camera=(self), geolocation=(self), microphone=()");
        let answer = answer.header(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        answer.header(header::VARY, "Accept-Language").extension(made.packed.clone()).body(made.bytes.clone())
    }

    /// An endpoint that answers with it.
    pub(super) fn endpoint(self) -> impl Endpoint + 'static {
        make_sync(move |request| self.answer(&request))
    }
}

impl Made {
    fn new(ctx: &Ctx, name: &str, language: Language) -> Self {
        let files = assets().kept_offline().collect::<Vec<_>>().join(" ");
        let text = assets().text(&format!("pages/{name}"));
        // What all pages begin and end with.
        let part = |name: &str| assets().text(&format!("pages/parts/{name}.html")).trim_end();
        let text = text.replace("{{head}}", part("head")).replace("{{body}}", part("body"));
        let text = text.replace("{{web}}", &assets().base()).replace("{{lang}}", language.tag());
        let text = text.replace("{{files}}", &files).replace("{{settings}}", &escaped(&settings(ctx)));
        let (tag, packed) = (format!("\"{}\"", digest(&[text.as_bytes()])), Packed::made_of(text.as_bytes()));
        let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("webmanifest") => "application/manifest+json",
            _ => "text/html; charset=utf-8",
        };
        Self { kind, policy: policy(ctx), bytes: Bytes::from(text), tag, packed }
    }
}

/// What the page must know of this service. It speaks of positions in one datum alone, that of its map.
fn settings(ctx: &Ctx) -> String {
    let crs = ctx.public_crs.or_else(|| ctx.map_tiles.as_ref().map(MapTiles::crs)).unwrap_or(Crs::Wgs84);
    let tiles =
        ctx.map_tiles.as_ref().map(|tiles| json!({"url": tiles.template(), "attribution": tiles.attribution()}));
    let mut settings = json!({"crs": crs.as_str()});
    if let Some(tiles) = tiles {
        settings["tiles"] = tiles;
    }
    if ctx.wechat_account.is_some() {
        settings["wechat"] = true.into();
    }
    settings.to_string()
}

/// Everything comes from this host, but for the tiles of the map. Leaflet sets styles by script, which needs no leave.
fn policy(ctx: &Ctx) -> String {
    let tiles = ctx.map_tiles.as_ref().and_then(MapTiles::origin);
    let tiles = tiles.map(|origin| format!(" {origin}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{tiles}; connect-src 'self'; \
         worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
}

/// A text as the value of an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

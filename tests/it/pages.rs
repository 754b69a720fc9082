//! The pages and their files, as a browser and what stands before it see them.

use std::io::Read;

use flate2::read::GzDecoder;
use gongce::domain::holiday::Calendars;
use gongce::domain::map_tiles::MapTiles;
use gongce::geo::Crs;
use gongce::http::{Door, Limits, render_fragment, routes};
use gongce::usecase::{Clock, Ctx};
use poem::http::{HeaderMap, Method, StatusCode};
use poem::{Endpoint, Request, Response};

use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::stores::Database;

const PAGES: [&str; 7] = ["/", "/toilets/17", "/staff", "/desk", "/join", "/board", "/board/410308101"];

/// The service around an empty register, its map on these tiles.
async fn service(tiles: Option<MapTiles>) -> (impl Endpoint<Output = Response>, Database) {
    let database = Database::bare_sqlite();
    let clock = Clock::fixed(instant(NOW));
    let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render_fragment);
    (routes(ctx.drawn_on(tiles).into(), Door::new(Limits::default())), database)
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> String {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join(", ")
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    /// The addresses of what a page loads.
    fn loads(&self) -> Vec<String> {
        let quoted =
            self.text().split('"').filter(|part| part.starts_with("/web/") || *part == "/manifest.webmanifest");
        quoted.map(str::to_owned).collect()
    }
}

async fn ask(service: &impl Endpoint<Output = Response>, method: Method, path: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::builder().method(method).uri_str(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, body) = service.get_response(request.finish()).await.into_parts();
    Got { status: parts.status, headers: parts.headers, bytes: body.into_vec().await.unwrap() }
}

async fn get(service: &impl Endpoint<Output = Response>, path: &str) -> Got {
    ask(service, Method::GET, path, &[]).await
}

#[tokio::test]
async fn a_page_loads_nothing_but_files_that_are_there_for_ever() {
    let (service, _database) = service(None).await;
    for path in PAGES {
        let page = get(&service, path).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (StatusCode::OK, "text/html; charset=utf-8".to_owned()),
            "{path}"
        );
        assert_eq!(page.header("cache-control"), "no-cache", "{path}");
        assert!(!page.text().contains("{{"), "{path}");
        let loads = page.loads();
        assert!(loads.len() > 8, "{path} {loads:?}");
        for file in loads {
            let got = get(&service, &file).await;
            assert_eq!(got.status, StatusCode::OK, "{path} loads {file}");
            assert!(!got.header("etag").is_empty() && got.header("x-content-type-options") == "nosniff", "{file}");
            if file.starts_with("/web/") {
                assert_eq!(got.header("cache-control"), "public, max-age=31536000, immutable", "{file}");
            }
        }
    }
}

#[tokio::test]
async fn no_page_has_script_or_style_of_its_own() {
    let (service, _database) = service(None).await;
    for path in PAGES {
        let page = get(&service, path).await;
        let policy = page.header("content-security-policy");
        for part in
            ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(&format!("{part};")), "{path} {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(page.header("permissions-policy").contains("geolocation=(self)"), "{path}");
        let text = page.text();
        assert_eq!(
            text.matches("<script").count(),
            text.matches("<script type=\"module\" src=\"/web/").count(),
            "{path}"
        );
        assert!(!text.contains("<style") && !text.contains(" style=") && !text.contains(" onload="), "{path}");
    }
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again() {
    let (service, _database) = service(None).await;
    let file = get(&service, "/").await.loads().into_iter().find(|file| file.ends_with("/js/find/page.js")).unwrap();
    for path in ["/", "/sw.js", &file] {
        let got = get(&service, path).await;
        let tag = got.header("etag");
        let again = ask(&service, Method::GET, path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        let other = ask(&service, Method::GET, path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!((other.status, &other.bytes), (StatusCode::OK, &got.bytes), "{path}");
        let head = ask(&service, Method::HEAD, path, &[]).await;
        assert_eq!((head.status, head.header("etag")), (StatusCode::OK, tag), "{path}");
        assert_eq!(ask(&service, Method::POST, path, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}

#[tokio::test]
async fn files_are_packed_for_those_who_take_that() {
    let (service, _database) = service(None).await;
    let page = get(&service, "/").await;
    for path in page.loads().iter().filter(|path| !path.contains("/icons/")).chain([&"/".to_owned()]) {
        let plain = get(&service, path).await;
        let packed = ask(&service, Method::GET, path, &[("accept-encoding", "gzip, br")]).await;
        assert!(packed.header("vary").contains("Accept-Encoding") || plain.bytes.len() < 1_000, "{path}");
        assert!(plain.header("content-encoding").is_empty());
        if plain.bytes.len() < 1_000 {
            continue;
        }
        assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
        assert!(packed.bytes.len() < plain.bytes.len());
        let mut unpacked = Vec::new();
        GzDecoder::new(packed.bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == plain.bytes, "{path}");
        let known =
            ask(&service, Method::GET, path, &[("accept-encoding", "gzip"), ("if-none-match", &packed.header("etag"))])
                .await;
        assert_eq!(known.status, StatusCode::NOT_MODIFIED, "{path}");
    }
}

#[tokio::test]
async fn files_of_another_state_and_templates_are_not_there() {
    let (service, _database) = service(None).await;
    let file = get(&service, "/").await.loads().into_iter().find(|file| file.ends_with("/js/find/page.js")).unwrap();
    let base = file.strip_suffix("/js/find/page.js").unwrap();
    for path in [
        "/web/0123456789abcdef/js/find/page.js".to_owned(),
        format!("{base}/pages/find.html"),
        format!("{base}/README.md"),
        format!("{base}/vendor/fetch"),
        format!("{base}/js/none.js"),
        format!("{base}/../Cargo.toml"),
        format!("{base}/%2e%2e/Cargo.toml"),
        format!("{base}/"),
        "/web".to_owned(),
    ] {
        let got = get(&service, &path).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(got.header("content-type"), "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn a_page_speaks_the_language_that_is_asked_for() {
    let (service, _database) = service(None).await;
    let english = ask(&service, Method::GET, "/", &[("accept-language", "en-GB,en;q=0.9")]).await;
    assert!(english.text().contains("<html lang=\"en\"") && english.text().contains("/js/i18n/en/find.js"));
    assert!(english.header("vary").contains("Accept-Language"));
    let chinese = get(&service, "/").await;
    assert!(chinese.text().contains("/js/i18n/zh-CN/find.js"));
    assert_ne!(chinese.header("etag"), english.header("etag"));
}

#[tokio::test]
async fn the_map_is_drawn_on_configured_tiles_and_no_others() {
    let (service, _database) = service(None).await;
    let bare = get(&service, "/").await;
    assert!(bare.header("content-security-policy").contains("img-src 'self' data: blob:;"));
    assert!(bare.text().contains("{&quot;crs&quot;:&quot;wgs84&quot;}"));
    let tiles = MapTiles::new("https://tiles.example/{z}/{x}/{y}.png", Crs::Gcj02, "审图号 <1>").unwrap();
    let (service, _database) = self::service(Some(tiles)).await;
    let page = get(&service, "/").await;
    assert!(page.header("content-security-policy").contains("img-src 'self' data: blob: https://tiles.example;"));
    assert!(page.text().contains("&quot;crs&quot;:&quot;gcj02&quot;") && page.text().contains("审图号 &lt;1&gt;"));
}

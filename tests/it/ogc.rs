//! OGC API – Features, as the standard (17-069r4) asks and as clients use it.

use std::fmt::Write;
use std::sync::Arc;

use gongce::export::Format;
use gongce::http::{Door, Limits, routes};
use gongce::intake::Profile;
use gongce::usecase::imports::{Input, run};
use gongce::usecase::{Ctx, loading};
use poem::http::Method;
use poem::{Endpoint, Request, Response};
use serde_json::Value;

use crate::harness::stores::on_both;
use crate::imports::PLAIN;

/// Every operation of `/ogc/api`: all of them are open to anyone, and none writes.
const PUBLIC: [&str; 8] = [
    "getLandingPage",
    "getConformanceDeclaration",
    "getApiDefinition",
    "getCollections",
    "describeCollection",
    "getSchema",
    "getFeatures",
    "getFeature",
];

const ITEMS: &str = "/ogc/collections/toilets/items";

struct Answered {
    status: u16,
    kind: String,
    tag: String,
    body: Value,
    length: usize,
}

struct Service<E>(E);

impl<E: Endpoint<Output = Response>> Service<E> {
    async fn ask(&self, method: Method, path: &str, tag: &str) -> Answered {
        let request = Request::builder().method(method).uri_str(path).header("host", "toilets.example:81");
        let response = self.0.get_response(request.header("if-none-match", tag).finish()).await;
        let (parts, body) = response.into_parts();
        let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (kind, tag) = (header("content-type"), header("etag"));
        let body = body.into_bytes().await.unwrap();
        let length = body.len();
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Answered { status: parts.status.as_u16(), kind, tag, body, length }
    }

    async fn get(&self, path: &str) -> Value {
        let answered = self.ask(Method::GET, path, "").await;
        assert_eq!(answered.status, 200, "{path}: {}", answered.body);
        answered.body
    }

    async fn ids(&self, path: &str) -> Vec<i64> {
        let page = self.get(path).await;
        let features = page["features"].as_array().unwrap();
        assert_eq!(page["numberReturned"], features.len());
        features.iter().map(|feature| feature["id"].as_i64().unwrap()).collect()
    }

    async fn code(&self, path: &str) -> (u16, String) {
        let answered = self.ask(Method::GET, path, "").await;
        assert!(answered.kind.starts_with("application/problem+json"), "{path}: {}", answered.kind);
        (answered.status, answered.body["code"].as_str().unwrap().to_owned())
    }
}

fn served(ctx: &Arc<Ctx>) -> Service<impl Endpoint<Output = Response> + use<>> {
    Service(routes(Arc::clone(ctx), Door::new(Limits::default())))
}

/// A register of these rows, `id,latitude,longitude,lifecycle`, loaded.
async fn register(ctx: &Arc<Ctx>, rows: &[(i32, &str, &str, &str)]) {
    let mut text = "id,source,sourceKey,name,zone,latitude,longitude,lifecycle,note\n".to_owned();
    for (id, latitude, longitude, lifecycle) in rows {
        writeln!(text, "{id},s,{id},{id}号,UTC,{latitude},{longitude},{lifecycle},a note").unwrap();
    }
    let profile = Profile::builtin(&format!("gongce-{}", Format::Csv)).unwrap();
    let file = Input { name: "rows.csv".to_owned(), bytes: text.into_bytes() };
    let report = run(ctx, &profile, &[file], PLAIN, &|_| {}).await.unwrap();
    assert_eq!(report.created, u64::try_from(rows.len()).unwrap(), "{:?}", report.rows);
    loading::load(ctx).await.unwrap();
}

const ROWS: [(i32, &str, &str, &str); 6] = [
    (1, "-17", "179.5", ""),
    (2, "-17", "-179.5", ""),
    (3, "34.8264", "112.4364", ""),
    (4, "", "", ""),
    (5, "34.8", "112.4", "retired"),
    (9, "34.9", "112.5", "planned"),
];

on_both! {
    async fn every_page_leads_to_the_next_and_every_operation_is_public_and_reads_only(database: Database) {
        let ctx = database.ctx().await;
        register(&ctx, &ROWS).await;
        let service = served(&ctx);
        let document = service.get("/ogc/api").await;
        assert_eq!(document["openapi"], "3.0.3");
        let mut ids = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let methods = methods.as_object().unwrap();
            assert_eq!(methods.keys().collect::<Vec<_>>(), ["get"], "{path}");
            ids.push(methods["get"]["operationId"].as_str().unwrap());
            let path = path.trim_end_matches('/').replace("{collectionId}", "toilets").replace("{featureId}", "3");
            let path = format!("/ogc{path}");
            let got = service.ask(Method::GET, &path, "").await;
            let head = service.ask(Method::HEAD, &path, "").await;
            assert_eq!((got.status, head.status, head.length), (200, 200, 0), "{path}");
            assert_eq!((&got.kind, &got.tag), (&head.kind, &head.tag), "{path}");
            assert_eq!(service.ask(Method::GET, &path, &got.tag).await.status, 304, "{path}");
            let declared = methods["get"]["responses"]["200"]["content"].as_object().unwrap().keys().next().unwrap();
            assert_eq!(&got.kind, declared, "{path}");
            assert_eq!(service.ask(Method::POST, &path, "").await.status, 405, "{path}");
            assert_eq!(service.code(&format!("{path}?f=json")).await, (400, "unknownParameter".to_owned()), "{path}");
        }
        assert_eq!(ids, PUBLIC);
        for absent in ["/ogc/collections/x", "/ogc/collections/x/items", "/ogc/collections/x/schema", "/ogc/x"] {
            assert_eq!(service.code(absent).await.0, 404, "{absent}");
        }
        let landing = service.get("/ogc").await;
        for link in landing["links"].as_array().unwrap() {
            let path = link["href"].as_str().unwrap().strip_prefix("http://toilets.example:81").unwrap();
            assert_eq!(service.ask(Method::GET, path, "").await.kind, link["type"].as_str().unwrap(), "{path}");
        }
        let rels: Vec<_> = landing["links"].as_array().unwrap().iter().map(|link| link["rel"].as_str().unwrap()).collect();
        assert_eq!(rels, ["self", "service-desc", "conformance", "data"]);
        assert_eq!(service.get("/ogc/conformance").await["conformsTo"].as_array().map(Vec::len), Some(3));
    }
}

on_both! {
    async fn a_box_holds_what_stands_in_it_and_what_stands_nowhere(database: Database) {
        let ctx = database.ctx().await;
        register(&ctx, &ROWS).await;
        let service = served(&ctx);
        let collection = service.get("/ogc/collections/toilets").await;
        assert_eq!(collection["extent"]["spatial"]["bbox"], serde_json::json!([[-179.5, -17.0, 179.5, 34.9]]));
        for (query, ids) in [
            ("", vec![1, 2, 3, 4, 9]),
            ("?bbox=112,34,113,35", vec![3, 4, 9]),
            ("?bbox=112,34,-10,113,35,10", vec![3, 4, 9]),
            ("?bbox=179,-18,-179,-16", vec![1, 2, 4]),
            ("?bbox=-180,-90,180,90", vec![1, 2, 3, 4, 9]),
            ("?bbox=0,0,1,1", vec![4]),
        ] {
            let path = format!("{ITEMS}{query}");
            assert_eq!(service.ids(&path).await, ids, "{query}");
            assert_eq!(service.get(&path).await["numberMatched"], ids.len(), "{query}");
        }
        for query in ["bbox=", "bbox=1,2,3", "bbox=1,4,3,2", "bbox=1,2,3,4&bbox=1,2,3,4", "limit=0", "cursor=x", "datetime=now"] {
            assert_eq!(service.code(&format!("{ITEMS}?{query}")).await, (400, "badParameter".to_owned()), "{query}");
        }
        for absent in ["5", "7", "x", "-1", "99999999999"] {
            assert_eq!(service.code(&format!("{ITEMS}/{absent}")).await.0, 404, "{absent}");
        }
        let feature = service.get(&format!("{ITEMS}/4")).await;
        assert_eq!((&feature["geometry"], &feature["properties"]["fee"]), (&Value::Null, &Value::Null));
        let placed = service.get(&format!("{ITEMS}/3")).await;
        assert_eq!(placed["geometry"]["coordinates"], serde_json::json!([112.4364, 34.8264]));
        assert!(placed["properties"].as_object().unwrap().contains_key("stalls.women"), "unknown ones are there too");
    }
}

on_both! {
    async fn pages_follow_each_other_while_the_register_is_written(database: Database) {
        let ctx = database.ctx().await;
        let rows: Vec<_> = (1..=25).map(|id| (id * 2, "34.8", "112.4", "")).collect();
        register(&ctx, &rows).await;
        let service = served(&ctx);
        let (mut seen, mut path) = (Vec::new(), format!("{ITEMS}?limit=4&bbox=112,34,113,35"));
        loop {
            let page = service.get(&path).await;
            seen.extend(service.ids(&path).await);
            if seen.len() == 8 {
                // One behind the reader and one ahead.
                register(&ctx, &[(3, "34.8", "112.4", ""), (17, "34.8", "112.4", "")]).await;
            }
            let links = page["links"].as_array().unwrap();
            let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
            path = next["href"].as_str().unwrap().strip_prefix("http://toilets.example:81").unwrap().to_owned();
            assert!(path.contains("bbox=112,34,113,35"), "{path}");
        }
        let mut expected: Vec<i64> = (1..=25).map(|id| id * 2).chain([17]).collect();
        expected.sort_unstable();
        assert_eq!(seen, expected);
        assert_eq!(service.ids(ITEMS).await.len(), 10, "ten where nobody says how many");
        assert_eq!(service.ids(&format!("{ITEMS}?limit=100000")).await.len(), 27, "more than the most is the most");
    }
}

on_both! {
    async fn time_is_when_a_record_was_written(database: Database) {
        let ctx = database.ctx().await;
        register(&ctx, &ROWS[..2]).await;
        let service = served(&ctx);
        // The clock of the tests stands still at this instant.
        let at = crate::harness::make::NOW;
        for (datetime, found) in [
            (at.to_owned(), 2),
            (format!("{at}/.."), 2),
            (format!("../{at}"), 2),
            (format!("{at}/{at}"), 2),
            ("2026-11-23T08:00:01Z/..".to_owned(), 0),
            ("/2026-11-23T07:59:59Z".to_owned(), 0),
            ("2026-11-23T16:00:00%2B08:00".to_owned(), 2),
        ] {
            assert_eq!(service.ids(&format!("{ITEMS}?datetime={datetime}")).await.len(), found, "{datetime}");
        }
        assert_eq!(service.get(&format!("{ITEMS}/1")).await["properties"]["updatedAt"], at);
    }
}

on_both! {
    async fn a_register_that_publishes_one_datum_gives_no_other(database: Database) {
        use gongce::geo::Crs;
        let ctx = database.ctx().await;
        let crs = Some(Crs::Gcj02);
        let ctx = Arc::new(Arc::try_unwrap(ctx).map_err(|_| "shared").unwrap().publishing_in(crs));
        register(&ctx, &ROWS).await;
        let service = served(&ctx);
        assert_eq!(service.code(ITEMS).await, (403, "forbidden".to_owned()));
        assert_eq!(service.code(&format!("{ITEMS}/3")).await.0, 403);
        for path in ["/api/v1/toilets/3", "/api/v1/toilets"] {
            let plain = service.get(path).await;
            assert_eq!(plain["crs"], "gcj02", "{path}");
            assert!(!plain.to_string().contains("34.8264"), "{path}");
            for asked in ["wgs84", "bd09"] {
                assert_eq!(service.code(&format!("{path}?crs={asked}")).await, (422, "invalid".to_owned()), "{path}");
            }
            assert_eq!(service.get(&format!("{path}?crs=gcj02")).await["crs"], "gcj02");
        }
        let nearest = "/api/v1/toilets/nearest?latitude=34.8&longitude=112.4&crs=";
        assert_eq!(service.code(&format!("{nearest}wgs84")).await.0, 422);
        assert_eq!(service.get(&format!("{nearest}gcj02")).await["crs"], "gcj02");
        let export = "/api/v1/toilets/export?format=";
        assert_eq!(service.code(&format!("{export}csv&crs=wgs84")).await.0, 422);
        assert_eq!(service.code(&format!("{export}osm")).await.0, 422, "tags are in WGS-84 alone");
        let table = service.ask(Method::GET, &format!("{export}geojson"), "").await;
        assert_eq!(table.body["features"][2]["properties"]["crs"], "gcj02");
        assert!(!table.body.to_string().contains("34.8264"));
    }
}

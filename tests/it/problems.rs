//! Every failure is a problem, with a stable code, in the language of whoever asks.

use poem::http::Method;
use serde_json::Value;

use crate::harness::app::{Answered, app_with};
use crate::harness::build::{instant, toilet};
use crate::harness::make::NOW;

const NEAREST: &str = "/api/v1/toilets/nearest";

/// Checks what every problem must be, and gives its body.
fn problem(answered: &Answered, status: u16, code: &str) -> Value {
    assert_eq!(
        (answered.status, answered.header("content-type")),
        (status, "application/problem+json"),
        "{}",
        answered.text
    );
    let body = answered.json();
    assert_eq!((&body["code"], &body["status"]), (&code.into(), &status.into()), "{body}");
    assert_eq!(body["type"], format!("urn:gongce:problem:{code}"));
    assert_eq!(body["requestId"], answered.header("x-request-id"));
    assert_eq!(answered.header("cache-control"), "no-store");
    assert!(["title", "detail", "instance"].iter().all(|field| body[*field].is_string()) && body["errors"].is_array());
    assert!(!answered.text.contains("null"));
    body
}

#[tokio::test]
async fn what_is_not_there_is_told_so() {
    let app = app_with(vec![toilet(1).done()], vec![], instant(NOW)).await;
    for path in ["/nowhere", "/api/v1/nowhere", "/api/v1/toilets/1/nowhere", "/api/v1/toilets/", "/api/docs/nowhere"] {
        problem(&app.get(path).await, 404, "noSuchPath");
    }
    for path in ["/api/v1/toilets/2", "/api/v1/toilets/-1", "/api/v1/areas/x"] {
        problem(&app.get(path).await, 404, "notFound");
    }
    let body = problem(&app.get("/api/v1/toilets/one").await, 400, "badParameter");
    assert_eq!(body["errors"][0]["field"], "id");
    for (path, field) in [("/api/v1/toilets/%ff", "id"), ("/api/v1/areas/%ff", "code")] {
        let body = problem(&app.get(path).await, 400, "badParameter");
        assert_eq!(body["errors"][0]["field"], field, "text that is no text");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let app = app_with(vec![], vec![], instant(NOW)).await;
    for path in ["/", "/livez", "/api/openapi.json", NEAREST, "/api/v1/areas/410308", "/api/v1/areas"] {
        for method in [Method::POST, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE] {
            let answered = app.ask(method, path, &[]).await;
            problem(&answered, 405, "methodNotAllowed");
            assert_eq!(answered.header("allow"), "GET, HEAD", "{path}");
        }
    }
    assert_eq!(app.ask(Method::HEAD, "/livez", &[]).await.status, 200);
}

#[tokio::test]
async fn all_faults_of_a_query_are_told_at_once() {
    let app = app_with(vec![], vec![], instant(NOW)).await;
    let path = format!(
        "{NEAREST}?latitude=NaN&crs=wgs84&need=wheelchair,jacuzzi&limit=51&at=noon&usable=perhaps&kind=urban&kind="
    );
    let body = problem(&app.get(&path).await, 400, "badParameter");
    let faults: Vec<_> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    let expected = [
        ("latitude", "outOfRange"),
        ("longitude", "missing"),
        ("limit", "outOfRange"),
        ("need", "unknownValue"),
        ("at", "unreadable"),
        ("usable", "unknownValue"),
    ];
    assert_eq!(faults, expected);
}

#[tokio::test]
async fn numbers_that_are_no_place_are_refused() {
    let app = app_with(vec![], vec![], instant(NOW)).await;
    for latitude in ["inf", "-inf", "nan", "90.1", "1e999", "0x10", "34,8"] {
        let path = format!("{NEAREST}?latitude={latitude}&longitude=0&crs=wgs84");
        assert_eq!(problem(&app.get(&path).await, 400, "badParameter")["errors"][0]["field"], "latitude");
    }
    for pole in ["90", "-90"] {
        assert_eq!(app.get(&format!("{NEAREST}?latitude={pole}&longitude=180&crs=bd09")).await.status, 200);
    }
    for path in [
        "/api/v1/toilets?bbox=1,2,3&crs=wgs84",
        "/api/v1/toilets?bbox=1,2,3,NaN&crs=wgs84",
        "/api/v1/toilets?bbox=1,3,2,2&crs=wgs84",
        "/api/v1/toilets?cursor=zz",
        "/api/v1/toilets?limit=0",
        "/api/v1/toilets?limit=10&limit=20",
        "/api/v1/toilets?area=x%20y",
        "/api/v1/toilets?bbox=112,34,,113,35&crs=wgs84",
        "/api/v1/toilets?cursor=-1",
        "/api/v1/toilets?cursor=%2B5",
        "/api/v1/toilets?limit=%2B5",
        "/api/v1/toilets?crs=",
        "/api/v1/toilets?limit=",
        "/api/v1/toilets?q=%ff",
        "/api/v1/toilets?q=%zz",
        "/api/v1/toilets?q=%2",
        "/api/v1/toilets/nearest?latitude=1&longitude=1&crs=wgs84&usable=",
        "/api/v1/toilets/nearest?latitude=1&longitude=1&crs=wgs84&at=2026-11-23T23:59:60Z",
    ] {
        problem(&app.get(path).await, 400, "badParameter");
    }
}

#[tokio::test]
async fn a_position_without_a_datum_has_its_own_code() {
    let app = app_with(vec![], vec![], instant(NOW)).await;
    let body = problem(&app.get(&format!("{NEAREST}?latitude=34.8&longitude=112.4")).await, 400, "crsMissing");
    assert_eq!(body["errors"][0]["field"], "crs");
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("wgs84, gcj02, bd09"));
    problem(&app.get(&format!("{NEAREST}?latitude=34.8&longitude=112.4&crs=wgs72")).await, 400, "badParameter");
}

#[tokio::test]
async fn unknown_parameters_are_refused_everywhere() {
    let app = app_with(vec![toilet(1).done()], vec![], instant(NOW)).await;
    for path in [
        "/api/v1/toilets/nearest?latitude=34.8&longitude=112.4&crs=wgs84&radius=5",
        "/api/v1/toilets?page=2",
        "/api/v1/toilets/1?fields=name",
        "/api/v1/areas?Limit=3",
        "/api/v1/areas/410308?datum=wgs84",
    ] {
        problem(&app.get(path).await, 400, "unknownParameter");
    }
}

#[tokio::test]
async fn nonsense_is_told_in_brief_and_broken_encoding_by_name() {
    let app = app_with(vec![toilet(1).done()], vec![], instant(NOW)).await;
    let body = problem(&app.get(&format!("/api/v1/areas?{}", "a=&".repeat(1000))).await, 400, "unknownParameter");
    assert_eq!(body["errors"].as_array().map(Vec::len), Some(1));
    assert!(body["detail"].as_str().unwrap().contains("parent, level, q, cursor, limit"));
    let many = (0..100).map(|number| format!("a{number}=1&")).collect::<Vec<_>>().concat();
    let body = problem(&app.get(&format!("/api/v1/areas?{many}")).await, 400, "unknownParameter");
    assert_eq!(body["errors"].as_array().map(Vec::len), Some(10));
    let body = problem(&app.get("/api/v1/areas?q=%ff").await, 400, "badParameter");
    assert_eq!(body["errors"][0]["field"], "q");
    assert_eq!(app.get("/api/v1/toilets?need=&q=&area=&kind=").await.ids(), [1]);
    let body = problem(&app.get("/api/v1/toilets/2147483648").await, 400, "badParameter");
    assert!(!body.to_string().contains("int32"));
}

#[tokio::test]
async fn people_are_told_in_their_language_and_requests_keep_their_name() {
    let app = app_with(vec![], vec![], instant(NOW)).await;
    let chinese = app.get("/api/v1/toilets/2").await;
    assert_eq!(chinese.json()["title"], "没有找到");
    let headers = [("accept-language", "en-GB,zh;q=0.1"), ("x-request-id", "shift-7.a_B")];
    let english = app.ask(Method::GET, "/api/v1/toilets/2", &headers).await;
    assert_eq!(english.json()["title"], "Not found");
    assert_eq!(english.header("content-language"), "en");
    assert_eq!(english.json()["requestId"], "shift-7.a_B");
    let odd = app.ask(Method::GET, "/livez", &[("x-request-id", "a b\"<")]).await;
    assert!(odd.header("x-request-id").len() == 36);
}

#[tokio::test]
async fn every_answer_carries_the_protective_headers() {
    let app = app_with(vec![], vec![], instant(NOW)).await;
    for path in ["/", "/livez", "/nowhere", "/api/v1/toilets", "/api/docs", "/api/openapi.json"] {
        let answered = app.get(path).await;
        assert_eq!(answered.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answered.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answered.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!answered.header("x-request-id").is_empty(), "{path}");
    }
}

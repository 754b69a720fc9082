//! What is done to answers: packing, and pages of other origins.

use std::io::Read;

use super::raw::{Server, lenient, lenient_but};

#[tokio::test]
async fn texts_are_packed_for_who_takes_it_and_pictures_never() {
    let server = Server::start(lenient()).await;
    let plain = server.get("/json", "").await;
    let packed = server.get("/json", "Accept-Encoding: gzip\r\n").await;
    assert!(plain.head.contains("etag: \"7-abc\"") && !plain.head.contains("content-encoding"), "{}", plain.head);
    assert!(packed.head.contains("etag: w/\"7-abc\"") && packed.head.contains("content-encoding: gzip"));
    assert!(plain.head.contains("vary: accept-encoding") && packed.head.contains("vary: accept-encoding"));
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut text).unwrap();
    assert!(text == plain.body && packed.body.len() < plain.body.len() / 4);
    for path in ["/photo", "/", "/long"] {
        let answer = server.get(path, "Accept-Encoding: gzip\r\n").await;
        assert!(!answer.head.contains("content-encoding"), "{path}");
    }
}

#[tokio::test]
async fn either_form_is_found_unchanged() {
    let server = Server::start(lenient()).await;
    for (held, status) in [("\"7-abc\"", 304), ("W/\"7-abc\"", 304), ("\"8-abc\"", 200)] {
        for takes in ["", "Accept-Encoding: gzip\r\n"] {
            let answer = server.get("/json", &format!("If-None-Match: {held}\r\n{takes}")).await;
            assert_eq!(answer.status, status, "{held} {takes}");
            assert!(answer.head.contains("vary: accept-encoding"));
        }
    }
}

#[tokio::test]
async fn only_listed_origins_may_read_answers() {
    let listed = |limits: &mut gongce::http::Limits| limits.cors_origins = vec!["https://map.example".to_owned()];
    let server = Server::start(lenient_but(listed)).await;
    let asked = async |server: &Server, method: &str, origin: &str| {
        let head = format!("{method} / HTTP/1.1\r\nHost: t\r\nOrigin: {origin}\r\nConnection: close\r\n");
        server.send(format!("{head}Access-Control-Request-Method: GET\r\n\r\n")).await
    };
    let own = asked(&server, "GET", "https://map.example").await;
    assert!(own.head.contains("access-control-allow-origin: https://map.example") && own.head.contains("vary: origin"));
    let preflight = asked(&server, "OPTIONS", "https://map.example").await;
    assert_eq!(preflight.status, 204);
    assert!(preflight.head.contains("access-control-allow-methods: get, head"), "{}", preflight.head);
    for origin in ["https://evil.example", "null", "https://map.example.evil.example"] {
        let other = asked(&server, "GET", origin).await;
        assert!(!other.head.contains("access-control") && other.head.contains("vary: origin"), "{}", other.head);
        assert!(!asked(&server, "OPTIONS", origin).await.head.contains("access-control"));
    }
    let unlisted = asked(&Server::start(lenient()).await, "GET", "https://map.example").await;
    assert!(!unlisted.head.contains("access-control") && !unlisted.head.contains("vary: origin"));
}

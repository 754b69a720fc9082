//! Exports over HTTP: the public register, streamed, few at a time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use gongce::finder::FeatureQuery;
use gongce::http::{Door, Limits, routes};
use gongce::usecase::{demonstration, loading};
use poem::{Endpoint, Request};
use serde_json::Value;

use super::{PLAIN, take_in};
use crate::harness::program::Server;
use crate::harness::stores::on_both;

on_both! {
    async fn the_public_gets_its_register_as_a_file_with_a_name(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        let secret = "id,source,sourceKey,name,zone,lifecycle,outages,grades,operators\n\
            5000,x,1,退役公厕,UTC,retired,,,\n\
            5001,x,2,在用公厕,UTC,,\"[{\"\"reason\"\":\"\"water\"\",\"\"from\"\":\"\"2026-01-01T00:00:00Z\"\",\"\"note\"\":\"\"王丽 13800138000\"\"}]\",\
            \"[{\"\"standard\"\":\"\"GB/T 18973-2016\"\",\"\"grade\"\":\"\"AA\"\",\"\"certificate\"\":\"\"No-secret\"\"}]\",\
            \"[{\"\"role\"\":\"\"owner\"\",\"\"name\"\":\"\"业主甲\"\",\"\"kind\"\":\"\"other\"\"}]\"\n";
        let report = take_in(&ctx, gongce::export::Format::Csv, secret.as_bytes(), PLAIN).await.unwrap();
        assert_eq!(report.created, 2, "{:?}", report.rows);
        loading::load(&ctx).await.unwrap();
        let app = routes(Arc::clone(&ctx), Door::new(Limits::default()));
        let get = async |query: &str| {
            let path = format!("/api/v1/toilets/export{query}");
            let response = app.get_response(Request::builder().uri_str(path).finish()).await;
            let (parts, body) = response.into_parts();
            let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
            let headers = (header("content-type"), header("content-disposition"), header("cache-control"));
            (parts.status.as_u16(), headers, body.into_vec().await.unwrap())
        };
        let (status, (kind, disposition, caching), bytes) = get("?format=csv").await;
        assert_eq!((status, kind.as_str(), caching.as_str()), (200, "text/csv; charset=utf-8; header=present", "no-store"));
        let name = "attachment; filename=\"toilets-2026-11-23.csv\"; filename*=UTF-8''%E5%85%AC%E5%8E%95-2026-11-23.csv";
        assert_eq!(disposition, name);
        let table = String::from_utf8(bytes).unwrap();
        assert!(table.contains("在用公厕") && table.contains("water"));
        for kept_back in ["退役公厕", "13800138000", "No-secret", "业主甲"] {
            assert!(!table.contains(kept_back), "{kept_back}");
        }
        let rows = |bytes: Vec<u8>| {
            let whole: Value = serde_json::from_slice(&bytes).unwrap();
            whole["features"].as_array().unwrap().len()
        };
        let every = FeatureQuery { bbox: None, updated: None, after: None, limit: 1 };
        let listed = ctx.finder.snapshot().features(&every, ctx.clock.now()).matched;
        assert_eq!(rows(get("?format=geojson").await.2), listed);
        assert_eq!(rows(get("?format=geojson&kind=tourist").await.2), 114);
        let in_town = rows(get("?format=geojson&area=410308106").await.2);
        assert!(in_town > 0 && in_town < listed);
        assert!(get("?format=xlsx").await.2.starts_with(b"PK"));
        for (query, status) in [
            ("", 400),
            ("?format=pdf", 400),
            ("?format=csv&limit=1", 400),
            ("?format=csv&area=999", 422),
            ("?format=osm&crs=gcj02", 422),
        ] {
            assert_eq!(get(query).await.0, status, "{query}");
        }
    }
}

on_both! {
    async fn no_more_run_at_a_time_than_may_and_a_place_comes_back(database: Database) {
        let ctx = database.ctx().await;
        // More than fits into the pieces that wait, so that an unread export stays under way.
        let line = |key: i32| format!("s,{key},{},UTC\n", "长".repeat(100));
        let rows = format!("source,sourceKey,name,zone\n{}", (0..4_000).map(line).collect::<String>());
        take_in(&ctx, gongce::export::Format::Csv, rows.as_bytes(), PLAIN).await.unwrap();
        let app = routes(Arc::clone(&ctx), Door::new(Limits { exports: 2, ..Limits::default() }));
        let get = async || {
            let request = Request::builder().uri_str("/api/v1/toilets/export?format=csv").finish();
            app.get_response(request).await
        };
        let (first, second, third) = (get().await, get().await, get().await);
        assert_eq!([first.status().as_u16(), second.status().as_u16(), third.status().as_u16()], [200, 200, 503]);
        assert!(third.headers().contains_key("retry-after"));
        assert_eq!(first.into_body().into_string().await.unwrap().lines().count(), 4_001);
        // A reader that goes away gives its place back as well.
        drop(second);
        for round in 0.. {
            let again = get().await;
            if again.status().as_u16() == 200 {
                break;
            }
            assert!(round < 1_000, "the places are not given back");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

#[test]
fn a_reader_who_stands_still_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let line = |key: i32| format!("s,{key},{},UTC\n", "长".repeat(100));
    let rows = format!("source,sourceKey,name,zone\n{}", (0..30_000).map(line).collect::<String>());
    std::fs::write(folder.path().join("rows.csv"), rows).unwrap();
    let imported = crate::harness::program::run(folder.path(), &["import", "--profile", "gongce-csv", "rows.csv"]);
    assert!(imported.status.success());
    std::fs::write(folder.path().join("gongce.toml"), "stalled_reader_seconds = \"0.5\"\nexports = \"1\"\n").unwrap();
    let server = Server::start(folder.path(), &["serve", "--config", "gongce.toml"]);
    let path = "/api/v1/toilets/export?format=csv";
    let mut still = TcpStream::connect(&server.address).unwrap();
    write!(still, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut head = [0; 12];
    still.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    // The only place is taken until the server gives the reader up.
    let mut statuses = Vec::new();
    for _ in 0..600 {
        let (status, body) = server.get(path);
        statuses.push(status);
        if status == 200 {
            assert!(body.contains("29999,"), "the whole register");
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!((statuses.first(), statuses.last()), (Some(&503), Some(&200)), "{statuses:?}");
    let mut rest = Vec::new();
    let _cut = still.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).ends_with("0\r\n\r\n"), "the answer that was cut must not look whole");
}

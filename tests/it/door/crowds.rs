//! Many at once: slow crowds, one address with too many connections, no more file descriptors.

use std::net::TcpStream;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::raw::{PATIENCE, SHORT, Server, WATCH, lenient, lenient_but, wait_for_end};
use crate::harness::program;

/// How many slow clients come; `thousands` sends more, from addresses of their own.
const CROWD: usize = 200;

#[tokio::test]
async fn normal_requests_succeed_beside_a_slow_crowd() {
    let answered = async |limits, patience| {
        let server = Server::start(limits).await;
        let mut crowd = Vec::new();
        for _ in 0..CROWD {
            let mut slow = server.connect().await;
            slow.write_all(b"GET / HTTP/1.1\r\nHos").await.unwrap();
            crowd.push(slow);
        }
        let mut answered = 0;
        for _ in 0..200 {
            let answer = tokio::time::timeout(patience, server.get("/", "")).await;
            match answer {
                Ok(answer) => answered += u32::from(answer.status == 200),
                Err(_) => break,
            }
        }
        answered
    };
    let few_seats = |limits: &mut gongce::http::Limits| limits.connections = 100;
    assert_eq!(answered(lenient(), PATIENCE).await, 200, "there are more seats than slow clients");
    let soon_cut = lenient_but(|limits| {
        few_seats(limits);
        (limits.first_byte_seconds, limits.head_seconds) = (SHORT, SHORT);
    });
    assert_eq!(answered(soon_cut, PATIENCE).await, 200, "there are fewer, but the slow are cut");
    assert_eq!(answered(lenient_but(few_seats), WATCH).await, 0, "the control: nobody cuts them");
}

#[tokio::test]
async fn one_address_has_only_so_many_connections() {
    let fifth_is_cut = async |limits, patience| {
        let server = Server::start(limits).await;
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(server.connect().await);
        }
        let cut = server.cuts(wait_for_end, patience).await;
        drop(held);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(server.get("/", "").await.status, 200, "who leaves makes room");
        cut
    };
    assert!(fifth_is_cut(lenient_but(|limits| limits.connections_per_address = 4), PATIENCE).await);
    assert!(!fifth_is_cut(lenient(), WATCH).await);
    let proxied = lenient_but(|limits| {
        limits.connections_per_address = 4;
        limits.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    });
    assert!(!fifth_is_cut(proxied, WATCH).await, "a trusted proxy brings many clients");
}

/// Floods a server that may open 64 files; answers its log.
fn flooded(spare: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let environment = [("GONGCE_SPARE_DESCRIPTORS", spare), ("GONGCE_FIRST_BYTE_SECONDS", "1")];
    let server = program::Server::start_with_descriptors(folder.path(), 64, &environment);
    let crowd: Vec<_> = (0..100).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
    std::thread::sleep(WATCH);
    assert_eq!(server.get("/livez").0, 200, "it answers again once the crowd is cut");
    drop(crowd);
    server.log()
}

#[test]
fn a_lack_of_file_descriptors_is_kept_away_and_survived() {
    assert!(!flooded("32").contains("cannot accept"), "it takes no more connections than it has descriptors for");
    let without = flooded("0");
    assert!(without.contains("cannot accept connections"), "the control: {without}");
    assert!(without.matches("cannot accept connections").count() < 10, "and it does not spin");
}

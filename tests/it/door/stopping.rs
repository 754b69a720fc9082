//! A stop lets requests under way end, and nobody hold it up.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::raw::{Answer, PATIENCE, Server, WATCH, lenient, lenient_but};

/// How many requests are under way, and how many clients half open, when the stop comes.
const LOAD: usize = 50;

#[tokio::test]
async fn half_open_clients_do_not_hold_up_a_stop_under_load() {
    let ends = async |limits, patience| {
        let mut server = Server::start(limits).await;
        let (mut half_open, mut under_way) = (Vec::new(), Vec::new());
        for _ in 0..LOAD {
            let (mut one, mut other) = (server.connect().await, server.connect().await);
            one.write_all(b"GET / HTTP/1.1\r\nHos").await.unwrap();
            other.write_all(b"GET /slow HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
            half_open.push(one);
            under_way.push(other);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.stop();
        for mut stream in under_way {
            let answer = Answer::read(&mut stream).await;
            assert!(answer.status == 200 && answer.body == b"at last", "a request under way is answered: {answer:?}");
        }
        let ended = tokio::time::timeout(patience, &mut server.ended).await.is_ok();
        drop(half_open);
        ended
    };
    assert!(ends(lenient_but(|limits| limits.drain_seconds = Duration::from_secs(2)), PATIENCE).await);
    let control = lenient_but(|limits| limits.drain_seconds = Duration::from_mins(10));
    assert!(!ends(control, WATCH).await, "the control: something else ended the half-open client");
}

#[tokio::test]
async fn before_a_stop_it_serves_but_is_not_ready() {
    let mut server = Server::start(lenient_but(|limits| limits.stop_delay_seconds = Duration::from_hours(1))).await;
    assert_eq!(server.get("/readyz", "").await.status, 200);
    server.stop();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.get("/readyz", "").await.status, 503);
    assert_eq!((server.get("/", "").await.status, server.get("/livez", "").await.status), (200, 200));
    assert!(!server.ended.is_finished());
}

#[tokio::test]
async fn an_idle_server_stops_at_once_and_takes_no_more_connections() {
    let mut server = Server::start(lenient()).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.stop();
    assert!(tokio::time::timeout(PATIENCE, &mut server.ended).await.is_ok());
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err());
}

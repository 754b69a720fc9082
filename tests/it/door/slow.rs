//! Clients who take their time.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::raw::{LONG, PATIENCE, SHORT, Server, WATCH, dribble, lenient, lenient_but, wait_for_end};
use gongce::http::Limits;

/// The attacker is cut where `near` sets a limit, and not cut where nothing does.
async fn is_cut_only_by(near: impl FnOnce(&mut Limits), attack: impl AsyncFn(TcpStream)) {
    let guarded = Server::start(lenient_but(near)).await;
    let open = Server::start(lenient()).await;
    let (cut, cut_without) = tokio::join!(guarded.cuts(&attack, PATIENCE), open.cuts(&attack, WATCH));
    assert!(cut, "the attacker was not cut");
    assert!(!cut_without, "the control: something else cut the attacker");
}

#[tokio::test]
async fn who_connects_and_says_nothing_is_cut() {
    is_cut_only_by(|limits| limits.first_byte_seconds = SHORT, wait_for_end).await;
}

#[tokio::test]
async fn half_a_head_is_cut() {
    let attack = async |mut stream: TcpStream| {
        stream.write_all(b"GET / HTTP/1.1\r\nHos").await.unwrap();
        wait_for_end(stream).await;
    };
    is_cut_only_by(|limits| limits.head_seconds = SHORT, attack).await;
}

#[tokio::test]
async fn a_head_byte_by_byte_is_cut() {
    let attack = async |stream: TcpStream| dribble(stream, b"GET / HTTP/1.1\r\nHost: a-very-slow-client").await;
    is_cut_only_by(|limits| limits.head_seconds = SHORT, attack).await;
}

#[tokio::test]
async fn a_second_head_byte_by_byte_is_cut() {
    let attack = async |mut stream: TcpStream| {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
        dribble(stream, b"GET / HTTP/1.1\r\nHost: a-very-slow-client").await;
    };
    is_cut_only_by(|limits| limits.head_seconds = SHORT, attack).await;
}

#[tokio::test]
async fn who_is_idle_after_an_answer_is_cut() {
    let attack = async |mut stream: TcpStream| {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
        wait_for_end(stream).await;
    };
    is_cut_only_by(|limits| limits.idle_seconds = SHORT, attack).await;
}

#[tokio::test]
async fn a_connection_ends_with_its_age() {
    let attack = async |mut stream: TcpStream| {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
        wait_for_end(stream).await;
    };
    is_cut_only_by(|limits| limits.connection_age_seconds = SHORT, attack).await;
}

#[tokio::test]
async fn a_connection_ends_after_its_requests() {
    let attack = async |mut stream: TcpStream| {
        stream.write_all(&b"GET / HTTP/1.1\r\nHost: t\r\n\r\n".repeat(5)).await.unwrap();
        wait_for_end(stream).await;
    };
    is_cut_only_by(|limits| limits.connection_requests = 3, attack).await;
}

#[tokio::test]
async fn half_a_body_is_given_up() {
    let attack = async |mut stream: TcpStream| {
        stream.write_all(b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nhalf").await.unwrap();
        wait_for_end(stream).await;
    };
    is_cut_only_by(|limits| limits.body_window_seconds = SHORT, attack).await;
}

#[tokio::test]
async fn a_body_byte_by_byte_is_given_up() {
    let attack = async |mut stream: TcpStream| {
        stream.write_all(b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10000\r\n\r\n").await.unwrap();
        dribble(stream, b"x").await;
    };
    is_cut_only_by(|limits| limits.body_window_seconds = SHORT, attack).await;
}

#[tokio::test]
async fn a_body_that_is_too_slow_is_told_so() {
    let server = Server::start(lenient_but(|limits| limits.body_window_seconds = SHORT)).await;
    let answer = server.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nhalf").await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (408, Some("tooSlow")));
}

#[tokio::test]
async fn who_does_not_take_the_answer_is_cut() {
    let taken = async |limits: Limits| {
        let server = Server::start(limits).await;
        let mut stream = server.connect().await;
        stream.write_all(b"GET /long HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").await.unwrap();
        tokio::time::sleep(WATCH).await;
        let mut bytes = Vec::new();
        let _reset = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap();
        bytes.len()
    };
    assert!(taken(lenient_but(|limits| limits.stalled_reader_seconds = SHORT)).await < LONG, "was not cut");
    assert!(taken(lenient()).await > LONG, "the control: something else cut the reader");
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_given_up() {
    let guarded = Server::start(lenient_but(|limits| limits.request_seconds = SHORT)).await;
    let answer = guarded.get("/slow", "").await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (503, Some("unavailable")));
    assert_eq!(Server::start(lenient()).await.get("/slow", "").await.status, 200);
}

//! How much watchers may take, and when they are let go.

use std::time::Duration;

use gongce::domain::account::Role;
use gongce::domain::event::Action;
use gongce::http::Limits;
use poem::http::Method;
use serde_json::Value;
use tokio::net::TcpSocket;

use super::{Live, PATIENCE, Reader, slot, slot_entry, write};
use crate::coverage::register;
use crate::harness::stores::{Database, Kind};

const PUBLIC: &str = "/api/v1/areas/410308/events";
const SHORT: Duration = Duration::from_millis(250);

/// How long a control watches that nothing happens.
const WATCH: Duration = Duration::from_millis(1_500);

async fn with(limits: Limits) -> (Database, Live) {
    let database = Database::migrated(Kind::Sqlite).await;
    let live = Live::on(&database, limits).await;
    (database, live)
}

/// Asks until somebody lets it in: a place is free a moment after its reader has left.
async fn is_let_in(live: &Live, patience: Duration) -> bool {
    let asking = async { while !live.asked(PUBLIC, "", "").await.head.starts_with("http/1.0 200") {} };
    tokio::time::timeout(patience, asking).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_has_a_few_and_all_have_so_many() {
    let (_database, live) = with(Limits { streams_per_address: 2, ..Limits::default() }).await;
    let held = [live.stream(PUBLIC, "", "").await, live.stream(PUBLIC, "", "").await];
    let third = live.asked(PUBLIC, "", "").await.head;
    assert!(third.starts_with("http/1.0 429") && third.contains("retry-after"), "{third}");
    assert_eq!(live.asked("/livez", "", "").await.head.lines().next(), Some("http/1.0 200 ok"));
    drop(held);
    assert!(is_let_in(&live, PATIENCE).await, "who leaves makes room");

    let (_database, live) = with(Limits { streams: 1, ..Limits::default() }).await;
    let _held = live.stream(PUBLIC, "", "").await;
    assert!(live.asked(PUBLIC, "", "").await.head.starts_with("http/1.0 503"));
    assert!(live.asked(&format!("{PUBLIC}/list"), "", "").await.head.starts_with("http/1.0 503"), "lists as well");
    assert!(live.asked("/api/v1/areas/410308", "", "").await.head.starts_with("http/1.0 200"), "but nothing else");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_its_age_and_that_of_its_connection_and_says_meanwhile_that_it_is_there() {
    for near in [
        Limits { stream_age_seconds: SHORT, ..Limits::default() },
        Limits { connection_age_seconds: SHORT, ..Limits::default() },
    ] {
        let (_database, live) = with(near).await;
        assert!(live.stream(PUBLIC, "", "").await.ends(PATIENCE).await);
    }
    let (_database, live) = with(Limits { heartbeat_seconds: SHORT / 5, ..Limits::default() }).await;
    let mut reader = live.stream(PUBLIC, "", "").await;
    assert!(reader.head.contains("content-type: text/event-stream"), "{}", reader.head);
    assert!(!reader.head.contains("content-encoding"), "it is never packed: {}", reader.head);
    for _ in 0..3 {
        let beat = reader.block().await.unwrap();
        assert!(beat.data.is_null() && beat.id.contains('-'), "{beat:?}");
    }
    assert!(!reader.ends(WATCH).await, "the control: nothing else ends it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_streams_and_lists_at_once() {
    let (_database, mut live) = with(Limits { drain_seconds: Duration::from_mins(5), ..Limits::default() }).await;
    let reader = live.stream(PUBLIC, "", "").await;
    let stop = live.stop.take();
    let next = live.service.get(&format!("{PUBLIC}/list"), "").await.json_of(200)["next"].as_str().unwrap().to_owned();
    let path = format!("{PUBLIC}/list?wait=25&after={next}");
    let list = live.asked(&path, "", "");
    let stopping = async {
        tokio::time::sleep(SHORT).await;
        drop(stop);
        reader.ends(Duration::from_secs(10)).await
    };
    let (list, ended) = tokio::join!(list, stopping);
    assert!(ended);
    assert!(list.head.starts_with("http/1.0 200"), "{}", list.head);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_session_is_told_nothing_more() {
    let (_database, live) = with(Limits { heartbeat_seconds: SHORT, ..Limits::default() }).await;
    let toilet = register(live.ctx(), "公厕", "410308101").await;
    let token = live.service.sign_in(Role::Supervisor, "410308101").await;
    let mut reader = live.stream("/api/v1/events?topic=missed", &token, "").await;
    for _ in 0..2 {
        assert!(reader.block().await.is_some(), "the control: it lives while the session does");
    }
    let gone = live.service.send(Method::DELETE, "/api/v1/sessions/current", &token, &[], &Value::Null).await;
    assert_eq!(gone.status, 204);
    write(live.ctx(), vec![slot_entry(&slot(toilet, 0), Action::Miss)]).await;
    while let Some(block) = reader.block().await {
        assert!(block.data.is_null(), "{block:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_who_stands_still_is_cut() {
    let makes_room = async |stalled: Duration, patience: Duration| {
        let (_database, live) = with(Limits { streams: 1, stalled_reader_seconds: stalled, ..Limits::default() }).await;
        let toilet = register(live.ctx(), "公厕", "410308101").await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let still = Reader::over(socket.connect(live.address).await.unwrap(), PUBLIC, "", "").await;
        assert!(still.head.starts_with("http/1.0 200"));
        for burst in 0..10 {
            let entries = (0..3_000).map(|number| slot_entry(&slot(toilet, burst * 3_000 + number), Action::Miss));
            write(live.ctx(), entries.collect()).await;
            tokio::time::sleep(SHORT).await;
        }
        let room = is_let_in(&live, patience).await;
        drop(still);
        room
    };
    assert!(makes_room(SHORT, PATIENCE).await);
    assert!(!makes_room(Duration::from_hours(1), WATCH).await, "the control: something else cut the reader");
}

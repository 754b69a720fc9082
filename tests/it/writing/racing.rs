//! Many who change one toilet at once: one success for each version, and no update lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gongce::domain::account::Role;
use gongce::domain::event::RecordKind;
use gongce::domain::history::replay;
use gongce::http::Limits;
use serde_json::{Value, json};

use crate::harness::service::Service;
use crate::harness::stores::{Database, on_both};

/// How many patches race; `RACING_PATCHES` asks for another number (`LONG=1 tests/run` for ten thousand).
fn patches() -> u32 {
    let asked = std::env::var_os("RACING_PATCHES").and_then(|text| text.to_str()?.parse().ok());
    asked.unwrap_or(400)
}

/// How many go at it side by side.
const SIDE_BY_SIDE: u32 = 16;

fn count(toilet: &Value) -> u32 {
    toilet["note"].as_str().unwrap().parse().unwrap()
}

/// Reads the toilet, adds one to the number in its note, and writes it, until that many patches were sent by all
/// together; answers how many succeeded.
async fn add_ones(service: Arc<Service>, path: String, token: String, sent: Arc<AtomicU32>) -> u32 {
    let mut won = 0;
    while sent.fetch_add(1, Ordering::Relaxed) < patches() {
        let read = service.get(&path, "").await.json_of(200);
        tokio::task::yield_now().await;
        let body = json!({"note": (count(&read) + 1).to_string()});
        let answer = service.patch(&path, &token, read["revision"].clone(), body).await;
        match answer.status {
            200 => won += 1,
            412 => assert_eq!(answer.json()["code"], "revisionStale"),
            // Whoever waited for the others too long was told so, and nothing of theirs was written.
            503 => assert_eq!(answer.json()["code"], "unavailable"),
            _ => panic!("{}", answer.text),
        }
    }
    won
}

async fn prepare(database: &Database) -> (Arc<Service>, String, String) {
    let ctx = Service::on(database).await.ctx;
    // Nobody is told to wait: whoever writes too often is not what this is about.
    let unhindered = Limits { write_burst: 1_000_000, session_search_burst: 1_000_000, ..Limits::default() };
    let service = Arc::new(Service::limited(ctx, unhindered).await);
    let token = service.sign_in(Role::Supervisor, "410308").await;
    let new = json!({"name": "甲", "area": "410308101", "note": "0"});
    let path = format!("/api/v1/toilets/{}", service.post("/api/v1/toilets", &token, new).await.json_of(201)["id"]);
    (service, token, path)
}

on_both! {
    async fn no_update_is_lost(database: Database) {
        let (service, token, path) = prepare(&database).await;
        let sent = Arc::new(AtomicU32::new(0));
        let racers: Vec<_> = (0..SIDE_BY_SIDE)
            .map(|_| tokio::spawn(add_ones(Arc::clone(&service), path.clone(), token.clone(), Arc::clone(&sent))))
            .collect();
        let mut won = 0;
        for racer in racers {
            won += racer.await.unwrap();
        }
        let last = service.get(&path, "").await.json_of(200);
        assert!(won > 0);
        assert_eq!(last["revision"], won + 1, "exactly one success for each version");
        assert_eq!(count(&last), won, "each success added one to what the one before had left");
        let key = last["id"].to_string();
        let history = service.ctx.store.histories(RecordKind::Toilet, std::slice::from_ref(&key)).await.unwrap();
        let replayed = replay(&history[&key]).unwrap();
        assert_eq!(u32::try_from(replayed.revision).unwrap(), won + 1);
        assert_eq!(replayed.fields.get("note"), last.get("note"));
    }
}

on_both! {
    async fn whoever_names_a_revision_they_have_not_read_does_lose_updates(database: Database) {
        // The control: without the protection, which this defeats, the count is wrong.
        let (service, token, path) = prepare(&database).await;
        let read = service.get(&path, "").await.json_of(200);
        let body = json!({"note": (count(&read) + 1).to_string(), "contact": null});
        assert_eq!(service.patch(&path, &token, 1, body.clone()).await.status, 200);
        assert_eq!(service.patch(&path, &token, 1, body.clone()).await.status, 412);
        assert_eq!(service.patch(&path, &token, 2, body).await.status, 200);
        assert_eq!(count(&service.get(&path, "").await.json_of(200)), 1, "two added one, and one is there");
    }
}

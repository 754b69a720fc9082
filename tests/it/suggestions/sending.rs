//! Sending suggestions.

use std::sync::Arc;

use chrono::TimeDelta;
use gongce::domain::account::Role;
use gongce::domain::holiday::Calendars;
use gongce::http::{Door, Limits, render_fragment, routes, serve};
use gongce::usecase::{Clock, Ctx};
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{PATH, citizen, missing, toilet, wrong};
use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::service::Service;
use crate::harness::stores::{Database, on_both};

on_both! {
    async fn anybody_may_suggest_and_nothing_changes_by_it(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let length = service.ctx.store.journal_length().await.unwrap();
        let made = service.post(&format!("{PATH}?crs=gcj02"), "", missing("新公厕", "410308101")).await;
        let suggestion = made.json_of(201);
        assert_eq!((&suggestion["kind"], &suggestion["state"], &suggestion["revision"]), (&json!("missing"), &json!("open"), &json!(1)));
        assert_eq!(made.header("location"), format!("{PATH}/{}", suggestion["id"]));
        assert!(!made.text.contains("桥头"), "what is kept for a week does not repeat what was said");
        assert_eq!(wrong(&service, "", &known, "24/7").await.json_of(201)["toilet"], known["id"]);
        let gone = json!({"kind": "gone", "toilet": known["id"], "remark": "拆了"});
        assert_eq!(service.post(PATH, "", gone).await.status, 201);
        assert_eq!(service.ctx.store.journal_length().await.unwrap(), length + 3, "each is in the journal");
        let path = format!("/api/v1/toilets/{}", known["id"]);
        assert_eq!(service.get(&path, "").await.json_of(200)["revision"], 1);
        assert_eq!(service.get("/api/v1/toilets", "").await.json_of(200)["items"].as_array().unwrap().len(), 1);
        // Nor does a visitor read what others suggest.
        assert_eq!(service.get(PATH, "").await.status, 401);
    }
}

on_both! {
    async fn what_the_register_could_not_hold_is_refused_and_not_counted(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let at = json!({"latitude": 34.9, "longitude": 112.5});
        let id = &known["id"];
        for (body, status, field) in [
            (json!({"kind": "missing", "facts": {"name": "甲"}}), 422, "facts.position"),
            (json!({"kind": "missing", "facts": {"position": at}}), 422, "facts.name"),
            (json!({"kind": "missing", "toilet": id, "facts": {"name": "甲", "position": at}}), 422, "kind"),
            (json!({"kind": "missing", "facts": {"name": "甲", "position": at, "area": "999999"}}), 422, "facts.area"),
            (json!({"kind": "wrong", "toilet": id}), 422, "kind"),
            (json!({"kind": "wrong", "toilet": id, "facts": {}}), 422, "facts"),
            (json!({"kind": "wrong", "toilet": id, "facts": {"lifecycle": "planned"}}), 422, "facts.lifecycle"),
            (json!({"kind": "wrong", "toilet": id, "facts": {"operators": {"owner": {"name": "我"}}}}), 422, "facts.operators"),
            (json!({"kind": "wrong", "toilet": id, "facts": {"name": "a\u{202e}b"}}), 422, "facts.name"),
            (json!({"kind": "wrong", "toilet": id, "facts": {"hours": "sometimes"}}), 422, "facts.hours"),
            (json!({"kind": "gone", "toilet": id, "facts": {"name": "甲"}}), 422, "kind"),
            (json!({"kind": "gone", "toilet": id, "remark": "x".repeat(1_001)}), 422, "remark"),
            (json!({"kind": "gone", "toilet": id, "remark": "a\u{0}b"}), 422, "remark"),
            (json!({"kind": "gone", "toilet": "1"}), 400, "toilet"),
            (json!({"kind": "ugly", "toilet": id}), 400, "kind"),
            (json!({"toilet": id}), 400, "kind"),
        ] {
            let refused = service.post(&format!("{PATH}?crs=wgs84"), "", body).await;
            assert_eq!(refused.problem(status).1, [field], "{}", refused.text);
        }
        let no_datum = service.post(PATH, "", missing("甲", "410308101")).await;
        assert_eq!(no_datum.problem(400).0, "crsMissing");
        assert_eq!(service.post(PATH, "", json!({"kind": "gone", "toilet": 99})).await.status, 404);
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let path = format!("/api/v1/toilets/{id}");
        let retired = service.send(Method::DELETE, &path, &supervisor, &[("if-match", "1")], &Value::Null).await;
        assert_eq!(retired.status, 204);
        assert_eq!(service.post(PATH, "", json!({"kind": "gone", "toilet": id})).await.problem(409).0, "conflict");
        assert_eq!(service.get(PATH, &supervisor).await.json_of(200)["items"], json!([]));
    }
}

on_both! {
    async fn five_a_day_are_taken_from_one_sender(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let (one, other) = (citizen(&service.ctx).await, citizen(&service.ctx).await);
        let cleaner = service.sign_in(Role::Cleaner, "410308").await;
        for sender in ["", &one] {
            for _ in 0..5 {
                assert_eq!(wrong(&service, sender, &known, "24/7").await.status, 201);
            }
            let refused = wrong(&service, sender, &known, "24/7").await;
            assert_eq!(refused.problem(429).0, "tooManyRequests");
            // It is four in the afternoon at Mengjin: the day ends in eight hours.
            assert_eq!((refused.header("retry-after"), &refused.json()["retryAfterSeconds"]), ("28800", &json!(28_800)));
        }
        assert_eq!(wrong(&service, &other, &known, "24/7").await.status, 201, "each citizen has their own");
        for _ in 0..6 {
            assert_eq!(wrong(&service, &cleaner, &known, "24/7").await.status, 201, "and the staff is not counted");
        }
        // The next day begins at midnight there, and not 24 hours after the first.
        for (hours, status) in [(7, 429), (8, 201)] {
            let clock = Clock::fixed(instant(NOW) + TimeDelta::hours(hours));
            let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render_fragment);
            let later = Service::around(Arc::new(ctx)).await;
            assert_eq!(wrong(&later, "", &known, "24/7").await.status, status, "{hours} hours later");
        }
    }
}

on_both! {
    async fn of_many_at_once_five_are_taken(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let there = Service::around(database.ctx().await).await;
        let all = (0..16).map(|n| wrong(if n % 2 == 0 { &service } else { &there }, "", &known, "24/7"));
        let mut statuses: Vec<_> = crate::writing::join_all(all).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [[201; 5].as_slice(), &[429; 11]].concat());
    }
}

/// Sends a suggestion through a proxy, for a client of that address; answers the status.
async fn from(server: std::net::SocketAddr, client: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let length = body.len();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: t\r\nX-Forwarded-For: {client}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// All that is kept of senders.
async fn kept(database: &Database) -> String {
    let raw = Connection::connect(&database.url).await.unwrap();
    let mut all = String::new();
    for (table, column) in
        [("login_counter", "subject"), ("answer", "person"), ("journal", "actor"), ("suggestion", "proposal")]
    {
        let sql = format!("SELECT {column} AS line FROM {table}");
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
        all.extend(rows.iter().map(|row| format!("{table} {}\n", row.try_get::<String>("", "line").unwrap())));
    }
    all
}

on_both! {
    async fn visitors_are_counted_by_address_which_is_kept_nowhere(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let limits = Limits { trusted_proxies: vec!["127.0.0.1".parse().unwrap()], ..Limits::default() };
        let door = Door::new(limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = routes(Arc::clone(&service.ctx), Arc::clone(&door));
        let server = tokio::spawn(serve(listener, endpoint, door, service.ctx.clock, std::future::pending()));
        let body = json!({"kind": "gone", "toilet": known["id"]}).to_string();
        let mut statuses = Vec::new();
        for client in ["203.0.113.7", "203.0.113.8"] {
            for _ in 0..6 {
                statuses.push(from(address, client, &body).await);
            }
        }
        assert_eq!(statuses, [201, 201, 201, 201, 201, 429, 201, 201, 201, 201, 201, 429]);
        let kept = kept(&database).await;
        assert!(kept.contains("journal nobody") && !kept.contains("203.0.113"), "{kept}");
        let plain = gongce::domain::secret::fingerprint("address 203.0.113.7");
        assert!(!kept.contains(&plain), "nor as a hash that anybody could make");
        server.abort();
    }
}

on_both! {
    async fn a_request_that_comes_again_counts_once(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let one = citizen(&service.ctx).await;
        let gone = json!({"kind": "gone", "toilet": known["id"]});
        for sender in ["", &one] {
            let send = async |key: &str, body: &Value| {
                service.send(Method::POST, PATH, sender, &[("idempotency-key", key)], body).await
            };
            let first = send("a", &gone).await;
            assert_eq!(first.status, 201);
            for key in ["b", "c", "d", "e"] {
                assert_eq!(send(key, &gone).await.status, 201);
            }
            let again = send("a", &gone).await;
            assert_eq!((again.status, &again.text), (201, &first.text), "though five were sent");
            let other = json!({"kind": "gone", "toilet": known["id"], "remark": "x"});
            assert_eq!(send("a", &other).await.problem(409).0, "idempotencyKeyReused");
            assert_eq!(send("f", &gone).await.status, 429);
        }
    }
}

on_both! {
    async fn a_session_that_has_ended_makes_no_visitor(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let body = json!({"kind": "gone", "toilet": known["id"]});
        assert_eq!(service.post(PATH, "gct_0000", body).await.problem(401).0, "unauthenticated");
    }
}

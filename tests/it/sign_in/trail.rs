//! The journal as audit: over HTTP for auditors, on the host for whoever runs the service.

use gongce::http::{Door, Limits, routes};
use poem::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

use super::{PASSWORD, PIN, Service, ctx, service};
use crate::harness::make::{self, keys};
use crate::harness::program::{run, stderr, stdout};
use crate::harness::stores::on_both;

async fn acts(app: &Service, token: &str, query: &str) -> Vec<String> {
    let answer = app.ask(Method::GET, &format!("/api/v1/audit{query}"), token, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let act = |entry: &Value| format!("{} {}", entry["kind"], entry["action"]).replace('"', "");
    answer.json()["items"].as_array().unwrap().iter().map(act).collect()
}

on_both! {
    async fn an_auditor_reads_who_did_what_page_by_page(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let invitation = app.invite(&admin, "auditor").await;
        let body = json!({"invitation": invitation, "login": "zhao.min", "password": PASSWORD});
        let auditor = app.post("/api/v1/invitations/accept", "", &body).await.text_of("/person");
        let token = app.sign_in(&json!({"login": "zhao.min", "password": PASSWORD})).await.text_of("/token");
        let all = acts(&app, &token, "").await;
        assert_eq!(all[..3], ["session login", "grant create", "person create"]);
        let mut paged = Vec::new();
        let mut query = "?limit=2".to_owned();
        loop {
            let page = app.ask(Method::GET, &format!("/api/v1/audit{query}"), &token, "").await.json();
            paged.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["number"].as_i64().unwrap()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=2&cursor={next}");
        }
        assert_eq!(paged.len(), all.len(), "every entry once");
        assert!(paged.is_sorted_by(|a, b| a > b), "the newest first: {paged:?}");

        let own = acts(&app, &token, &format!("?person={auditor}")).await;
        assert_eq!(own, ["session login", "grant create", "person create", "invitation retire"]);
        assert_eq!(acts(&app, &token, &format!("?record=person/{auditor}")).await, ["person create"]);
        assert_eq!(acts(&app, &token, "?since=2026-11-23T08:00:01Z").await, Vec::<String>::new());
        for wrong in ["?record=person", "?record=thing/1", "?person=x", "?since=x", "?cursor=x"] {
            assert_eq!(app.ask(Method::GET, &format!("/api/v1/audit{wrong}"), &token, "").await.status, 400, "{wrong}");
        }
    }
}

on_both! {
    async fn of_less_than_everything_only_what_lies_within_is_told(database: Database) {
        let app = service(&database, 0).await;
        app.ctx.store.write(app.ctx.author("test"), |tx| Box::pin(async move {
            for area in gongce::demo::county().unwrap().areas.iter().filter(|area| area.code.as_str().len() <= 9) {
                make::area(tx, area).await?;
            }
            Ok::<_, gongce::store::StoreError>(())
        })).await.unwrap();
        let (admin, _) = app.first_admin().await;
        let invited = async |role: &str, area: &str, login: &str| {
            let body = json!({"name": "李娜", "role": role, "area": area});
            let sent = app.post("/api/v1/staff/invitations", &admin, &body).await.text_of("/invitation");
            let body = json!({"invitation": sent, "login": login, "password": PASSWORD});
            app.post("/api/v1/invitations/accept", "", &body).await.text_of("/person")
        };
        invited("auditor", "410308101", "zhao.min").await;
        let within = invited("inspector", "410308101", "sun.li").await;
        let beside = invited("inspector", "410308102", "qian.yi").await;
        let both = invited("inspector", "410308101", "zhou.er").await;
        let more = json!({"role": "cleaner", "area": "410308102"});
        assert_eq!(app.post(&format!("/api/v1/staff/{both}/grants"), &admin, &more).await.status, 201);
        let token = app.sign_in(&json!({"login": "zhao.min", "password": PASSWORD})).await.text_of("/token");
        let status = async |query: String| app.ask(Method::GET, &format!("/api/v1/audit{query}"), &token, "").await.status;
        assert_eq!(status(String::new()).await, 403, "everything is more than theirs");
        assert_eq!(status(format!("?person={within}")).await, 200);
        for (query, why) in [
            (format!("?person={beside}"), "works beside"),
            (format!("?person={both}"), "works beside as well"),
            ("?person=00000000-0000-0000-0000-000000000000".to_owned(), "is nobody"),
            ("?record=area/410308102".to_owned(), "lies beside"),
            ("?record=area/410308".to_owned(), "lies above"),
            ("?record=toilet/1".to_owned(), "is not there"),
            (format!("?record=person/{within}"), "is no record that lies somewhere"),
        ] {
            assert_eq!(status(query).await, 404, "{why}");
        }
        assert_eq!(status("?record=area/410308101".to_owned()).await, 200);
    }
}

#[test]
fn the_host_prints_a_trail_for_people_and_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["staff", "bootstrap"]).status.code(), Some(0));
    let sent = run(folder.path(), &["staff", "invite", "--name", "李娜", "--role", "cleaner"]);
    let token = stdout(&sent).lines().next().unwrap().split_whitespace().last().unwrap().to_owned();
    let text = run(folder.path(), &["audit"]);
    assert_eq!(text.status.code(), Some(0), "{}", stderr(&text));
    let lines: Vec<String> = stdout(&text).lines().map(ToOwned::to_owned).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].contains(" staff (system) create invitation/2 role: \"cleaner\" ["), "{}", lines[0]);
    assert!(lines[1].contains(" create invitation/1 role: \"admin\" ["), "{}", lines[1]);
    assert!(lines[2].contains(" keys (system) create key/1 ["), "the database begins with its key: {}", lines[2]);
    assert!(!stdout(&text).contains(&token[4..]) && !stdout(&text).contains("李娜"), "nothing secret, nobody by name");

    let one = run(folder.path(), &["audit", "--record", "invitation/1", "--format", "json"]);
    let entry: Value = serde_json::from_str(stdout(&one).lines().next().unwrap()).unwrap();
    assert_eq!((&entry["actor"], &entry["changes"]["role"]), (&"staff".into(), &json!([null, "admin"])));
    assert!(stdout(&run(folder.path(), &["audit", "--since", "2200-01-01T00:00:00Z"])).is_empty());
    for wrong in [&["audit", "--record", "thing/1"][..], &["audit", "--person", "x"], &["audit", "--since", "x"]] {
        assert_eq!(run(folder.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
}

on_both! {
    async fn who_writes_too_often_is_told_to_wait_and_readers_are_not(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let invitation = app.invite(&admin, "cleaner").await;
        let joined = app.post("/api/v1/invitations/accept", "", &json!({"invitation": invitation, "pin": PIN})).await;
        let device = joined.text_of("/device");
        let worker = app.sign_in(&json!({"device": device, "pin": PIN})).await.text_of("/token");
        let ctx = Arc::new(ctx(&database, 0, keys("1")).await);
        let limits = Limits { write_rate: 1, write_burst: 2, ..Limits::default() };
        let strict = Service { endpoint: routes(Arc::clone(&ctx), Door::new(limits)), ctx };
        let write = async |app: &Service, token: &str| app.ask(Method::POST, "/api/v1/sessions/current/proof", token, "{}").await;
        let mut refused = 0;
        for _ in 0..8 {
            let answer = write(&strict, &admin).await;
            if answer.status == 429 {
                assert!(answer.headers.contains_key("retry-after") && answer.json()["retryAfterSeconds"].is_u64());
                refused += 1;
            }
            assert_eq!(write(&app, &admin).await.status, 422, "the control");
        }
        assert!(refused > 0, "two at once and one a second");
        assert_eq!(write(&strict, &worker).await.status, 422, "each person has a bucket of their own");
        assert_eq!(strict.ask(Method::GET, "/api/v1/me", &admin, "").await.status, 200, "reading is not counted");
        assert_eq!(strict.ask(Method::POST, "/api/v1/sessions", "", "{}").await.status, 422, "nor who has no session");
    }
}

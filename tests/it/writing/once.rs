//! A request that comes again has one effect and the same answer.

use chrono::TimeDelta;
use gongce::domain::account::Role;
use gongce::domain::holiday::Calendars;
use gongce::http::render_fragment;
use gongce::usecase::{Clock, Ctx};
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection, QueryResult, Statement};
use serde_json::{Value, json};

use super::registering::join_all;
use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::service::{Answered, Service};
use crate::harness::stores::{Database, on_both};

const PATH: &str = "/api/v1/toilets";

async fn create(service: &Service, token: &str, key: &str, name: &str) -> Answered {
    let body = json!({"name": name, "area": "410308101"});
    service.send(Method::POST, PATH, token, &[("idempotency-key", key)], &body).await
}

on_both! {
    async fn the_same_request_again_gets_the_same_answer(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let first = create(&service, &token, "a", "甲").await;
        let id = first.json_of(201)["id"].clone();
        let changed = service.patch(&format!("{PATH}/{id}"), &token, 1, json!({"note": "later"})).await;
        assert_eq!(changed.status, 200);
        let length = service.ctx.store.journal_length().await.unwrap();
        let again = create(&service, &token, "a", "甲").await;
        assert_eq!((again.status, &again.text), (201, &first.text), "as it was answered, whatever happened since");
        for header in ["location", "etag"] {
            assert_eq!(again.header(header), first.header(header));
        }
        assert_eq!(service.ctx.store.journal_length().await.unwrap(), length);
        // The control: without a key the same request is another one.
        let body = json!({"name": "甲", "area": "410308101"});
        assert_eq!(service.post(PATH, &token, body).await.problem(409).0, "duplicateSuspected");
    }
}

on_both! {
    async fn a_key_stands_for_one_request_of_one_person(database: Database) {
        let service = Service::on(&database).await;
        let (one, other) = (service.sign_in(Role::Admin, "").await, service.sign_in(Role::Admin, "").await);
        assert_eq!(create(&service, &one, "a", "甲").await.status, 201);
        assert_eq!(create(&service, &one, "a", "乙").await.problem(409).0, "idempotencyKeyReused");
        assert_eq!(create(&service, &other, "a", "乙").await.status, 201);
        // What failed was not done, so its key is free.
        assert_eq!(create(&service, &one, "b", "甲").await.problem(409).0, "duplicateSuspected");
        assert_eq!(create(&service, &one, "b", "丙").await.status, 201);
        assert_eq!(create(&service, &one, "a b", "丁").await.problem(400), ("badParameter".to_owned(), vec!["Idempotency-Key".to_owned()]));
    }
}

on_both! {
    async fn requests_under_one_key_that_come_at_once_have_one_effect(database: Database) {
        let here = Service::on(&database).await;
        let there = Service::around(database.ctx().await).await;
        let token = here.sign_in(Role::Admin, "").await;
        let all = (0..16).map(|n| create(if n % 2 == 0 { &here } else { &there }, &token, "a", "甲"));
        let answers = join_all(all).await;
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.text == answers[0].text));
        let ids = [1, 2].map(gongce::domain::id::ToiletId);
        assert_eq!(here.ctx.store.toilets(&ids).await.unwrap().len(), 1);
    }
}

on_both! {
    async fn an_answer_is_kept_for_a_week(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        assert_eq!(create(&service, &token, "a", "甲").await.status, 201);
        let later = async |days: i64| {
            let clock = Clock::fixed(instant(NOW) + TimeDelta::days(days) + TimeDelta::seconds(1));
            let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render_fragment);
            let service = Service::around(std::sync::Arc::new(ctx)).await;
            // Another write is what sweeps.
            assert_eq!(create(&service, &token, &format!("{days}"), &format!("{days}号")).await.status, 201);
            create(&service, &token, "a", "甲").await
        };
        assert_eq!(later(6).await.status, 201);
        assert_eq!(later(7).await.problem(409).0, "duplicateSuspected", "forgotten, so it is a new request");
    }
}

/// All that is kept of answers, as one text.
async fn kept(database: &Database) -> String {
    let raw = Connection::connect(&database.url).await.unwrap();
    let sql = "SELECT body, etag, fingerprint FROM answer";
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
    let columns = ["body", "etag", "fingerprint"];
    let text = |row: &QueryResult| columns.map(|name| row.try_get::<String>("", name).unwrap()).join(" ");
    rows.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// Asks with POST under a key.
async fn send(service: &Service, token: &str, path: &str, key: &str, body: &Value) -> Answered {
    service.send(Method::POST, path, token, &[("idempotency-key", key)], body).await
}

on_both! {
    async fn an_invitation_is_told_again_to_the_same_request_and_kept_from_everybody_else(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "410308").await;
        let path = "/api/v1/staff/invitations";
        let body = json!({"name": "李娜", "role": "cleaner", "area": "410308101"});
        let first = send(&service, &token, path, "a", &body).await;
        let secret = first.json_of(201)["invitation"].as_str().unwrap().to_owned();
        let again = send(&service, &token, path, "a", &body).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        for header in ["location", "etag"] {
            assert_eq!(again.header(header), first.header(header));
        }
        let other = json!({"name": "李娜", "role": "inspector", "area": "410308101"});
        assert_eq!(send(&service, &token, path, "a", &other).await.problem(409).0, "idempotencyKeyReused");
        let somebody = service.sign_in(Role::Admin, "410308").await;
        let theirs = send(&service, &somebody, path, "a", &body).await.json_of(201);
        assert_ne!(theirs["invitation"], secret.as_str(), "a key is one person's own");
        // The control: what is no secret is kept as it is.
        let toilet = send(&service, &token, PATH, "b", &json!({"name": "甲", "area": "410308101"})).await;
        let kept = kept(&database).await;
        assert!(kept.contains(&toilet.text), "{kept}");
        let hexadecimal = secret.trim_start_matches("gci_");
        assert!(!kept.contains("gci_") && !kept.contains(hexadecimal), "{kept}");
        // It opens what it says, once.
        let joins = json!({"invitation": secret, "pin": "271828"});
        let person = service.post("/api/v1/invitations/accept", "", joins.clone()).await.json_of(201)["person"].clone();
        assert_eq!(service.post("/api/v1/invitations/accept", "", joins).await.status, 404);
        assert_eq!(send(&service, &token, path, "a", &body).await.text, first.text, "whatever happened since");

        let path = format!("/api/v1/staff/{}/invitations", person.as_str().unwrap());
        let anew = send(&service, &token, &path, "c", &json!({})).await;
        assert_eq!(anew.json_of(201), send(&service, &token, &path, "c", &json!({})).await.json_of(201));
        let more = json!({"role": "inspector", "area": "410308101"});
        assert_eq!(send(&service, &token, &path, "c", &more).await.problem(409).0, "idempotencyKeyReused");
        assert_eq!(send(&service, &token, &path, "a b", &json!({})).await.problem(400).1, ["Idempotency-Key"]);
    }
}

on_both! {
    async fn invitations_under_one_key_that_come_at_once_are_one(database: Database) {
        let here = Service::on(&database).await;
        let there = Service::around(database.ctx().await).await;
        let token = here.sign_in(Role::Admin, "").await;
        let body = json!({"name": "李娜", "role": "cleaner"});
        let path = "/api/v1/staff/invitations";
        let all = (0..8).map(|n| send(if n % 2 == 0 { &here } else { &there }, &token, path, "a", &body));
        let answers = join_all(all).await;
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.text == answers[0].text));
        assert_eq!(here.get(path, &token).await.json()["items"].as_array().map(Vec::len), Some(1));
    }
}

on_both! {
    async fn a_role_is_given_once(database: Database) {
        let here = Service::on(&database).await;
        let there = Service::around(database.ctx().await).await;
        let (admin, cleaner) = (here.sign_in(Role::Admin, "").await, here.sign_in(Role::Cleaner, "410308101").await);
        let person = here.get("/api/v1/me", &cleaner).await.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/staff/{person}/grants");
        let body = json!({"role": "inspector", "area": "410308101"});
        let all = (0..8).map(|n| send(if n % 2 == 0 { &here } else { &there }, &admin, &path, "a", &body));
        let answers = join_all(all).await;
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.text == answers[0].text), "{answers:?}");
        let grant = answers[0].json()["id"].clone();
        assert_eq!(answers[0].header("location"), format!("{path}/{grant}"));
        let held = here.get(&format!("/api/v1/staff/{person}"), &admin).await.json()["grants"].as_array().map(Vec::len);
        assert_eq!(held, Some(2));
        // The control: without the key it is a second request, for what they hold already.
        assert_eq!(here.post(&path, &admin, body.clone()).await.problem(409).0, "conflict");
        let other = json!({"role": "repairer", "area": "410308101"});
        assert_eq!(send(&here, &admin, &path, "a", &other).await.problem(409).0, "idempotencyKeyReused");
        // Taken away meanwhile, it is not given again by the same request.
        let taken = here.send(Method::DELETE, &format!("{path}/{grant}"), &admin, &[], &Value::Null).await;
        assert_eq!(taken.status, 204);
        assert_eq!(send(&here, &admin, &path, "a", &body).await.text, answers[0].text);
        let held = here.get(&format!("/api/v1/staff/{person}"), &admin).await.json()["grants"].as_array().map(Vec::len);
        assert_eq!(held, Some(1));
    }
}

on_both! {
    async fn a_subscription_is_made_once_and_its_secret_kept_sealed(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "410308").await;
        let path = "/api/v1/subscriptions";
        let body = json!({"channel": "webhook", "area": "410308", "target": "https://hooks.example.com/canary-target"});
        let first = send(&service, &token, path, "a", &body).await;
        let secret = first.json_of(201)["secret"].as_str().unwrap().to_owned();
        let again = send(&service, &token, path, "a", &body).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        assert_eq!(service.get(path, &token).await.json()["items"].as_array().map(Vec::len), Some(1));
        let robot = json!({"channel": "wecom", "area": "410308", "target": "0123456789abcdef"});
        assert_eq!(send(&service, &token, path, "a", &robot).await.problem(409).0, "idempotencyKeyReused");
        let kept = kept(&database).await;
        assert!(!kept.contains(&secret) && !kept.contains("canary-target") && !kept.contains("subscription"), "{kept}");
    }
}

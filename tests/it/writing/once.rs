//! A request that comes again has one effect and the same answer.

use chrono::TimeDelta;
use gongce::domain::account::Role;
use gongce::domain::holiday::Calendars;
use gongce::http::render_fragment;
use gongce::usecase::{Clock, Ctx};
use poem::http::Method;
use serde_json::json;

use super::registering::join_all;
use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::service::{Answered, Service};
use crate::harness::stores::on_both;

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

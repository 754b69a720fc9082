//! Where a toilet stands, as a phone at its door says.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::service::{Answered, Service};
use crate::harness::stores::on_both;

async fn put(service: &Service, token: &str, crs: &str, revision: i64, body: Value) -> Answered {
    let path = format!("/api/v1/toilets/1/position{crs}");
    service.send(Method::PUT, &path, token, &[("if-match", &revision.to_string())], &body).await
}

async fn prepare(service: &Service) {
    let token = service.sign_in(Role::Admin, "").await;
    let body = json!({"name": "甲", "area": "410308101", "position": {"latitude": 34.8264, "longitude": 112.4364}});
    assert_eq!(service.post("/api/v1/toilets?crs=wgs84", &token, body).await.status, 201);
}

on_both! {
    async fn who_stands_at_the_door_says_where_it_is(database: Database) {
        let service = Service::on(&database).await;
        prepare(&service).await;
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        let gcj = service.get("/api/v1/toilets/1?crs=gcj02", "").await.json_of(200)["position"].clone();
        let body = json!({"latitude": gcj["latitude"].as_f64().unwrap() + 0.0001, "longitude": gcj["longitude"], "accuracy": 12.5});
        let put_there = put(&service, &cleaner, "?crs=gcj02", 1, body.clone()).await.json_of(200);
        assert_eq!(put_there["attested"]["position"], json!({"at": "2026-11-23T08:00:00Z", "accuracy": 12.5}));
        let moved = put_there["position"]["latitude"].as_f64().unwrap() - body["latitude"].as_f64().unwrap();
        assert!(moved.abs() < 2e-7, "{moved}");
        let toilet = service.ctx.store.toilets(&[gongce::domain::id::ToiletId(1)]).await.unwrap().pop().unwrap();
        assert_eq!(toilet.fact.position.unwrap().given, gongce::geo::Crs::Gcj02, "the datum in which it was given is kept");
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let edited = service.patch("/api/v1/toilets/1?crs=wgs84", &supervisor, 2, json!({"position": {"latitude": 34.8265, "longitude": 112.4364}})).await;
        assert_eq!(edited.json_of(200).get("attested"), None, "what is no longer so is no longer attested");
    }
}

on_both! {
    async fn a_forgotten_datum_is_noticed(database: Database) {
        let service = Service::on(&database).await;
        prepare(&service).await;
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        let fix = json!({"latitude": 34.8264, "longitude": 112.4364, "accuracy": 10.0});
        assert_eq!(put(&service, &cleaner, "", 1, fix.clone()).await.problem(400).0, "crsMissing");
        let wrong = put(&service, &cleaner, "?crs=gcj02", 1, fix.clone()).await;
        assert!(wrong.problem(409).0 == "conflict" && wrong.text.contains("datum"), "{}", wrong.text);
        let mut sure = fix.clone();
        sure["confirmed"] = json!(true);
        assert_eq!(put(&service, &cleaner, "?crs=gcj02", 1, sure.clone()).await.status, 409, "not by a cleaner");
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        assert_eq!(put(&service, &supervisor, "?crs=gcj02", 1, sure).await.status, 200);
        for accuracy in [0.0, -1.0, 100.1] {
            let mut fix = fix.clone();
            fix["accuracy"] = json!(accuracy);
            assert_eq!(put(&service, &cleaner, "?crs=wgs84", 2, fix).await.problem(422).1, ["accuracy"]);
        }
        assert_eq!(put(&service, &cleaner, "?crs=wgs84", 1, fix.clone()).await.status, 412);
        let beyond = service.sign_in(Role::Cleaner, "410308102").await;
        assert_eq!(put(&service, &beyond, "?crs=wgs84", 2, fix).await.status, 404);
    }
}

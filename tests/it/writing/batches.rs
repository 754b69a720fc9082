//! One change to many toilets.

use gongce::domain::account::Role;
use serde_json::json;

use crate::harness::service::Service;
use crate::harness::stores::on_both;

const PATH: &str = "/api/v1/toilets/batch";

async fn prepare(service: &Service) {
    let admin = service.sign_in(Role::Admin, "").await;
    for (name, area, kind) in
        [("甲", "410308101", "urban"), ("乙", "410308101", "village"), ("丙", "410308102", "urban")]
    {
        let body = json!({"name": name, "area": area, "kind": kind});
        assert_eq!(service.post("/api/v1/toilets", &admin, body).await.status, 201);
    }
}

on_both! {
    async fn each_toilet_is_changed_on_its_own(database: Database) {
        let service = Service::on(&database).await;
        prepare(&service).await;
        let token = service.sign_in(Role::Supervisor, "410308101").await;
        let items = json!([{"id": 1, "revision": 1}, {"id": 2, "revision": 7}, {"id": 3, "revision": 1}, {"id": 9, "revision": 1}]);
        let done = service.post(PATH, &token, json!({"items": items, "patch": {"contact": "12345"}})).await.json_of(200);
        let told: Vec<_> = done["items"].as_array().unwrap().iter().map(|one| (one["status"].as_i64().unwrap(), one["code"].as_str())).collect();
        assert_eq!(told, [(200, None), (412, Some("revisionStale")), (404, Some("notFound")), (404, Some("notFound"))]);
        assert_eq!((&done["items"][0]["revision"], &done["items"][1]["revision"]), (&json!(2), &json!(1)));
        assert_eq!(service.get("/api/v1/toilets/1", "").await.json_of(200)["contact"], "12345");
        assert_eq!(service.get("/api/v1/toilets/3", "").await.json_of(200).get("contact"), None);
    }
}

on_both! {
    async fn toilets_are_chosen_by_area_and_kind_within_the_scope(database: Database) {
        let service = Service::on(&database).await;
        prepare(&service).await;
        let county = service.sign_in(Role::Supervisor, "410308").await;
        let town = service.sign_in(Role::Supervisor, "410308101").await;
        let patch = json!({"filter": {"area": "410308", "kind": "urban"}, "patch": {"note": "一"}});
        let chosen = async |token: &str| {
            let done = service.post(PATH, token, patch.clone()).await.json_of(200);
            done["items"].as_array().unwrap().iter().map(|one| (one["id"].as_i64().unwrap(), one["status"].as_i64().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(chosen(&town).await, [(1, 200)]);
        assert_eq!(chosen(&county).await, [(1, 200), (3, 200)]);
    }
}

on_both! {
    async fn a_batch_is_of_two_hundred_at_most_and_says_which(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let items: Vec<_> = (1..=201).map(|id| json!({"id": id, "revision": 1})).collect();
        assert_eq!(service.post(PATH, &token, json!({"items": items, "patch": {}})).await.status, 400);
        assert_eq!(service.post(PATH, &token, json!({"patch": {}})).await.problem(422).1, ["items"]);
        let wrong = json!({"items": [{"id": 1, "revision": 1}], "patch": {"contact": "13800138000"}});
        assert_eq!(service.post(PATH, &token, wrong).await.problem(422).1, ["patch.contact"]);
        let unknown = json!({"filter": {"area": "999999"}, "patch": {}});
        assert_eq!(service.post(PATH, &token, unknown).await.problem(422).1, ["filter.area"]);
    }
}

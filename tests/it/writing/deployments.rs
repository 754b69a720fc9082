//! Toilets for an event: there for a time, found where they stand then.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::service::Service;
use crate::harness::stores::on_both;

const PATH: &str = "/api/v1/deployments?crs=wgs84";

async fn found(service: &Service, latitude: f64, at: &str) -> Vec<i64> {
    let path = format!("/api/v1/toilets/nearest?latitude={latitude}&longitude=112.4&crs=wgs84&maxDistance=50&at={at}");
    let found = service.get(&path, "").await.json_of(200);
    found["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

/// Makes a toilet of that form at 34.8° N; answers its id.
async fn toilet(service: &Service, form: &str) -> Value {
    let token = service.sign_in(Role::Admin, "").await;
    let body = json!({
        "name": form, "form": form, "area": "410308101", "confirmed": true, "position": {"latitude": 34.8, "longitude": 112.4}
    });
    service.post("/api/v1/toilets?crs=wgs84", &token, body).await.json_of(201)["id"].clone()
}

fn fair(first: &Value) -> Value {
    let new = |latitude: f64| json!({"toilet": {"name": "庙会临时公厕", "area": "410308101", "position": {"latitude": latitude, "longitude": 112.4}}});
    json!({
        "name": "庙会", "from": "2026-11-24T00:00:00Z", "until": "2026-11-26T00:00:00Z",
        "toilets": [{"id": first, "position": {"latitude": 34.9, "longitude": 112.4}}, new(34.95), new(34.950_01)]
    })
}

on_both! {
    async fn a_set_is_there_for_its_time_and_where_it_was_put(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let portable = toilet(&service, "portable").await;
        let made = service.post(PATH, &token, fair(&portable)).await;
        let set = made.json_of(201);
        assert_eq!(set["toilets"], json!([1, 2, 3]), "side by side, and nobody is asked whether they are one");
        for (at, moved, new) in [
            ("2026-11-23T23:59:59Z", vec![], vec![]),
            ("2026-11-24T00:00:00Z", vec![1], vec![2, 3]),
            ("2026-11-25T23:59:59Z", vec![1], vec![2, 3]),
            ("2026-11-26T00:00:00Z", vec![], vec![]),
        ] {
            assert_eq!(found(&service, 34.9, at).await, moved, "{at}");
            assert_eq!(found(&service, 34.95, at).await, new, "{at}");
            assert_eq!(found(&service, 34.8, at).await, [0_i64; 0], "{at}: not where it is registered");
        }
        let before = service.get("/api/v1/toilets/2", "").await.json_of(200);
        assert_eq!((&before["status"], &before["form"]), (&json!("planned"), &json!("portable")));
        let listed = service.get("/api/v1/deployments", &token).await.json_of(200);
        assert_eq!(listed["items"], json!([set]));
    }
}

on_both! {
    async fn a_set_is_taken_away_with_one_call(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let portable = toilet(&service, "portable").await;
        let mut body = fair(&portable);
        body["from"] = json!("2026-11-23T00:00:00Z");
        let made = service.post(PATH, &token, body).await;
        assert_eq!(made.status, 201);
        assert_eq!(found(&service, 34.95, "2026-11-25T00:00:00Z").await, [2, 3]);
        let path = made.header("location").to_owned();
        let close = async |revision| service.send(Method::DELETE, &path, &token, &[("if-match", revision)], &Value::Null).await.status;
        assert_eq!((close("7").await, close("1").await), (412, 204));
        for latitude in [34.8, 34.9, 34.95] {
            assert_eq!(found(&service, latitude, "2026-11-25T00:00:00Z").await, [0_i64; 0], "{latitude}");
        }
        assert_eq!(found(&service, 34.9, "2026-11-23T07:00:00Z").await, [1], "where it was stays on record");
        assert_eq!(service.get("/api/v1/toilets/2", "").await.json_of(200)["status"], "retired");
        assert_eq!(close("2").await, 204, "which changes nothing");
        // The portable one can be put out again.
        let again = json!({"name": "集市", "until": "2026-11-30T00:00:00Z", "toilets": [{"id": portable}]});
        assert_eq!(service.post(PATH, &token, again).await.status, 201);
        assert_eq!(found(&service, 34.8, "2026-11-29T00:00:00Z").await, [1], "where it is registered");
        assert_eq!(crate::writing::journal::disagreements(&service.ctx.store).await, []);
    }
}

on_both! {
    async fn a_set_is_put_out_whole_or_not_at_all(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let (portable, built) = (toilet(&service, "portable").await, toilet(&service, "standalone").await);
        let with = |toilets: Value| json!({"name": "庙会", "until": "2026-11-26T00:00:00Z", "toilets": toilets});
        let length = service.ctx.store.journal_length().await.unwrap();
        for (toilets, status, field) in [
            (json!([{"id": portable}, {"id": built}]), 422, "toilets.1.id"),
            (json!([{"id": portable}, {"id": portable}]), 422, "toilets.1.id"),
            (json!([{"id": portable}, {}]), 422, "toilets.1"),
            (json!([{"id": portable}, {"toilet": {"name": " "}}]), 422, "name"),
        ] {
            assert_eq!(service.post(PATH, &token, with(toilets)).await.problem(status).1, [field]);
        }
        assert_eq!(service.post(PATH, &token, with(json!([{"id": portable}, {"id": 99}]))).await.status, 404);
        let mut backwards = with(json!([{"id": portable}]));
        backwards["until"] = json!("2026-11-20T00:00:00Z");
        assert_eq!(service.post(PATH, &token, backwards).await.problem(422).1, ["until"]);
        let without_datum = service.post("/api/v1/deployments", &token, fair(&portable)).await;
        assert_eq!(without_datum.problem(400).0, "crsMissing");
        let beyond = service.sign_in(Role::Supervisor, "410308102").await;
        assert_eq!(service.post(PATH, &beyond, with(json!([{"id": portable}]))).await.status, 404);
        assert_eq!(service.ctx.store.journal_length().await.unwrap(), length);
        assert_eq!(service.get("/api/v1/deployments", &token).await.json_of(200)["items"], json!([]));
    }
}

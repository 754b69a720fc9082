//! Closures: by whom, for how long, and where else to go.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::service::Service;
use crate::harness::stores::on_both;

const NEAREST: &str = "/api/v1/toilets/nearest?latitude=34.8264&longitude=112.4364&crs=wgs84";

/// Makes a toilet so many metres north of the middle of Mengjin; answers its path.
async fn toilet(service: &Service, north: f64, wheelchair: &str) -> String {
    let token = service.sign_in(Role::Admin, "").await;
    let body = json!({
        "name": format!("北{north}米公厕"), "area": "410308101", "hours": "24/7", "facilities": {"wheelchair": wheelchair},
        "position": {"latitude": 34.8264 + north / 111_195.0, "longitude": 112.4364}
    });
    let made = service.post("/api/v1/toilets?crs=wgs84", &token, body).await.json_of(201);
    format!("/api/v1/toilets/{}", made["id"])
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

on_both! {
    async fn a_closed_toilet_is_found_no_more_and_others_are_named(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let closed = toilet(&service, 0.0, "yes").await;
        for north in [100.0, 200.0, 300.0] {
            toilet(&service, north, "no").await;
        }
        toilet(&service, 400.0, "yes").await;
        assert_eq!(ids(&service.get(NEAREST, "").await.json_of(200)["items"]), [1, 2, 3, 4, 5]);

        let body = json!({"reason": "water", "expectedUntil": "2026-11-23T12:00:00Z", "note": "管道维修"});
        let made = service.post(&format!("{closed}/outages?crs=gcj02"), &token, body).await;
        let answer = made.json_of(201);
        assert_eq!(made.header("location"), format!("{closed}/outages/{}", answer["outage"]["id"]));
        assert_eq!((&answer["outage"]["state"], &answer["outage"]["from"]), (&json!("confirmed"), &json!("2026-11-23T08:00:00Z")));
        assert_eq!(ids(&answer["alternatives"]), [2, 3, 4, 5], "the three nearest, and the nearest for a wheelchair");
        assert_eq!(answer["alternatives"][0]["distance"], 100.0);
        assert_eq!(ids(&service.get(NEAREST, "").await.json_of(200)["items"]), [2, 3, 4, 5]);
        let shown = service.get(&closed, "").await.json_of(200);
        assert_eq!((&shown["status"], &shown["outage"]["expectedUntil"]), (&json!("closed"), &json!("2026-11-23T12:00:00Z")));
        assert_eq!(shown["outage"].get("by"), None);
        let later = format!("{NEAREST}&at=2026-11-23T13:00:00Z");
        assert_eq!(ids(&service.get(&later, "").await.json_of(200)["items"]), [2, 3, 4, 5], "a hope opens no door");

        let path = made.header("location").to_owned();
        let ended = service.send(Method::DELETE, &path, &token, &[("if-match", "2")], &Value::Null).await;
        assert_eq!(ended.status, 204);
        assert_eq!(ids(&service.get(NEAREST, "").await.json_of(200)["items"]), [1, 2, 3, 4, 5]);
    }
}

on_both! {
    async fn a_closure_with_an_end_ends_by_itself_and_one_to_come_can_be_taken_back(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let path = toilet(&service, 0.0, "yes").await;
        let body = json!({"reason": "power", "from": "2026-11-24T00:00:00Z", "until": "2026-11-24T04:00:00Z"});
        let made = service.post(&format!("{path}/outages"), &token, body).await;
        let outage = made.json_of(201)["outage"].clone();
        let found = async |at: &str| ids(&service.get(&format!("{NEAREST}&at={at}"), "").await.json_of(200)["items"]).len();
        assert_eq!((found("2026-11-23T23:59:59Z").await, found("2026-11-24T00:00:00Z").await), (1, 0));
        assert_eq!((found("2026-11-24T03:59:59Z").await, found("2026-11-24T04:00:00Z").await), (0, 1));
        let longer = service.patch(made.header("location"), &token, &outage["revision"], json!({"until": null})).await;
        assert_eq!(longer.json_of(200).get("until"), None);
        assert_eq!(found("2026-11-24T04:00:00Z").await, 0);
        let gone = service.send(Method::DELETE, made.header("location"), &token, &[("if-match", "3")], &Value::Null).await;
        assert_eq!((gone.status, found("2026-11-24T03:00:00Z").await), (204, 1));
        let list = service.get(&format!("{path}/outages"), &token).await.json_of(200);
        assert_eq!(list["items"], json!([]), "it never held");
    }
}

on_both! {
    async fn a_cleaner_closes_her_own_toilet_for_a_supervisor_to_look_at(database: Database) {
        let service = Service::on(&database).await;
        let path = toilet(&service, 0.0, "yes").await;
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let outages = format!("{path}/outages");
        for (body, field) in [
            (json!({"reason": "sewage", "until": "2026-11-24T08:00:01Z"}), "until"),
            (json!({"reason": "sewage", "from": "2026-11-23T08:00:01Z"}), "from"),
        ] {
            assert_eq!(service.post(&outages, &cleaner, body).await.problem(422).1, [field]);
        }
        let made = service.post(&outages, &cleaner, json!({"reason": "sewage"})).await;
        let outage = made.json_of(201)["outage"].clone();
        assert_eq!((&outage["state"], &outage["until"]), (&json!("unconfirmed"), &json!("2026-11-24T08:00:00Z")));
        assert_eq!(service.get(&path, "").await.json_of(200)["status"], "closed", "it counts at once");

        let own = made.header("location").to_owned();
        let longer = service.patch(&own, &cleaner, 2, json!({"until": "2026-11-24T08:00:01Z"})).await;
        assert_eq!(longer.problem(422).1, ["until"]);
        let herself = service.patch(&own, &cleaner, 2, json!({"state": "confirmed"})).await;
        assert_eq!(herself.status, 403, "nobody confirms their own closure");
        let waiting = service.get("/api/v1/outages", &supervisor).await.json_of(200);
        assert_eq!((ids(&waiting["items"]), &waiting["items"][0]["toilet"]), (vec![1], &json!(1)));
        let elsewhere = service.sign_in(Role::Supervisor, "410308102").await;
        assert_eq!(service.get("/api/v1/outages", &elsewhere).await.json_of(200)["items"], json!([]));
        assert_eq!(service.get(&outages, &elsewhere).await.status, 404);

        let confirmed = service.patch(&own, &supervisor, 2, json!({"state": "confirmed"})).await.json_of(200);
        assert_eq!(confirmed["state"], "confirmed");
        assert_eq!(service.get("/api/v1/outages", &supervisor).await.json_of(200)["items"], json!([]));
        let rejected = service.patch(&own, &supervisor, 3, json!({"state": "rejected"})).await.json_of(200);
        assert_eq!(rejected["state"], "rejected");
        assert_eq!(service.get(&path, "").await.json_of(200)["status"], "inService", "a rejected one no longer counts");
    }
}

on_both! {
    async fn a_cleaner_ends_what_she_opened_and_nothing_else(database: Database) {
        let service = Service::on(&database).await;
        let path = toilet(&service, 0.0, "yes").await;
        let [own, other] = [service.sign_in(Role::Cleaner, "410308101").await, service.sign_in(Role::Cleaner, "410308101").await];
        let made = service.post(&format!("{path}/outages"), &own, json!({"reason": "cleaning", "from": "2026-11-23T07:00:00Z"})).await;
        assert_eq!(made.status, 201);
        let end = async |token: &str, revision| {
            service.send(Method::DELETE, made.header("location"), token, &[("if-match", revision)], &Value::Null).await.status
        };
        assert_eq!(end(&other, "2").await, 403);
        assert_eq!(end(&own, "1").await, 412);
        assert_eq!(end(&own, "2").await, 204);
        let list = service.get(&format!("{path}/outages"), &own).await.json_of(200);
        assert_eq!(list["items"][0]["until"], "2026-11-23T08:00:00Z", "it did hold, and stays on record");
        let beyond = service.sign_in(Role::Cleaner, "410308102").await;
        assert_eq!(service.post(&format!("{path}/outages"), &beyond, json!({"reason": "cleaning"})).await.status, 404);
        let inspector = service.sign_in(Role::Inspector, "410308").await;
        assert_eq!(service.post(&format!("{path}/outages"), &inspector, json!({"reason": "cleaning"})).await.status, 403);
    }
}

on_both! {
    async fn a_closure_that_is_sent_twice_is_one(database: Database) {
        let service = Service::on(&database).await;
        let path = format!("{}/outages", toilet(&service, 0.0, "yes").await);
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        let send = async |reason: &str| {
            let body = json!({"reason": reason});
            service.send(Method::POST, &path, &cleaner, &[("idempotency-key", "k")], &body).await
        };
        let (first, second) = (send("repair").await, send("repair").await);
        assert_eq!((first.status, &second.text), (201, &first.text));
        assert_eq!(send("water").await.problem(409).0, "idempotencyKeyReused");
        assert_eq!(service.get(&path, &cleaner).await.json_of(200)["items"].as_array().unwrap().len(), 1);
    }
}

//! Who stands in at a toilet for some days: beside its custodian, and with the toilet on their round.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::{Value, json};

use crate::assignments::{person, toilet};
use crate::harness::service::{Answered, Service};
use crate::harness::stores::{Database, on_both};

async fn name(service: &Service, token: &str, toilet: &str, body: Value) -> Answered {
    service.post(&format!("{toilet}/substitutes"), token, body).await
}

/// Who stands in at a toilet, with their days.
async fn substitutes(service: &Service, token: &str, toilet: &str) -> Vec<(Value, Value, Value)> {
    let answer = service.get(&format!("{toilet}/assignments"), token).await.json_of(200);
    let days = |one: &Value| (one["person"].clone(), one["from"].clone(), one["to"].clone());
    answer["substitutes"].as_array().unwrap().iter().map(days).collect()
}

async fn end(service: &Service, token: &str, toilet: &str, id: &Value) -> Answered {
    let path = format!("{toilet}/substitutes/{id}");
    service.send(Method::DELETE, &path, token, &[("if-match", "1")], &Value::Null).await
}

on_both! {
    async fn somebody_stands_in_for_some_days(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲").await;
        let (wang, own) = person(&service, Role::Cleaner, "410308").await;
        let (li, _) = person(&service, Role::Cleaner, "410308").await;
        let (elsewhere, _) = person(&service, Role::Cleaner, "410308102").await;
        let custodian = service.post(&format!("{toilet}/custodians"), &token, json!({"person": wang})).await;
        custodian.json_of(201);
        let made = name(&service, &token, &toilet, json!({"person": li, "to": "2026-11-30"})).await.json_of(201);
        name(&service, &token, &toilet, json!({"person": li, "from": "2026-12-05", "to": "2026-12-06"})).await.json_of(201);
        let days = |from: &str, to: &str| (li.clone(), json!(from), json!(to));
        let both = [days("2026-11-23", "2026-11-30"), days("2026-12-05", "2026-12-06")];
        assert_eq!(substitutes(&service, &own, &toilet).await, both);
        for (body, field, code) in [
            (json!({"person": elsewhere, "to": "2026-11-30"}), "person", "unknownPerson"),
            (json!({"person": wang, "to": "2026-11-30"}), "person", "isCustodian"),
            (json!({"person": li, "from": "2026-11-30", "to": "2026-12-01"}), "person", "isSubstitute"),
            (json!({"person": li, "from": "2026-11-22", "to": "2026-12-01"}), "from", "outOfRange"),
            (json!({"person": li, "from": "2026-12-02", "to": "2026-12-01"}), "to", "endsBeforeItBegins"),
        ] {
            let problem = name(&service, &token, &toilet, body).await.json_of(422);
            assert_eq!((&problem["errors"][0]["field"], &problem["errors"][0]["code"]), (&json!(field), &json!(code)));
        }
        assert_eq!(name(&service, &own, &toilet, json!({"person": li, "to": "2026-11-30"})).await.status, 403);
        let later = Service::at(&database, "2026-11-25T04:00:00Z").await;
        assert_eq!(end(&later, &token, &toilet, &made["id"]).await.status, 204);
        assert_eq!(substitutes(&later, &own, &toilet).await[0], days("2026-11-23", "2026-11-25"), "today is the last day");
        // The other body takes over: who stands in for the old one goes.
        let path = format!("{toilet}?crs=wgs84");
        let other = json!({"operators": {"operating": {"name": "环卫公司", "from": "2026-11-25"}}});
        let revision = service.get(&path, "").await.json_of(200)["revision"].clone();
        assert_eq!(later.patch(&path, &token, revision, other).await.status, 200);
        let left = [days("2026-11-23", "2026-11-24"), days("2026-12-05", "2026-12-06")];
        assert_eq!(substitutes(&later, &own, &toilet).await, left, "who was named from that day on stays");
        assert_eq!(service.ctx.store.check().await.unwrap(), []);
    }
}

on_both! {
    async fn a_substitute_has_the_toilet_on_her_round_and_takes_it_along(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲").await;
        let (li, own) = person(&service, Role::Cleaner, "410308").await;
        let (_, beside) = person(&service, Role::Cleaner, "410308").await;
        name(&service, &token, &toilet, json!({"person": li, "to": "2026-11-24"})).await.json_of(201);
        let windows =
            json!([{"task": "round", "at": ["08:00"], "earlyMinutes": 30, "lateMinutes": 15, "graceMinutes": 60}]);
        let plan = json!({"windows": windows, "from": "2026-11-24"});
        service.post(&format!("{toilet}/plans"), &token, plan).await.json_of(201);
        let is_own = async |now: &str, token: &str| {
            let service = Service::at(&database, now).await;
            let round = service.get("/api/v1/me/round", token).await.json_of(200);
            round["items"][0]["own"].clone()
        };
        assert_eq!(is_own("2026-11-24T00:05:00Z", &own).await, true);
        assert_eq!(is_own("2026-11-24T00:05:00Z", &beside).await, false, "the control");
        assert_eq!(is_own("2026-11-25T00:05:00Z", &own).await, false, "her days are over");
        let export = service.get("/api/v1/me/export", &own).await.json_of(200);
        assert_eq!(export["substituteAt"][0]["toilet"], 1);
        assert_eq!(service.send(Method::DELETE, "/api/v1/me", &own, &[], &Value::Null).await.status, 204);
        assert_eq!(substitutes(&service, &token, &toilet).await, [], "she began today, and did not have the day");
    }
}

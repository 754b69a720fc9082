//! Grades: recorded, corrected, converted and withdrawn, by whom it may be.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::service::Service;
use crate::harness::stores::on_both;

const TOILET: &str = "/api/v1/toilets/1";
const GRADES: &str = "/api/v1/toilets/1/grades";
const AAA: &str = "GB/T 18973-2016";
const CLASSES: &str = "GB/T 18973-2022";

/// A service with one toilet, and the token of a supervisor of its area.
async fn graded(service: &Service) -> String {
    let token = service.sign_in(Role::Supervisor, "410308").await;
    let new = json!({"name": "甲", "area": "410308101", "kind": "tourist"});
    service.post("/api/v1/toilets", &token, new).await.json_of(201);
    token
}

/// The standings that the public is shown.
async fn standings(service: &Service) -> Vec<String> {
    let shown = service.get(TOILET, "").await.json_of(200);
    let grades = shown["grades"].as_array().cloned().unwrap_or_default();
    grades.iter().map(|one| format!("{} {}", one["grade"], one["standing"]).replace('"', "")).collect()
}

async fn remove(service: &Service, path: &str, token: &str, revision: &str) -> u16 {
    service.send(Method::DELETE, path, token, &[("if-match", revision)], &Value::Null).await.status
}

on_both! {
    async fn a_grade_is_recorded_once_and_shown_to_the_public(database: Database) {
        let service = Service::on(&database).await;
        let token = graded(&service).await;
        let body = json!({
            "standard": AAA, "grade": "AAA", "assessedOn": "2018-09-30", "certificate": "豫A-0017", "assessor": "文旅局"
        });
        let keyed = [("idempotency-key", "g1")];
        let made = service.send(Method::POST, GRADES, &token, &keyed, &body).await;
        assert_eq!(made.json_of(201), json!({
            "id": 1, "toilet": 1, "standard": AAA, "grade": "AAA", "standing": "reassess", "assessedOn": "2018-09-30",
            "certificate": "豫A-0017", "assessor": "文旅局", "revision": 2
        }));
        assert_eq!(made.header("location"), "/api/v1/toilets/1/grades/1");
        let again = service.send(Method::POST, GRADES, &token, &keyed, &body).await;
        assert_eq!((again.status, &again.text), (201, &made.text), "the same request has one effect");
        assert_eq!(service.post(GRADES, &token, body).await.problem(409).0, "conflict");
        assert_eq!(standings(&service).await, ["AAA reassess"]);
        let shown = service.get(TOILET, "").await.text;
        assert!(!shown.contains("豫A-0017"), "the numbers of certificates are for the staff");
        let near = format!("{TOILET}/history");
        let told = service.get(&near, &token).await.json_of(200)["items"][0]["changes"][0]["text"].clone();
        assert!(told.as_str().unwrap().contains("评定机构 文旅局"), "{told}");
    }
}

on_both! {
    async fn what_cannot_be_is_named(database: Database) {
        let service = Service::on(&database).await;
        let token = graded(&service).await;
        for (field, body) in [
            ("grade", json!({"standard": AAA, "grade": "I"})),
            ("assessedOn", json!({"standard": AAA, "grade": "A", "assessedOn": "2026-11-24"})),
            ("assessedOn", json!({"standard": CLASSES, "grade": "I", "assessedOn": "2022-07-10"})),
            ("validTo", json!({"standard": CLASSES, "grade": "I", "assessedOn": "2023-07-10", "validTo": "2023-07-09"})),
            ("supersedes", json!({"standard": CLASSES, "grade": "I", "supersedes": 9})),
            ("certificate", json!({"standard": CLASSES, "grade": "I", "certificate": "x\u{0}"})),
        ] {
            assert_eq!(service.post(GRADES, &token, body.clone()).await.problem(422).1, [field], "{body}");
        }
        assert_eq!(service.get(GRADES, &token).await.json_of(200), json!({"items": []}));
        let urban = json!({"standard": "CJJ 14-2016", "grade": "一类"});
        service.post(GRADES, &token, urban).await.json_of(201);
        let mixed = json!({"standard": CLASSES, "grade": "I", "supersedes": 1});
        assert_eq!(service.post(GRADES, &token, mixed).await.problem(422).1, ["supersedes"]);
    }
}

on_both! {
    async fn an_aaa_is_converted_once_and_only_if_the_ministry_allows_it(database: Database) {
        let service = Service::on(&database).await;
        let token = graded(&service).await;
        let record = async |grade: &str, on: &str| {
            let body = json!({"standard": AAA, "grade": grade, "assessedOn": on});
            service.post(GRADES, &token, body).await.json_of(201)["id"].clone()
        };
        let (old, early) = (record("AAA", "2021-03-01").await, record("AAA", "2020-12-31").await);
        let convert = async |id: &Value, body: Value| service.post(&format!("{GRADES}/{id}/conversion"), &token, body).await;
        assert_eq!(convert(&early, json!({})).await.problem(422).1, ["grade"]);
        assert_eq!(convert(&old, json!({"on": "2022-07-10"})).await.problem(422).1, ["assessedOn"]);
        let body = json!({"on": "2023-05-06", "certificate": "I-1", "assessor": "省文旅厅"});
        let made = convert(&old, body).await.json_of(201);
        assert_eq!((&made["standard"], &made["grade"], &made["standing"]), (&json!(CLASSES), &json!("I"), &json!("current")));
        assert_eq!(convert(&old, json!({})).await.problem(422).1, ["grade"], "another record took its place");

        let list = service.get(GRADES, &token).await.json_of(200);
        assert_eq!((&list["items"][0]["supersededOn"], &list["items"][0]["supersededBy"]), (&json!("2023-05-06"), &made["id"]));
        assert_eq!(standings(&service).await, ["AAA expired", "AAA reassess", "I current"]);
        let held = service.get("/api/v1/toilets?grade=I", "").await.json_of(200);
        assert_eq!(held["items"][0]["id"], 1, "the finder knows");

        // Taken back, the old one stands again.
        let path = format!("{GRADES}/{}", made["id"]);
        assert_eq!(remove(&service, &path, &token, "3").await, 412);
        assert_eq!(remove(&service, &path, &token, "4").await, 204);
        assert_eq!(standings(&service).await, ["AAA convertible", "AAA reassess"]);
        assert_eq!(remove(&service, &path, &token, "5").await, 404);
    }
}

on_both! {
    async fn a_record_is_corrected_and_revoked(database: Database) {
        let service = Service::on(&database).await;
        let token = graded(&service).await;
        let body = json!({"standard": CLASSES, "grade": "I", "assessedOn": "2024-01-01", "certificate": "I-1"});
        service.post(GRADES, &token, body).await.json_of(201);
        let path = format!("{GRADES}/1");
        let none = service.send(Method::PATCH, &path, &token, &[], &json!({"grade": "II"})).await;
        assert_eq!(none.status, 428);
        let better = service.patch(&path, &token, 2, json!({"grade": "II", "certificate": null})).await.json_of(200);
        assert_eq!((&better["grade"], better.get("certificate"), &better["revision"]), (&json!("II"), None, &json!(3)));
        assert_eq!(service.patch(&path, &token, 3, json!({"grade": "AAA"})).await.problem(422).1, ["grade"]);
        let early = service.patch(&path, &token, 3, json!({"revokedOn": "2023-12-31"})).await;
        assert_eq!(early.problem(422).1, ["revokedOn"]);
        let twin = [("if-match", "3")];
        let revoked = service.send(Method::POST, &path, &token, &twin, &json!({"revokedOn": "2026-11-23"})).await;
        assert_eq!(revoked.json_of(200)["standing"], "revoked");
        assert_eq!(standings(&service).await, ["II revoked"]);
        let anew = json!({"standard": CLASSES, "grade": "I", "assessedOn": "2026-11-23", "supersedes": 1});
        service.post(GRADES, &token, anew.clone()).await.json_of(201);
        let twice = json!({"standard": CLASSES, "grade": "II", "assessedOn": "2026-11-23", "supersedes": 1});
        assert_eq!(service.post(GRADES, &token, twice).await.problem(409).0, "conflict");
        // The day of the new one is the day from which the old one is superseded, corrected or not.
        service.patch(&format!("{GRADES}/2"), &token, 5, json!({"assessedOn": "2026-11-20"})).await.json_of(200);
        let list = service.get(GRADES, &token).await.json_of(200);
        assert_eq!(list["items"][0]["supersededOn"], "2026-11-20");
    }
}

on_both! {
    async fn nobody_grades_what_their_own_body_keeps(database: Database) {
        let service = Service::on(&database).await;
        let token = graded(&service).await;
        let bodies = json!({"operators": {
            "operating": {"name": "保洁公司", "kind": "contractor"}, "rating": {"name": "文旅局", "kind": "department"}
        }});
        service.patch(TOILET, &token, 1, bodies).await.json_of(200);
        let list = service.get("/api/v1/operators", &token).await.json_of(200);
        let id = |name: &str| {
            let found = list["items"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
            i32::try_from(found["id"].as_i64().unwrap()).unwrap()
        };
        let keeper = service.sign_in_for(Role::Supervisor, "410308", Some(id("保洁公司"))).await;
        let rater = service.sign_in_for(Role::Supervisor, "410308", Some(id("文旅局"))).await;
        let body = json!({"standard": CLASSES, "grade": "I", "assessedOn": "2024-01-01"});
        assert_eq!(service.post(GRADES, &keeper, body.clone()).await.status, 404);
        service.post(GRADES, &rater, body).await.json_of(201);
        for (who, status) in [(&keeper, 200), (&rater, 200)] {
            assert_eq!(service.get(GRADES, who).await.status, status);
        }
        let edit = service.patch(TOILET, &rater, 3, json!({"note": "x"})).await;
        assert_eq!(edit.status, 404, "who assesses a toilet does not keep its record");
    }
}

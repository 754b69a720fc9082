//! Who answers for a toilet: one at a time, and nobody where nobody is named.

use std::sync::Arc;

use gongce::domain::account::Role;
use gongce::domain::holiday::Calendars;
use gongce::intake::Profile;
use gongce::usecase::imports::{Input, run};
use gongce::usecase::{Clock, Ctx};
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection};
use serde_json::{Value, json};

use crate::harness::make::keys;
use crate::harness::service::{Answered, Service};
use crate::harness::stores::{Database, Kind, on_both};
use crate::imports::{PLAIN, PROFILE};
use crate::writing::join_all;

pub(crate) async fn toilet(service: &Service, token: &str, name: &str) -> String {
    let body =
        json!({"name": name, "area": "410308101", "confirmed": true, "operators": {"operating": {"name": "城管局"}}});
    let made = service.post("/api/v1/toilets", token, body).await.json_of(201);
    format!("/api/v1/toilets/{}", made["id"])
}

/// Signs in somebody new with that role there; answers who they are, and their token.
pub(crate) async fn person(service: &Service, role: Role, area: &str) -> (Value, String) {
    let token = service.sign_in(role, area).await;
    (service.get("/api/v1/me", &token).await.json_of(200)["id"].clone(), token)
}

async fn name(service: &Service, token: &str, toilet: &str, body: Value) -> Answered {
    service.post(&format!("{toilet}/custodians"), token, body).await
}

/// Who answers for a toilet, with their days.
async fn custodians(service: &Service, token: &str, toilet: &str) -> Vec<(Value, Value, Value)> {
    let answer = service.get(&format!("{toilet}/assignments"), token).await.json_of(200);
    let days = |one: &Value| (one["person"].clone(), one["from"].clone(), one["to"].clone());
    answer["custodians"].as_array().unwrap().iter().map(days).collect()
}

/// The service as it is at another time.
async fn at(database: &Database, now: &str) -> Service {
    let (clock, render) = (Clock::fixed(now.parse().unwrap()), gongce::http::render_fragment);
    Service::around(Arc::new(Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render))).await
}

async fn end(service: &Service, token: &str, toilet: &str, id: &Value, revision: &str) -> Answered {
    let path = format!("{toilet}/custodians/{id}");
    service.send(Method::DELETE, &path, token, &[("if-match", revision)], &Value::Null).await
}

on_both! {
    async fn one_follows_the_other(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲").await;
        let (wang, _) = person(&service, Role::Cleaner, "410308").await;
        let (li, own) = person(&service, Role::Cleaner, "410308101").await;
        let (zhao, _) = person(&service, Role::Supervisor, "410308101").await;
        assert_eq!(custodians(&service, &own, &toilet).await, []);
        let first = name(&service, &token, &toilet, json!({"person": wang})).await;
        assert_eq!(first.json_of(201)["from"], "2026-11-23");
        assert_eq!(first.header("location"), format!("{toilet}/assignments"));
        name(&service, &token, &toilet, json!({"person": li, "from": "2026-12-10"})).await.json_of(201);
        // The second is to begin within the days of the third, and never does.
        let third = json!({"person": zhao, "from": "2026-12-01", "to": "2026-12-31"});
        let third = name(&service, &token, &toilet, third).await.json_of(201);
        let last = name(&service, &token, &toilet, json!({"person": li, "from": "2027-01-01"})).await.json_of(201);
        let day = |text: &str| json!(text);
        let expected = [
            (wang.clone(), day("2026-11-23"), day("2026-11-30")),
            (zhao.clone(), day("2026-12-01"), day("2026-12-31")),
            (li.clone(), day("2027-01-01"), Value::Null),
        ];
        assert_eq!(custodians(&service, &own, &toilet).await, expected);
        assert_eq!(end(&service, &token, &toilet, &last["id"], "2").await.problem(412).0, "revisionStale");
        assert_eq!(end(&service, &token, &toilet, &last["id"], "1").await.status, 204, "it had not begun");
        let later = at(&database, "2026-12-02T04:00:00Z").await;
        assert_eq!(end(&later, &token, &toilet, &third["id"], "1").await.status, 204);
        let expected = [(wang, day("2026-11-23"), day("2026-11-30")), (zhao, day("2026-12-01"), day("2026-12-02"))];
        assert_eq!(custodians(&later, &own, &toilet).await, expected, "today is the last day");
        assert_eq!(end(&later, &token, &toilet, &third["id"], "2").await.problem(409).0, "conflict");
        assert_eq!(service.ctx.store.check().await.unwrap(), []);
    }
}

on_both! {
    async fn whoever_is_named_keeps_toilets_clean_there(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲").await;
        let (cleaner, own) = person(&service, Role::Cleaner, "410308101").await;
        let (elsewhere, _) = person(&service, Role::Cleaner, "410308102").await;
        let (auditor, _) = person(&service, Role::Auditor, "410308").await;
        let nobody = "00000000-0000-7000-8000-000000000099";
        for (body, field, code) in [
            (json!({"person": elsewhere}), "person", "unknownPerson"),
            (json!({"person": auditor}), "person", "unknownPerson"),
            (json!({"person": nobody}), "person", "unknownPerson"),
            (json!({"person": cleaner, "from": "2026-11-22"}), "from", "outOfRange"),
            (json!({"person": cleaner, "from": "2026-12-02", "to": "2026-12-01"}), "to", "endsBeforeItBegins"),
        ] {
            let refused = name(&service, &token, &toilet, body).await;
            let problem = refused.json_of(422);
            assert_eq!((&problem["errors"][0]["field"], &problem["errors"][0]["code"]), (&json!(field), &json!(code)));
        }
        assert_eq!(name(&service, &own, &toilet, json!({"person": cleaner})).await.status, 403);
        let key = [("idempotency-key", "one")];
        let path = format!("{toilet}/custodians");
        let once = async || service.send(Method::POST, &path, &token, &key, &json!({"person": cleaner})).await;
        let (first, again) = (once().await, once().await);
        assert_eq!((first.json_of(201), custodians(&service, &token, &toilet).await.len()), (again.json_of(201), 1));
    }
}

on_both! {
    async fn whoever_is_named_by_many_at_once_is_one(database: Database) {
        let service = Arc::new(Service::on(&database).await);
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲").await;
        let mut all = Vec::new();
        for number in 0..12 {
            let (person, _) = person(&service, Role::Cleaner, "410308").await;
            let (service, token, toilet) = (Arc::clone(&service), token.clone(), toilet.clone());
            let from = ["2026-11-23", "2026-11-24", "2026-11-25"][number % 3];
            all.push(async move { name(&service, &token, &toilet, json!({"person": person, "from": from})).await.status });
        }
        assert_eq!(join_all(all).await, [201; 12], "each in their turn");
        let named = custodians(&service, &token, &toilet).await;
        let days = named.iter().map(|(_, from, to)| (from.as_str().unwrap(), to.as_str()));
        let days: Vec<_> = days.collect();
        assert!(days.windows(2).all(|pair| pair[0].1.is_some_and(|last| last < pair[1].0)), "{days:?}");
        // The control: the database itself refuses a second one, however it comes about.
        database.damage();
        let raw = Connection::connect(&database.url).await.unwrap();
        let second = "INSERT INTO custodian (toilet_id, person_id, from_on, to_on, revision) \
                      VALUES (1, '00000000-0000-7000-8000-000000000099', '2026-11-20', '2026-11-25', 1)";
        let refused = raw.execute_unprepared(second).await.unwrap_err().to_string();
        assert!(refused.contains("ex_custodian_one"), "{refused}");
        let moved = "UPDATE custodian SET from_on = '2026-11-01', to_on = '2026-12-31' WHERE id = (SELECT MIN(id) FROM custodian)";
        if days.len() > 1 {
            assert!(raw.execute_unprepared(moved).await.is_err());
        }
        // And without what refuses it, it is there.
        let guard = match database.kind {
            Kind::Postgres => "ALTER TABLE custodian DROP CONSTRAINT ex_custodian_one",
            Kind::Sqlite => "DROP TRIGGER tr_custodian_one_insert",
        };
        raw.execute_unprepared(guard).await.unwrap();
        raw.execute_unprepared(second).await.unwrap();
        assert_eq!(custodians(&service, &token, &toilet).await.len(), days.len() + 1);
    }
}

on_both! {
    async fn a_custodian_of_one_body_does_not_go_on_under_another(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲").await;
        let (wang, _) = person(&service, Role::Cleaner, "410308").await;
        name(&service, &token, &toilet, json!({"person": wang})).await.json_of(201);
        let path = format!("{toilet}?crs=wgs84");
        let same = json!({"operators": {"operating": {"name": "城管局"}}});
        assert_eq!(service.patch(&path, &token, json!(1), same).await.status, 200);
        assert_eq!(custodians(&service, &token, &toilet).await[0].2, Value::Null, "the same body goes on, and she with it");
        let other = json!({"operators": {"operating": {"name": "环卫公司", "from": "2026-12-01"}}});
        let revision = service.get(&path, "").await.json_of(200)["revision"].clone();
        assert_eq!(service.patch(&path, &token, revision, other).await.status, 200);
        assert_eq!(custodians(&service, &token, &toilet).await, [(wang, json!("2026-11-23"), json!("2026-11-30"))]);
    }
}

on_both! {
    async fn a_list_that_names_another_body_hands_over_as_well(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let (wang, _) = person(&service, Role::Cleaner, "").await;
        let list = |body: &str| format!("key,name,lat,lng,address,wheelchair,operator,grade\n1,甲,34.8,112.4,东街,yes,{body},A\n");
        let import = async |service: &Service, body: &str| {
            let files = [Input { name: "list.csv".to_owned(), bytes: list(body).into_bytes() }];
            run(&service.ctx, &Profile::parse(PROFILE).unwrap(), &files, PLAIN, &|_| {}).await.unwrap();
        };
        import(&service, "城管局").await;
        name(&service, &token, "/api/v1/toilets/1", json!({"person": wang})).await.json_of(201);
        import(&service, "城管局").await;
        assert_eq!(custodians(&service, &token, "/api/v1/toilets/1").await.len(), 1, "the control");
        import(&at(&database, "2026-11-25T04:00:00Z").await, "环卫公司").await;
        let expected = [(wang, json!("2026-11-23"), json!("2026-11-24"))];
        assert_eq!(custodians(&service, &token, "/api/v1/toilets/1").await, expected);
    }
}

on_both! {
    async fn the_share_counts_who_is_there_and_lists_the_rest(database: Database) {
        let service = Service::on(&database).await;
        let admin = service.sign_in(Role::Admin, "").await;
        let (kept, left, bare, gone) = (
            toilet(&service, &admin, "甲").await,
            toilet(&service, &admin, "乙").await,
            toilet(&service, &admin, "丙").await,
            toilet(&service, &admin, "丁").await,
        );
        let (stays, _) = person(&service, Role::Cleaner, "410308").await;
        let (leaves, own) = person(&service, Role::Cleaner, "410308").await;
        name(&service, &admin, &kept, json!({"person": stays})).await.json_of(201);
        name(&service, &admin, &left, json!({"person": leaves})).await.json_of(201);
        // Tomorrow is not today.
        name(&service, &admin, &bare, json!({"person": stays, "from": "2026-11-24"})).await.json_of(201);
        let retired = service.send(Method::DELETE, &gone, &admin, &[("if-match", "1")], &Value::Null).await;
        assert_eq!(retired.status, 204);
        let report = async || service.get("/api/v1/reports/custodians", &admin).await.json_of(200);
        let share = |report: &Value| (report["kept"]["numerator"].clone(), report["kept"]["denominator"].clone());
        let before = report().await;
        assert_eq!((share(&before), &before["items"]), ((json!(2), json!(3)), &json!([{"id": 3, "name": "丙", "left": false}])));
        // Whoever holds no role there any more is counted no more.
        let grant = service.get("/api/v1/me", &own).await.json_of(200)["grants"][0]["id"].clone();
        let path = format!("/api/v1/staff/{}/grants/{grant}", leaves.as_str().unwrap());
        let revoked = service.send(Method::DELETE, &path, &admin, &[], &Value::Null).await;
        assert_eq!(revoked.status, 204, "{}", revoked.text);
        let after = report().await;
        assert_eq!(share(&after), (json!(1), json!(3)));
        assert_eq!(after["items"], json!([{"id": 2, "name": "乙", "left": true}, {"id": 3, "name": "丙", "left": false}]));
        let page = service.get("/api/v1/reports/custodians?limit=1", &admin).await.json_of(200);
        assert_eq!((&page["items"][0]["id"], &page["next"]), (&json!(2), &json!("2")));
        let next = service.get("/api/v1/reports/custodians?limit=1&cursor=2", &admin).await.json_of(200);
        assert_eq!((&next["items"][0]["id"], next.get("next")), (&json!(3), None));
    }
}

on_both! {
    async fn whoever_is_forgotten_answers_for_nothing(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let (now, soon) = (toilet(&service, &token, "甲").await, toilet(&service, &token, "乙").await);
        let (person, own) = person(&service, Role::Cleaner, "410308").await;
        name(&service, &token, &now, json!({"person": person})).await.json_of(201);
        name(&service, &token, &soon, json!({"person": person, "from": "2026-12-01"})).await.json_of(201);
        let export = service.get("/api/v1/me/export", &own).await.json_of(200);
        let held: Vec<_> = export["custodianOf"].as_array().unwrap().iter().map(|one| &one["toilet"]).collect();
        assert_eq!(held, [&json!(2), &json!(1)]);
        assert_eq!(service.send(Method::DELETE, "/api/v1/me", &own, &[], &Value::Null).await.status, 204);
        assert_eq!(custodians(&service, &token, &soon).await, []);
        assert_eq!(custodians(&service, &token, &now).await, [], "she began today, and did not have the day");
    }
}

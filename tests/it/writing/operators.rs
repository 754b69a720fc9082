//! The bodies behind toilets, put on record and changed over HTTP.

use gongce::domain::account::Role;
use poem::http::Method;
use serde_json::json;

use crate::harness::service::Service;
use crate::harness::stores::on_both;

const OPERATORS: &str = "/api/v1/operators";

on_both! {
    async fn a_body_is_put_on_record_once(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let new = json!({"name": "城东保洁公司", "kind": "contractor"});
        let made = service.post(OPERATORS, &token, new.clone()).await;
        let path = made.header("location").to_owned();
        let made = made.json_of(201);
        assert_eq!((&made["name"], &made["kind"], &made["revision"]), (&new["name"], &new["kind"], &json!(1)));
        assert_eq!(path, format!("{OPERATORS}/{}", made["id"]));
        let (code, _) = service.post(OPERATORS, &token, new).await.problem(409);
        assert_eq!(code, "conflict");
        let read = service.get(&path, &token).await;
        assert!(read.header("etag").starts_with("\"1-"));
        assert_eq!(read.json_of(200), made);
        for (body, field) in [
            (json!({"name": "", "kind": "contractor"}), "name"),
            (json!({"name": "甲".repeat(129), "kind": "contractor"}), "name"),
        ] {
            let (_, fields) = service.post(OPERATORS, &token, body).await.problem(422);
            assert_eq!(fields, [field]);
        }
        assert_eq!(service.get(&format!("{OPERATORS}/77"), &token).await.status, 404);
        assert_eq!(service.get(OPERATORS, "").await.status, 401);
    }
}

on_both! {
    async fn a_request_that_comes_twice_makes_one_body(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "410308").await;
        let body = json!({"name": "城东保洁公司", "kind": "contractor"});
        let key = [("idempotency-key", "k1")];
        let (first, second) = (
            service.send(Method::POST, OPERATORS, &token, &key, &body).await,
            service.send(Method::POST, OPERATORS, &token, &key, &body).await,
        );
        assert_eq!((first.status, second.status), (201, 201));
        assert_eq!(first.text, second.text);
    }
}

on_both! {
    async fn bodies_are_found_by_name_and_kind_page_by_page(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        for (name, kind) in [("Clean_A", "contractor"), ("clean%b", "contractor"), ("城管局", "department")] {
            service.post(OPERATORS, &token, json!({"name": name, "kind": kind})).await.json_of(201);
        }
        let names = async |query: &str| {
            let page = service.get(&format!("{OPERATORS}{query}"), &token).await.json_of(200);
            let items = page["items"].as_array().unwrap();
            let names: Vec<_> = items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
            (names, page["next"].as_str().map(ToOwned::to_owned))
        };
        assert_eq!(names("?q=CLEAN").await.0, ["Clean_A", "clean%b"]);
        assert_eq!(names("?q=n_").await.0, ["Clean_A"], "an underscore is one, and no wildcard");
        assert_eq!(names("?q=%25").await.0, ["clean%b"]);
        assert_eq!(names("?kind=department").await.0, ["城管局"]);
        let (first, next) = names("?limit=2").await;
        assert_eq!(first.len(), 2);
        assert_eq!(names(&format!("?limit=2&cursor={}", next.unwrap())).await, (vec!["城管局".to_owned()], None));
        let (_, fields) = service.get(&format!("{OPERATORS}?cursor=x"), &token).await.problem(400);
        assert_eq!(fields, ["cursor"]);
    }
}

on_both! {
    async fn a_new_name_stands_at_every_toilet_at_once(database: Database) {
        let service = Service::on(&database).await;
        let (admin, local) = (service.sign_in(Role::Admin, "").await, service.sign_in(Role::Admin, "410308").await);
        let new = json!({"name": "甲", "area": "410308101", "operators": {"operating": {"name": "老公司"}}});
        let toilet = service.post("/api/v1/toilets", &local, new).await.json_of(201);
        let shown = format!("/api/v1/toilets/{}", toilet["id"]);
        let body = service.get(&format!("{OPERATORS}?q=老公司"), &local).await.json_of(200)["items"][0].clone();
        let path = format!("{OPERATORS}/{}", body["id"]);
        let rename = json!({"name": "新公司"});
        assert_eq!(service.patch(&path, &local, 1, rename.clone()).await.status, 403, "it may work elsewhere too");
        assert_eq!(service.patch(&path, &admin, 7, rename.clone()).await.problem(412).0, "revisionStale");
        let changed = service.patch(&path, &admin, 1, rename.clone()).await.json_of(200);
        assert_eq!((&changed["name"], &changed["revision"]), (&json!("新公司"), &json!(2)));
        assert_eq!(service.get(&shown, "").await.json_of(200)["operator"]["name"], "新公司");
        assert_eq!(service.patch(&path, &admin, 2, rename).await.json_of(200)["revision"], 2, "nothing changed");
        service.post(OPERATORS, &admin, json!({"name": "老公司", "kind": "village"})).await.json_of(201);
        let (code, _) = service.patch(&path, &admin, 2, json!({"name": "老公司"})).await.problem(409);
        assert_eq!(code, "conflict");
        let tag = [("if-match", "2")];
        let twin = service.send(Method::POST, &path, &admin, &tag, &json!({"kind": "host"})).await;
        assert_eq!(twin.json_of(200)["kind"], "host");
    }
}

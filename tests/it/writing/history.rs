//! What became of a toilet, for people to read.

use gongce::domain::account::Role;
use serde_json::json;

use crate::harness::service::Service;
use crate::harness::stores::on_both;

const PATH: &str = "/api/v1/toilets/1/history";

on_both! {
    async fn a_history_says_what_changed_from_what_to_what(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let new = json!({"name": "甲", "area": "410308101", "access": "public"});
        assert_eq!(service.post("/api/v1/toilets", &token, new).await.status, 201);
        let edit = json!({"access": "customers", "operators": {"operating": {"name": "城管局"}}});
        assert_eq!(service.patch("/api/v1/toilets/1", &token, 1, edit).await.status, 200);
        assert_eq!(service.post("/api/v1/toilets/1/outages", &token, json!({"reason": "water"})).await.status, 201);

        let history = service.get(PATH, &token).await.json_of(200);
        let revisions: Vec<_> = history["items"].as_array().unwrap().iter().map(|entry| &entry["revision"]).collect();
        assert_eq!(revisions, [3, 2, 1]);
        let closed = &history["items"][0]["changes"][0];
        assert_eq!((&closed["field"], &closed["label"], &closed["labelEn"]), (&json!("outages.1"), &json!("停用 1"), &json!("Closure 1")));
        assert!(closed["text"].as_str().unwrap().contains("未知 → 停水"), "{closed}");
        let edited = &history["items"][1];
        assert_eq!((&edited["action"], &edited["role"]), (&json!("update"), &json!("supervisor")));
        assert_eq!(edited["changes"][0], json!({
            "field": "access", "label": "使用范围", "labelEn": "Access", "from": "public", "to": "customers",
            "text": "使用范围：公众 → 顾客", "textEn": "Access: public → customers"
        }));
        assert!(edited["changes"][1]["text"].as_str().unwrap().contains("管养单位, 城管局"), "{edited}");
    }
}

on_both! {
    async fn a_history_is_paged_and_is_for_the_staff_of_the_area(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        assert_eq!(service.post("/api/v1/toilets", &token, json!({"name": "甲", "area": "410308101"})).await.status, 201);
        for revision in 1..5 {
            let edit = json!({"note": revision.to_string()});
            assert_eq!(service.patch("/api/v1/toilets/1", &token, revision, edit).await.status, 200);
        }
        let (mut seen, mut path) = (Vec::new(), format!("{PATH}?limit=2"));
        loop {
            let page = service.get(&path, &token).await.json_of(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["revision"].as_i64().unwrap()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("{PATH}?limit=2&cursor={next}");
        }
        assert_eq!(seen, [5, 4, 3, 2, 1]);
        assert_eq!(service.get(PATH, "").await.status, 401);
        let beyond = service.sign_in(Role::Inspector, "410308102").await;
        assert_eq!((service.get(PATH, &beyond).await.status, service.get("/api/v1/toilets/9/history", &token).await.status), (404, 404));
        assert_eq!(service.get(&format!("{PATH}?cursor=x"), &token).await.problem(400).1, ["cursor"]);
    }
}

//! What somebody suggested themselves: seen, taken along, forgotten.

use gongce::domain::account::Role;
use gongce::domain::event::{RecordKind, Wanted};
use poem::http::Method;
use serde_json::{Value, json};

use super::{PATH, citizen, decide, missing, toilet, wrong};
use crate::harness::service::Service;
use crate::harness::stores::on_both;

on_both! {
    async fn whoever_is_signed_in_sees_what_became_of_it(database: Database) {
        let service = Service::on(&database).await;
        let known = toilet(&service, "老公厕", "410308101").await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let (one, other) = (citizen(&service.ctx).await, citizen(&service.ctx).await);
        let first = wrong(&service, &one, &known, "24/7").await.json_of(201);
        let second = service.post(&format!("{PATH}?crs=wgs84"), &one, missing("新公厕", "410308101")).await.json_of(201);
        assert_eq!(decide(&service, &supervisor, &first, "1", "reject", json!({"reason": "夜里锁门"})).await.status, 200);
        let accepted = decide(&service, &supervisor, &second, "1", "accept", json!({})).await.json_of(200);
        assert!(accepted["by"].is_string() && accepted["decidedBy"].is_string(), "the staff sees pseudonyms");
        let own = service.get("/api/v1/me/suggestions", &one).await.json_of(200);
        let told: Vec<_> = own["items"].as_array().unwrap().iter().map(|item| (item["id"].clone(), item["state"].clone())).collect();
        assert_eq!(told, [(second["id"].clone(), json!("accepted")), (first["id"].clone(), json!("rejected"))]);
        assert_eq!((&own["items"][0]["toilet"], &own["items"][1]["reason"]), (&accepted["toilet"], &json!("夜里锁门")));
        let page = service.get("/api/v1/me/suggestions?limit=1", &one).await.json_of(200);
        let rest = service.get(&format!("/api/v1/me/suggestions?cursor={}", page["next"].as_str().unwrap()), &one).await;
        assert_eq!(rest.json_of(200)["items"][0]["id"], first["id"]);
        let path = format!("{PATH}/{}", first["id"]);
        let seen = service.get(&path, &one).await.json_of(200);
        assert!(seen.get("decidedBy").is_none() && seen.get("by").is_none(), "but not who decided");
        assert_eq!(service.get("/api/v1/me/suggestions", &other).await.json_of(200)["items"], json!([]));
        assert_eq!(service.get(&path, &other).await.status, 403);
        let export = service.get("/api/v1/me/export", &one).await.json_of(200);
        assert_eq!(export["suggestions"], own["items"]);
    }
}

on_both! {
    async fn who_is_forgotten_leaves_suggestions_of_nobody(database: Database) {
        let service = Service::on(&database).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let (goes, stays) = (citizen(&service.ctx).await, citizen(&service.ctx).await);
        let body = missing("新公厕", "410308101");
        let made = service.post(&format!("{PATH}?crs=wgs84"), &goes, body.clone()).await.json_of(201);
        let kept = service.post(&format!("{PATH}?crs=wgs84"), &stays, body).await.json_of(201);
        assert_eq!(service.send(Method::DELETE, "/api/v1/me", &goes, &[], &Value::Null).await.status, 204);
        let left = service.get(&format!("{PATH}/{}", made["id"]), &supervisor).await.json_of(200);
        assert!(left.get("by").is_none() && left.get("remark").is_none(), "{left}");
        let other = service.get(&format!("{PATH}/{}", kept["id"]), &supervisor).await.json_of(200);
        assert_eq!((&other["remark"], other["by"].is_string()), (&json!("桥头"), true), "and nobody else's");
        assert_eq!(decide(&service, &supervisor, &made, "2", "accept", json!({"confirmed": true})).await.status, 200, "it still counts");
        let wanted = Wanted { record: Some((RecordKind::Suggestion, made["id"].to_string())), ..Wanted::default() };
        let trail = service.ctx.store.trail(&wanted, None, 10).await.unwrap();
        let told: Vec<_> = trail.iter().rev().map(|entry| (entry.action.as_str(), entry.version)).collect();
        assert_eq!(told, [("create", 1), ("update", 2), ("accept", 3)]);
        assert!(trail.iter().all(|entry| !format!("{:?}", entry.changes).contains("桥头")), "the journal never held the words");
    }
}

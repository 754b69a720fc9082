//! The photos of a toilet.

use gongce::domain::account::Role;
use serde_json::{Value, json};

use super::pictures::plain;
use super::{attach, detach, fetch, id, path, send, service, toilet};
use crate::harness::service::Service;
use crate::harness::stores::on_both;

async fn list(service: &Service, toilet: &str, token: &str) -> Vec<Value> {
    service.get(&format!("{toilet}/photos"), token).await.json_of(200)["items"].as_array().unwrap().clone()
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

on_both! {
    async fn a_toilet_shows_photos_and_its_history_tells(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲", "410308101").await;
        for number in [1, 2] {
            assert_eq!(send(&service, &token, number, &plain(number.try_into().unwrap())).await.status, 201);
        }
        let shown = attach(&service, &token, &toilet, 2, 1).await;
        let answer = shown.json_of(200);
        assert!(shown.header("etag").starts_with("\"2-"), "the revision of the toilet: {}", shown.header("etag"));
        assert_eq!((&answer["id"], &answer["url"], &answer["photoReused"]), (&json!(id(2)), &json!(path(2)), &json!(false)));
        assert_eq!(attach(&service, &token, &toilet, 1, 1).await.problem(412).0, "revisionStale");
        assert_eq!(attach(&service, &token, &toilet, 1, 2).await.status, 200);
        assert_eq!(attach(&service, &token, &toilet, 1, 3).await.status, 200, "it is there already");
        let items = list(&service, &toilet, "").await;
        assert_eq!(ids(&items), [id(1), id(2)], "of one second, in the order of their ids");
        assert_eq!(items[0]["from"], "2026-11-23T08:00:00Z");
        assert_eq!((items[0].get("state"), items[0].get("by"), items[0].get("photoReused")), (None, None, None));
        assert_eq!(service.get(&toilet, "").await.json_of(200)["revision"], 3);

        assert_eq!(detach(&service, &token, &toilet, 2, 1).await.problem(412).0, "revisionStale");
        assert_eq!(detach(&service, &token, &toilet, 2, 3).await.status, 204);
        assert_eq!(detach(&service, &token, &toilet, 2, 4).await.problem(404).0, "notFound");
        assert_eq!(ids(&list(&service, &toilet, "").await), [id(1)]);

        let history = service.get(&format!("{toilet}/history"), &token).await.json_of(200);
        let changes: Vec<_> = history["items"].as_array().unwrap()[..3].iter().map(|entry| &entry["changes"][0]).collect();
        assert_eq!(changes[0]["field"], format!("photos.{}", id(2)));
        assert_eq!((changes[0].get("to"), changes[0]["from"]["from"].as_str()), (None, Some("2026-11-23T08:00:00Z")));
        assert_eq!(changes[1]["label"], format!("照片 {}", id(1)));
        assert!(changes[1]["text"].as_str().unwrap().ends_with("未知 → 自 2026-11-23T08:00:00Z"), "{}", changes[1]);
        let findings = service.ctx.store.check().await.unwrap();
        assert_eq!(findings, [], "the journal, replayed, is the record");
    }
}

on_both! {
    async fn it_takes_the_right_role_in_the_right_place(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308101").await;
        let toilet = toilet(&service, &token, "甲", "410308101").await;
        assert_eq!(send(&service, &token, 1, &plain(0)).await.status, 201);
        let elsewhere = service.sign_in(Role::Supervisor, "410308102").await;
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        assert_eq!(attach(&service, "", &toilet, 1, 1).await.status, 401);
        assert_eq!(attach(&service, &cleaner, &toilet, 1, 1).await.status, 403);
        assert_eq!(attach(&service, &elsewhere, &toilet, 1, 1).await.status, 404);
        assert_eq!(attach(&service, &token, "/api/v1/toilets/99", 1, 1).await.status, 404);
        assert_eq!(attach(&service, &token, &toilet, 9, 1).await.status, 404, "no such photo");
        let (status, _, _) = service
            .send_bytes(poem::http::Method::PUT, &format!("{toilet}/photos/{}", id(1)), &token, &[], Vec::new())
            .await;
        assert_eq!(status, 428);
        assert_eq!(attach(&service, &token, &toilet, 1, 1).await.status, 200);
        assert_eq!(detach(&service, &elsewhere, &toilet, 1, 2).await.status, 404);
        assert_eq!(detach(&service, &cleaner, &toilet, 1, 2).await.status, 403);
        let items = list(&service, &toilet, &cleaner).await;
        assert_eq!((&items[0]["state"], items[0]["by"].is_string()), (&json!("unchecked"), true), "the staff of the area");
        assert_eq!(list(&service, &toilet, &elsewhere).await[0].get("by"), None, "those of another are the public there");
        assert_eq!(service.get("/api/v1/toilets/99/photos", "").await.status, 404);
    }
}

on_both! {
    async fn the_same_picture_under_two_records_is_told_to_the_staff(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let [first, second] = [toilet(&service, &token, "甲", "410308101").await, toilet(&service, &token, "乙", "410308102").await];
        for (number, picture) in [(1, 1), (2, 1), (3, 2)] {
            assert_eq!(send(&service, &token, number, &plain(picture)).await.status, 201);
        }
        let reused = async |toilet: &str, token: &str| {
            list(&service, toilet, token).await.iter().map(|item| item.get("photoReused").cloned()).collect::<Vec<_>>()
        };
        assert_eq!(attach(&service, &token, &first, 1, 1).await.json_of(200)["photoReused"], false);
        assert_eq!(attach(&service, &token, &first, 2, 2).await.json_of(200)["photoReused"], false, "twice in one record");
        assert_eq!(attach(&service, &token, &second, 3, 1).await.json_of(200)["photoReused"], false, "another picture");
        assert_eq!(attach(&service, &token, &second, 2, 2).await.json_of(200)["photoReused"], true);
        assert_eq!(reused(&first, &token).await, [Some(json!(true)), Some(json!(true))], "by its content, not by its id");
        assert_eq!(reused(&second, &token).await, [Some(json!(true)), Some(json!(false))]);
        assert_eq!(reused(&second, "").await, [None, None]);
        assert_eq!(detach(&service, &token, &second, 2, 3).await.status, 204);
        assert_eq!(reused(&first, &token).await, [Some(json!(false)), Some(json!(false))]);
        assert_eq!(fetch(&service, &path(2), "", &[]).await.status, 200, "the first shows it still");
    }
}

on_both! {
    async fn a_toilet_shows_twenty_at_most(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲", "410308101").await;
        for number in 1..=21 {
            assert_eq!(send(&service, &token, number, &plain(0)).await.status, 201);
            let shown = attach(&service, &token, &toilet, number, i32::try_from(number).unwrap()).await;
            assert_eq!(shown.status, if number <= 20 { 200 } else { 409 });
        }
        assert_eq!(list(&service, &toilet, "").await.len(), 20);
    }
}

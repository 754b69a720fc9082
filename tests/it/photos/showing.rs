//! Who may see a photo, and how long it may be kept.

use gongce::domain::account::Role;
use poem::http::Method;

use super::pictures::plain;
use super::{attach, detach, fetch, id, path, send, service, toilet};
use crate::harness::stores::on_both;

on_both! {
    async fn the_public_sees_what_a_record_shows_and_nothing_else(database: Database) {
        let service = service(&database).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        let toilet = toilet(&service, &supervisor, "甲", "410308101").await;
        assert_eq!(send(&service, &cleaner, 1, &plain(0)).await.status, 201);
        let looks = async |token: &str| {
            let [full, small] = [path(1), format!("{}/thumbnail", path(1))];
            let statuses = (fetch(&service, &full, token, &[]).await.status, fetch(&service, &small, token, &[]).await.status);
            assert_eq!(statuses.0, statuses.1);
            statuses.0
        };
        assert_eq!((looks("").await, looks(&cleaner).await), (404, 200), "as yet it is hers alone");
        assert_eq!(looks(&supervisor).await, 404, "no record of theirs shows it");
        assert_eq!(attach(&service, &supervisor, &toilet, 1, 1).await.problem(404).0, "notFound");
        // Who may see it can show it.
        assert_eq!(send(&service, &supervisor, 2, &plain(0)).await.status, 201);
        assert_eq!(attach(&service, &supervisor, &toilet, 2, 1).await.status, 200);
        let seen = fetch(&service, &path(2), "", &[]).await;
        assert_eq!((seen.status, seen.header("cache-control")), (200, "public, max-age=31536000, immutable"));
        assert_eq!((seen.header("content-type"), seen.header("x-content-type-options")), ("image/jpeg", "nosniff"));
        assert_eq!(looks("gct_wrong").await, 401, "nobody becomes a visitor by a token that has ended");
        let (status, _, bytes) = service.send_bytes(Method::HEAD, &path(2), "", &[], Vec::new()).await;
        assert_eq!((status, bytes.len()), (200, 0));

        assert_eq!(detach(&service, &supervisor, &toilet, 2, 2).await.status, 204);
        let gone = fetch(&service, &path(2), "", &[]).await;
        assert_eq!((gone.status, gone.header("cache-control")), (404, "no-store"));
        let own = fetch(&service, &path(2), &supervisor, &[]).await;
        assert_eq!((own.status, own.header("cache-control")), (200, "private, no-cache"));
        let nowhere = ["/api/v1/photos/x".to_owned(), path(9), path(9).replace("-7000-", "-4000-")];
        let mut statuses = Vec::new();
        for path in &nowhere {
            statuses.push(fetch(&service, path, "", &[]).await.status);
        }
        assert_eq!(statuses, [400, 404, 404]);
    }
}

on_both! {
    async fn what_a_client_has_is_not_sent_again(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲", "410308101").await;
        assert_eq!(send(&service, &token, 1, &plain(0)).await.status, 201);
        assert_eq!(attach(&service, &token, &toilet, 1, 1).await.status, 200);
        let (full, small) = (fetch(&service, &path(1), "", &[]).await, fetch(&service, &format!("{}/thumbnail", path(1)), "", &[]).await);
        let tag = full.header("etag");
        assert!(tag.len() == 66 && tag != small.header("etag"), "{tag}");
        let again = fetch(&service, &path(1), "", &[("if-none-match", tag)]).await;
        assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, tag));
        assert!(again.header("cache-control").ends_with("immutable"));
        assert_eq!(fetch(&service, &path(1), "", &[("if-none-match", small.header("etag"))]).await.status, 200, "the control");
    }
}

on_both! {
    async fn what_somebody_sent_is_theirs_to_take_along_and_to_leave(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲", "410308101").await;
        for number in [1, 2] {
            assert_eq!(send(&service, &token, number, &plain(number.try_into().unwrap())).await.status, 201);
        }
        assert_eq!(attach(&service, &token, &toilet, 1, 1).await.status, 200);
        let told = service.get("/api/v1/me/export", &token).await.json_of(200);
        let ids: Vec<_> = told["photos"].as_array().unwrap().iter().map(|photo| photo["id"].as_str().unwrap()).collect();
        assert_eq!(ids, [id(2), id(1)]);
        assert_eq!(told["photos"][0]["uploadedAt"], "2026-11-23T08:00:00Z");
        let other = service.sign_in(Role::Supervisor, "410308").await;
        assert_eq!(service.get("/api/v1/me/export", &other).await.json_of(200)["photos"], serde_json::json!([]));

        let gone = service.send(Method::DELETE, "/api/v1/me", &token, &[], &serde_json::Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.text);
        let swept = gongce::usecase::photos::sweep(&service.ctx).await.unwrap();
        assert_eq!(swept.photos, 1, "what no record shows goes at once");
        assert_eq!(fetch(&service, &path(1), "", &[]).await.status, 200, "what a record shows is the record's");
    }
}

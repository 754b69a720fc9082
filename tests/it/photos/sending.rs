//! Sending photos.

use std::sync::Arc;

use gongce::domain::account::Role;
use gongce::http::Limits;
use image::ImageFormat;
use serde_json::json;

use super::pictures::{halves, huge_png, many_scans, plain, with_segment, written};
use super::{ctx, files, form, hash, hours, id, path, send, send_form, service};
use crate::harness::service::Service;
use crate::harness::stores::on_both;

fn told(code: &str, faults: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    let own = |text: &&str| (*text).to_owned();
    (code.to_owned(), faults.iter().map(|(field, code)| (own(field), own(code))).collect())
}

on_both! {
    async fn a_photo_that_is_sent_again_is_one(database: Database) {
        let service = service(&database).await;
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        let first = send(&service, &cleaner, 1, &plain(0)).await;
        let mut answer = first.json_of(201);
        assert_eq!(first.header("location"), path(1));
        assert_eq!((&answer["id"], &answer["status"], &answer["state"]), (&json!(id(1)), &json!("created"), &json!("unchecked")));
        assert_eq!((&answer["width"], &answer["height"], &answer["url"]), (&json!(64), &json!(48), &json!(path(1))));
        answer["status"] = json!("replayed");
        assert_eq!(send(&service, &cleaner, 1, &plain(0)).await.json_of(200), answer, "the same answer");
        assert_eq!(send(&service, &cleaner, 1, &plain(1)).await.problem(409), told("conflict", &[]), "other bytes");
        let other = service.sign_in(Role::Cleaner, "410308101").await;
        assert_eq!(send(&service, &other, 1, &plain(0)).await.problem(409), told("conflict", &[]), "another person");
        let seen = service.ctx.store.photo(id(1).parse().unwrap()).await.unwrap().unwrap();
        assert_eq!((seen.sent.as_str(), seen.revision), (hash(&plain(0)).as_str(), 1));
    }
}

on_both! {
    async fn the_same_picture_is_stored_once(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Inspector, "410308").await;
        let picture = plain(3);
        let dressed = with_segment(&picture, 0xfe, b"a comment");
        assert_eq!(send(&service, &token, 1, &picture).await.status, 201);
        assert_eq!(files(&database).len(), 2, "the picture and its small form");
        assert_eq!(send(&service, &token, 2, &picture).await.status, 201);
        assert_eq!(send(&service, &token, 3, &dressed).await.status, 201);
        assert_eq!(files(&database).len(), 2);
        assert_eq!(send(&service, &token, 4, &plain(4)).await.status, 201);
        assert_eq!(files(&database).len(), 4, "the control: another picture");
    }
}

on_both! {
    async fn of_those_who_race_for_one_id_one_wins(database: Database) {
        let service = Arc::new(service(&database).await);
        let token = service.sign_in(Role::Cleaner, "410308101").await;
        for (number, pictures) in [(1, [7; 6]), (2, [1, 2, 3, 4, 5, 6])] {
            let mut all = Vec::new();
            for picture in pictures {
                let (service, token) = (Arc::clone(&service), token.clone());
                all.push(tokio::spawn(async move { send(&service, &token, number, &plain(picture)).await.status }));
            }
            let mut statuses = Vec::new();
            for one in all {
                statuses.push(one.await.unwrap());
            }
            statuses.sort_unstable();
            let expected = if number == 1 { [200, 200, 200, 200, 200, 201] } else { [201, 409, 409, 409, 409, 409] };
            assert_eq!(statuses, expected);
        }
        assert_eq!(service.ctx.store.count_photos().await.unwrap(), 2);
    }
}

on_both! {
    async fn what_is_wrong_with_a_form_is_told_by_its_parts(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let (picture, number, sha256) = (plain(0), id(1), hash(&plain(0)));
        let (number, sha256) = (number.as_bytes(), sha256.as_bytes());
        let file = ("file", Some("a.jpg"), &picture[..]);
        let upper = String::from_utf8(sha256.to_vec()).unwrap().to_uppercase();
        let old = id(1).replace("-7000-", "-4000-");
        let other = hash(b"other");
        for (parts, status, expected) in [
            (vec![file], 400, told("badBody", &[("id", "missing"), ("sha256", "missing")])),
            (vec![("id", None, number), ("sha256", None, sha256)], 400, told("badBody", &[("file", "missing")])),
            (vec![("id", None, number), ("id", None, number)], 400, told("badBody", &[("id", "givenTwice")])),
            (vec![file, file], 400, told("badBody", &[("file", "givenTwice")])),
            (vec![("name", None, b"x")], 400, told("badBody", &[("name", "unknownField")])),
            (vec![("id", None, b"1"), ("sha256", None, b"2"), file], 422, told("invalid", &[("id", "unreadable"), ("sha256", "unreadable")])),
            (vec![("id", None, old.as_bytes()), ("sha256", None, sha256), file], 422, told("invalid", &[("id", "notVersion7")])),
            (vec![("id", None, number), ("sha256", None, other.as_bytes()), file], 422, told("invalid", &[("sha256", "mismatch")])),
        ] {
            assert_eq!(send_form(&service, &token, form(&parts)).await.problem(status), expected);
        }
        assert_eq!(send_form(&service, &token, b"--canary".to_vec()).await.problem(400), told("badBody", &[]));
        let (status, _, _) = service
            .send_bytes(poem::http::Method::POST, "/api/v1/photos", &token, &[("content-type", "multipart/form-data")], vec![1])
            .await;
        assert_eq!(status, 400, "no boundary");
        let (status, _, _) = service
            .send_bytes(poem::http::Method::POST, "/api/v1/photos", &token, &[("content-type", "image/jpeg")], picture.clone())
            .await;
        assert_eq!(status, 415, "no form");
        assert_eq!(files(&database), [""; 0]);
        // The control: the parts in any order, the hash in capitals, and no file's name.
        let good = [("file", None, &picture[..]), ("sha256", None, upper.as_bytes()), ("id", None, number)];
        assert_eq!(send_form(&service, &token, form(&good)).await.status, 201);
    }
}

on_both! {
    async fn what_is_no_picture_that_is_taken_is_refused_with_its_field(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let picture = plain(0);
        for (bytes, status, code, fault) in [
            (&b"<html><script>alert(1)</script></html>"[..], 415, "unsupportedMediaType", "unsupportedPicture"),
            (b"GIF89a", 415, "unsupportedMediaType", "unsupportedPicture"),
            (b"", 415, "unsupportedMediaType", "unsupportedPicture"),
            (&picture[..40], 422, "invalid", "brokenPicture"),
            (&huge_png(), 422, "invalid", "tooManyPixels"),
            (&many_scans(64, 64, 70), 422, "invalid", "tooMuch"),
        ] {
            assert_eq!(send(&service, &token, 1, bytes).await.problem(status), told(code, &[("file", fault)]));
        }
        assert_eq!(files(&database), [""; 0], "nothing of it is kept");
        for (number, format) in [(1, ImageFormat::Png), (2, ImageFormat::WebP)] {
            let sent = send(&service, &token, number, &written(&halves(20, 10, 0), format)).await;
            assert_eq!(sent.json_of(201)["width"], 20, "{format:?}");
        }
    }
}

on_both! {
    async fn a_body_is_counted_and_a_stranger_is_not_heard(database: Database) {
        let service = Service::limited(
            ctx(&database, hours(0), None).await,
            Limits { photo_kib: 64, ..Limits::default() },
        )
        .await;
        let cleaner = service.sign_in(Role::Cleaner, "").await;
        let filler = vec![0; 66_000];
        let large = with_segment(&plain(0), 0xe5, &filler[..60_000]);
        assert_eq!(send(&service, &cleaner, 1, &large).await.status, 201);
        let larger = [&plain(0)[..], &filler].concat();
        assert_eq!(send(&service, &cleaner, 2, &larger).await.problem(413), told("tooLarge", &[]));
        assert_eq!(send(&service, "", 3, &plain(0)).await.problem(401).0, "unauthenticated");
        let auditor = service.sign_in(Role::Auditor, "").await;
        assert_eq!(send(&service, &auditor, 3, &plain(0)).await.problem(403).0, "forbidden", "who reads changes nothing");
    }
}

on_both! {
    async fn one_picture_is_decoded_at_a_time_and_others_come_again(database: Database) {
        let ctx = ctx(&database, hours(0), None).await;
        let service = Service::limited(Arc::clone(&ctx), Limits { uploads: 1, ..Limits::default() }).await;
        let token = service.sign_in(Role::Cleaner, "").await;
        let turn = Arc::clone(ctx.photos.as_ref().unwrap().turns()).acquire_owned().await.unwrap();
        let picture = plain(0);
        let (waiting, turned_away) = tokio::join!(send(&service, &token, 1, &picture), async {
            tokio::task::yield_now().await;
            send(&service, &token, 2, &picture).await
        });
        for refused in [&waiting, &turned_away] {
            assert_eq!((refused.problem(503).0.as_str(), refused.header("retry-after").is_empty()), ("unavailable", false));
        }
        drop(turn);
        assert_eq!(send(&service, &token, 1, &picture).await.status, 201);
    }
}

on_both! {
    async fn without_a_place_for_files_there_are_no_photos_and_that_is_told(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Cleaner, "").await;
        assert_eq!(send(&service, &token, 1, &plain(0)).await.problem(503).0, "notConfigured");
        let seen = service.get(&path(1), "").await;
        assert_eq!(seen.problem(503).0, "notConfigured");
        assert!(seen.text.contains("photos"), "the setting is named");
    }
}

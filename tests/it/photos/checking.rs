//! WeChat's word on photos.

use gongce::domain::account::Role;
use gongce::domain::event::{Action, RecordKind, Wanted};
use gongce::domain::photo::PhotoState;
use gongce::store::{NewGrant, StoreError};
use gongce::usecase::photos::remind;
use poem::http::Method;
use serde_json::json;

use super::pictures::plain;
use super::{attach, ctx, fetch, hours, id, path, send, toilet};
use crate::harness::service::Service;
use crate::harness::stores::{Database, on_both};
use crate::wechat::standin::{MEDIA_CHECK, Reply, Standin};
use crate::wechat::{client, outcome, signed};

/// The service with WeChat, so many hours after the beginning.
async fn at(database: &Database, wechat: &Standin, hour: i64) -> Service {
    let ctx = ctx(database, hours(hour), Some(client(&wechat.url))).await;
    if hour == 0 { Service::begun(ctx).await } else { Service::around(ctx).await }
}

/// A supervisor whom WeChat knows; answers the token.
async fn known(service: &Service) -> String {
    let signed = service.post("/api/v1/sessions/wechat", "", json!({"code": "li~1"})).await.json_of(201);
    let token = signed["token"].as_str().unwrap().to_owned();
    let person = service.get("/api/v1/me", &token).await.json_of(200)["id"].as_str().unwrap().parse().unwrap();
    let grant = NewGrant { person, role: Role::Supervisor, area: None, operator: None };
    let given = service
        .ctx
        .store
        .write(service.ctx.author("test"), move |tx| Box::pin(async move { tx.create_grant(&grant).await.map(drop) }));
    given.await.map_err(|error: StoreError| error).unwrap();
    token
}

async fn push(service: &Service, nonce: &str, trace: &str, suggest: &str) {
    let body = outcome(trace, suggest).into_bytes();
    let (status, _, _) = service.send_bytes(Method::POST, &signed(0, nonce), "", &[], body).await;
    assert_eq!(status, 200);
}

async fn state(service: &Service, number: u32) -> PhotoState {
    service.ctx.store.photo(id(number).parse().unwrap()).await.unwrap().unwrap().state
}

/// The address at which WeChat was asked last to fetch a photo, without its host.
fn asked(wechat: &Standin) -> String {
    let url = wechat.asked(MEDIA_CHECK).last().unwrap().body["media_url"].as_str().unwrap().to_owned();
    url.strip_prefix("https://toilets.example").unwrap().to_owned()
}

on_both! {
    async fn a_photo_is_not_public_until_wechat_has_passed_it(database: Database) {
        let wechat = Standin::start().await;
        let service = at(&database, &wechat, 0).await;
        let token = known(&service).await;
        let colleague = service.sign_in(Role::Inspector, "410308").await;
        let shown = toilet(&service, &token, "甲", "410308101").await;
        for (number, trace, suggest, seen) in [(1, "trace-0", "pass", 200), (2, "trace-1", "risky", 404)] {
            let sent = send(&service, &token, number, &plain(number.try_into().unwrap())).await;
            assert_eq!(sent.json_of(201)["state"], "pending");
            assert_eq!(attach(&service, &token, &shown, number, number.try_into().unwrap()).await.status, 200);
            assert_eq!(fetch(&service, &path(number), "", &[]).await.status, 404, "not yet");
            assert_eq!(fetch(&service, &path(number), &colleague, &[]).await.status, 200, "the staff of the area");
            let fetched = fetch(&service, &asked(&wechat), "", &[]).await;
            assert_eq!((fetched.status, fetched.header("cache-control")), (200, "private, no-cache"), "WeChat can");
            push(&service, trace, trace, suggest).await;
            assert_eq!(fetch(&service, &path(number), "", &[]).await.status, seen);
        }
        assert_eq!((state(&service, 1).await, state(&service, 2).await), (PhotoState::Passed, PhotoState::Refused));
        let states = async |token: &str| {
            let list = service.get(&format!("{shown}/photos"), token).await.json_of(200);
            list["items"].as_array().unwrap().iter().map(|item| item["state"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(states("").await, [json!(null)]);
        assert_eq!(states(&colleague).await, [json!("passed"), json!("refused")]);
        let other = toilet(&service, &token, "乙", "410308101").await;
        assert_eq!(attach(&service, &token, &other, 2, 1).await.problem(409).0, "conflict", "what was refused");
        push(&service, "again", "trace-0", "risky").await;
        assert_eq!(state(&service, 1).await, PhotoState::Passed, "the first word counts");
        let findings = service.ctx.store.check().await.unwrap();
        // The keys of a test are in no file, and so not on record.
        assert!(findings.iter().all(|finding| finding.check == "keys"), "{findings:?}");
        let told = service.ctx.store.trail(&Wanted::default(), None, 100).await.unwrap();
        let words = told.iter().filter(|entry| entry.kind == RecordKind::Photo && entry.action == Action::Update);
        let words: Vec<_> = words.map(|entry| (entry.version, entry.changes["state"][1].clone())).collect();
        assert_eq!(words, [(2, json!("refused")), (2, json!("passed"))], "the journal knows");
    }
}

on_both! {
    async fn a_pass_opens_one_photo_for_an_hour(database: Database) {
        let wechat = Standin::start().await;
        let service = at(&database, &wechat, 0).await;
        let token = known(&service).await;
        for number in [1, 2] {
            assert_eq!(send(&service, &token, number, &plain(number.try_into().unwrap())).await.status, 201);
        }
        let own = asked(&wechat);
        assert!(own.starts_with(&path(2)));
        for wrong in [path(2), own.replace(&id(2), &id(1)), format!("{}?pass=9999999999.AAAA", path(2)), format!("{own}A")] {
            assert_eq!(fetch(&service, &wrong, "", &[]).await.status, 404, "{wrong}");
        }
        assert_eq!(fetch(&service, &own, "", &[]).await.status, 200, "the control");
        let late = at(&database, &wechat, 1).await;
        assert_eq!(fetch(&late, &own, "", &[]).await.status, 404);
    }
}

on_both! {
    async fn an_outcome_that_is_quicker_than_its_answer_counts(database: Database) {
        let wechat = Standin::start().await;
        let service = at(&database, &wechat, 0).await;
        let token = known(&service).await;
        push(&service, "1", "trace-0", "pass").await;
        assert_eq!(send(&service, &token, 1, &plain(0)).await.status, 201);
        assert_eq!(state(&service, 1).await, PhotoState::Passed);
    }
}

on_both! {
    async fn what_wechat_could_not_be_asked_or_never_answered_is_asked_again(database: Database) {
        let wechat = Standin::start().await;
        let service = at(&database, &wechat, 0).await;
        let token = known(&service).await;
        wechat.next(MEDIA_CHECK, Reply::Json(json!({"errcode": 45009, "errmsg": "out of quota"}).to_string()));
        assert_eq!(send(&service, &token, 1, &plain(0)).await.json_of(201)["state"], "pending", "it is taken all the same");
        let asked = async |hour| {
            let before = wechat.asked(MEDIA_CHECK).len();
            let late = ctx(&database, hours(hour), Some(client(&wechat.url))).await;
            remind(&late).await.unwrap();
            wechat.asked(MEDIA_CHECK).len() - before
        };
        assert_eq!(asked(0).await, 1);
        assert_eq!(asked(0).await, 0, "it is under way");
        assert_eq!(asked(2).await, 1, "it was forgotten");
        assert_eq!(asked(80).await, 0, "nobody hopes for ever");
        let lately = wechat.asked(MEDIA_CHECK).len() - 2;
        push(&service, "1", &format!("trace-{lately}"), "pass").await;
        assert_eq!(state(&service, 1).await, PhotoState::Passed);
        assert_eq!(asked(4).await, 0, "it is known");
    }
}

on_both! {
    async fn what_people_send_whom_wechat_does_not_know_is_theirs_to_answer_for(database: Database) {
        let wechat = Standin::start().await;
        let service = at(&database, &wechat, 0).await;
        let citizen = service.post("/api/v1/sessions/wechat", "", json!({"code": "wang~1"})).await.json_of(201);
        let refused = send(&service, citizen["token"].as_str().unwrap(), 1, &plain(0)).await;
        assert_eq!(refused.problem(403).0, "forbidden", "a citizen shows nothing yet");
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let shown = toilet(&service, &token, "甲", "410308101").await;
        assert_eq!(send(&service, &token, 1, &plain(0)).await.json_of(201)["state"], "unchecked");
        assert_eq!(attach(&service, &token, &shown, 1, 1).await.status, 200);
        assert_eq!(fetch(&service, &path(1), "", &[]).await.status, 200);
        assert_eq!(wechat.asked(MEDIA_CHECK).len(), 0);
    }
}

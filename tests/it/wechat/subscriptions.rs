//! Messages about what happens, to the own WeChat of whoever asked for them.

use gongce::domain::account::Role;
use gongce::domain::event::{Action, NewEntry, RecordKind};
use gongce::store::{NewGrant, StoreError};
use gongce::usecase::outbox;
use serde_json::json;

use super::standin::{Reply, SEND, Standin};
use super::{Service, service};
use crate::coverage::register;
use crate::harness::stores::on_both;

/// A slot of the toilet is missed.
async fn miss(app: &Service, toilet: i32, number: usize) {
    let changes = [("state".to_owned(), [json!("open"), json!("missed")])].into();
    let key = format!("{toilet}.1.{number}.20261123T0800");
    let entry = NewEntry { kind: RecordKind::Slot, key, version: 1, action: Action::Miss, changes };
    let ctx = &app.ctx;
    let written = ctx.store.write(ctx.author("slots"), move |tx| Box::pin(async move { tx.append(vec![entry]).await }));
    written.await.map_err(|error: StoreError| error).unwrap();
}

on_both! {
    async fn one_consent_is_one_message_about_events(database: Database) {
        let wechat = Standin::start().await;
        let service_of_areas = crate::harness::service::Service::on(&database).await;
        let app = service(&database, 0, &wechat).await;
        let toilet = register(&service_of_areas.ctx, "长华社区公厕", "410308101").await.0;
        let (token, person) = app.signed_in("li").await;
        let body = json!({"channel": "wechat", "topics": ["missed"], "pace": "atOnce"});
        assert_eq!(app.post("/api/v1/subscriptions", &token, &body).await.status, 403, "a citizen is told nothing");
        let granted = app.ctx.store.write(app.ctx.author("test"), move |tx| {
            Box::pin(async move {
                tx.create_grant(&NewGrant { person, role: Role::Supervisor, area: None, operator: None }).await
            })
        });
        granted.await.map_err(|error: StoreError| error).unwrap();
        let made = app.post("/api/v1/subscriptions", &token, &body).await;
        assert_eq!(made.status, 201, "{}", made.text);

        miss(&app, toilet, 1).await;
        outbox::send_due(&app.ctx).await.unwrap();
        assert!(wechat.asked(SEND).is_empty(), "nobody is written to without consent");

        let consents = json!(vec![json!({"templateId": "tmpl-events", "result": "accept"}); 2]);
        assert_eq!(app.post("/api/v1/me/message-consents", &token, &consents).await.status, 200);
        let app = service(&database, 10, &wechat).await;
        miss(&app, toilet, 2).await;
        miss(&app, toilet, 3).await;
        outbox::send_due(&app.ctx).await.unwrap();
        let sent = wechat.asked(SEND);
        assert_eq!(sent.len(), 1, "one message for both");
        let value = |key: &str| sent[0].body["data"][key]["value"].clone();
        assert_eq!((sent[0].body["template_id"].clone(), sent[0].body["touser"].clone()), (json!("tmpl-events"), json!("canary-openid-li")));
        assert_eq!([value("thing1"), value("thing2"), value("number3")], [json!("全部区域"), json!("漏做 2"), json!("2")]);
        assert_eq!(value("time4"), "2026-11-23 16:00");

        // 43101: the person does not take it any more, whatever was counted here.
        wechat.next(SEND, Reply::code(43_101));
        let app = service(&database, 20, &wechat).await;
        miss(&app, toilet, 4).await;
        outbox::send_due(&app.ctx).await.unwrap();
        let app = service(&database, 30, &wechat).await;
        miss(&app, toilet, 5).await;
        outbox::send_due(&app.ctx).await.unwrap();
        assert_eq!(wechat.asked(SEND).len(), 2, "the consents are used up");
        let standing = app.get("/api/v1/subscriptions", &token).await.json()["items"][0].clone();
        assert!(standing["failingSince"].is_null() && standing["pausedAt"].is_null(), "nothing failed: {standing}");
    }
}

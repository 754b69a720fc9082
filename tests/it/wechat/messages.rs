//! Messages: one consent is one message.

use std::sync::Arc;

use gongce::domain::account::PersonId;
use gongce::usecase::Failure;
use gongce::usecase::wechat::messages::{self, Sent};
use serde_json::json;

use super::standin::{Reply, SEND, Standin, TOKEN};
use super::{Service, client, journal, service, service_with};
use crate::harness::stores::on_both;

const CONSENTS: &str = "/api/v1/me/message-consents";

async fn send(app: &Service, to: PersonId) -> Result<Sent, Failure> {
    let values = vec![("thing1".to_owned(), "长华社区公厕".to_owned())];
    messages::send(&app.ctx, to, "slotDue", "pages/round", values).await
}

/// How many messages of `slotDue` are left.
async fn left(app: &Service, token: &str) -> i64 {
    let listed = app.get("/api/v1/me/message-templates", token).await;
    assert_eq!(listed.status, 200, "{}", listed.text);
    assert_eq!(
        (listed.text_of("/items/0/name"), listed.text_of("/items/1/templateId")),
        ("slotDue".to_owned(), "tmpl-answered".to_owned())
    );
    listed.json()["items"][0]["remaining"].as_i64().unwrap()
}

/// Consents so often.
async fn consent(app: &Service, token: &str, times: usize) {
    let body = json!(vec![json!({"templateId": "tmpl-due", "result": "accept"}); times]);
    let answer = app.post(CONSENTS, token, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

on_both! {
    async fn one_consent_is_one_message(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (token, person) = app.signed_in("li").await;
        assert_eq!(left(&app, &token).await, 0);
        assert!(matches!(send(&app, person).await, Ok(Sent::Unwanted)));
        assert!(wechat.asked(SEND).is_empty(), "nobody is written to without consent");

        let body = json!([
            {"templateId": "tmpl-due", "result": "accept"},
            {"templateId": "tmpl-due", "result": "acceptWithAudio"},
            {"templateId": "tmpl-due", "result": "reject"},
            {"templateId": "tmpl-answered", "result": "ban"},
        ]);
        let told = app.post(CONSENTS, &token, &body).await;
        assert_eq!((told.status, told.json()["items"][0]["remaining"].clone()), (200, json!(2)), "{}", told.text);
        assert_eq!(told.json()["items"][1]["remaining"], 0);
        assert!(matches!(send(&app, person).await, Ok(Sent::Yes)));
        assert_eq!(left(&app, &token).await, 1);
        let sent = &wechat.asked(SEND)[0].body;
        assert_eq!((sent["touser"].clone(), sent["template_id"].clone()), (json!("canary-openid-li"), json!("tmpl-due")));
        assert_eq!((sent["data"].clone(), sent["page"].clone()), (json!({"thing1": {"value": "长华社区公厕"}}), json!("pages/round")));
        let told = journal(&database).await;
        let consents: Vec<_> = told.iter().filter(|row| row.contains("messageConsents")).collect();
        assert!(consents.len() == 2 && consents.iter().all(|row| row.contains("[null,null]")), "{told:?}");
    }
}

on_both! {
    async fn what_is_not_configured_is_not_consented_to(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (token, person) = app.signed_in("li").await;
        let body = json!([{"templateId": "tmpl-due", "result": "accept"}, {"templateId": "x", "result": "accept"}]);
        let refused = app.post(CONSENTS, &token, &body).await;
        assert_eq!((refused.status, refused.text_of("/errors/0/field")), (422, "1.templateId".to_owned()));
        assert_eq!(left(&app, &token).await, 0, "and then none counts");
        let body = json!([{"templateId": "tmpl-due", "result": "yes"}]);
        assert_eq!(app.post(CONSENTS, &token, &body).await.status, 400);
        let many = json!(vec![json!({"templateId": "tmpl-due", "result": "accept"}); 21]);
        assert_eq!(app.post(CONSENTS, &token, &many).await.status, 422);
        for _ in 0..7 {
            consent(&app, &token, 20).await;
        }
        assert_eq!(left(&app, &token).await, 100, "no more are believed");
        let unknown = messages::send(&app.ctx, person, "nothing", "", Vec::new()).await;
        assert!(matches!(unknown, Err(Failure::Invalid(_))));
    }
}

on_both! {
    async fn a_refusal_by_the_person_empties_the_consents_of_that_template_alone(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (token, person) = app.signed_in("li").await;
        consent(&app, &token, 5).await;
        let body = json!([{"templateId": "tmpl-answered", "result": "accept"}]);
        app.post(CONSENTS, &token, &body).await;
        wechat.next(SEND, Reply::code(43101));
        assert!(matches!(send(&app, person).await, Ok(Sent::Unwanted)));
        assert_eq!(left(&app, &token).await, 0);
        let other = messages::send(&app.ctx, person, "answered", "", Vec::new()).await;
        assert!(matches!(other, Ok(Sent::Yes)));
    }
}

on_both! {
    async fn a_consent_comes_back_only_where_nothing_was_sent(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (token, person) = app.signed_in("li").await;
        consent(&app, &token, 9).await;
        let mut expected = 9;
        for (reply, is_used_up) in [
            (Reply::code(47003), false),
            (Reply::code(40001), false), // and the second time it goes
            (Reply::Silence, true),
            (Reply::Cut, true),
            (Reply::Status(502, String::new()), true),
            (Reply::Json("{}".to_owned()), true),
        ] {
            wechat.next(SEND, reply.clone());
            let again = matches!(reply, Reply::Json(ref text) if text.contains("40001"));
            assert_eq!(send(&app, person).await.is_ok(), again, "{reply:?}");
            expected -= i64::from(is_used_up || again);
            assert_eq!(left(&app, &token).await, expected, "{reply:?}");
        }
        // Nobody there at all, and no token to be had: surely nothing was sent.
        let away = service_with(&database, 0, Some(client("http://127.0.0.1:9"))).await;
        assert!(send(&away, person).await.is_err());
        assert_eq!(left(&app, &token).await, expected);
        let later = service(&database, 7200, &wechat).await;
        wechat.next(TOKEN, Reply::Cut);
        assert!(send(&later, person).await.is_err());
        assert_eq!(left(&app, &token).await, expected);
    }
}

on_both! {
    async fn of_many_who_send_at_once_as_many_do_as_there_are_consents(database: Database) {
        let wechat = Standin::start().await;
        let app = Arc::new(service(&database, 0, &wechat).await);
        let (token, person) = app.signed_in("li").await;
        consent(&app, &token, 3).await;
        let others = Arc::new(service(&database, 0, &wechat).await);
        let tries: Vec<_> = (0..12).map(|number| {
            let app = if number % 2 == 0 { Arc::clone(&app) } else { Arc::clone(&others) };
            tokio::spawn(async move { send(&app, person).await })
        }).collect();
        let mut sent = 0;
        for one in tries {
            sent += usize::from(one.await.unwrap().unwrap() == Sent::Yes);
        }
        assert_eq!((sent, wechat.asked(SEND).len(), left(&app, &token).await), (3, 3, 0));
    }
}

//! What WeChat pushes, and the checks of pictures that it tells the outcome of.

use data_encoding::HEXLOWER;
use gongce::domain::wechat::{CheckState, Scene};
use gongce::usecase::wechat::checks;
use poem::http::Method;
use serde_json::json;
use sha1::{Digest, Sha1};

use super::standin::{MEDIA_CHECK, Reply, Standin, TEXT_CHECK};
use super::{APP, Answer, PUSH_TOKEN, Service, moment, rows, service};
use crate::harness::stores::on_both;

/// A query signed so many seconds after the beginning.
pub(crate) fn signed(seconds: i64, nonce: &str) -> String {
    let timestamp = moment(seconds).timestamp().to_string();
    let mut parts = [PUSH_TOKEN, &timestamp, nonce];
    parts.sort_unstable();
    let signature = HEXLOWER.encode(&Sha1::digest(parts.concat().as_bytes()));
    format!("/api/v1/wechat/push?signature={signature}&timestamp={timestamp}&nonce={nonce}")
}

pub(crate) fn outcome(trace: &str, suggest: &str) -> String {
    json!({
        "ToUserName": "gh_1", "FromUserName": "canary-openid", "CreateTime": 1, "MsgType": "event",
        "Event": "wxa_media_check", "appid": APP, "trace_id": trace, "version": 2, "errcode": 0,
        "result": {"suggest": suggest, "label": 100},
    })
    .to_string()
}

async fn push(app: &Service, path: &str, body: &str) -> Answer {
    app.ask(Method::POST, path, "", body).await
}

async fn is_taken(app: &Service, path: &str, body: &str) {
    let taken = push(app, path, body).await;
    assert_eq!((taken.status, taken.text.as_str()), (200, "success"), "{}", taken.text);
}

on_both! {
    async fn the_place_is_shown_to_whoever_signs(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let shown = app.get(&format!("{}&echostr=1234567", signed(0, "7")), "").await;
        assert_eq!((shown.status, shown.text.as_str()), (200, "1234567"));
        assert_eq!(shown.headers["content-type"], "text/plain; charset=utf-8");
        let good = signed(0, "7");
        let wrong = [
            good.replace("nonce=7", "nonce=8"),
            good.replace("signature=", "signature=0"),
            signed(0, "7").split("signature=").next().unwrap().to_owned(),
            signed(-601, "7"),
            signed(601, "7"),
        ];
        for path in &wrong {
            let refused = app.get(&format!("{}&echostr=1", path.replace("push?&", "push?")), "").await;
            assert!(refused.status == 403 || path.ends_with('?') && refused.status >= 400, "{path}: {}", refused.text);
            assert_ne!(push(&app, path, &outcome("t", "pass")).await.status, 200, "{path}");
        }
        for seconds in [-600, 600] {
            assert_eq!(app.get(&format!("{}&echostr=1", signed(seconds, "7")), "").await.status, 200);
        }
        assert_eq!(app.ctx.store.media_check("t").await.unwrap(), None);
    }
}

on_both! {
    async fn a_picture_is_pending_until_its_outcome_is_pushed(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (_, person) = app.signed_in("li").await;
        let ask = |subject: &'static str| {
            checks::picture(&app.ctx, person, Scene::Comment, "https://toilets.example/p/1.jpg", subject)
        };
        let first = ask("photo-1").await.unwrap();
        let asked = &wechat.asked(MEDIA_CHECK)[0].body;
        assert_eq!((asked["openid"].clone(), asked["media_type"].clone()), (json!("canary-openid-li"), json!(2)));
        assert_eq!(asked["media_url"], "https://toilets.example/p/1.jpg");
        let state = async |subject: &str| checks::of(&app.ctx, subject).await.unwrap();
        assert_eq!((state("photo-1").await, state("photo-2").await), (Some(CheckState::Pending), None));

        let path = format!("{}&openid=canary-openid", signed(0, "1"));
        is_taken(&app, &path, &outcome(&first, "pass")).await;
        assert_eq!(state("photo-1").await, Some(CheckState::Passed));
        is_taken(&app, &path, &outcome(&first, "pass")).await;
        is_taken(&app, &signed(1, "1"), &outcome(&first, "risky")).await;
        assert_eq!(state("photo-1").await, Some(CheckState::Passed), "the first word counts");

        // The outcome may be quicker than the answer that names the check.
        is_taken(&app, &signed(0, "2"), &outcome("trace-1", "risky")).await;
        assert_eq!(ask("photo-2").await.unwrap(), "trace-1");
        assert_eq!(state("photo-2").await, Some(CheckState::Refused));
        for (nonce, suggest, expected) in [("3", "review", CheckState::Refused), ("4", "dubious", CheckState::Pending)] {
            let trace = ask("photo-3").await.unwrap();
            is_taken(&app, &signed(0, nonce), &outcome(&trace, suggest)).await;
            assert_eq!(app.ctx.store.media_check(&trace).await.unwrap(), Some(expected), "{suggest}");
        }
    }
}

on_both! {
    async fn a_signature_counts_for_one_body(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let path = signed(0, "1");
        is_taken(&app, &path, &outcome("t-1", "pass")).await;
        let forged = push(&service(&database, 1, &wechat).await, &path, &outcome("t-2", "pass")).await;
        assert_eq!(forged.problem(), (403, "forbidden".to_owned()));
        assert_eq!(app.ctx.store.media_check("t-2").await.unwrap(), None);
        // The control: under a signature of its own it is taken; and the old ones are cleared away in time.
        let later = service(&database, 1300, &wechat).await;
        is_taken(&later, &signed(1300, "2"), &outcome("t-2", "pass")).await;
        assert_eq!(rows(&database, "wechat_push", &["signature"]).await.len(), 1);
    }
}

on_both! {
    async fn what_is_no_push_is_told_apart(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        for (nonce, body) in [
            ("1", "<xml><Event>wxa_media_check</Event></xml>"),
            ("2", r#"{"Encrypt": "x"}"#),
            ("3", "{"),
            ("4", r#"{"Event": "wxa_media_check", "appid": "wxffffffffffffffff", "trace_id": "t"}"#),
        ] {
            let refused = push(&app, &signed(0, nonce), body).await;
            assert_eq!((refused.status, refused.text_of("/errors/0/code")), (422, "badPush".to_owned()), "{body}");
        }
        is_taken(&app, &signed(0, "5"), r#"{"MsgType": "event", "Event": "subscribe_msg_popup_event"}"#).await;
        let unsigned = push(&app, &signed(0, "6").replace("nonce=6", "nonce=7"), "<xml>").await;
        assert_eq!(unsigned.status, 403, "nothing is said to whoever does not sign");
        let large = format!("{{\"pad\": \"{}\"}}", "x".repeat(70_000));
        assert_eq!(push(&app, &signed(0, "8"), &large).await.status, 413);
    }
}

on_both! {
    async fn a_text_is_passed_or_refused(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (_, person) = app.signed_in("li").await;
        let judge = || checks::text(&app.ctx, person, Scene::Comment, "公厕很干净");
        assert!(matches!(judge().await, Ok(CheckState::Passed)));
        assert_eq!(wechat.asked(TEXT_CHECK)[0].body["content"], "公厕很干净");
        for (suggest, expected) in [("risky", CheckState::Refused), ("review", CheckState::Refused)] {
            wechat.next(TEXT_CHECK, Reply::Json(json!({"errcode": 0, "result": {"suggest": suggest}}).to_string()));
            assert_eq!(judge().await.unwrap(), expected);
        }
        wechat.next(TEXT_CHECK, Reply::Json("{}".to_owned()));
        assert!(judge().await.is_err(), "silence is no leave");
        let stranger = gongce::domain::account::PersonId(app.ctx.clock.new_id());
        assert!(checks::text(&app.ctx, stranger, Scene::Comment, "x").await.is_err());
    }
}

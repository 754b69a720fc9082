//! WeChat at its worst: every bad answer is a clear 503, and nothing hangs, grows or leaks.

use gongce::gateway::wechat::CodeImage;
use gongce::usecase::wechat::code_image;
use gongce::usecase::{Ctx, Failure};
use serde_json::json;

use super::standin::{CODE_IMAGE, Reply, SESSION, Standin};
use super::{Service, client, service, service_with};
use crate::harness::stores::on_both;

on_both! {
    async fn whatever_is_no_answer_is_a_clear_503(database: Database) {
        let wechat = Standin::start().await;
        let elsewhere = Standin::start().await;
        let json = |text: &str| Reply::Json(text.to_owned());
        let page = "<html>canary</html>".to_owned();
        for (number, bad) in [
            Reply::Silence,
            Reply::Cut,
            Reply::Truncated,
            Reply::Huge,
            Reply::Status(200, page.clone()),
            Reply::Status(502, page),
            Reply::Status(500, r#"{"openid": "canary-openid-li"}"#.to_owned()),
            Reply::Redirect(format!("{}/sns/jscode2session?js_code=li", elsewhere.url)),
            json(""),
            json("[]"),
            json("null"),
            json("{"),
            json("{}"),
            json(r#"{"openid": null}"#),
            json(r#"{"openid": 7}"#),
            json(r#"{"openid": ""}"#),
            json(r#"{"openid": "a\nb"}"#),
            json(&format!(r#"{{"openid": "{}"}}"#, "o".repeat(65))),
            json(r#"{"errcode": "40013"}"#),
        ].into_iter().enumerate() {
            let app = service(&database, 0, &wechat).await;
            wechat.next(SESSION, bad.clone());
            let refused = app.sign_in(&json!({"code": "canary-code"})).await;
            assert_eq!(refused.problem(), (503, "wechatUnavailable".to_owned()), "{bad:?}");
            assert!(!refused.text.contains("canary"), "{}", refused.text);
            let code = format!("li~{number}");
            assert_eq!(app.sign_in(&json!({"code": code})).await.status, 201, "and then it is over");
        }
        assert!(elsewhere.asked(SESSION).is_empty(), "the secret went after a redirect");
        assert!(wechat.huge_taken() < 16 * 1024 * 1024, "{}", wechat.huge_taken());
    }
}

async fn image(ctx: &Ctx) -> Result<usize, Failure> {
    let image = CodeImage { scene: "s".repeat(32), page: String::new(), width: 430 };
    code_image(ctx, &image).await.map(|picture| picture.bytes.len())
}

on_both! {
    async fn an_image_may_be_larger_than_json_but_not_endless(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        // The control: 100,000 bytes would be too many for JSON.
        assert!(matches!(image(&app.ctx).await, Ok(100_008)));
        let asked = &wechat.asked(CODE_IMAGE)[0].body;
        assert_eq!((asked["scene"].as_str().map(str::len), asked.get("page")), (Some(32), None));
        for bad in [Reply::Huge, Reply::Json("{}".to_owned()), Reply::Bytes(b"GIF89a".to_vec()), Reply::code(41030)] {
            wechat.next(CODE_IMAGE, bad.clone());
            assert!(matches!(image(&app.ctx).await, Err(Failure::WechatUnavailable { .. })), "{bad:?}");
        }
    }
}

async fn fail(app: &Service, times: usize) {
    for _ in 0..times {
        assert_eq!(app.sign_in(&json!({"code": "x"})).await.status, 503);
    }
}

on_both! {
    async fn whoever_fails_again_and_again_is_left_alone_for_a_while(database: Database) {
        let wechat = Standin::start().await;
        let shared = client(&wechat.url);
        let at = |seconds| service_with(&database, seconds, Some(shared.clone()));
        wechat.always(SESSION, Reply::Cut);
        // The control: four failures change nothing.
        fail(&at(0).await, 4).await;
        assert_eq!(wechat.asked(SESSION).len(), 4);
        fail(&at(0).await, 10).await;
        assert_eq!(wechat.asked(SESSION).len(), 5, "after the fifth it is not asked");
        let resting = at(29).await.sign_in(&json!({"code": "x"})).await;
        assert_eq!((resting.problem(), &resting.headers["retry-after"]), ((503, "wechatUnavailable".to_owned()), &"30".parse().unwrap()));
        fail(&at(30).await, 10).await;
        assert_eq!(wechat.asked(SESSION).len(), 6, "one probe");
        wechat.behave(SESSION);
        fail(&at(59).await, 3).await;
        let app = at(60).await;
        for number in 0..3 {
            assert_eq!(app.sign_in(&json!({"code": format!("li~{number}")})).await.status, 201, "it is back");
        }
    }
}

on_both! {
    async fn refusals_are_no_outage(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        wechat.always(SESSION, Reply::code(40226));
        for _ in 0..10 {
            assert_eq!(app.sign_in(&json!({"code": "x"})).await.status, 403);
        }
        assert_eq!(wechat.asked(SESSION).len(), 10);
    }
}

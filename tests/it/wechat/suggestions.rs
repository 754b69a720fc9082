//! The words of a suggestion, where its sender signed in with WeChat.

use serde_json::json;

use super::standin::{Reply, Standin, TEXT_CHECK};
use super::{rows, service};
use crate::coverage::{author, prepare};
use crate::harness::stores::on_both;

const PATH: &str = "/api/v1/suggestions";

on_both! {
    async fn words_that_wechat_refuses_are_not_kept(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        app.ctx.store.write(author(), |tx| Box::pin(prepare(tx))).await.unwrap();
        let (citizen, _) = app.signed_in("li").await;
        let body = json!({"kind": "wrong", "toilet": 1, "facts": {"note": "二层", "hours": "24/7"}, "remark": "我看到的"});
        assert_eq!(app.post(PATH, &citizen, &body).await.status, 201);
        assert_eq!(wechat.asked(TEXT_CHECK)[0].body["content"], "二层\n我看到的", "all that is in their own words");
        wechat.next(TEXT_CHECK, Reply::Json(json!({"errcode": 0, "result": {"suggest": "risky"}}).to_string()));
        let refused = app.post(PATH, &citizen, &body).await;
        assert_eq!((refused.problem(), refused.text_of("/errors/0/code")), ((422, "invalid".to_owned()), "refusedText".to_owned()));
        // Where WeChat cannot be asked, whoever decides is told that nobody looked.
        wechat.next(TEXT_CHECK, Reply::Status(500, String::new()));
        assert_eq!(app.post(PATH, &citizen, &body).await.status, 201);
        assert_eq!(app.post(PATH, &citizen, &json!({"kind": "gone", "toilet": 1})).await.status, 201);
        assert_eq!(wechat.asked(TEXT_CHECK).len(), 3, "nothing is asked about no words");
        assert_eq!(app.post(PATH, "", &body).await.status, 201, "nor about a visitor's, whom it does not know");
        assert_eq!(wechat.asked(TEXT_CHECK).len(), 3);
        let checked: Vec<_> = rows(&database, "suggestion", &["checked"]).await.into_iter().flatten().collect();
        let passed = |text: &String| text == "1" || text == "true";
        assert_eq!(checked.iter().map(passed).collect::<Vec<_>>(), [true, false, false, false]);
    }
}

on_both! {
    async fn wechat_is_not_asked_about_more_than_is_taken(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        app.ctx.store.write(author(), |tx| Box::pin(prepare(tx))).await.unwrap();
        let (citizen, _) = app.signed_in("li").await;
        let body = json!({"kind": "gone", "toilet": 1, "remark": "拆了"});
        for expected in [201, 201, 201, 201, 201, 429, 429] {
            assert_eq!(app.post(PATH, &citizen, &body).await.status, expected);
        }
        assert_eq!(wechat.asked(TEXT_CHECK).len(), 5);
        let long = "厕".repeat(1_000);
        let (other, _) = app.signed_in("wang").await;
        let body = json!({"kind": "wrong", "toilet": 1, "facts": {"note": long, "address": "厕".repeat(255), "nameEn": "x".repeat(128)}, "remark": long});
        assert_eq!(app.post(PATH, &other, &body).await.status, 201);
        let pieces: Vec<_> = wechat.asked(TEXT_CHECK)[5..].iter().map(|asked| asked.body["content"].as_str().unwrap().chars().count()).collect();
        assert_eq!(pieces, [2_000, 386], "no more at once than WeChat takes");
    }
}

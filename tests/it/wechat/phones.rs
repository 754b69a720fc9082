//! Phone numbers.

use gongce::usecase::wechat::phones;
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection};
use serde_json::json;

use super::standin::{PHONE, Reply, Standin};
use super::{journal, rows, service};
use crate::harness::stores::on_both;

const MINE: &str = "/api/v1/me/phone";

on_both! {
    async fn a_phone_number_is_kept_sealed_shown_in_part_and_forgotten(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (token, person) = app.signed_in("li").await;
        assert_eq!(app.get(MINE, &token).await.problem(), (404, "notFound".to_owned()));
        for _ in 0..2 {
            let kept = app.post(MINE, &token, &json!({"code": "phone-code"})).await;
            assert_eq!((kept.status, kept.text_of("/masked")), (200, "+86 *******8000".to_owned()));
        }
        assert_eq!(wechat.asked(PHONE)[0].body, json!({"code": "phone-code"}));
        assert_eq!(app.get(MINE, &token).await.text_of("/masked"), "+86 *******8000");
        assert_eq!(phones::get(&app.ctx, person).await.unwrap().reveal(), "+86 13800138000");
        let kept = rows(&database, "phone", &["sealed"]).await;
        assert!(kept.len() == 1 && !kept[0][0].contains("138"), "{kept:?}");
        assert_eq!(app.ask(Method::DELETE, MINE, &token, "").await.status, 204);
        assert_eq!(app.ask(Method::DELETE, MINE, &token, "").await.status, 404);
        assert!(rows(&database, "phone", &["sealed"]).await.is_empty());
        let told = journal(&database).await;
        assert_eq!(told.iter().filter(|row| row.contains(r#"{"phone":[null,null]}"#)).count(), 3, "{told:?}");
    }
}

on_both! {
    async fn a_bad_code_is_the_fault_of_the_code_and_not_of_the_session(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (token, _) = app.signed_in("li").await;
        wechat.next(PHONE, Reply::code(40029));
        let refused = app.post(MINE, &token, &json!({"code": "canary-code"})).await;
        assert_eq!((refused.status, refused.text_of("/errors/0/field")), (422, "code".to_owned()));
        for bad in ["{}", r#"{"phone_info": {}}"#, r#"{"phone_info": {"purePhoneNumber": "+canary"}}"#] {
            wechat.next(PHONE, Reply::Json(bad.to_owned()));
            let refused = app.post(MINE, &token, &json!({"code": "canary-code"})).await;
            assert_eq!(refused.problem(), (503, "wechatUnavailable".to_owned()), "{bad}");
            assert!(!refused.text.contains("canary"), "{}", refused.text);
        }
        assert_eq!(app.get(MINE, &token).await.status, 404);
    }
}

on_both! {
    async fn a_check_of_the_database_reads_what_wechat_left(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (token, _) = app.signed_in("li").await;
        assert_eq!(app.post(MINE, &token, &json!({"code": "phone-code"})).await.status, 200);
        let consents = json!([{"templateId": "tmpl-due", "result": "accept"}]);
        assert_eq!(app.post("/api/v1/me/message-consents", &token, &consents).await.status, 200);
        let raw = Connection::connect(&database.url).await.unwrap();
        raw.execute_unprepared("INSERT INTO ring_key (id, fingerprint) VALUES ('1', 'x')").await.unwrap();
        assert_eq!(app.ctx.store.check().await.unwrap(), []);
        for (statement, tables) in [
            ("UPDATE phone SET sealed = '9' || SUBSTR(sealed, 2)", &["phone"][..]),
            ("UPDATE identity SET hash = '9' || SUBSTR(hash, 2)", &["identity", "phone"]),
            ("UPDATE wechat_token SET sealed = '9' || SUBSTR(sealed, 2)", &["identity", "phone", "wechat_token"]),
        ] {
            raw.execute_unprepared(statement).await.unwrap();
            let found = app.ctx.store.check().await.unwrap();
            let found: Vec<_> = found.iter().map(|found| (found.check, found.table.as_deref().unwrap_or_default())).collect();
            assert_eq!(found, tables.iter().map(|table| ("keys", *table)).collect::<Vec<_>>());
        }
    }
}

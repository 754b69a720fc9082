//! Signing in with WeChat.

use gongce::domain::account::{PersonId, Role};
use gongce::domain::secret::{TokenKind, TotpSecret};
use gongce::usecase::{Caller, invitations};
use poem::http::Method;
use serde_json::{Value, json};

use super::standin::{Reply, SESSION, Standin};
use super::{APP, SECRET, client, journal, moment, rows, service, service_with};
use crate::harness::stores::on_both;

on_both! {
    async fn a_stranger_becomes_a_citizen_and_is_known_again(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let first = app.sign_in(&json!({"code": "li~1"})).await;
        assert_eq!(first.status, 201, "{}", first.text);
        assert_eq!((first.json()["roles"].clone(), first.json().get("totp")), (json!([]), None));
        assert_eq!(first.text_of("/expiresAt"), "2026-12-23T08:00:00Z", "a citizen's 30 days");
        assert_eq!(first.headers["cache-control"], "no-store");
        let me = app.get("/api/v1/me", &first.text_of("/token")).await;
        assert_eq!((me.status, me.json()["grants"].clone()), (200, json!([])));

        let (_, again) = app.signed_in("li~2").await;
        assert_eq!(again.to_string(), me.text_of("/id"), "the same person");
        let (_, other) = app.signed_in("wang~1").await;
        assert_ne!(other, again);

        let repeated = app.sign_in(&json!({"code": "li~2"})).await;
        assert_eq!(repeated.problem(), (401, "unauthenticated".to_owned()), "a code counts once");
        let told = journal(&database).await;
        assert_eq!(told.iter().filter(|row| row.starts_with("person create")).count(), 2, "{told:?}");
        assert_eq!(told.iter().filter(|row| row.starts_with("session login citizen")).count(), 3, "{told:?}");
        assert_eq!(told.iter().filter(|row| row.starts_with("session loginFailed")).count(), 1, "{told:?}");

        let asked = &wechat.asked(SESSION)[0].query;
        assert_eq!((asked["appid"].as_str(), asked["secret"].as_str()), (APP, SECRET));
        assert_eq!(asked["grant_type"], "authorization_code");
        for identity in rows(&database, "identity", &["kind", "login", "hash"]).await {
            assert!(identity[0] == "wechat" && !identity.concat().contains("canary-openid"), "{identity:?}");
        }
    }
}

on_both! {
    async fn of_two_requests_that_make_a_person_known_both_get_the_same_one(database: Database) {
        let wechat = Standin::start().await;
        let mut all = Vec::new();
        for number in 0..6 {
            let app = service(&database, 0, &wechat).await;
            all.push(tokio::spawn(async move { app.signed_in(&format!("li~{number}")).await.1 }));
        }
        let mut people = Vec::new();
        for one in all {
            people.push(one.await.unwrap());
        }
        people.dedup();
        assert_eq!(people.len(), 1);
        assert_eq!(rows(&database, "person", &["id"]).await.len(), 1);
    }
}

on_both! {
    async fn an_invitation_makes_one_of_the_staff_of_whoever_it_is(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let (before, citizen) = app.signed_in("li~1").await;
        let invitation = app.invite(Role::Cleaner).await;
        let joined = app.sign_in(&json!({"code": "li~2", "invitation": invitation})).await;
        assert_eq!(joined.status, 201, "{}", joined.text);
        assert_eq!(joined.json()["roles"], json!(["cleaner"]));
        assert_eq!(joined.text_of("/expiresAt"), "2027-02-21T08:00:00Z", "a cleaner's 90 days");
        let me = app.get("/api/v1/me", &joined.text_of("/token")).await;
        assert_eq!((me.text_of("/id"), me.text_of("/name")), (citizen.to_string(), "李娜".to_owned()));
        assert_eq!(me.text_of("/grants/0/role"), "cleaner");
        assert_eq!(app.get("/api/v1/me", &before).await.status, 401, "sessions from before have ended");

        let asked = wechat.asked(SESSION).len();
        let used = app.sign_in(&json!({"code": "wang~1", "invitation": invitation})).await;
        assert_eq!(used.problem(), (404, "notFound".to_owned()), "an invitation counts once");
        let none = app.sign_in(&json!({"code": "wang~1", "invitation": "gci_x"})).await;
        assert_eq!(none.problem(), (404, "notFound".to_owned()));
        assert_eq!(wechat.asked(SESSION).len(), asked, "no code is spent on it");

        let second = app.invite(Role::Inspector).await;
        let stranger = app.sign_in(&json!({"code": "wang~1", "invitation": second})).await;
        assert_eq!((stranger.status, stranger.json()["roles"].clone()), (201, json!(["inspector"])));
    }
}

on_both! {
    async fn an_invitation_to_sign_in_anew_binds_another_wechat(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let invitation = app.invite(Role::Cleaner).await;
        let joined = app.sign_in(&json!({"code": "li~1", "invitation": invitation})).await;
        let (before, person) = (joined.text_of("/token"), app.get("/api/v1/me", &joined.text_of("/token")).await);
        let person: PersonId = person.text_of("/id").parse().unwrap();
        let renew = async || {
            let renewed = invitations::renew(&app.ctx, Caller::Host, person, None).await.unwrap();
            renewed.0.reveal(TokenKind::Invitation)
        };
        let (_, somebody_else) = app.signed_in("wang~1").await;
        let taken = app.sign_in(&json!({"code": "wang~2", "invitation": renew().await})).await;
        assert_eq!(taken.problem(), (409, "conflict".to_owned()), "that WeChat is somebody else's");
        let anew = app.sign_in(&json!({"code": "li-new~1", "invitation": renew().await})).await;
        assert_eq!((anew.status, anew.json()["roles"].clone()), (201, json!(["cleaner"])), "{}", anew.text);
        let me = app.get("/api/v1/me", &anew.text_of("/token")).await.text_of("/id");
        assert_eq!(me, person.to_string());
        assert_eq!(app.get("/api/v1/me", &before).await.status, 401);
        let (_, old) = app.signed_in("li~2").await;
        assert!(old != person && old != somebody_else, "the WeChat from before is a stranger's now");
    }
}

/// The second factor that an answer tells.
pub(super) fn factor(uri: &str) -> TotpSecret {
    let secret = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    TotpSecret::read(secret).unwrap()
}

on_both! {
    async fn wechat_alone_gives_nobody_the_power_of_a_supervisor(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        for (role, person) in [(Role::Supervisor, "li"), (Role::Admin, "wang")] {
            let (before, _) = app.signed_in(&format!("{person}~0")).await;
            let invitation = app.invite(role).await;
            let joined = app.sign_in(&json!({"code": format!("{person}~1"), "invitation": invitation})).await;
            assert_eq!((joined.status, joined.json()["roles"].clone()), (201, json!([role.as_str()])));
            assert_eq!((joined.json().get("token"), joined.json().get("expiresAt")), (None, None), "{}", joined.text);
            assert_eq!(app.get("/api/v1/me", &before).await.status, 401, "nor does a session from before get it");

            let bare = app.sign_in(&json!({"code": format!("{person}~2")})).await;
            assert_eq!(bare.problem(), (401, "secondFactorNeeded".to_owned()));
            let totp = factor(&joined.text_of("/totp"));
            let code = totp.code_at(moment(0).timestamp());
            let off = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
            let wrong = app.sign_in(&json!({"code": format!("{person}~3"), "totp": off})).await;
            assert_eq!(wrong.problem(), (401, "unauthenticated".to_owned()));
            let right = app.sign_in(&json!({"code": format!("{person}~4"), "totp": code})).await;
            assert_eq!((right.status, right.json().get("totp")), (201, None), "{}", right.text);
            assert_eq!(app.get("/api/v1/staff", &right.text_of("/token")).await.status, 200);
            let again = app.sign_in(&json!({"code": format!("{person}~5"), "totp": code})).await;
            assert_eq!(again.problem(), (401, "unauthenticated".to_owned()), "its code counts once");

            // A further invitation is taken with the factor that there is, and gives no other.
            let later = service(&database, 60, &wechat).await;
            let (cleaner, code) = (later.invite(Role::Cleaner).await, totp.code_at(moment(60).timestamp()));
            let bare = later.sign_in(&json!({"code": format!("{person}~6"), "invitation": cleaner})).await;
            assert_eq!(bare.problem(), (401, "secondFactorNeeded".to_owned()));
            let body = json!({"code": format!("{person}~7"), "invitation": cleaner, "totp": code});
            let further = later.sign_in(&body).await;
            assert_eq!((further.status, further.json().get("totp")), (201, None), "{}", further.text);
        }
    }
}

on_both! {
    async fn a_second_factor_cannot_be_tried_for_ever(database: Database) {
        let wechat = Standin::start().await;
        let app = service(&database, 0, &wechat).await;
        let invitation = app.invite(Role::Supervisor).await;
        let joined = app.sign_in(&json!({"code": "li~a", "invitation": invitation})).await;
        let code = factor(&joined.text_of("/totp")).code_at(moment(0).timestamp());
        let off = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
        for number in 0..5 {
            let wrong = app.sign_in(&json!({"code": format!("li~{number}"), "totp": off})).await;
            assert_eq!(wrong.problem(), (401, "unauthenticated".to_owned()), "{number}");
        }
        let locked = app.sign_in(&json!({"code": "li~b", "totp": code})).await;
        assert_eq!(locked.problem(), (429, "tooManyRequests".to_owned()));
        let later = service(&database, 15 * 60, &wechat).await;
        let code = factor(&joined.text_of("/totp")).code_at(moment(15 * 60).timestamp());
        assert_eq!(later.sign_in(&json!({"code": "li~c", "totp": code})).await.status, 201, "the window is over");
    }
}

on_both! {
    async fn every_error_code_has_its_answer(database: Database) {
        let wechat = Standin::start().await;
        for (code, status, word) in [
            (40029, 401, "unauthenticated"),
            (40163, 401, "unauthenticated"),
            (45011, 429, "tooManyRequests"),
            (40226, 403, "wechatBarred"),
            (40013, 503, "wechatUnavailable"),
            (40125, 503, "wechatUnavailable"),
            (-1, 503, "wechatUnavailable"),
        ] {
            let app = service(&database, 0, &wechat).await;
            wechat.always(SESSION, Reply::code(code));
            let asked = wechat.asked(SESSION).len();
            let refused = app.sign_in(&json!({"code": "canary-code"})).await;
            assert_eq!(refused.problem(), (status, word.to_owned()), "{code}");
            assert!(!refused.text.contains("canary"), "{}", refused.text);
            if status == 429 || status == 503 {
                assert_eq!(refused.headers["retry-after"], refused.json()["retryAfterSeconds"].to_string());
            }
            let times = wechat.asked(SESSION).len() - asked;
            assert_eq!(times, if code == -1 { 2 } else { 1 }, "{code}: asked again when busy, and only then");
        }
        wechat.behave(SESSION);
        wechat.next(SESSION, Reply::code(-1));
        assert_eq!(service(&database, 0, &wechat).await.sign_in(&json!({"code": "li"})).await.status, 201);
    }
}

on_both! {
    async fn failed_codes_count_by_address_and_outages_do_not(database: Database) {
        let wechat = Standin::start().await;
        wechat.always(SESSION, Reply::Status(502, "<html>bad gateway</html>".to_owned()));
        let app = service(&database, 0, &wechat).await;
        for _ in 0..25 {
            let refused = app.sign_in(&json!({"code": "x"})).await;
            assert_eq!(refused.problem(), (503, "wechatUnavailable".to_owned()));
        }
        wechat.always(SESSION, Reply::code(40029));
        let app = service(&database, 0, &wechat).await;
        for number in 0..20 {
            assert_eq!(app.sign_in(&json!({"code": "x"})).await.status, 401, "{number}");
        }
        wechat.behave(SESSION);
        let asked = wechat.asked(SESSION).len();
        let refused = app.sign_in(&json!({"code": "li~1"})).await;
        assert_eq!(refused.problem(), (429, "tooManyRequests".to_owned()));
        assert_eq!(wechat.asked(SESSION).len(), asked);
        let later = service(&database, 60, &wechat).await;
        assert_eq!(later.sign_in(&json!({"code": "li~1"})).await.status, 201, "a minute later");
    }
}

on_both! {
    async fn without_an_app_these_say_so_and_the_rest_works(database: Database) {
        let wechat = Standin::start().await;
        let (token, person) = service(&database, 0, &wechat).await.signed_in("li").await;
        let app = service_with(&database, 0, None).await;
        let consents = json!([{"templateId": "tmpl-due", "result": "accept"}]);
        for refused in [
            app.sign_in(&json!({"code": "wang"})).await,
            app.get("/api/v1/me/message-templates", &token).await,
            app.post("/api/v1/me/message-consents", &token, &consents).await,
            app.post("/api/v1/me/phone", &token, &json!({"code": "x"})).await,
            app.get("/api/v1/wechat/push?signature=x&timestamp=1&nonce=2&echostr=3", "").await,
            app.post("/api/v1/wechat/push?signature=x&timestamp=1&nonce=2", "", &json!({})).await,
        ] {
            assert_eq!(refused.problem(), (503, "wechatNotConfigured".to_owned()));
            assert_eq!(refused.headers["retry-after"], "3600");
        }
        let me = app.get("/api/v1/me", &token).await;
        assert_eq!((me.status, me.text_of("/id")), (200, person.to_string()));
        assert_eq!(app.get("/api/v1/toilets", "").await.status, 200);
    }
}

on_both! {
    async fn sessions_go_on_while_wechat_is_away(database: Database) {
        let wechat = Standin::start().await;
        let (token, _) = service(&database, 0, &wechat).await.signed_in("li").await;
        // A port that nobody listens on.
        let app = service_with(&database, 60, Some(client("http://127.0.0.1:9"))).await;
        let refused = app.sign_in(&json!({"code": "wang"})).await;
        assert_eq!(refused.problem(), (503, "wechatUnavailable".to_owned()));
        assert_eq!(app.get("/api/v1/me", &token).await.status, 200);
        assert_eq!(app.ask(Method::DELETE, "/api/v1/sessions/current", &token, "").await.status, 204);
    }
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_before_wechat_is_asked() {
    let database = crate::harness::stores::Database::migrated(crate::harness::stores::Kind::Sqlite).await;
    let wechat = Standin::start().await;
    let app = service(&database, 0, &wechat).await;
    for body in [
        json!({}),
        json!({"code": 1}),
        json!({"code": "x", "openid": "o"}),
        json!({"code": "x".repeat(129)}),
        Value::Null,
    ] {
        assert_eq!(app.sign_in(&body).await.status, 400, "{body}");
    }
    assert!(wechat.asked(SESSION).is_empty());
}

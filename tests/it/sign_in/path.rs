//! Signing in and out, and being refused.

use gongce::domain::account::LockOut;
use poem::http::Method;
use serde_json::json;

use super::{PASSWORD, PIN, Service, by_password, ctx, journal, moment, service, serving};
use crate::harness::make::keys;
use crate::harness::stores::{Database, on_both};

on_both! {
    async fn the_first_admin_joins_signs_in_and_out(database: Database) {
        let app = service(&database, 0).await;
        let invitation = app.bootstrap().await;
        let (joined, totp) = app.join(&invitation, "wang.li").await;
        let again = json!({"invitation": invitation, "login": "li.na", "password": PASSWORD});
        assert_eq!(app.post("/api/v1/invitations/accept", "", &again).await.status, 404, "it counts once");

        let code = totp.code_at(moment(0).timestamp());
        let opened = app.sign_in(&by_password(PASSWORD, Some(&code))).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        assert_eq!(opened.headers["cache-control"], "no-store");
        let token = opened.text_of("/token");

        let me = app.ask(Method::GET, "/api/v1/me", &token, "").await;
        assert_eq!((me.status, me.text_of("/id")), (200, joined.text_of("/person")));
        assert_eq!(me.text_of("/grants/0/role"), "admin");
        let sessions = app.ask(Method::GET, "/api/v1/me/sessions", &token, "").await;
        assert_eq!(sessions.json()["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(sessions.json()["items"][0]["current"], true);
        assert_eq!(sessions.text_of("/items/0/id"), opened.text_of("/session/id"));

        assert_eq!(app.ask(Method::DELETE, "/api/v1/sessions/current", &token, "").await.status, 204);
        let after = app.ask(Method::GET, "/api/v1/me", &token, "").await;
        assert_eq!((after.status, after.text_of("/code")), (401, "unauthenticated".to_owned()));
        assert_eq!(after.headers["www-authenticate"], "Bearer");

        let used = app.sign_in(&by_password(PASSWORD, Some(&code))).await;
        assert_eq!(used.status, 401, "a code counts once");
        let rows = journal(&database).await;
        let told: Vec<_> = rows.iter().map(|[kind, action, role, _]| format!("{kind} {action} {role}")).collect();
        let expected = [
            "invitation create system",
            "invitation retire admin",
            "person create admin",
            "grant create admin",
            "session login admin",
            "session logout admin",
            "session loginFailed admin",
        ];
        assert_eq!(told, expected);
        assert!(rows[1..].iter().all(|row| row[3].starts_with(&joined.text_of("/person"))), "under a pseudonym: {rows:?}");
        assert!(rows.iter().all(|row| !row[3].contains("王丽") && !row[3].contains("wang.li")), "{rows:?}");
    }
}

on_both! {
    async fn whatever_is_wrong_the_answer_is_the_same_until_the_account_is_locked(database: Database) {
        let app = service(&database, 0).await;
        let (_, totp) = app.join(&app.bootstrap().await, "wang.li").await;
        let code = totp.code_at(moment(0).timestamp());
        let wrong_code = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
        let stranger = json!({"login": "nobody.here", "password": PASSWORD, "code": code});
        let refused = app.sign_in(&stranger).await;
        assert_eq!(refused.status, 401);
        let wrong = [
            by_password("canary-wrong-horse", Some(&code)),
            by_password(PASSWORD, Some(&wrong_code)),
            by_password(PASSWORD, None),
            by_password("canary-wrong-horse", None),
            by_password("", Some(&code)),
        ];
        for body in &wrong {
            let answer = app.sign_in(body).await;
            assert_eq!((answer.status, &answer.text), (401, &refused.text), "{body}");
        }
        // Five failures: now the right ones are refused too, on every process.
        for process in [&app, &service(&database, 60).await] {
            let locked = process.sign_in(&by_password(PASSWORD, Some(&code))).await;
            assert_eq!((locked.status, locked.text_of("/code")), (429, "tooManyRequests".to_owned()));
            let seconds: i64 = locked.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=15 * 60).contains(&seconds), "{seconds}");
            assert_eq!(locked.json()["retryAfterSeconds"], seconds);
        }
        let later = service(&database, 15 * 60).await;
        let code = totp.code_at(moment(15 * 60).timestamp());
        assert_eq!(later.sign_in(&by_password(PASSWORD, Some(&code))).await.status, 201, "the window is over");
    }
}

on_both! {
    async fn without_the_lock_somebody_who_guesses_gets_in(database: Database) {
        let app = service(&database, 0).await;
        let (_, totp) = app.join(&app.bootstrap().await, "wang.li").await;
        let code = totp.code_at(moment(0).timestamp());
        let open = unlocked(&database).await;
        for _ in 0..30 {
            assert_eq!(open.sign_in(&by_password("canary-wrong-horse", Some(&code))).await.status, 401);
        }
        assert_eq!(open.sign_in(&by_password(PASSWORD, Some(&code))).await.status, 201, "the control");
    }
}

on_both! {
    async fn an_address_that_tries_many_accounts_is_told_to_wait(database: Database) {
        let (app, open) = (service(&database, 0).await, unlocked(&database).await);
        let guess = |number: usize| json!({"login": format!("nobody{number}"), "password": PASSWORD});
        for number in 0..20 {
            assert_eq!(app.sign_in(&guess(number)).await.status, 401);
        }
        assert_eq!(app.sign_in(&guess(20)).await.status, 429);
        assert_eq!(open.sign_in(&guess(21)).await.status, 401, "the control");
        let later = service(&database, 60).await;
        assert_eq!(later.sign_in(&guess(22)).await.status, 401, "the minute is over");
    }
}

/// A process that locks nobody out.
async fn unlocked(database: &Database) -> Service {
    let ctx = ctx(database, 0, keys("1")).await.locking_out(LockOut { by_account: u16::MAX, by_address: u16::MAX });
    serving(ctx)
}

on_both! {
    async fn a_cleaner_signs_in_with_a_pin_on_their_device_alone(database: Database) {
        let app = service(&database, 0).await;
        let (admin, _) = app.first_admin().await;
        let mut devices = Vec::new();
        for pin in [PIN, "314159"] {
            let invitation = app.invite(&admin, "cleaner").await;
            let body = json!({"invitation": invitation, "pin": pin});
            let joined = app.post("/api/v1/invitations/accept", "", &body).await;
            assert_eq!(joined.status, 201, "{}", joined.text);
            assert!(joined.json().get("totp").is_none());
            devices.push(joined.text_of("/device"));
        }
        let opened = app.sign_in(&json!({"device": devices[0], "pin": PIN})).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        let token = opened.text_of("/token");
        assert_eq!(app.ask(Method::GET, "/api/v1/me", &token, "").await.status, 200);
        assert_eq!(app.ask(Method::GET, "/api/v1/staff", &token, "").await.status, 403);
        assert_eq!(app.sign_in(&json!({"device": devices[1], "pin": PIN})).await.status, 401, "another's device");
        assert_eq!(app.sign_in(&json!({"device": devices[0], "pin": "161803"})).await.status, 401);
        assert_eq!(app.sign_in(&json!({"device": devices[0]})).await.status, 422);

        let supervisor = app.invite(&admin, "supervisor").await;
        let body = json!({"invitation": supervisor, "pin": PIN});
        assert_eq!(app.post("/api/v1/invitations/accept", "", &body).await.status, 422, "a PIN is for cleaners");
    }
}

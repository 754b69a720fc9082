//! The page's session: in a cookie that no script reads and that no other page can use.

use gongce::domain::secret::TotpSecret;
use poem::http::Method;
use serde_json::{Value, json};

use super::{Answer, PASSWORD, Service, ctx, moment, service, serving};
use crate::harness::make::keys;
use crate::harness::stores::{Database, on_both};

const OWN: &str = "https://toilets.example";
const SESSIONS: &str = "/api/v1/sessions";
const CURRENT: &str = "/api/v1/sessions/current";
const INVITATIONS: &str = "/api/v1/staff/invitations";

/// A process that the public reaches there.
async fn reached_at(database: &Database, url: &str) -> Service {
    serving(ctx(database, 0, keys("1")).await.reached_at(Some(url.parse().unwrap())))
}

fn credentials(totp: &TotpSecret) -> String {
    let code = totp.code_at(moment(0).timestamp());
    json!({"login": "wang.li", "password": PASSWORD, "code": code, "cookie": true}).to_string()
}

/// The first admin on a page of that origin: the `name=value` of the cookie, and the answer that gave it.
async fn page(app: &Service, origin: &str) -> (String, Answer) {
    let (_, totp) = app.join(&app.bootstrap().await, "wang.li").await;
    let opened = app.ask_with(Method::POST, SESSIONS, &[("origin", origin)], &credentials(&totp)).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let given = opened.headers["set-cookie"].to_str().unwrap();
    (given.split(';').next().unwrap().to_owned(), opened)
}

fn invitation() -> String {
    json!({"name": "李娜", "role": "cleaner"}).to_string()
}

on_both! {
    async fn the_page_gets_a_cookie_and_no_token(database: Database) {
        let app = reached_at(&database, OWN).await;
        let (cookie, opened) = page(&app, OWN).await;
        let given = opened.headers["set-cookie"].to_str().unwrap();
        assert!(given.starts_with("__Host-gongce=gct_") && given.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
        assert!(!opened.text.contains("gct_") && opened.json().get("token").is_none(), "{}", opened.text);

        let me = app.ask_with(Method::GET, "/api/v1/me", &[("cookie", &cookie)], "").await;
        assert_eq!(me.status, 200, "reading needs no origin: {}", me.text);
        let ended = app.ask_with(Method::DELETE, CURRENT, &[("cookie", &cookie), ("origin", OWN)], "").await;
        assert_eq!(ended.status, 204);
        let taken = ended.headers["set-cookie"].to_str().unwrap();
        assert!(taken.starts_with("__Host-gongce=;") && taken.ends_with("; Max-Age=0") && taken.contains("; Secure"));
        assert_eq!(app.ask_with(Method::GET, "/api/v1/me", &[("cookie", &cookie)], "").await.status, 401);
    }
}

on_both! {
    async fn another_page_cannot_act_with_the_cookie(database: Database) {
        let app = reached_at(&database, OWN).await;
        let (cookie, _) = page(&app, OWN).await;
        let write = async |headers: &[(&str, &str)]| {
            let headers = [&[("cookie", cookie.as_str())], headers].concat();
            app.ask_with(Method::POST, INVITATIONS, &headers, &invitation()).await
        };
        for own in [&[("origin", OWN)][..], &[("origin", OWN), ("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "same-origin")]] {
            assert_eq!(write(own).await.status, 201, "the control: {own:?}");
        }
        for foreign in [
            &[][..],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://toilets.example")],
            &[("origin", "https://toilets.example.evil.example")],
            &[("origin", "https://toilets.example:8443")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
        ] {
            let refused = write(foreign).await;
            assert_eq!((refused.status, refused.text_of("/code")), (403, "foreignOrigin".to_owned()), "{foreign:?}");
        }
        // Whoever names the token themselves is no page that a browser was tricked into.
        let token = cookie.strip_prefix("__Host-gongce=").unwrap();
        let bearer = app.ask_with(Method::POST, INVITATIONS, &[("authorization", &format!("Bearer {token}"))], &invitation()).await;
        assert_eq!(bearer.status, 201, "{}", bearer.text);
    }
}

on_both! {
    async fn what_is_not_valid_is_never_somebody_else(database: Database) {
        let app = reached_at(&database, OWN).await;
        let (cookie, _) = page(&app, OWN).await;
        for headers in [
            &[("cookie", "__Host-gongce=gct_x")][..],
            &[("cookie", "__Host-gongce=")],
            &[("authorization", "Bearer gct_x"), ("cookie", cookie.as_str())],
            &[("authorization", "Basic d2FuZzps"), ("cookie", cookie.as_str())],
            &[("authorization", ""), ("cookie", cookie.as_str())],
        ] {
            assert_eq!(app.ask_with(Method::GET, "/api/v1/me", headers, "").await.status, 401, "{headers:?}");
        }
    }
}

on_both! {
    async fn a_foreign_page_signs_nobody_in_and_loopback_has_a_cookie_of_its_own(database: Database) {
        let app = reached_at(&database, "http://127.0.0.1:8080").await;
        let (cookie, opened) = page(&app, "http://127.0.0.1:8080").await;
        assert!(cookie.starts_with("gongce=gct_"), "browsers keep no __Host- cookie on plain http: {cookie}");
        assert!(!opened.headers["set-cookie"].to_str().unwrap().contains("Secure"));
        assert_eq!(app.ask_with(Method::GET, "/api/v1/me", &[("cookie", &cookie)], "").await.status, 200);
        let wrong: Value = json!({"login": "wang.li", "password": PASSWORD, "cookie": true});
        let foreign = app.ask_with(Method::POST, SESSIONS, &[("origin", "https://evil.example")], &wrong.to_string()).await;
        assert_eq!((foreign.status, foreign.text_of("/code")), (403, "foreignOrigin".to_owned()));
        let nowhere = service(&database, 0).await;
        let own = nowhere.ask_with(Method::POST, SESSIONS, &[("sec-fetch-site", "same-origin")], &wrong.to_string()).await;
        assert_eq!((own.status, own.text_of("/errors/0/field")), (422, "cookie".to_owned()), "nobody said whose page it is");
    }
}

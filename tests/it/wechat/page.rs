//! Signing in on the page by the official account: only the browser that went to WeChat comes back from there, once.

use std::sync::Arc;
use std::time::Duration;

use gongce::domain::account::{PersonId, Role};
use gongce::domain::holiday::Calendars;
use gongce::domain::secret::TokenKind;
use gongce::gateway::wechat::{Account, AppSecret, Settings, Setup};
use gongce::http::{Door, Limits, render_fragment, routes};
use gongce::usecase::{Caller, Clock, Ctx, invitations};
use poem::http::Method;
use poem::{Endpoint, Request};
use reqwest::Url;
use serde_json::{Value, json};

use super::sign_in::factor;
use super::standin::{ACCOUNT, Reply, Standin};
use super::{Answer, Service, client, journal, moment, rows};
use crate::harness::make::keys;
use crate::harness::stores::{Database, on_both};

const APP: &str = "wx00112233445566bb";
const SECRET: &str = "0123456789abcdef00112233445566cb";
const OWN: &str = "https://toilets.example";
const GO: &str = "/api/v1/wechat/authorizations";
const BACK: &str = "/api/v1/sessions/wechat/page";

fn account(url: &str) -> Arc<Account> {
    let settings = Settings { base_url: format!("{url}/"), time: Duration::from_secs(2), ..Settings::default() };
    let (app_id, secret) = (APP.to_owned(), AppSecret::new(SECRET).unwrap());
    Arc::new(Account::new(Setup { app_id, secret, push_token: None, settings }).unwrap())
}

/// A process with a mini program and an account, which the public reaches at [`OWN`].
async fn page(database: &Database, seconds: i64, wechat: &Standin) -> Service {
    around(database, seconds, wechat, true).await
}

/// The same, perhaps without the account.
async fn around(database: &Database, seconds: i64, wechat: &Standin, has_account: bool) -> Service {
    let clock = Clock::fixed(moment(seconds));
    let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render_fragment);
    let account = has_account.then(|| account(&wechat.url));
    let ctx = ctx.with_wechat(Some(client(&wechat.url))).with_wechat_account(account);
    let ctx = Arc::new(ctx.reached_at(OWN.parse().ok()));
    Service { endpoint: routes(Arc::clone(&ctx), Door::new(Limits::default())), ctx }
}

/// A browser that was sent to WeChat: the state in the address, and the `name=value` of its cookie.
struct Away {
    url: Url,
    state: String,
    cookie: String,
    given: String,
}

impl Service {
    async fn post_from(&self, origin: &str, cookie: &str, path: &str, body: &Value) -> Answer {
        let mut request = Request::builder().method(Method::POST).uri_str(path).header("x-request-id", "test");
        request = request.content_type("application/json").header("origin", origin);
        if !cookie.is_empty() {
            request = request.header("cookie", cookie);
        }
        let (parts, body) = self.endpoint.get_response(request.body(body.to_string())).await.into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text: body.into_string().await.unwrap() }
    }

    /// Sends a browser to WeChat.
    async fn leave(&self, wanted: &Value) -> Away {
        let answer = self.post_from(OWN, "", GO, wanted).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let url: Url = answer.text_of("/url").parse().unwrap();
        let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let given = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        Away { url, state, cookie: given.split(';').next().unwrap().to_owned(), given }
    }

    /// Comes back with a code.
    async fn back(&self, away: &Away, code: &str) -> Answer {
        self.post_from(OWN, &away.cookie, BACK, &json!({"code": code, "state": away.state})).await
    }

    /// There and back.
    async fn by_page(&self, code: &str, wanted: Value) -> Answer {
        let away = self.leave(&wanted).await;
        self.back(&away, code).await
    }

    /// Whose session an answer gave in its cookie.
    async fn person_in(&self, answer: &Answer) -> PersonId {
        assert_eq!(answer.status, 201, "{}", answer.text);
        let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let request = Request::builder().uri_str("/api/v1/me").header("cookie", cookie).finish();
        let me = self.endpoint.get_response(request).await.into_body().into_string().await.unwrap();
        serde_json::from_str::<Value>(&me).unwrap()["id"].as_str().unwrap_or_else(|| panic!("{me}")).parse().unwrap()
    }
}

fn to_staff() -> Value {
    json!({"page": "staff"})
}

on_both! {
    async fn an_invitation_is_taken_up_with_wechat_and_that_signs_in_from_then_on(database: Database) {
        let wechat = Standin::start().await;
        let app = page(&database, 0, &wechat).await;
        let invitation = app.invite(Role::Cleaner).await;
        let away = app.leave(&json!({"page": "join", "invitation": invitation})).await;
        let query: Vec<_> = away.url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
        let (back, state) = (format!("redirect_uri={OWN}/join"), format!("state={}", away.state));
        let expected = [&format!("appid={APP}"), &back, "response_type=code", "scope=snsapi_base", &state];
        assert_eq!(query, expected, "in WeChat's own order");
        assert_eq!((away.url.host_str(), away.url.fragment()), (Some("open.weixin.qq.com"), Some("wechat_redirect")));
        assert!(away.state.len() == 64 && away.state.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert!(away.given.starts_with("__Host-gongce-wechat=") && !away.given.contains(&invitation), "{}", away.given);
        assert!(away.given.ends_with("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax"), "{}", away.given);

        let joined = app.back(&away, "li~1").await;
        let cookie = joined.headers["set-cookie"].to_str().unwrap().to_owned();
        assert_eq!((joined.status, joined.json()["roles"].clone()), (201, json!(["cleaner"])), "{}", joined.text);
        assert!(cookie.starts_with("__Host-gongce=gct_") && cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
        assert!(!joined.text.contains("gct_") && joined.json().get("token").is_none(), "{}", joined.text);
        assert_eq!(joined.text_of("/expiresAt"), "2027-02-21T08:00:00Z", "a cleaner's 90 days");
        let person = app.person_in(&joined).await;
        assert_eq!(app.person_in(&app.by_page("li~2", to_staff()).await).await, person);

        let asked = &wechat.asked(ACCOUNT)[0].query;
        assert_eq!((asked["appid"].as_str(), asked["secret"].as_str(), asked["code"].as_str()), (APP, SECRET, "li~1"));
        assert_eq!(asked["grant_type"], "authorization_code");
        let told = journal(&database).await;
        assert_eq!(told.iter().filter(|row| row.starts_with("session login cleaner")).count(), 1, "{told:?}");
        assert_eq!(told.iter().filter(|row| row.starts_with("invitation retire")).count(), 1, "{told:?}");
        for identity in rows(&database, "identity", &["kind", "realm", "login", "hash"]).await {
            assert_eq!(identity[..2], ["wechat", "account"]);
            assert!(!identity.concat().contains("canary"), "{identity:?}");
        }
        let used = app.post_from(OWN, "", GO, &json!({"page": "join", "invitation": invitation})).await;
        assert_eq!(used.problem(), (404, "notFound".to_owned()), "before anybody goes to WeChat for it");
    }
}

on_both! {
    async fn only_the_browser_that_left_comes_back_and_once(database: Database) {
        let wechat = Standin::start().await;
        let app = page(&database, 0, &wechat).await;
        let invitation = app.invite(Role::Cleaner).await;
        app.by_page("li~0", json!({"page": "join", "invitation": invitation})).await;
        let asked = wechat.asked(ACCOUNT).len();
        let (mine, other) = (app.leave(&to_staff()).await, app.leave(&to_staff()).await);
        let refused = async |cookie: &str, state: &str| {
            let body = json!({"code": "li~1", "state": state});
            let answer = app.post_from(OWN, cookie, BACK, &body).await;
            assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "{cookie} {state}");
            assert!(answer.headers.get("set-cookie").is_none());
        };
        // A link with somebody else's code and state, opened in a browser that never left, or left for something else.
        refused("", &mine.state).await;
        refused(&other.cookie, &mine.state).await;
        refused(&mine.cookie, &"0".repeat(64)).await;
        refused(&mine.cookie, "").await;
        refused("__Host-gongce-wechat=1x", &mine.state).await;
        let late = page(&database, 600, &wechat).await;
        assert_eq!(late.back(&mine, "li~1").await.problem(), (401, "unauthenticated".to_owned()), "after ten minutes");
        assert_eq!(wechat.asked(ACCOUNT).len(), asked, "WeChat is not asked");

        // The control: none of that has used it up.
        assert_eq!(app.back(&mine, "li~1").await.status, 201);
        refused(&mine.cookie, &mine.state).await;
        let again = page(&database, 599, &wechat).await;
        assert_eq!(again.back(&mine, "li~2").await.problem(), (401, "unauthenticated".to_owned()), "on any process");
        assert_eq!(wechat.asked(ACCOUNT).len(), asked + 1);
        let told = journal(&database).await;
        assert_eq!(told.iter().filter(|row| row.starts_with("session loginFailed")).count(), 8, "{told:?}");
    }
}

on_both! {
    async fn of_many_who_bring_a_state_at_once_one_gets_in(database: Database) {
        let wechat = Standin::start().await;
        let app = page(&database, 0, &wechat).await;
        let invitation = app.invite(Role::Cleaner).await;
        app.by_page("li~0", json!({"page": "join", "invitation": invitation})).await;
        let away = Arc::new(app.leave(&to_staff()).await);
        let mut all = Vec::new();
        for number in 0..4 {
            let (app, away) = (page(&database, 0, &wechat).await, Arc::clone(&away));
            all.push(tokio::spawn(async move { app.back(&away, &format!("li~a{number}")).await.status }));
        }
        let mut statuses = Vec::new();
        for one in all {
            statuses.push(one.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 401, 401, 401]);
    }
}

on_both! {
    async fn what_wechat_refuses_is_told_and_counted(database: Database) {
        let wechat = Standin::start().await;
        for (reply, status, word) in [
            (Reply::code(40029), 401, "unauthenticated"),
            (Reply::code(40163), 401, "unauthenticated"),
            (Reply::code(40226), 403, "wechatBarred"),
            (Reply::code(45011), 429, "tooManyRequests"),
            (Reply::code(40125), 503, "wechatUnavailable"),
            (Reply::Cut, 503, "wechatUnavailable"),
            (Reply::Redirect("http://127.0.0.1:9/canary".to_owned()), 503, "wechatUnavailable"),
            (Reply::Json(r#"{"openid": "canary-openid-x", "is_snapshotuser": 1}"#.to_owned()), 403, "wechatPreview"),
        ] {
            let app = page(&database, 0, &wechat).await;
            wechat.next(ACCOUNT, reply);
            let refused = app.by_page("canary-code", to_staff()).await;
            assert_eq!(refused.problem(), (status, word.to_owned()));
            assert!(!refused.text.contains("canary") && refused.headers.get("set-cookie").is_none(), "{}", refused.text);
        }
        let app = page(&database, 60, &wechat).await;
        wechat.always(ACCOUNT, Reply::code(40029));
        for number in 0..20 {
            assert_eq!(app.by_page("x", to_staff()).await.status, 401, "{number}");
        }
        let asked = wechat.asked(ACCOUNT).len();
        assert_eq!(app.by_page("x", to_staff()).await.problem(), (429, "tooManyRequests".to_owned()));
        assert_eq!(wechat.asked(ACCOUNT).len(), asked);
    }
}

on_both! {
    async fn nobody_in_particular_stays_nobody(database: Database) {
        let wechat = Standin::start().await;
        let app = page(&database, 0, &wechat).await;
        let (_, citizen) = app.signed_in("both-li~1").await;
        for code in ["wang~1", "both-li~2"] {
            let refused = app.by_page(code, to_staff()).await;
            assert_eq!(refused.problem(), (403, "wechatUnknown".to_owned()), "{code}");
            assert!(refused.headers.get("set-cookie").is_none());
        }
        assert_eq!(rows(&database, "person", &["id"]).await, [[citizen.to_string()]]);
        let realms = rows(&database, "identity", &["realm"]).await;
        assert!(realms.iter().all(|row| row[0] != "account"), "{realms:?}");
    }
}

on_both! {
    async fn one_person_in_two_apps_is_one_where_wechat_says_so(database: Database) {
        let wechat = Standin::start().await;
        let app = page(&database, 0, &wechat).await;
        let joins = async |code: &str| {
            let invitation = app.invite(Role::Cleaner).await;
            app.person_in(&app.by_page(code, json!({"page": "join", "invitation": invitation})).await).await
        };
        // The citizen of the mini program joins on the page.
        let (_, citizen) = app.signed_in("both-li~1").await;
        assert_eq!(joins("both-li~1").await, citizen);
        // Whoever joined on the page opens the mini program.
        let cleaner = joins("both-wang~1").await;
        assert_eq!(app.signed_in("both-wang~1").await.1, cleaner);
        assert_eq!(app.signed_in("both-wang~2").await.1, cleaner, "and is known there from then on");
        // The control: where WeChat says nothing, the same word in two apps is two people.
        let apart = joins("zhao~1").await;
        assert_ne!(app.signed_in("zhao~1").await.1, apart);
        let mut realms = rows(&database, "identity", &["realm"]).await.concat();
        realms.sort();
        let expected = [["account"; 3].as_slice(), &["miniProgram"; 3], &["union"; 2]].concat();
        assert_eq!(realms, expected);
        let export = app.ask(Method::GET, "/api/v1/me/export", &app.signed_in("both-wang~3").await.0, "").await;
        assert_eq!(export.json()["identities"].as_array().map(Vec::len), Some(3), "{}", export.text);
        assert!(!export.text.contains("canary"));
    }
}

on_both! {
    async fn power_takes_the_second_factor_here_too(database: Database) {
        let wechat = Standin::start().await;
        let app = page(&database, 0, &wechat).await;
        let invitation = app.invite(Role::Supervisor).await;
        let joined = app.by_page("li~1", json!({"page": "join", "invitation": invitation})).await;
        assert_eq!((joined.status, joined.json()["roles"].clone()), (201, json!(["supervisor"])), "{}", joined.text);
        assert!(joined.headers.get("set-cookie").is_none(), "no session yet");
        let code = factor(&joined.text_of("/totp")).code_at(moment(0).timestamp());
        let bare = app.by_page("li~2", to_staff()).await;
        assert_eq!(bare.problem(), (401, "secondFactorNeeded".to_owned()));
        let away = app.leave(&json!({"page": "staff", "totp": code})).await;
        assert!(!away.url.as_str().contains(&code) && !away.given.contains(&code), "it goes sealed");
        let signed = app.back(&away, "li~3").await;
        assert_eq!((signed.status, signed.json().get("totp")), (201, None), "{}", signed.text);
        let again = app.by_page("li~4", json!({"page": "staff", "totp": code})).await;
        assert_eq!(again.problem(), (401, "unauthenticated".to_owned()), "its code counts once");
    }
}

on_both! {
    async fn an_invitation_to_sign_in_anew_binds_this_wechat_alone(database: Database) {
        let wechat = Standin::start().await;
        let app = page(&database, 0, &wechat).await;
        let invitation = app.invite(Role::Cleaner).await;
        let person = app.person_in(&app.by_page("li~1", json!({"page": "join", "invitation": invitation})).await).await;
        let renewed = invitations::renew(&app.ctx, Caller::Host, person, None).await.unwrap();
        let invitation = renewed.0.reveal(TokenKind::Invitation);
        let anew = app.by_page("li-new~1", json!({"page": "join", "invitation": invitation})).await;
        assert_eq!(app.person_in(&anew).await, person);
        let old = app.by_page("li~2", to_staff()).await;
        assert_eq!(old.problem(), (403, "wechatUnknown".to_owned()), "the WeChat from before is a stranger's now");
    }
}

on_both! {
    async fn other_pages_begin_nothing_and_end_nothing(database: Database) {
        let wechat = Standin::start().await;
        let app = page(&database, 0, &wechat).await;
        let away = app.leave(&to_staff()).await;
        for origin in ["https://evil.example", "null", "http://toilets.example"] {
            let going = app.post_from(origin, "", GO, &to_staff()).await;
            assert_eq!(going.problem(), (403, "foreignOrigin".to_owned()));
            let body = json!({"code": "li~1", "state": away.state});
            let back = app.post_from(origin, &away.cookie, BACK, &body).await;
            assert_eq!(back.problem(), (403, "foreignOrigin".to_owned()));
        }
        for wrong in [json!({"page": "https://evil.example"}), json!({"page": "desk"}), json!({})] {
            assert_eq!(app.post_from(OWN, "", GO, &wrong).await.status, 400, "{wrong}");
        }
        // Without an account the page is not told of it, and who asks all the same is told so.
        let bare = around(&database, 0, &wechat, false).await;
        let shown = async |app: &Service| {
            let request = Request::builder().uri_str("/staff").finish();
            app.endpoint.get_response(request).await.into_body().into_string().await.unwrap()
        };
        assert!(shown(&app).await.contains("&quot;wechat&quot;:true"));
        assert!(!shown(&bare).await.contains("&quot;wechat&quot;"));
        let body = json!({"code": "li~1", "state": away.state});
        for refused in [
            bare.post_from(OWN, "", GO, &to_staff()).await,
            bare.post_from(OWN, &away.cookie, BACK, &body).await,
        ] {
            assert_eq!(refused.problem(), (503, "wechatNotConfigured".to_owned()));
        }
    }
}

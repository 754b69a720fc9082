//! From the first invitation to signing out, through the whole service.

mod account;
mod admins;
mod canary;
mod checks;
mod command;
mod cookie;
mod path;
pub(crate) mod processes;
mod proof;
mod sealed;
mod staff;
mod trail;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use gongce::domain::account::PersonName;
use gongce::domain::holiday::Calendars;
use gongce::domain::key::KeyRing;
use gongce::domain::secret::{TokenKind, TotpSecret};
use gongce::http::{Door, Limits, render_fragment, routes};
use gongce::usecase::{Clock, Ctx, invitations};
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderMap, Method};
use poem::{Endpoint, Request, Response};
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use serde_json::{Value, json};

use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::stores::Database;

const PASSWORD: &str = "canary-correct-horse";
const PIN: &str = "271828";

/// The service at one moment.
struct Service {
    endpoint: BoxEndpoint<'static, Response>,
    ctx: Arc<Ctx>,
}

/// An answer, read to its end.
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// A text of the body.
    fn text_of(&self, pointer: &str) -> String {
        self.json().pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{}", self.text)).to_owned()
    }
}

/// A process on the database whose clock stands so many seconds after [`NOW`].
async fn service(database: &Database, seconds: i64) -> Service {
    service_with(database, seconds, keys("1")).await
}

/// The same with other keys.
async fn service_with(database: &Database, seconds: i64, keys: KeyRing) -> Service {
    serving(ctx(database, seconds, keys).await)
}

/// What a process at that moment stands on.
async fn ctx(database: &Database, seconds: i64, keys: KeyRing) -> Ctx {
    Ctx::new(database.open().await, Clock::fixed(moment(seconds)), Calendars::builtin(), keys, render_fragment)
}

/// A process around it.
fn serving(ctx: Ctx) -> Service {
    let ctx = Arc::new(ctx);
    Service { endpoint: routes(Arc::clone(&ctx), Door::new(Limits::default())), ctx }
}

fn moment(seconds: i64) -> DateTime<Utc> {
    instant(NOW) + chrono::TimeDelta::seconds(seconds)
}

impl Service {
    /// Asks; always under the same name, so that answers can be compared.
    async fn ask(&self, method: Method, path: &str, token: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers: &[_] = if token.is_empty() { &[] } else { &[("authorization", bearer.as_str())] };
        self.ask_with(method, path, headers, body).await
    }

    /// The same with any headers.
    async fn ask_with(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri_str(path).header("x-request-id", "test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.content_type("application/json");
        }
        let (parts, body) = self.endpoint.get_response(request.body(body.to_owned())).await.into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text: body.into_string().await.unwrap() }
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, token, &body.to_string()).await
    }

    async fn sign_in(&self, body: &Value) -> Answer {
        self.post("/api/v1/sessions", "", body).await
    }

    /// What the host's command prints.
    async fn bootstrap(&self) -> String {
        let (token, _) = invitations::bootstrap(&self.ctx, PersonName::new("王丽").unwrap()).await.unwrap();
        token.reveal(TokenKind::Invitation)
    }

    /// Accepts an invitation with a password; answers the second factor.
    async fn join(&self, invitation: &str, login: &str) -> (Answer, TotpSecret) {
        let body = json!({"invitation": invitation, "login": login, "password": PASSWORD});
        let answer = self.post("/api/v1/invitations/accept", "", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let uri = answer.text_of("/totp");
        let secret = uri.strip_prefix(&format!("otpauth://totp/gongce:{login}?secret=")).unwrap();
        let secret = TotpSecret::read(secret.split('&').next().unwrap()).unwrap();
        (answer, secret)
    }

    /// Makes the first admin, `wang.li`, and signs them in.
    async fn first_admin(&self) -> (String, TotpSecret) {
        let (_, totp) = self.join(&self.bootstrap().await, "wang.li").await;
        let code = totp.code_at(self.ctx.clock.now().timestamp());
        let answer = self.sign_in(&by_password(PASSWORD, Some(&code))).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        (answer.text_of("/token"), totp)
    }

    /// Invites somebody in the name of an admin; answers the invitation.
    async fn invite(&self, token: &str, role: &str) -> String {
        let body = json!({"name": "李娜", "role": role});
        let answer = self.post("/api/v1/staff/invitations", token, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.text_of("/invitation")
    }
}

/// What `wang.li` sends.
fn by_password(password: &str, code: Option<&str>) -> Value {
    match code {
        Some(code) => json!({"login": "wang.li", "password": password, "code": code}),
        None => json!({"login": "wang.li", "password": password}),
    }
}

/// The whole journal: kind, action, role, and the row as one text.
async fn journal(database: &Database) -> Vec<[String; 4]> {
    let connection = Connection::connect(&database.url).await.unwrap();
    let sql = "SELECT kind, action, role, actor || ' ' || request_id || ' ' || key || ' ' || changes AS others \
               FROM journal ORDER BY number";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| ["kind", "action", "role", "others"].map(|name| row.try_get("", name).unwrap())).collect()
}

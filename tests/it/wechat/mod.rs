//! Everything that takes WeChat, against a server that stands in for it and misbehaves.

mod canary;
mod faults;
mod messages;
mod page;
mod phones;
mod pushes;
mod sign_in;
pub(crate) mod standin;
mod subscriptions;
mod suggestions;
mod tls;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use gongce::domain::account::{PersonId, PersonName, Reach, Role};
use gongce::domain::holiday::Calendars;
use gongce::domain::secret::TokenKind;
use gongce::domain::wechat::PushToken;
use gongce::gateway::wechat::{AppSecret, Settings, Setup, Wechat};
use gongce::http::{Door, Limits, render_fragment, routes};
use gongce::usecase::{Caller, Clock, Ctx, invitations};
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderMap, Method};
use poem::{Endpoint, Request, Response};
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use serde_json::{Value, json};

pub(crate) use pushes::{outcome, signed};

use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::stores::Database;

const APP: &str = "wx00112233445566aa";
const SECRET: &str = "0123456789abcdef00112233445566ca";
const PUSH_TOKEN: &str = "canaryPushToken1234";

/// A client for WeChat at that address, with little patience.
pub(crate) fn client(url: &str) -> Arc<Wechat> {
    let settings = Settings {
        base_url: format!("{url}/"),
        time: Duration::from_secs(2),
        templates: "slotDue=tmpl-due,answered=tmpl-answered,events=tmpl-events".parse().unwrap(),
        ..Settings::default()
    };
    let (app_id, secret) = (APP.to_owned(), AppSecret::new(SECRET).unwrap());
    Arc::new(Wechat::new(Setup { app_id, secret, push_token: PushToken::new(PUSH_TOKEN).ok(), settings }).unwrap())
}

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

    fn text_of(&self, pointer: &str) -> String {
        self.json().pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{}", self.text)).to_owned()
    }

    /// Status and code of a problem.
    fn problem(&self) -> (u16, String) {
        (self.status, self.text_of("/code"))
    }
}

fn moment(seconds: i64) -> DateTime<Utc> {
    instant(NOW) + TimeDelta::seconds(seconds)
}

/// A process on the database with that client, whose clock stands so many seconds after [`NOW`].
async fn service_with(database: &Database, seconds: i64, wechat: Option<Arc<Wechat>>) -> Service {
    let clock = Clock::fixed(moment(seconds));
    let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render_fragment);
    let ctx = Arc::new(ctx.with_wechat(wechat));
    Service { endpoint: routes(Arc::clone(&ctx), Door::new(Limits::default())), ctx }
}

/// The same with a client of its own.
async fn service(database: &Database, seconds: i64, standin: &standin::Standin) -> Service {
    service_with(database, seconds, Some(client(&standin.url))).await
}

impl Service {
    async fn ask(&self, method: Method, path: &str, token: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri_str(path).header("x-request-id", "test");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if !body.is_empty() {
            request = request.content_type("application/json");
        }
        let (parts, body) = self.endpoint.get_response(request.body(body.to_owned())).await.into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text: body.into_string().await.unwrap() }
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path, token, "").await
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, token, &body.to_string()).await
    }

    async fn sign_in(&self, body: &Value) -> Answer {
        self.post("/api/v1/sessions/wechat", "", body).await
    }

    /// Signs in with a code; answers the session's token and the person.
    async fn signed_in(&self, code: &str) -> (String, PersonId) {
        let answer = self.sign_in(&json!({"code": code})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let token = answer.text_of("/token");
        let me = self.get("/api/v1/me", &token).await.text_of("/id");
        (token, me.parse().unwrap())
    }

    /// Invites somebody from the host; answers the invitation.
    async fn invite(&self, role: Role) -> String {
        let name = PersonName::new("李娜").unwrap();
        let (token, _) = invitations::invite(&self.ctx, Caller::Host, name, role, Reach::EVERYWHERE).await.unwrap();
        token.reveal(TokenKind::Invitation)
    }
}

/// All rows of a table as texts.
async fn rows(database: &Database, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let connection = Connection::connect(&database.url).await.unwrap();
    let list: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS TEXT) AS {column}")).collect();
    let sql = format!("SELECT {} FROM {table}", list.join(", "));
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    let text = |row: &sea_orm::QueryResult, column: &str| {
        row.try_get::<Option<String>>("", column).unwrap().unwrap_or_default()
    };
    rows.iter().map(|row| columns.iter().map(|column| text(row, column)).collect()).collect()
}

/// The whole journal, each entry as one text.
async fn journal(database: &Database) -> Vec<String> {
    let columns = ["kind", "action", "role", "actor", "key", "changes"];
    rows(database, "journal", &columns).await.into_iter().map(|row| row.join(" ")).collect()
}

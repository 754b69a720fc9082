//! The service on a database, asked over HTTP by people with roles.

use std::sync::{Arc, LazyLock};

use chrono::TimeDelta;
use gongce::domain::account::{Actor, Grant, Lifetime, PersonId, PersonName, Reach, Role};
use gongce::domain::area::NewArea;
use gongce::domain::event;
use gongce::domain::holiday::Calendars;
use gongce::domain::id::{GrantId, OperatorId};
use gongce::domain::secret::{Token, TokenKind};
use gongce::http::{Door, Limits, render_fragment, routes};
use gongce::store::{Author, NewGrant, NewSession, StoreError, Tx};
use gongce::usecase::{By, Clock, Ctx, loading};
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderMap, Method};
use poem::{Endpoint, Request, Response};
use serde_json::Value;
use uuid::Uuid;

use super::build::instant;
use super::make::{self, NOW};
use super::stores::Database;

/// The service around a database.
pub(crate) struct Service {
    pub(crate) ctx: Arc<Ctx>,
    endpoint: BoxEndpoint<'static, Response>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// Somebody who administers everything, for use cases that are called without HTTP.
pub(crate) fn admin() -> By {
    let grant = Grant { id: GrantId(1), role: Role::Admin, reach: Reach::EVERYWHERE, path: Vec::new() };
    let actor = Actor { person: PersonId(Uuid::from_u128(77)), grants: vec![grant] };
    By { actor, session: Uuid::nil(), request_id: "test".to_owned(), stepped_up_at: None }
}

fn author() -> Author {
    let actor = event::Actor { name: "test".to_owned(), role: "system".to_owned(), request_id: "test".to_owned() };
    Author { actor, at: instant(NOW) }
}

/// The areas of Mengjin down to its towns, read once for all tests.
static AREAS: LazyLock<Vec<NewArea>> = LazyLock::new(|| {
    let areas = gongce::demo::county().unwrap().areas;
    areas.into_iter().filter(|area| area.code.as_str().len() <= 9).collect()
});

async fn make_areas(tx: &Tx) -> Result<(), StoreError> {
    for area in AREAS.iter() {
        make::area(tx, area).await?;
    }
    Ok(())
}

impl Service {
    /// The service as it is at another time, on a database that has begun.
    pub(crate) async fn at(database: &Database, now: &str) -> Self {
        let clock = Clock::fixed(instant(now));
        let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), make::keys("1"), render_fragment);
        Self::around(Arc::new(ctx)).await
    }

    /// The service on a database that holds the areas of Mengjin down to its towns.
    pub(crate) async fn on(database: &Database) -> Self {
        Self::begun(database.ctx().await).await
    }

    /// The same around a product on a database that holds nothing yet.
    pub(crate) async fn begun(ctx: Arc<Ctx>) -> Self {
        ctx.store.write(author(), |tx| Box::pin(make_areas(tx))).await.unwrap();
        Self::around(ctx).await
    }

    /// The service as another process on the same database.
    pub(crate) async fn around(ctx: Arc<Ctx>) -> Self {
        Self::limited(ctx, Limits::default()).await
    }

    /// The same with those limits.
    pub(crate) async fn limited(ctx: Arc<Ctx>, limits: Limits) -> Self {
        loading::load(&ctx).await.unwrap();
        let endpoint = routes(Arc::clone(&ctx), Door::new(limits));
        Self { ctx, endpoint }
    }

    /// Signs in a new person with that role in the area of that code (empty for everywhere); answers the token.
    pub(crate) async fn sign_in(&self, role: Role, area: &str) -> String {
        self.sign_in_for(role, area, None).await
    }

    /// The same for one who acts for a body alone.
    pub(crate) async fn sign_in_for(&self, role: Role, area: &str, operator: Option<i32>) -> String {
        let operator = operator.map(OperatorId);
        let area = match area {
            "" => None,
            code => Some(self.ctx.store.area_place(&code.parse().unwrap()).await.unwrap().unwrap().id),
        };
        let (id, session) = (self.ctx.clock.new_id(), self.ctx.clock.new_id());
        let token = Token::new(self.ctx.clock.random().unwrap());
        let person = PersonId(id);
        let lifetime = Lifetime { idle: TimeDelta::days(30), absolute: TimeDelta::days(30) };
        let new = NewSession { id: session, token: token.hash(), person, lifetime, stepped_up: true };
        let made = self.ctx.store.write(author(), move |tx| {
            Box::pin(async move {
                tx.create_person(person, &PersonName::new("somebody").unwrap()).await?;
                tx.create_grant(&NewGrant { person, role, area, operator }).await?;
                tx.create_session(new).await.map(drop)
            })
        });
        made.await.map_err(|error: StoreError| error).unwrap();
        token.reveal(TokenKind::Session)
    }

    /// Asks with any method, headers and body; an empty token is nobody's.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answered {
        let mut request = Request::builder().method(method).uri_str(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            Value::Null => request.finish(),
            body => request.content_type("application/json").body(body.to_string()),
        };
        Box::pin(self.answered(request)).await
    }

    /// Sends a file of that type with POST.
    pub(crate) async fn upload(
        &self,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        (kind, content): (&str, Vec<u8>),
    ) -> Answered {
        let mut request = Request::builder().method(Method::POST).uri_str(path).content_type(kind);
        for (name, value) in [("authorization", format!("Bearer {token}").as_str())].iter().chain(headers) {
            request = request.header(*name, *value);
        }
        Box::pin(self.answered(request.body(content))).await
    }

    async fn answered(&self, request: Request) -> Answered {
        let (parts, body) = self.endpoint.get_response(request).await.into_parts();
        Answered { status: parts.status.as_u16(), headers: parts.headers, text: body.into_string().await.unwrap() }
    }

    /// Asks with any body as it is; answers the status, the headers and the bytes.
    pub(crate) async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> (u16, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().method(method).uri_str(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = if body.is_empty() { request.finish() } else { request.body(body) };
        let (parts, body) = self.endpoint.get_response(request).await.into_parts();
        (parts.status.as_u16(), parts.headers, body.into_vec().await.unwrap())
    }

    /// Asks with GET.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Answered {
        self.send(Method::GET, path, token, &[], &Value::Null).await
    }

    /// Asks with POST.
    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answered {
        self.send(Method::POST, path, token, &[], &body).await
    }

    /// Asks with PATCH for a change of what stands at that revision.
    pub(crate) async fn patch(&self, path: &str, token: &str, revision: impl ToString, body: Value) -> Answered {
        self.send(Method::PATCH, path, token, &[("if-match", &revision.to_string())], &body).await
    }
}

impl Answered {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| unreachable!("{error}: {}", self.text))
    }

    /// The body as JSON, which must have come with that status.
    pub(crate) fn json_of(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The code of a problem that must have come with that status, and the fields that are wrong.
    pub(crate) fn problem(&self, status: u16) -> (String, Vec<String>) {
        let problem = self.json_of(status);
        let errors = problem["errors"].as_array().unwrap().iter();
        (
            problem["code"].as_str().unwrap().to_owned(),
            errors.map(|e| e["field"].as_str().unwrap().to_owned()).collect(),
        )
    }

    /// A header, empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

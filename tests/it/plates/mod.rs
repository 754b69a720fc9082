//! QR plates through the whole service: printed, scanned, replaced, and never told to a log.

mod canary;
mod drawing;
mod issuing;
mod scanning;

use std::sync::Arc;

use gongce::domain::account::Role;
use gongce::domain::id::ToiletId;
use gongce::domain::key::KeyRing;
use gongce::http::{Door, Limits, render_fragment, routes};
use gongce::usecase::{Clock, Ctx, loading};
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderMap, Method};
use poem::{Endpoint, Request, Response};
use serde_json::Value;

use crate::coverage::{add, author, prepare, register, sign_in};
use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::stores::Database;

/// The town in which the toilets of these tests stand.
const TOWN: &str = "410308101";

/// The service with one toilet, and a supervisor of its town.
struct Service {
    endpoint: BoxEndpoint<'static, Response>,
    ctx: Arc<Ctx>,
    toilet: ToiletId,
    token: String,
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

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn service(database: &Database, name: &str) -> Service {
    let ctx = process(database, keys("1"), Some("https://toilets.example")).await;
    ctx.store.write(author(), |tx| Box::pin(prepare(tx))).await.unwrap();
    let toilet = register(&ctx, name, TOWN).await;
    add(&ctx, 1, Role::Supervisor, TOWN).await;
    let token = sign_in(&ctx, 1, Role::Supervisor).await;
    loading::load(&ctx).await.unwrap();
    Service { endpoint: routes(Arc::clone(&ctx), Door::new(Limits::default())), ctx, toilet, token }
}

/// Another process on the database.
async fn process(database: &Database, keys: KeyRing, url: Option<&str>) -> Arc<Ctx> {
    let calendars = gongce::domain::holiday::Calendars::builtin();
    let ctx = Ctx::new(database.open().await, Clock::fixed(instant(NOW)), calendars, keys, render_fragment);
    Arc::new(ctx.reached_at(url.map(|url| url.parse().unwrap())))
}

impl Service {
    /// The same toilet and supervisor, served by another process.
    async fn beside(&self, database: &Database, keys: KeyRing, url: Option<&str>) -> Self {
        let ctx = process(database, keys, url).await;
        loading::load(&ctx).await.unwrap();
        let endpoint = routes(Arc::clone(&ctx), Door::new(Limits::default()));
        Self { endpoint, ctx, toilet: self.toilet, token: self.token.clone() }
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri_str(path).content_type("application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, body) = self.endpoint.get_response(request.body(body.to_owned())).await.into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text: body.into_string().await.unwrap() }
    }

    /// As anybody.
    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[("x-request-id", "test")], "").await
    }

    /// As the supervisor.
    async fn signed(&self, method: Method, path: &str, body: &str) -> Answer {
        let path = format!("/api/v1/toilets/{}/plates{path}", self.toilet);
        self.ask(method, &path, &[("authorization", &format!("Bearer {}", self.token))], body).await
    }

    /// The token of the plate of that kind, as it stands in its code.
    async fn token(&self, kind: &str) -> String {
        let answer = self.signed(Method::GET, "", "").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let plates = answer.json();
        let plate = plates["items"].as_array().unwrap().iter().find(|plate| plate["kind"] == kind).unwrap();
        plate["url"].as_str().unwrap().strip_prefix("https://toilets.example/p/").unwrap().to_owned()
    }

    async fn replace(&self, kind: &str, serial: u16) -> Answer {
        self.signed(Method::POST, "", &format!("{{\"kind\": \"{kind}\", \"replaces\": {serial}}}")).await
    }
}

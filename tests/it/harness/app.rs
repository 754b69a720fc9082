//! The service's endpoint around toilets and areas that a test makes up, without a socket.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use gongce::domain::Toilet;
use gongce::domain::area::Area;
use gongce::domain::holiday::Calendars;
use gongce::http::{Door, Limits, render_fragment, routes};
use gongce::usecase::{Clock, Ctx};
use poem::http::Method;
use poem::{Endpoint, Request, Response};
use serde_json::Value;

use super::make::keys;
use super::stores::Database;

/// A service that answers tests.
pub(crate) struct App<E> {
    endpoint: E,
    _database: Database,
}

/// An answer, read to its end.
pub(crate) struct Answered {
    pub(crate) status: u16,
    headers: poem::http::HeaderMap,
    pub(crate) text: String,
}

/// The service with exactly these toilets and areas, its clock standing still.
pub(crate) async fn app_with(
    toilets: Vec<Toilet>,
    areas: Vec<Area>,
    now: DateTime<Utc>,
) -> App<impl Endpoint<Output = Response>> {
    limited_app_with(toilets, areas, now, Limits::default()).await
}

/// The same behind a door with other limits.
pub(crate) async fn limited_app_with(
    toilets: Vec<Toilet>,
    areas: Vec<Area>,
    now: DateTime<Utc>,
    limits: Limits,
) -> App<impl Endpoint<Output = Response>> {
    let database = Database::bare_sqlite();
    let ctx = Ctx::new(database.open().await, Clock::fixed(now), Calendars::builtin(), keys("1"), render_fragment);
    ctx.finder.replace(toilets, areas, 1);
    App { endpoint: routes(Arc::new(ctx), Door::new(limits)), _database: database }
}

impl<E: Endpoint<Output = Response>> App<E> {
    /// Asks with GET.
    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.ask(Method::GET, path, &[]).await
    }

    /// Asks with any method and headers.
    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answered {
        let mut request = Request::builder().method(method).uri_str(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answered(request.finish()).await
    }

    /// Sends JSON with POST.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answered {
        let request = Request::builder().method(Method::POST).uri_str(path).content_type("application/json");
        self.answered(request.body(body.to_string())).await
    }

    async fn answered(&self, request: Request) -> Answered {
        let response = self.endpoint.get_response(request).await;
        let (parts, body) = response.into_parts();
        let text = body.into_string().await.unwrap();
        Answered { status: parts.status.as_u16(), headers: parts.headers, text }
    }
}

impl Answered {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// A header, empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The ids of the toilets in a list.
    pub(crate) fn ids(&self) -> Vec<i64> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
    }
}

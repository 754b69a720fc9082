//! What the public suggests: taken from anybody, few in a day, decided by those who answer for where it lies.

mod deciding;
mod own;
mod sending;

use gongce::domain::account::{Lifetime, PersonId, PersonName, Role};
use gongce::domain::secret::{Token, TokenKind};
use gongce::store::{NewSession, StoreError};
use gongce::usecase::Ctx;
use serde_json::{Value, json};

use crate::coverage::author;
use crate::harness::service::{Answered, Service};

const PATH: &str = "/api/v1/suggestions";

/// A new person without any role; answers their token.
async fn citizen(ctx: &Ctx) -> String {
    let (person, session, token) =
        (PersonId(ctx.clock.new_id()), ctx.clock.new_id(), Token::new(ctx.clock.random().unwrap()));
    let lifetime: Lifetime = Role::Citizen.lifetime();
    let new = NewSession { id: session, token: token.hash(), person, lifetime, stepped_up: true };
    let made = ctx.store.write(author(), move |tx| {
        Box::pin(async move {
            tx.create_person(person, &PersonName::new("微信用户").unwrap()).await?;
            tx.create_session(new).await.map(drop)
        })
    });
    made.await.map_err(|error: StoreError| error).unwrap();
    token.reveal(TokenKind::Session)
}

/// Makes a toilet in a town of the county; answers it.
async fn toilet(service: &Service, name: &str, area: &str) -> Value {
    let token = service.sign_in(Role::Supervisor, "410308").await;
    let new = json!({"name": name, "area": area, "confirmed": true, "hours": "06:00-22:00",
        "facilities": {"paper": "no"}, "position": {"latitude": 34.8264, "longitude": 112.4364}});
    service.post("/api/v1/toilets?crs=wgs84", &token, new).await.json_of(201)
}

/// A toilet that is missing, in that town.
fn missing(name: &str, area: &str) -> Value {
    let facts = json!({"name": name, "area": area, "position": {"latitude": 34.9, "longitude": 112.5}});
    json!({"kind": "missing", "facts": facts, "remark": "桥头"})
}

/// Sends a suggestion that the hours of a toilet are others.
async fn wrong(service: &Service, token: &str, toilet: &Value, hours: &str) -> Answered {
    let body = json!({"kind": "wrong", "toilet": toilet["id"], "facts": {"hours": hours}});
    service.post(PATH, token, body).await
}

/// Decides a suggestion that stands at that revision.
async fn decide(service: &Service, token: &str, made: &Value, revision: &str, what: &str, body: Value) -> Answered {
    let path = format!("{PATH}/{}/{what}?crs=wgs84", made["id"]);
    let path = if what == "reject" { path.replace("?crs=wgs84", "") } else { path };
    service.send(poem::http::Method::POST, &path, token, &[("if-match", revision)], &body).await
}

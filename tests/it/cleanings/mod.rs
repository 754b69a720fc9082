//! Cleanings over HTTP: logged once however often they are sent, by whatever clock, and read by whoever may.

mod batches;
mod canary;
mod clocks;
mod corrections;
mod flights;
mod languages;
mod logging;
mod persons;
mod photos;
mod power;
mod presence;
mod reading;
mod replay;
mod settling;
mod storm;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use gongce::domain::holiday::Calendars;
use gongce::gateway::objects::Objects;
use gongce::http::render_fragment;
use gongce::usecase::photos::Photos;
use gongce::usecase::{Clock, Ctx};
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::service::{Answered, Service};
use crate::harness::stores::Database;

/// The town in which the toilets of these tests stand.
const TOWN: &str = "410308101";

/// Where they stand, in WGS-84.
const PLACE: (f64, f64) = (34.8264, 112.4364);

/// A process on the database at that instant.
async fn ctx(database: &Database, at: DateTime<Utc>) -> Arc<Ctx> {
    let folder = database.folder.path().join("photos");
    let photos = Photos::new(Objects::at(folder.to_str().unwrap()).unwrap());
    let ctx = Ctx::new(database.open().await, Clock::fixed(at), Calendars::builtin(), keys("1"), render_fragment);
    Arc::new(ctx.with_photos(Some(photos)).reached_at("https://toilets.example".parse().ok()))
}

/// The service with areas.
async fn service(database: &Database) -> Service {
    Service::begun(ctx(database, instant(NOW)).await).await
}

/// The service at another time.
async fn at(database: &Database, now: &str) -> Service {
    Service::around(ctx(database, instant(now)).await).await
}

/// Makes a toilet in an area, some metres north of the place; answers its id.
async fn toilet(service: &Service, supervisor: &str, area: &str, metres: f64) -> i64 {
    let place = json!({"latitude": PLACE.0 + metres / 111_195.0, "longitude": PLACE.1});
    let body = json!({"name": format!("公厕 {area} {metres}"), "area": area, "confirmed": true, "position": place});
    service.post("/api/v1/toilets?crs=wgs84", supervisor, body).await.json_of(201)["id"].as_i64().unwrap()
}

/// The id of a record, by its number.
fn id(number: u32) -> String {
    format!("0192f0c1-0000-7000-8000-0001{number:08x}")
}

/// A round that ended at that time of the day of these tests.
fn round(toilet: i64, time: &str) -> Value {
    json!({"toilet": toilet, "tasks": ["round"], "finishedAt": format!("2026-11-23T{time}Z")})
}

/// The same with more, or other, fields.
fn with(mut event: Value, fields: &Value) -> Value {
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    event
}

/// Sends a record by itself.
async fn put(service: &Service, token: &str, number: u32, event: &Value) -> Answered {
    sent(service, token, number, &json!({"event": event})).await
}

async fn sent(service: &Service, token: &str, number: u32, body: &Value) -> Answered {
    service.send(Method::PUT, &format!("/api/v1/cleanings/{}", id(number)), token, &[], body).await
}

/// Sends records together; answers what became of each.
async fn batch(service: &Service, token: &str, items: &[(u32, Value)]) -> Vec<Value> {
    let items: Vec<_> = items.iter().map(|(number, event)| json!({"id": id(*number), "event": event})).collect();
    let answer = service.post("/api/v1/cleanings/batch", token, json!({"items": items})).await.json_of(200);
    answer["items"].as_array().unwrap().clone()
}

/// Status and code of each outcome.
fn told(outcomes: &[Value]) -> Vec<(&str, &str)> {
    outcomes.iter().map(|one| (one["status"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

/// The log as somebody sees it.
async fn log(service: &Service, token: &str, query: &str) -> Vec<Value> {
    let page = service.get(&format!("/api/v1/cleanings?limit=100{query}"), token).await.json_of(200);
    page["items"].as_array().unwrap().clone()
}

/// Who somebody is.
async fn me(service: &Service, token: &str) -> String {
    service.get("/api/v1/me", token).await.json_of(200)["id"].as_str().unwrap().to_owned()
}

/// What the database check has to complain of.
async fn assert_whole(service: &Service) {
    assert_eq!(service.ctx.store.check().await.unwrap(), []);
}

//! Photos: sent, shown, checked, swept, and none of them able to do harm.

mod bombs;
mod checking;
mod grades;
mod harmless;
mod keeping;
pub(crate) mod pictures;
mod sending;
mod showing;
mod toilets;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use gongce::domain::holiday::Calendars;
use gongce::gateway::objects::Objects;
use gongce::gateway::wechat::Wechat;
use gongce::http::render_fragment;
use gongce::usecase::photos::Photos;
use gongce::usecase::{Clock, Ctx};
use poem::http::{HeaderMap, Method};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::service::Service;
use crate::harness::stores::Database;

/// So many hours after the beginning.
fn hours(hours: i64) -> DateTime<Utc> {
    instant(NOW) + TimeDelta::hours(hours)
}

/// A process on the database at that instant, with the files of photos beside it.
async fn ctx(database: &Database, at: DateTime<Utc>, wechat: Option<Arc<Wechat>>) -> Arc<Ctx> {
    let folder = database.folder.path().join("photos");
    let photos = Photos::new(Objects::at(folder.to_str().unwrap()).unwrap());
    let ctx = Ctx::new(database.open().await, Clock::fixed(at), Calendars::builtin(), keys("1"), render_fragment);
    let ctx = ctx.with_photos(Some(photos)).with_wechat(wechat);
    Arc::new(ctx.reached_at("https://toilets.example".parse().ok()))
}

/// The service with areas and photos.
async fn service(database: &Database) -> Service {
    Service::begun(ctx(database, instant(NOW), None).await).await
}

/// The files of photos that are there, by their names.
fn files(database: &Database) -> Vec<String> {
    let Ok(folders) = std::fs::read_dir(database.folder.path().join("photos")) else { return Vec::new() };
    let inside = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    let mut names: Vec<_> = inside.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The id of a photo, by its number.
pub(crate) fn id(number: u32) -> String {
    format!("0192f0c1-0000-7000-8000-0000{number:08x}")
}

const BOUNDARY: &str = "canary-boundary";

/// A form of these parts: name, file name if it is a file, and bytes.
fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: image/jpeg")).unwrap_or_default();
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

/// What came back, as bytes.
pub(crate) struct Came {
    pub(crate) status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Came {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json_of(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status, status, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The code of a problem of that status, and the fields with what is wrong with each.
    fn problem(&self, status: u16) -> (String, Vec<(String, String)>) {
        let problem = self.json_of(status);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = problem["errors"].as_array().unwrap().iter();
        (text(&problem["code"]), errors.map(|error| (text(&error["field"]), text(&error["code"]))).collect())
    }
}

/// Sends a form.
async fn send_form(service: &Service, token: &str, body: Vec<u8>) -> Came {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let (status, headers, bytes) =
        service.send_bytes(Method::POST, "/api/v1/photos", token, &[("content-type", &kind)], body).await;
    Came { status, headers, bytes }
}

/// Sends a photo under that number, as `wx.uploadFile` does.
pub(crate) async fn send(service: &Service, token: &str, number: u32, bytes: &[u8]) -> Came {
    let (id, sha256) = (id(number), hash(bytes));
    let parts = [("id", None, id.as_bytes()), ("sha256", None, sha256.as_bytes()), ("photo", Some("a.jpg"), bytes)];
    send_form(service, token, form(&parts)).await
}

/// Asks for bytes.
async fn fetch(service: &Service, path: &str, token: &str, headers: &[(&str, &str)]) -> Came {
    let (status, headers, bytes) = service.send_bytes(Method::GET, path, token, headers, Vec::new()).await;
    Came { status, headers, bytes }
}

fn path(number: u32) -> String {
    format!("/api/v1/photos/{}", id(number))
}

/// Makes a toilet in a town; answers its path.
async fn toilet(service: &Service, token: &str, name: &str, area: &str) -> String {
    let made = service.post("/api/v1/toilets", token, json!({"name": name, "area": area})).await.json_of(201);
    format!("/api/v1/toilets/{}", made["id"])
}

/// Has a toilet at that revision show a photo.
async fn attach(service: &Service, token: &str, toilet: &str, number: u32, revision: i32) -> Came {
    change(service, Method::PUT, token, toilet, number, revision).await
}

/// Has it no longer show it.
async fn detach(service: &Service, token: &str, toilet: &str, number: u32, revision: i32) -> Came {
    change(service, Method::DELETE, token, toilet, number, revision).await
}

async fn change(service: &Service, method: Method, token: &str, toilet: &str, number: u32, revision: i32) -> Came {
    let path = format!("{toilet}/photos/{}", id(number));
    let revision = revision.to_string();
    let (status, headers, bytes) =
        service.send_bytes(method, &path, token, &[("if-match", &revision)], Vec::new()).await;
    Came { status, headers, bytes }
}

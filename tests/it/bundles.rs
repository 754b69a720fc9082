//! Copies for phones: small, and kept true by changes alone.

use std::collections::BTreeMap;
use std::io::Write;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use gongce::demo;
use gongce::domain::account::Role;
use gongce::usecase::demonstration;
use poem::http::Method;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::harness::build::instant;
use crate::harness::make::NOW;
use crate::harness::service::Service;
use crate::harness::stores::{Database, on_both};

const TOWN: &str = "410308101";

/// A copy as a phone keeps it: its lists of areas and weeks resolved.
#[derive(Debug, Clone, PartialEq)]
struct Copy {
    version: i64,
    items: BTreeMap<i64, Value>,
}

impl Copy {
    async fn take(service: &Service, area: &str) -> Self {
        let told = service.get(&format!("/api/v1/toilets/bundle{area}"), "").await.json_of(200);
        let mut copy = Self { version: 0, items: BTreeMap::new() };
        copy.apply(&told);
        copy
    }

    /// Takes one that can be gone on from: on PostgreSQL others may hold back for a while how far the journal is read, and
    /// areas were written just now.
    async fn begin(database: &Database, area: &str) -> Self {
        loop {
            let service = Service::at(database, NOW).await;
            let copy = Self::take(&service, area).await;
            if service.get(&format!("/api/v1/toilets/changes?since={}", copy.version), "").await.status == 200 {
                return copy;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Asks for what changed and applies it.
    async fn follow(&mut self, service: &Service, area: &str) {
        let sep = if area.is_empty() { '?' } else { '&' };
        let path = format!("/api/v1/toilets/changes{area}{sep}since={}", self.version);
        self.apply(&service.get(&path, "").await.json_of(200));
    }

    fn apply(&mut self, told: &Value) {
        self.version = told["version"].as_i64().unwrap();
        for item in told["items"].as_array().unwrap() {
            let mut item = item.clone();
            for (name, list) in [("area", "areas"), ("week", "weeks"), ("open", "opens")] {
                if let Some(place) = item[name].as_u64() {
                    item[name] = told[list][usize::try_from(place).unwrap()].clone();
                    assert!(!item[name].is_null());
                }
            }
            self.items.insert(item["id"].as_i64().unwrap(), item);
        }
        for id in told["removed"].as_array().into_iter().flatten() {
            self.items.remove(&id.as_i64().unwrap());
        }
    }
}

/// One thing that happens, by a few numbers.
async fn step(database: &Database, at: &mut DateTime<Utc>, made: &mut i64, (what, which, how): (u8, u8, u8)) {
    const HOURS: [&str; 6] =
        ["24/7", "06:00-22:00", "Mo-Fr 07:00-19:00; PH off", "Apr-Oct 06:00-22:00", "Fr 22:00-02:00", "sunrise-sunset"];
    // Within the thirty days for which somebody stays signed in.
    let is_early = *at < instant(NOW) + TimeDelta::days(25);
    if what % 5 == 0 {
        *at += if is_early { TimeDelta::minutes(i64::from(how) * 9) } else { TimeDelta::zero() };
        return;
    }
    let service = Service::at(database, &at.to_rfc3339()).await;
    let token = service.sign_in(Role::Admin, "").await;
    let token = token.as_str();
    let hours = HOURS[usize::from(how) % HOURS.len()];
    let area = if which % 3 == 0 { "410308102" } else { TOWN };
    if *made < 3 || what % 5 == 1 {
        *made += 1;
        let position =
            json!({"latitude": 34.80 + 0.002 * f64::from(u16::try_from(*made).unwrap()), "longitude": 112.43});
        let body = json!({"name": format!("{made}号新建公厕"), "area": area, "hours": hours, "position": position,
            "facilities": {"wheelchair": if how % 2 == 0 { "yes" } else { "limited" }}});
        service.post("/api/v1/toilets?crs=wgs84", token, body).await.json_of(201);
        return;
    }
    let path = format!("/api/v1/toilets/{}", 1 + i64::from(which) % *made);
    let stands = service.get(&path, "").await.json_of(200);
    match what % 5 {
        2 => {
            let body = json!({"area": area, "hours": hours, "address": format!("{how}号")});
            service.patch(&path, token, &stands["revision"], body).await;
        }
        3 => {
            let (from, until) = (*at + TimeDelta::hours(i64::from(how) % 40), *at + TimeDelta::hours(i64::from(how)));
            let mut body = json!({"reason": "repair", "from": from.to_rfc3339()});
            if from < until {
                body["until"] = until.to_rfc3339().into();
            }
            service.post(&format!("{path}/outages"), token, body).await;
        }
        _ if how % 4 == 0 => {
            let revision = stands["revision"].to_string();
            service.send(Method::DELETE, &path, token, &[("if-match", &revision)], &Value::Null).await;
        }
        _ if is_early => *at += TimeDelta::days(i64::from(how) % 4),
        _ => {}
    }
}

on_both! {
    async fn changes_make_of_an_old_bundle_what_a_new_one_is(database: Database) {
        Service::on(&database).await;
        let mut runner = TestRunner::deterministic();
        let steps = vec((any::<u8>(), any::<u8>(), any::<u8>()), 60).new_tree(&mut runner).unwrap().current();
        let (mut at, mut made) = (instant(NOW), 0);
        let town = format!("?area={TOWN}");
        let (first, mut followed) = (Copy::begin(&database, "").await, Copy::begin(&database, &town).await);
        let (mut kinds, mut removed) = ([0; 3], 0);
        for (number, one) in steps.into_iter().enumerate() {
            step(&database, &mut at, &mut made, one).await;
            let service = Service::at(&database, &at.to_rfc3339()).await;
            // One is asked for every change, the other only now and then, and always from its beginning.
            let before = followed.items.len();
            followed.follow(&service, &town).await;
            removed += usize::from(followed.items.len() < before);
            assert_eq!(followed.items, Copy::take(&service, &town).await.items, "step {number} {one:?} at {at}");
            if number % 6 == 5 {
                let mut old = first.clone();
                old.follow(&service, "").await;
                assert_eq!(old.items, Copy::take(&service, "").await.items, "step {number} at {at}");
            }
            for (place, name) in ["week", "open", "shut"].into_iter().enumerate() {
                kinds[place] += followed.items.values().filter(|item| item.get(name).is_some()).count();
            }
        }
        assert!(kinds.iter().all(|seen| *seen > 0) && removed > 0, "{kinds:?} {removed}");
    }
}

on_both! {
    async fn whoever_cannot_go_on_is_told_to_begin_anew(database: Database) {
        let service = Service::on(&database).await;
        let admin = service.sign_in(Role::Admin, "").await;
        let changes = |since: String| format!("/api/v1/toilets/changes?since={since}");
        let version = Copy::begin(&database, "").await.version;
        assert_eq!(service.get(&changes((version + 1_000_000).to_string()), "").await.problem(422).1, ["since"]);
        assert_eq!(service.get(&changes("-1".to_owned()), "").await.status, 400);
        assert_eq!(service.get("/api/v1/toilets/changes", "").await.status, 400);
        let unknown = service.get("/api/v1/toilets/bundle?area=999999", "").await;
        assert_eq!(unknown.problem(422).1, ["area"]);
        let body = json!({"name": "一号公厕", "area": TOWN});
        service.post("/api/v1/toilets", &admin, body).await.json_of(201);
        let told = service.get(&changes(version.to_string()), "").await.json_of(200);
        assert_eq!(told["items"][0]["name"], "一号公厕");
        // Since before the areas of the county were written.
        let refused = service.get(&changes("0".to_owned()), "").await;
        assert_eq!(refused.json_of(422)["errors"][0]["code"], "outdated");
    }
}

on_both! {
    async fn a_county_is_small(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        let service = Service::around(ctx).await;
        let path = "/api/v1/toilets/bundle?area=410308&crs=gcj02";
        let answer = service.get(path, "").await;
        let told = answer.json_of(200);
        let items = told["items"].as_array().unwrap();
        assert_eq!(items.len(), demo::county().unwrap().statements.len());
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(answer.text.as_bytes()).unwrap();
        let packed = packed.finish().unwrap().len();
        // 170 toilets take far less than 40 KiB as they are sent, and little more as they are kept.
        assert!(packed * 170 <= 12 * 1024 * items.len(), "{packed} bytes of {}", items.len());
        assert!(answer.text.len() * 170 <= 48 * 1024 * items.len(), "{} bytes, {packed} packed", answer.text.len());
        assert!(!items.iter().any(|item| item.get("week").is_some() && item.get("open").is_some()));
        let again = service.send(Method::GET, path, "", &[("if-none-match", answer.header("etag"))], &Value::Null).await;
        assert_eq!(again.status, 304);
        // The door is as the service itself tells of it.
        let list = service.get("/api/v1/toilets?area=410308&limit=100&crs=gcj02", "").await.json_of(200);
        for shown in list["items"].as_array().unwrap() {
            let item = items.iter().find(|item| item["id"] == shown["id"]).unwrap();
            assert_eq!((&item["name"], &item["latitude"]), (&shown["name"], &shown["position"]["latitude"]));
            let minute = (instant(NOW) - instant(told["hoursFrom"].as_str().unwrap())).num_minutes();
            let is_open = |pairs: &Value, minute: i64| {
                pairs.as_array().unwrap().iter().any(|pair| {
                    (pair[0].as_i64().unwrap()..pair[1].as_i64().unwrap()).contains(&minute)
                })
            };
            // 16:00 on a Monday in China.
            let open = match item["week"].as_u64() {
                Some(week) => is_open(&told["weeks"][usize::try_from(week).unwrap()], 16 * 60),
                None if item["open"].is_u64() => {
                    let place = usize::try_from(item["open"].as_u64().unwrap()).unwrap();
                    is_open(&told["opens"][place], minute)
                }
                None => continue,
            };
            let stands = &shown["open"]["now"];
            assert!(shown["status"] == "planned" || *stands == open, "{shown} {item}");
        }
    }
}

//! Files that an admin uploads: looked at, and then exactly what was looked at is applied.

use std::fmt::Write;
use std::sync::Arc;

use chrono::TimeDelta;
use gongce::domain::account::Role;
use gongce::domain::event::{RecordKind, Wanted};
use gongce::domain::holiday::Calendars;
use gongce::domain::id::ToiletId;
use gongce::http::{Limits, render_fragment};
use gongce::usecase::imports::review;
use gongce::usecase::{Clock, Ctx, sweeping};
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::build::instant;
use crate::harness::make::{NOW, keys};
use crate::harness::service::{Answered, Service, admin};
use crate::harness::stores::{Database, on_both};
use crate::writing::join_all;

const PATH: &str = "/api/v1/imports";
const UPLOAD: &str = "/api/v1/imports?profile=guangzhou-csv";
const SYNC: &str = "/api/v1/imports?profile=guangzhou-csv&sync=true";

/// A list of toilets as the profile reads it: their names, each with its district.
fn list(toilets: &[(&str, &str)]) -> Vec<u8> {
    let mut text = "\u{feff}公厕名称,详细地址,所在道路,行政区,纬度,经度\n".to_owned();
    for (place, (name, district)) in toilets.iter().enumerate() {
        writeln!(text, "{name},{name}路,{name}路,{district},23.{:04},113.3", 1_000 + place).unwrap();
    }
    text.into_bytes()
}

async fn upload(service: &Service, token: &str, path: &str, content: Vec<u8>) -> Answered {
    service.upload(path, token, &[], ("text/csv", content)).await
}

async fn apply(service: &Service, token: &str, import: &Value) -> Answered {
    let (path, revision) = (format!("{PATH}/{}/apply", import["id"]), import["revision"].to_string());
    service.send(Method::POST, &path, token, &[("if-match", &revision)], &Value::Null).await
}

/// The service so much later.
async fn later(database: &Database, by: TimeDelta) -> Service {
    let clock = Clock::fixed(instant(NOW) + by);
    let ctx = Ctx::new(database.open().await, clock, Calendars::builtin(), keys("1"), render_fragment);
    Service::around(Arc::new(ctx)).await
}

async fn toilets(service: &Service) -> Vec<(String, String)> {
    let ids: Vec<_> = (1..20).map(ToiletId).collect();
    let all = service.ctx.store.toilets(&ids).await.unwrap();
    let told = |toilet: &gongce::domain::Toilet| {
        let district = toilet.fact.district.as_ref().map(ToString::to_string).unwrap_or_default();
        (toilet.fact.name.to_string(), format!("{district} {}", toilet.fact.lifecycle))
    };
    all.iter().map(told).collect()
}

on_both! {
    async fn what_was_looked_at_is_what_is_applied(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let mut file = list(&[("甲", "越秀区"), ("乙", "越秀区")]);
        file.extend("丙,丙路,丙路,越秀区,34.8,112.4\n".as_bytes());
        let before = service.ctx.store.journal_length().await.unwrap();
        let made = upload(&service, &token, UPLOAD, file.clone()).await;
        let import = made.json_of(201);
        assert_eq!((&import["state"], &import["source"], &import["bytes"]), (&json!("ready"), &json!("guangzhou"), &json!(file.len())));
        assert_eq!(import["sha256"], gongce::domain::secret::fingerprint(std::str::from_utf8(&file).unwrap()));
        assert_eq!(import["expiresAt"], "2026-11-30T08:00:00Z");
        let report = &import["report"];
        assert_eq!((&report["read"], &report["created"], &report["rejected"]), (&json!(3), &json!(2), &json!(1)));
        assert_eq!((&report["rows"][0]["line"], &report["rows"][0]["outcome"]), (&json!(4), &json!("rejected")));
        assert!(report["rows"][0]["message"].as_str().is_some_and(|why| !why.is_empty()), "{report}");
        assert_eq!(report["changes"][1]["changes"][0]["text"], "名称：未知 → 乙");
        assert_eq!(toilets(&service).await, [], "nothing is written by looking");
        assert_eq!(service.ctx.store.journal_length().await.unwrap(), before + 1, "but that somebody looked");

        let path = made.header("location").to_owned();
        let seen = service.get(&path, &token).await.json_of(200);
        assert_eq!((&seen["outdated"], &seen["report"]), (&json!(false), report));
        let listed = service.get(PATH, &token).await.json_of(200);
        assert_eq!((&listed["items"][0]["id"], listed["items"][0].get("report")), (&import["id"], None));
        let applied = apply(&service, &token, &import).await.json_of(200);
        assert_eq!((&applied["state"], &applied["report"]["created"], &applied["revision"]), (&json!("applied"), &json!(2), &json!(3)));
        let expected = [("甲", "越秀区 inService"), ("乙", "越秀区 inService")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(toilets(&service).await, expected);
        assert_eq!(service.get("/api/v1/toilets", "").await.json_of(200)["items"].as_array().unwrap().len(), 2, "found at once");
        assert_eq!(apply(&service, &token, &import).await.problem(412).0, "revisionStale");
        assert_eq!(apply(&service, &token, &applied).await.problem(409).0, "conflict", "and applied once");
        let me = service.get("/api/v1/me", &token).await.json_of(200)["id"].clone();
        let history = service.get("/api/v1/toilets/1/history", &token).await.json_of(200);
        assert_eq!((&history["items"][0]["by"], &history["items"][0]["role"]), (&me, &json!("admin")), "by whoever applied it");
        let again = upload(&service, &token, UPLOAD, file).await.json_of(201);
        assert_eq!((&again["report"]["unchanged"], &again["report"]["changes"]), (&json!(2), &json!([])));
    }
}

on_both! {
    async fn a_complete_list_tells_what_it_changes_and_retires(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let all: Vec<_> = ["甲", "乙", "丙", "丁", "戊", "己"].map(|name| (name, "越秀区")).to_vec();
        let first = upload(&service, &token, UPLOAD, list(&all)).await.json_of(201);
        assert_eq!(apply(&service, &token, &first).await.status, 200);
        let mut changed = all.clone();
        changed[0].1 = "天河区";
        changed.pop();
        let import = upload(&service, &token, SYNC, list(&changed)).await.json_of(201);
        let told: Vec<_> = import["report"]["changes"].as_array().unwrap().iter().map(|change| {
            let fields = change["changes"].as_array().unwrap().iter().map(|field| field["text"].as_str().unwrap()).collect::<String>();
            (change["outcome"].as_str().unwrap().to_owned(), change["toilet"].clone(), change["line"].clone(), fields)
        }).collect();
        let expected = [
            ("updated".to_owned(), json!(1), json!(2), "区县：越秀区 → 天河区".to_owned()),
            ("retired".to_owned(), json!(6), Value::Null, String::new()),
        ];
        assert_eq!(told, expected);
        assert_eq!(apply(&service, &token, &import).await.json_of(200)["report"]["retired"], 1);
        let now = toilets(&service).await;
        assert_eq!((now[0].1.as_str(), now[5].1.as_str()), ("天河区 inService", "越秀区 retired"));
        // Half a list is probably cut off.
        assert_eq!(upload(&service, &token, SYNC, list(&changed[..2])).await.problem(409).0, "conflict");
        assert_eq!(service.get(PATH, &token).await.json_of(200)["items"].as_array().unwrap().len(), 2, "and not kept");
    }
}

on_both! {
    async fn nothing_is_applied_once_the_register_has_changed(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let first = upload(&service, &token, UPLOAD, list(&[("甲", "越秀区")])).await.json_of(201);
        assert_eq!(apply(&service, &token, &first).await.status, 200);
        let two = || list(&[("甲", "天河区"), ("乙", "天河区")]);
        let outdated = async |import: &Value| {
            service.get(&format!("{PATH}/{}", import["id"]), &token).await.json_of(200)["outdated"].clone()
        };
        // Somebody edits a toilet of the source.
        let import = upload(&service, &token, UPLOAD, two()).await.json_of(201);
        assert_eq!(service.patch("/api/v1/toilets/1", &token, 1, json!({"note": "一层"})).await.status, 200);
        assert_eq!(outdated(&import).await, json!(true));
        let refused = apply(&service, &token, &import).await;
        assert_eq!(refused.problem(409).0, "conflict");
        assert_eq!(toilets(&service).await.len(), 1, "{}", refused.text);
        // The source is taken in another time.
        let import = upload(&service, &token, UPLOAD, two()).await.json_of(201);
        let other = upload(&service, &token, UPLOAD, list(&[("丙", "越秀区")])).await.json_of(201);
        assert_eq!(apply(&service, &token, &other).await.status, 200);
        assert_eq!(apply(&service, &token, &import).await.status, 409);
        // The control: what has nothing to do with the source is in nobody's way.
        let import = upload(&service, &token, UPLOAD, two()).await.json_of(201);
        let elsewhere = json!({"name": "别处", "area": "410308101", "confirmed": true});
        assert_eq!(service.post("/api/v1/toilets", &token, elsewhere).await.status, 201);
        assert_eq!(outdated(&import).await, json!(false));
        assert_eq!(apply(&service, &token, &import).await.status, 200);
    }
}

on_both! {
    async fn of_many_who_apply_at_once_one_does(database: Database) {
        let service = Service::on(&database).await;
        let there = Service::around(database.ctx().await).await;
        let token = service.sign_in(Role::Admin, "").await;
        let import = upload(&service, &token, UPLOAD, list(&[("甲", "越秀区"), ("乙", "越秀区")])).await.json_of(201);
        let all = (0..8).map(|n| apply(if n % 2 == 0 { &service } else { &there }, &token, &import));
        let answers = join_all(all).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert!(answers.iter().all(|answer| [200, 412, 503].contains(&answer.status)), "told to read again, or to wait");
        assert_eq!(toilets(&service).await.len(), 2);
    }
}

on_both! {
    async fn one_file_is_taken_at_a_time(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let turn = review::turn(&service.ctx, &admin().actor).unwrap();
        let waits = upload(&service, &token, UPLOAD, list(&[("甲", "越秀区")])).await;
        assert_eq!((waits.problem(503).0, waits.header("retry-after")), ("unavailable".to_owned(), "10"));
        drop(turn);
        assert_eq!(upload(&service, &token, UPLOAD, list(&[("甲", "越秀区")])).await.status, 201);
    }
}

on_both! {
    async fn what_is_no_such_file_is_refused(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let file = || list(&[("甲", "越秀区")]);
        for (query, status) in [("", 400), ("?profile=nowhere", 400), ("?profile=hongkong-fehd", 400), ("?profile=guangzhou-csv&force=true", 400), ("?profile=gongce-csv&sync=true", 422)] {
            assert_eq!(upload(&service, &token, &format!("{PATH}{query}"), file()).await.status, status, "{query}: no XML, no force");
        }
        let as_kind = async |kind: &str, content: Vec<u8>| service.upload(UPLOAD, &token, &[], (kind, content)).await;
        assert_eq!(as_kind("application/vnd.ms-excel", file()).await.problem(415).0, "unsupportedMediaType");
        assert_eq!(as_kind("text/csv; charset=utf-8", file()).await.status, 201);
        assert_eq!(as_kind("text/csv", Vec::new()).await.problem(422).1, ["body"]);
        assert_eq!(as_kind("application/octet-stream", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old Excel".to_vec()).await.problem(422).0, "invalid");
        assert_eq!(as_kind("text/csv", b"PK\x03\x04".to_vec()).await.problem(422).0, "invalid");
        assert_eq!(as_kind("text/csv", "\u{feff}a,b\n1,2\n".into()).await.problem(422).0, "invalid", "columns are missing");
        assert_eq!(service.get(PATH, &token).await.json_of(200)["items"].as_array().unwrap().len(), 1);
    }
}

on_both! {
    async fn a_file_may_be_larger_than_a_body_and_no_larger_than_that(database: Database) {
        let ctx = Service::on(&database).await.ctx;
        let limits = Limits { body_bytes: 1_024, import_kib: 4, ..Limits::default() };
        let service = Service::limited(ctx, limits).await;
        let token = service.sign_in(Role::Admin, "").await;
        let of = |count: usize| list(&vec![("甲", "越秀区"); count]);
        let small = of(60);
        assert!((1_025..=4_096).contains(&small.len()), "{}", small.len());
        assert_eq!(upload(&service, &token, UPLOAD, small).await.status, 201);
        assert_eq!(upload(&service, &token, UPLOAD, of(120)).await.problem(413).0, "tooLarge");
        let note = json!({"name": "x".repeat(2_000)});
        assert_eq!(service.post("/api/v1/toilets", &token, note).await.problem(413).0, "tooLarge", "nothing else may be");
    }
}

on_both! {
    async fn a_report_has_an_end(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let names: Vec<String> = (0..1_100).map(|number| format!("{number}号")).collect();
        let mut text = String::from_utf8(list(&names.iter().map(|name| (name.as_str(), "越秀区")).collect::<Vec<_>>())).unwrap();
        for number in 0..1_050 {
            writeln!(text, "外{number},外,外,外,34.8,112.4").unwrap();
        }
        let report = upload(&service, &token, UPLOAD, text.into_bytes()).await.json_of(201)["report"].clone();
        assert_eq!((&report["created"], &report["rejected"]), (&json!(1_100), &json!(1_050)));
        let told = |name: &str| report[name].as_array().unwrap().len();
        assert_eq!((told("changes"), &report["changesLeftOut"]), (1_000, &json!(100)));
        assert_eq!((told("rows"), &report["rowsLeftOut"]), (1_000, &json!(50)));
    }
}

on_both! {
    async fn applying_asks_for_a_proof_and_looking_does_not(database: Database) {
        let early = Service::on(&database).await;
        let token = early.sign_in(Role::Admin, "").await;
        let import = upload(&early, &token, UPLOAD, list(&[("甲", "越秀区")])).await.json_of(201);
        let service = later(&database, TimeDelta::minutes(11)).await;
        assert_eq!(apply(&service, &token, &import).await.problem(403).0, "stepUpNeeded");
        assert_eq!(service.get(&format!("{PATH}/{}", import["id"]), &token).await.status, 200);
        assert_eq!(upload(&service, &token, UPLOAD, list(&[("乙", "越秀区")])).await.status, 201);
    }
}

on_both! {
    async fn only_whoever_administers_everything_takes_files_in(database: Database) {
        let service = Service::on(&database).await;
        let everywhere = service.sign_in(Role::Admin, "").await;
        let import = upload(&service, &everywhere, UPLOAD, list(&[("甲", "越秀区")])).await.json_of(201);
        let path = format!("{PATH}/{}", import["id"]);
        for (role, area) in [(Role::Admin, "410308"), (Role::Supervisor, ""), (Role::Auditor, "")] {
            let token = service.sign_in(role, area).await;
            assert_eq!(upload(&service, &token, UPLOAD, list(&[("甲", "越秀区")])).await.status, 403, "{role}");
            assert_eq!(service.get(PATH, &token).await.status, 403);
            assert_eq!(service.get(&path, &token).await.status, 403);
            assert_eq!(apply(&service, &token, &import).await.status, 403);
            let gone = service.send(Method::DELETE, &path, &token, &[("if-match", "1")], &Value::Null).await;
            assert_eq!(gone.status, 403);
        }
        assert_eq!(service.upload(UPLOAD, "", &[], ("text/csv", list(&[]))).await.status, 401);
        assert_eq!(service.send(Method::DELETE, &path, &everywhere, &[], &Value::Null).await.status, 428);
        assert_eq!(service.send(Method::DELETE, &path, &everywhere, &[("if-match", "1")], &Value::Null).await.status, 204);
        assert_eq!(service.get(&path, &everywhere).await.status, 404);
        assert_eq!(apply(&service, &everywhere, &import).await.status, 404);
    }
}

on_both! {
    async fn an_upload_that_comes_again_is_one(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let send = async |name: &str| {
            service.upload(UPLOAD, &token, &[("idempotency-key", "a")], ("text/csv", list(&[(name, "越秀区")]))).await
        };
        let first = send("甲").await;
        assert_eq!((first.status, send("甲").await.text), (201, first.text.clone()));
        assert_eq!(send("乙").await.problem(409).0, "idempotencyKeyReused");
        assert_eq!(service.get(PATH, &token).await.json_of(200)["items"].as_array().unwrap().len(), 1);
    }
}

on_both! {
    async fn files_are_kept_for_a_week(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let import = upload(&service, &token, UPLOAD, list(&[("甲", "越秀区")])).await.json_of(201);
        let path = format!("{PATH}/{}", import["id"]);
        let almost = later(&database, TimeDelta::days(7) - TimeDelta::seconds(1)).await;
        sweeping::sweep(&almost.ctx).await.unwrap();
        assert_eq!(almost.get(&path, &token).await.status, 200);
        let over = later(&database, TimeDelta::days(7)).await;
        assert_eq!(over.get(&path, &token).await.status, 404, "swept or not");
        assert_eq!(over.get(PATH, &token).await.json_of(200)["items"], json!([]));
        let left = async || {
            let early = service.get(&path, &token).await.status;
            let wanted = Wanted { record: Some((RecordKind::ImportReview, import["id"].to_string())), ..Wanted::default() };
            let trail = service.ctx.store.trail(&wanted, None, 10).await.unwrap();
            (early, trail.first().map(|entry| (entry.action.as_str(), entry.actor.name.clone())).unwrap())
        };
        assert_eq!(left().await.0, 200, "the control: to whoever's clock is behind it is still there");
        sweeping::sweep(&over.ctx).await.unwrap();
        assert_eq!(left().await, (404, ("delete", "sweep".to_owned())));
    }
}

on_both! {
    async fn remarks_about_rows_are_told_in_the_language_of_the_reader(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let mut file = list(&[("甲", "越秀区"), ("甲", "越秀区"), (" 乙", "越秀区")]);
        file.extend("丙,丙路,丙路,越秀区,34.8,112.4\n丁,丁路,丁路,越秀区,x,113.3\n,,,越秀区,23.1,113.3\n戊,戊路\n".as_bytes());
        file.extend(format!("{},己路,己路,越秀区,23.2,113.3\n", "己".repeat(200)).as_bytes());
        let made = upload(&service, &token, UPLOAD, file).await;
        let path = made.header("location").to_owned();
        let rows = async |language: &str| {
            let seen = service.send(Method::GET, &path, &token, &[("accept-language", language)], &Value::Null).await;
            let rows = seen.json_of(200)["report"]["rows"].as_array().unwrap().clone();
            rows.iter().map(|row| row["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (chinese, english) = (rows("zh-CN").await, rows("en").await);
        assert!(english.len() >= 5 && chinese.len() == english.len(), "{english:?}");
        let han = |text: &str| text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
        for (chinese, english) in chinese.iter().zip(&english) {
            assert!(han(chinese) > han(english), "{english} is told as {chinese}");
        }
        let first = made.json_of(201)["report"]["rows"][0]["message"].clone();
        assert_eq!(first, chinese[0].as_str(), "Chinese unless English is asked for");
    }
}

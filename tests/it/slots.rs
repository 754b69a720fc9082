//! Slots as they come out: missed by themselves, excused by two, done as the log says; and what is counted of them.

use gongce::domain::account::Role;
use gongce::usecase::slots;
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use serde_json::{Value, json};

use crate::harness::service::{Answered, Service};
use crate::harness::stores::{Database, on_both};

/// A toilet whose rounds are due at eight and ten in the morning from the 24th on, and to be disinfected at nine.
pub(crate) async fn planned(service: &Service) -> i32 {
    planned_at(service, 34.8264).await
}

/// Such a toilet so far north.
pub(crate) async fn planned_at(service: &Service, latitude: f64) -> i32 {
    let token = service.sign_in(Role::Supervisor, "410308").await;
    let position = json!({"latitude": latitude, "longitude": 112.4364});
    let body = json!({"name": "公厕", "kind": "urban", "area": "410308101", "confirmed": true, "position": position});
    let toilet = service.post("/api/v1/toilets?crs=wgs84", &token, body).await.json_of(201)["id"].clone();
    let windows = json!([
        {"task": "round", "at": ["08:00", "10:00"], "earlyMinutes": 30, "lateMinutes": 15, "graceMinutes": 60},
        {"task": "disinfect", "at": ["09:00"], "earlyMinutes": 30, "lateMinutes": 15, "graceMinutes": 60},
    ]);
    let plan = json!({"windows": windows, "from": "2026-11-24"});
    service.post(&format!("/api/v1/toilets/{toilet}/plans"), &token, plan).await.json_of(201);
    i32::try_from(toilet.as_i64().unwrap()).unwrap()
}

/// The slots of a day: local time and state.
async fn states(service: &Service, toilet: i32, day: &str) -> Vec<(String, String)> {
    let answer = service.get(&format!("/api/v1/toilets/{toilet}/slots?from={day}&to={day}"), "").await.json_of(200);
    let text = |slot: &Value, field: &str| slot[field].as_str().unwrap().to_owned();
    answer["items"].as_array().unwrap().iter().map(|slot| (text(slot, "time"), text(slot, "state"))).collect()
}

fn are(states: &[(String, String)], wanted: [&str; 3]) {
    assert_eq!(states.iter().map(|(_, state)| state.as_str()).collect::<Vec<_>>(), wanted);
}

async fn key(service: &Service, toilet: i32, day: &str, time: &str) -> String {
    let answer = service.get(&format!("/api/v1/toilets/{toilet}/slots?from={day}&to={day}"), "").await.json_of(200);
    let slot = answer["items"].as_array().unwrap().iter().find(|slot| slot["time"] == time).unwrap().clone();
    slot["key"].as_str().unwrap().to_owned()
}

/// The slots of which the journal tells that.
async fn journal(database: &Database, action: &str) -> Vec<String> {
    let raw = Connection::connect(&database.url).await.unwrap();
    let sql = format!("SELECT key FROM journal WHERE kind = 'slot' AND action = '{action}' ORDER BY number");
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "key").unwrap()).collect()
}

async fn decide(service: &Service, token: &str, id: &Value, approved: bool) -> Answered {
    let body = json!({"approved": approved, "answer": "停水属实"});
    service.send(Method::PUT, &format!("/api/v1/excuses/{id}/decision"), token, &[("if-match", "1")], &body).await
}

on_both! {
    async fn slots_are_missed_by_themselves_and_once(database: Database) {
        let service = Service::on(&database).await;
        let toilet = planned(&service).await;
        // 08:20 in Shanghai: the round of eight is overdue, and nothing is over.
        let morning = Service::at(&database, "2026-11-24T00:20:00Z").await;
        slots::close_once(&morning.ctx).await.unwrap();
        are(&states(&morning, toilet, "2026-11-24").await, ["open", "planned", "planned"]);
        assert_eq!(journal(&database, "overdue").await, [key(&morning, toilet, "2026-11-24", "08:00").await]);
        assert_eq!(journal(&database, "miss").await, [""; 0]);
        // Until somebody looks it is told as what it is.
        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        are(&states(&noon, toilet, "2026-11-24").await, ["missed"; 3]);
        assert_eq!(slots::close_once(&noon.ctx).await.unwrap(), 1);
        assert_eq!(slots::close_once(&noon.ctx).await.unwrap(), 0, "there is nothing left to settle");
        assert_eq!(journal(&database, "miss").await.len(), 3);
        // After two days in which nobody looked.
        let later = Service::at(&database, "2026-11-26T12:00:00Z").await;
        slots::close_once(&later.ctx).await.unwrap();
        assert_eq!(journal(&database, "miss").await.len(), 9);
        assert_eq!(slots::differences(&later.ctx.store, &later.ctx.calendars).await.unwrap(), []);
    }
}

on_both! {
    async fn a_toilet_that_cannot_be_settled_keeps_no_other_from_being_so(database: Database) {
        database.damage();
        let service = Service::on(&database).await;
        let (broken, whole) = (planned(&service).await, planned_at(&service, 34.9).await);
        assert!(broken < whole, "the broken one comes first");
        let raw = Connection::connect(&database.url).await.unwrap();
        let damage = format!("UPDATE plan SET windows = 'eaten' WHERE toilet_id = {broken}");
        raw.execute_unprepared(&damage).await.unwrap();
        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        assert_eq!(slots::close_once(&noon.ctx).await.unwrap(), 1);
        are(&states(&noon, whole, "2026-11-24").await, ["missed"; 3]);
        assert_eq!(journal(&database, "miss").await.len(), 3);
    }
}

on_both! {
    async fn an_excuse_takes_two(database: Database) {
        let service = Service::on(&database).await;
        let toilet = planned(&service).await;
        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        slots::close_once(&noon.ctx).await.unwrap();
        let cleaner = noon.sign_in(Role::Cleaner, "410308101").await;
        let supervisor = noon.sign_in(Role::Supervisor, "410308").await;
        let eight = key(&noon, toilet, "2026-11-24", "08:00").await;
        let asked = json!({"slots": [eight], "reason": "water", "note": "七点起停水"});
        let made = noon.post("/api/v1/excuses", &cleaner, asked.clone()).await.json_of(201);
        let id = made["items"][0]["id"].clone();
        assert_eq!(made["items"][0]["state"], "open");
        assert_eq!(noon.post("/api/v1/excuses", &cleaner, asked).await.status, 409, "somebody has asked already");
        are(&states(&noon, toilet, "2026-11-24").await, ["missed"; 3]);
        let open = noon.get("/api/v1/excuses", &supervisor).await.json_of(200);
        assert_eq!(open["items"].as_array().unwrap().len(), 1);

        assert_eq!(decide(&noon, &cleaner, &id, true).await.status, 403);
        let elsewhere = noon.sign_in(Role::Supervisor, "410308102").await;
        assert_eq!(decide(&noon, &elsewhere, &id, true).await.status, 404);
        assert_eq!(decide(&noon, &supervisor, &id, true).await.json_of(200)["state"], "approved");
        assert_eq!(decide(&noon, &supervisor, &id, false).await.status, 412);
        are(&states(&noon, toilet, "2026-11-24").await, ["excused", "missed", "missed"]);
        assert_eq!(journal(&database, "settle").await, [eight]);

        // Nobody decides their own.
        let ten = key(&noon, toilet, "2026-11-24", "10:00").await;
        let own = json!({"slots": [ten], "reason": "repair"});
        let made = noon.post("/api/v1/excuses", &supervisor, own).await.json_of(201);
        assert_eq!(decide(&noon, &supervisor, &made["items"][0]["id"], true).await.status, 403);
        let figures = noon.get("/api/v1/figures/cleaning?from=2026-11-24", &supervisor).await.json_of(200);
        assert_eq!(figures["items"][0]["missed"], json!({"numerator": 2, "denominator": 2, "value": 1.0}));
        assert_eq!(figures["items"][0]["excused"], json!({"numerator": 1, "denominator": 3, "value": 1.0 / 3.0}));
        assert_eq!(slots::differences(&noon.ctx.store, &noon.ctx.calendars).await.unwrap(), []);
    }
}

on_both! {
    async fn what_cannot_be_excused_is_said(database: Database) {
        let service = Service::on(&database).await;
        let toilet = planned(&service).await;
        let cleaner = service.sign_in(Role::Cleaner, "410308101").await;
        let far = key(&service, toilet, "2026-12-20", "08:00").await;
        for (slot, code) in [
            (far, "outOfRange"),
            (format!("{toilet}.1.1.20261124T0801"), "unknownSlot"),
            (format!("{toilet}.7.1.20261124T0800"), "unknownSlot"),
            ("x".to_owned(), "unreadable"),
        ] {
            let refused = service.post("/api/v1/excuses", &cleaner, json!({"slots": [slot], "reason": "water"})).await;
            assert_eq!(refused.json_of(422)["errors"][0]["code"], code, "{slot}");
            assert_eq!(refused.json()["errors"][0]["field"], "slots.0", "{slot}");
        }
        let elsewhere = service.sign_in(Role::Cleaner, "410308102").await;
        let eight = key(&service, toilet, "2026-11-24", "08:00").await;
        let body = json!({"slots": [eight], "reason": "water"});
        assert_eq!(service.post("/api/v1/excuses", &elsewhere, body).await.status, 404);
    }
}

on_both! {
    async fn a_figure_that_somebody_polished_is_found(database: Database) {
        let service = Service::on(&database).await;
        planned(&service).await;
        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        slots::close_once(&noon.ctx).await.unwrap();
        let found = || slots::differences(&noon.ctx.store, &noon.ctx.calendars);
        assert_eq!(found().await.unwrap(), []);
        database.damage();
        let raw = Connection::connect(&database.url).await.unwrap();
        raw.execute_unprepared("UPDATE slot_outcome SET state = 'doneOnTime' WHERE task = 'disinfect'").await.unwrap();
        let told: Vec<_> = found().await.unwrap().into_iter().map(|finding| finding.message).collect();
        assert_eq!(told, ["it is kept as doneOnTime, and the log says missed"]);
        let days = noon.ctx.store.check().await.unwrap();
        assert!(days.iter().any(|finding| finding.check == "cleaning days"), "{days:#?}");
        assert!(!days.iter().any(|finding| finding.check == "cleaning months"), "{days:#?}");
        raw.execute_unprepared("UPDATE cleaning_month SET days = replace(days, ' 0 ', ' 1 ')").await.unwrap();
        let found = noon.ctx.store.check().await.unwrap();
        let months: Vec<_> = found.iter().filter(|finding| finding.check == "cleaning months").collect();
        assert_eq!(months[0].message, "the counts of 2026-11 are not those of its days");
    }
}

/// Sends records that ended at those times of the 24th, local time, all in one batch from a phone whose clock is right.
pub(crate) async fn log(service: &Service, token: &str, toilet: i32, logs: &[(u32, &str, &str)]) -> Vec<String> {
    let items: Vec<_> = logs
        .iter()
        .map(|(number, task, time)| {
            let id = format!("0192f0c1-0000-7000-8000-0001{number:08x}");
            let at = format!("2026-11-24T{time}:00+08:00");
            json!({"id": id, "event": {"toilet": toilet, "tasks": [task], "finishedAt": at}})
        })
        .collect();
    let answer = service.post("/api/v1/cleanings/batch", token, json!({"items": items})).await.json_of(200);
    let statuses = answer["items"].as_array().unwrap().iter();
    statuses.map(|one| one["status"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_cleaning_does_its_slot_in_the_same_moment(database: Database) {
        let service = Service::on(&database).await;
        let toilet = planned(&service).await;
        let morning = Service::at(&database, "2026-11-24T00:05:00Z").await;
        let cleaner = morning.sign_in(Role::Cleaner, "410308101").await;
        assert_eq!(log(&morning, &cleaner, toilet, &[(1, "round", "08:02")]).await, ["created"]);
        are(&states(&morning, toilet, "2026-11-24").await, ["doneOnTime", "planned", "planned"]);
        let told = morning.get(&format!("/api/v1/toilets/{toilet}"), "").await.json_of(200);
        let wanted = json!({
            "lastCleanedAt": "2026-11-24T00:02:00Z", "nextDueAt": "2026-11-24T01:15:00Z",
        });
        assert_eq!(told["cleaning"], wanted);
        // Another process, and one that starts later, tell the same.
        let other = Service::at(&database, "2026-11-24T00:05:00Z").await;
        assert_eq!(other.get(&format!("/api/v1/toilets/{toilet}"), "").await.json_of(200)["cleaning"], wanted);

        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        slots::close_once(&noon.ctx).await.unwrap();
        are(&states(&noon, toilet, "2026-11-24").await, ["doneOnTime", "missed", "missed"]);
        let supervisor = noon.sign_in(Role::Supervisor, "410308").await;
        let by_toilet = "/api/v1/figures/cleaning?from=2026-11-24&to=2026-11-24&groupBy=toilet&bucket=day";
        let figures = noon.get(by_toilet, &supervisor).await.json_of(200);
        let figure = &figures["items"][0];
        assert_eq!((&figure["of"], &figure["name"], &figure["n"]), (&json!(toilet.to_string()), &json!("公厕"), &json!(3)));
        assert_eq!(figure["onTime"]["numerator"], 1);
        assert_eq!(figure["verified"]["numerator"], 0, "no plate was scanned");
        assert_eq!(figure["tooFew"], true);
        let table = noon.get(&by_toilet.replace("cleaning?", "cleaning.csv?"), &supervisor).await;
        assert_eq!(table.status, 200);
        assert!(table.text.contains(&format!("{toilet},公厕,2026-11-24,2026-11-24,3,1,0,2,0,0,0,0,0,0.333")), "{}", table.text);
        assert_eq!(slots::differences(&noon.ctx.store, &noon.ctx.calendars).await.unwrap(), []);
    }
}

on_both! {
    async fn what_comes_late_is_as_it_truly_was(database: Database) {
        let service = Service::on(&database).await;
        let toilet = planned(&service).await;
        let evening = Service::at(&database, "2026-11-24T12:00:00Z").await;
        slots::close_once(&evening.ctx).await.unwrap();
        are(&states(&evening, toilet, "2026-11-24").await, ["missed"; 3]);
        let cleaner = evening.sign_in(Role::Cleaner, "410308101").await;
        // The last first, one that was late, and one that did nothing that was due.
        let logs = [(3, "round", "10:40"), (1, "round", "08:00"), (2, "disinfect", "09:10"), (4, "round", "15:00")];
        assert_eq!(log(&evening, &cleaner, toilet, &logs).await, ["created"; 4]);
        are(&states(&evening, toilet, "2026-11-24").await, ["doneOnTime", "doneOnTime", "doneLate"]);
        assert_eq!(log(&evening, &cleaner, toilet, &logs).await, ["replayed"; 4]);
        assert_eq!(journal(&database, "settle").await.len(), 3);
        let answer = evening.get(&format!("/api/v1/toilets/{toilet}/slots?from=2026-11-24&to=2026-11-24"), "").await;
        assert!(answer.json_of(200)["items"].as_array().unwrap().iter().all(|slot| slot["syncedLate"] == true));

        // The record of eight is taken back: the slot was missed after all.
        let void = json!({"id": "0192f0c1-0000-7000-8000-000100000009", "event": {
            "toilet": toilet, "tasks": [], "finishedAt": "2026-11-24T20:00:00+08:00",
            "voids": "0192f0c1-0000-7000-8000-000100000001", "reason": "记错了厕所",
        }});
        let answer = evening.post("/api/v1/cleanings/batch", &cleaner, json!({"items": [void]})).await.json_of(200);
        assert_eq!(answer["items"][0]["status"], "created", "{answer}");
        are(&states(&evening, toilet, "2026-11-24").await, ["missed", "doneOnTime", "doneLate"]);
        let supervisor = evening.sign_in(Role::Supervisor, "410308").await;
        let figures = evening.get("/api/v1/figures/cleaning?from=2026-11-24", &supervisor).await.json_of(200);
        assert_eq!(figures["total"]["numerator"], 1);
        assert_eq!(figures["items"][0]["syncedLate"], 2);
        assert_eq!(slots::differences(&evening.ctx.store, &evening.ctx.calendars).await.unwrap(), []);
    }
}

on_both! {
    async fn a_round_goes_by_what_is_due_first_and_then_by_the_way(database: Database) {
        let service = Service::on(&database).await;
        let (near, far) = (planned_at(&service, 34.8264).await, planned_at(&service, 34.8364).await);
        let morning = Service::at(&database, "2026-11-24T00:05:00Z").await;
        let cleaner = morning.sign_in(Role::Cleaner, "410308101").await;
        let ids = |round: &Value| -> Vec<i32> {
            round["items"].as_array().unwrap().iter().map(|stop| i32::try_from(stop["toilet"].as_i64().unwrap()).unwrap()).collect()
        };
        let from = "?latitude=34.8263&longitude=112.4364&crs=wgs84";
        let round = morning.get(&format!("/api/v1/me/round{from}"), &cleaner).await.json_of(200);
        assert_eq!(ids(&round), [near, far]);
        assert_eq!(round["items"][0]["slots"].as_array().unwrap().len(), 3);
        assert_eq!(round["items"][0]["distance"], 11.1);
        assert_eq!(round["items"][0]["slots"][0]["task"], "round");
        let other = from.replace("34.8263", "34.8365");
        assert_eq!(ids(&morning.get(&format!("/api/v1/me/round{other}"), &cleaner).await.json_of(200)), [far, near]);

        // What is done is not due any more: the other one is due first now.
        assert_eq!(log(&morning, &cleaner, near, &[(1, "round", "08:02")]).await, ["created"]);
        let text = morning.get(&format!("/api/v1/me/round{from}"), &cleaner).await;
        assert!(text.text.len() < 20_000);
        let round = text.json_of(200);
        assert_eq!(ids(&round), [far, near]);
        assert_eq!(round["items"][1]["lastCleanedAt"], "2026-11-24T00:02:00Z");
        let late = Service::at(&database, "2026-11-24T00:30:00Z").await;
        let round = late.get("/api/v1/me/round", &cleaner).await.json_of(200);
        assert_eq!((&round["items"][0]["slots"][0]["overdue"], ids(&round)[0]), (&json!(true), far));

        let elsewhere = late.sign_in(Role::Cleaner, "410308102").await;
        assert_eq!(late.get("/api/v1/me/round", &elsewhere).await.json_of(200)["items"], json!([]));
        let (code, fields) = late.get("/api/v1/me/round?latitude=34&longitude=112", &cleaner).await.problem(400);
        assert_eq!((code.as_str(), fields), ("crsMissing", vec!["crs".to_owned()]));
    }
}

on_both! {
    async fn nothing_is_due_at_a_toilet_that_is_gone(database: Database) {
        let service = Service::on(&database).await;
        let toilet = planned(&service).await;
        let noon = Service::at(&database, "2026-11-24T04:00:00Z").await;
        slots::close_once(&noon.ctx).await.unwrap();
        let supervisor = noon.sign_in(Role::Supervisor, "410308").await;
        let path = format!("/api/v1/toilets/{toilet}");
        let gone = noon.send(Method::DELETE, &path, &supervisor, &[("if-match", "1")], &Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.text);
        let later = Service::at(&database, "2026-11-27T04:00:00Z").await;
        slots::close_once(&later.ctx).await.unwrap();
        assert_eq!(journal(&database, "miss").await.len(), 3, "what was due before stays");
        let supervisor = later.sign_in(Role::Supervisor, "410308").await;
        let plans = later.get(&format!("{path}/plans"), &supervisor).await.json_of(200);
        assert_eq!(plans["items"][0]["to"], "2026-11-24");
        assert_eq!(slots::differences(&later.ctx.store, &later.ctx.calendars).await.unwrap(), []);
    }
}

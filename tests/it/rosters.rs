//! Rosters: turns that come again and again, other days, the table of a month, and what follows from who is on shift.

use std::time::Duration;

use gongce::domain::account::Role;
use gongce::usecase::{following, loading};
use poem::http::Method;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::assignments::{person, toilet};
use crate::harness::service::{Answered, Service};
use crate::harness::stores::on_both;

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn id_of(toilet: &str) -> i64 {
    toilet.rsplit('/').next().unwrap().parse().unwrap()
}

/// Makes a roster of a toilet with three shifts; answers its path.
async fn roster(service: &Service, token: &str, toilet: &str) -> String {
    let body = json!({"name": "东区", "toilets": [id_of(toilet)], "shifts": [
        {"kind": "early", "from": "06:00", "to": "14:00"},
        {"kind": "late", "from": "14:00", "to": "22:00"},
        {"kind": "rotation", "from": "22:00", "to": "06:00"},
    ]});
    let made = service.post("/api/v1/rosters", token, body).await;
    made.json_of(201);
    made.header("location").to_owned()
}

async fn turn(service: &Service, token: &str, roster: &str, body: Value) -> Answered {
    service.post(&format!("{roster}/turns"), token, body).await
}

async fn put_days(service: &Service, token: &str, roster: &str, days: Value) -> Answered {
    let body = json!({"days": days});
    service.send(Method::PUT, &format!("{roster}/days"), token, &[], &body).await
}

/// The first fault of a refusal: where, and which.
fn fault(refused: &Answered) -> (String, String) {
    let problem = refused.json_of(422);
    let text = |field: &str| problem["errors"][0][field].as_str().unwrap().to_owned();
    (text("field"), text("code"))
}

/// What somebody does day by day: the day of the month and the shift.
async fn own(service: &Service, token: &str) -> Vec<(String, String)> {
    let answer = service.get("/api/v1/me/roster?from=2026-11-23&to=2026-11-30", token).await.json_of(200);
    let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    answer["items"].as_array().unwrap().iter().map(|one| (text(one, "day"), text(one, "shift"))).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(day, shift)| ((*day).to_owned(), (*shift).to_owned())).collect()
}

on_both! {
    async fn turns_come_again_and_single_days_are_other(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let (here, there) = (toilet(&service, &token, "甲").await, toilet(&service, &token, "乙").await);
        let (east, west) = (roster(&service, &token, &here).await, roster(&service, &token, &there).await);
        let (wang, wangs) = person(&service, Role::Cleaner, "410308").await;
        let (li, lis) = person(&service, Role::Cleaner, "410308").await;
        let (elsewhere, _) = person(&service, Role::Cleaner, "410308102").await;
        let cycle = json!(["early", "early", "late", "late", "off", "off"]);
        let first = turn(&service, &token, &east, json!({"person": wang, "cycle": cycle})).await.json_of(201);
        assert_eq!(first["from"], "2026-11-23");
        let late = json!({"person": li, "cycle": ["late"], "from": "2026-11-24"});
        turn(&service, &token, &east, late).await.json_of(201);
        for (body, wanted) in [
            (json!({"person": elsewhere, "cycle": ["late"]}), ("person", "unknownPerson")),
            (json!({"person": wang, "cycle": ["late"], "from": "2026-11-22"}), ("from", "outOfRange")),
            (json!({"person": wang, "cycle": ["late"], "from": "2026-12-02", "to": "2026-12-01"}), ("to", "endsBeforeItBegins")),
        ] {
            let (field, code) = fault(&turn(&service, &token, &east, body).await);
            assert_eq!((field.as_str(), code.as_str()), wanted);
        }
        let two = fault(&turn(&service, &token, &west, json!({"person": wang, "cycle": ["late"]})).await);
        assert_eq!(two, ("person".to_owned(), "onAnotherRoster".to_owned()));
        let begun = [("2026-11-23", "early"), ("2026-11-24", "early"), ("2026-11-25", "late"), ("2026-11-26", "late"),
            ("2026-11-29", "early"), ("2026-11-30", "early")];
        assert_eq!(own(&service, &wangs).await, pairs(&begun));

        // A day off, twice the same; and what cannot be, with its place.
        let off = json!([{"person": wang, "day": "2026-11-30", "shift": "off"}]);
        for changed in [1, 0] {
            assert_eq!(put_days(&service, &token, &east, off.clone()).await.json_of(200)["changed"], changed);
        }
        let past = json!([{"person": li, "day": "2026-11-30", "shift": "late"}, {"person": wang, "day": "2026-11-22", "shift": "late"}]);
        assert_eq!(fault(&put_days(&service, &token, &east, past).await), ("days.1.day".to_owned(), "past".to_owned()));
        let other = json!([{"person": wang, "day": "2026-11-27", "shift": "late"}]);
        assert_eq!(fault(&put_days(&service, &token, &west, other).await), ("days.0.person".to_owned(), "onAnotherRoster".to_owned()));

        // They swap the 24th: once, however often it is sent.
        let swap = json!({"day": "2026-11-24", "person": wang, "with": li});
        for _ in 0..2 {
            let key = [("idempotency-key", "swap")];
            let path = format!("{east}/swaps");
            service.send(Method::POST, &path, &token, &key, &swap).await.json_of(201);
        }
        assert_eq!(own(&service, &wangs).await[1], ("2026-11-24".to_owned(), "late".to_owned()));
        assert_eq!(own(&service, &lis).await[0], ("2026-11-24".to_owned(), "early".to_owned()));
        let again = service.post(&format!("{east}/swaps"), &token, json!({"day": "2026-11-25", "person": wang, "with": li})).await;
        assert_eq!(fault(&again), ("with".to_owned(), "sameShift".to_owned()));
        let detail = service.get(&east, &wangs).await.json_of(200);
        assert_eq!((detail["turns"].as_array().unwrap().len(), detail["days"].as_array().unwrap().len()), (2, 3));

        // Whoever has gone is on no roster any more.
        let export = service.get("/api/v1/me/export", &wangs).await.json_of(200);
        assert_eq!((export["turns"][0]["cycle"].clone(), export["rosterDays"].as_array().unwrap().len()), (cycle, 2));
        assert_eq!(service.send(Method::DELETE, "/api/v1/me", &wangs, &[], &Value::Null).await.status, 204);
        let detail = service.get(&east, &lis).await.json_of(200);
        assert_eq!((detail["turns"].as_array().unwrap().len(), detail["days"].as_array().unwrap().len()), (1, 1));
        assert_eq!(service.send(Method::DELETE, &west, &token, &[("if-match", "1")], &Value::Null).await.status, 204);
        assert_eq!(service.get(&west, &token).await.status, 404, "it had not begun");
        let later = Service::at(&database, "2026-11-26T04:00:00Z").await;
        assert_eq!(later.send(Method::DELETE, &east, &token, &[("if-match", "1")], &Value::Null).await.status, 204);
        assert_eq!(own(&later, &lis).await.last().unwrap().0, "2026-11-26", "today is the last day");
        assert_eq!(service.ctx.store.check().await.unwrap(), []);
    }
}

/// A month table as somebody fills it in: a row for each person, from the first of December on.
fn filled(month: &str, rows: &[(&str, &str, &[&str])]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, month).unwrap();
    for day in 1..=31_u16 {
        sheet.write_number(0, day + 1, day).unwrap();
    }
    for (row, (person, name, cells)) in (2_u32..).zip(rows) {
        sheet.write_string(row, 0, *person).unwrap().write_string(row, 1, *name).unwrap();
        for (column, cell) in (2_u16..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

on_both! {
    async fn a_month_is_printed_and_taken_in_again(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let roster = roster(&service, &token, &toilet(&service, &token, "甲").await).await;
        let (wang, _) = person(&service, Role::Cleaner, "410308").await;
        let (li, _) = person(&service, Role::Cleaner, "410308").await;
        turn(&service, &token, &roster, json!({"person": wang, "cycle": ["early", "late", "off"]})).await.json_of(201);
        turn(&service, &token, &roster, json!({"person": li, "cycle": ["late", "late", "early"]})).await.json_of(201);
        service.post(&format!("{roster}/swaps"), &token, json!({"day": "2026-12-02", "person": wang, "with": li})).await.json_of(201);
        let path = format!("{roster}/month?month=2026-12");
        let take = async |content: Vec<u8>, apply: bool| {
            let path = format!("{path}&apply={apply}");
            service.upload(&path, &token, &[], (XLSX, content)).await
        };
        let shown = async || service.get(&path, &token).await.json_of(200)["rows"].clone();
        let before = shown().await;
        for language in ["zh-CN", "en"] {
            let print = format!("{roster}/month.xlsx?month=2026-12");
            let headers = [("accept-language", language)];
            let (status, _, content) = service.send_bytes(Method::GET, &print, &token, &headers, Vec::new()).await;
            assert_eq!(status, 200);
            let told = take(content, true).await.json_of(200);
            assert_eq!((&told["changes"], &told["faults"], &told["applied"]), (&json!([]), &json!([]), &json!(true)), "{language}");
        }
        assert_eq!(shown().await, before, "what was printed says what there is");

        // 1 December is the ninth day of the turn, so that she is off.
        let wang = wang.as_str().unwrap();
        let asked = filled("2026-12", &[(wang, "", &["早", "", "R"])]);
        let dry = take(asked.clone(), false).await.json_of(200);
        let cells: Vec<_> = dry["changes"].as_array().unwrap().iter().map(|one| one["cell"].clone()).collect();
        assert_eq!((cells, &dry["applied"]), (vec![json!("C3"), json!("E3")], &json!(false)));
        assert_eq!(shown().await, before, "nothing was written");
        for changes in [2, 0] {
            let told = take(asked.clone(), true).await.json_of(200);
            assert_eq!(told["changes"].as_array().unwrap().len(), changes, "the same table again changes nothing");
        }
        assert_ne!(shown().await, before);

        // What is wrong is told cell by cell, and keeps the rest from being written.
        let standing = shown().await;
        let nobody = "0192f0c1-0000-7000-8000-00000000dead";
        let wrong = filled("2026-12", &[(wang, "", &["晚", "X"]), (nobody, "", &["早"]), ("", "somebody unknown", &["早"]), (wang, "", &["早"])]);
        let dry = take(wrong.clone(), false).await.json_of(200);
        let mut faults: Vec<_> = dry["faults"].as_array().unwrap().iter().map(|one| (one["cell"].as_str().unwrap(), one["code"].as_str().unwrap())).collect();
        faults.sort_unstable();
        assert_eq!(faults, [("A5", "unknownPerson"), ("A6", "repeated"), ("C4", "unknownPerson"), ("D3", "unknownShift")]);
        assert_eq!(take(wrong, true).await.problem(422).1.len(), 4);
        assert_eq!(shown().await, standing);
        let other = take(filled("2026-11", &[]), false).await.json_of(200);
        assert_eq!((&other["faults"][0]["cell"], &other["faults"][0]["code"]), (&json!("A1"), &json!("otherMonth")));
        assert_eq!(fault(&take(b"PK\x03\x04".to_vec(), false).await).0, "body");
        assert_eq!(service.ctx.store.check().await.unwrap(), []);
    }
}

on_both! {
    async fn coverage_is_minutes_of_service_with_somebody_on_shift(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let (here, there) = (toilet(&service, &token, "甲").await, toilet(&service, &token, "乙").await);
        let hours = json!({"hours": "06:00-22:00"});
        service.patch(&format!("{here}?crs=wgs84"), &token, 1, hours).await.json_of(200);
        let roster = roster(&service, &token, &here).await;
        // Both at once from six: a minute counts once.
        for shifts in [json!(["early"]), json!(["early", "late"])] {
            let (person, _) = person(&service, Role::Cleaner, "410308").await;
            turn(&service, &token, &roster, json!({"person": person, "cycle": shifts})).await.json_of(201);
        }
        // Two hours without water, of which one lies in the early shift.
        let outage = json!({"reason": "water", "from": "2026-11-23T05:00:00Z", "until": "2026-11-23T07:00:00Z"});
        service.post(&format!("{here}/outages"), &token, outage).await.json_of(201);
        let figures = async |query: &str| {
            let path = format!("/api/v1/figures/coverage?from=2026-11-23&to=2026-11-24&{query}");
            service.get(&path, &token).await.json_of(200)
        };
        let of = |item: &Value| {
            let coverage = &item["coverage"];
            (item["of"].clone(), coverage["numerator"].clone(), coverage["denominator"].clone(), item["unknownMinutes"].clone())
        };
        let by_toilet = figures("groupBy=toilet").await;
        let items: Vec<_> = by_toilet["items"].as_array().unwrap().iter().map(of).collect();
        let id = |toilet: &str| json!(id_of(toilet).to_string());
        // 7 of 14 hours, and all of 16.
        assert_eq!(items, [
            (id(&here), json!(7 * 60 + 16 * 60), json!(14 * 60 + 16 * 60), json!(0)),
            (id(&there), json!(0), json!(0), json!(2 * 24 * 60)),
        ]);
        assert_eq!(by_toilet["items"][1]["coverage"].get("value"), None, "nothing of nothing is no share");
        let by_day = figures("groupBy=operator&bucket=day").await;
        let items: Vec<_> = by_day["items"].as_array().unwrap().iter().map(|item| (item["name"].clone(), item["coverage"]["numerator"].clone())).collect();
        assert_eq!(items, [(json!("城管局"), json!(420)), (json!("城管局"), json!(960))]);
        assert_eq!(by_day["total"]["numerator"], 1_380);
        let csv = service.get("/api/v1/figures/coverage.csv?from=2026-11-23&to=2026-11-24", &token).await;
        assert!(csv.text.contains("1380") && csv.text.contains("1800"), "{}", csv.text);
        let refused = service.get("/api/v1/figures/coverage?groupBy=person", &token).await;
        assert_eq!(fault(&refused), ("groupBy".to_owned(), "unsupported".to_owned()));
    }
}

/// Logs a round by its number; answers its flags.
async fn log(service: &Service, token: &str, number: u32, toilet: &str, at: &str) -> Value {
    let path = format!("/api/v1/cleanings/0192f0c1-0000-7000-8000-0001{number:08x}");
    let event = json!({"toilet": id_of(toilet), "tasks": ["round"], "finishedAt": at});
    let told = service.send(Method::PUT, &path, token, &[], &json!({"event": event})).await.json_of(201);
    told["cleaning"]["flags"].clone()
}

on_both! {
    async fn whoever_is_not_on_the_roster_is_taken_at_her_word_and_flagged(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let (kept, free) = (toilet(&service, &token, "甲").await, toilet(&service, &token, "乙").await);
        let roster = roster(&service, &token, &kept).await;
        let (wang, hers) = person(&service, Role::Cleaner, "410308").await;
        let (li, his) = person(&service, Role::Cleaner, "410308").await;
        turn(&service, &token, &roster, json!({"person": wang, "cycle": ["early", "rotation"]})).await.json_of(201);
        let off = json!(["offRoster"]);
        let service = Service::at(&database, "2026-11-25T08:00:00Z").await;
        let (early, night, noon) = ("2026-11-23T01:00:00Z", "2026-11-24T17:00:00Z", "2026-11-24T05:00:00Z");
        assert_eq!(log(&service, &hers, 1, &kept, early).await, json!([]));
        assert_eq!(log(&service, &hers, 2, &kept, night).await, json!([]), "after midnight it is the shift of the day before");
        assert_eq!(log(&service, &hers, 3, &kept, noon).await, off);
        assert_eq!(log(&service, &his, 4, &kept, early).await, off);
        assert_eq!(log(&service, &his, 5, &free, early).await, json!([]), "of which nobody has recorded who keeps it");
        // Who stands in belongs there, and who closes it as her own does so.
        let closes = async |token: &str| {
            let body = json!({"reason": "sewage"});
            service.post(&format!("{kept}/outages"), token, body).await.status
        };
        assert_eq!(closes(&his).await, 403);
        let substitute = json!({"person": li, "to": "2026-11-30"});
        service.post(&format!("{kept}/substitutes"), &token, substitute).await.json_of(201);
        assert_eq!(log(&service, &his, 6, &kept, "2026-11-25T07:00:00Z").await, json!([]));
        assert_eq!(closes(&his).await, 201);
        assert_eq!(service.ctx.store.check().await.unwrap(), []);
    }
}

on_both! {
    async fn what_another_process_puts_on_a_roster_counts_here_once_the_journal_tells(database: Database) {
        let there = Service::on(&database).await;
        let token = there.sign_in(Role::Supervisor, "410308").await;
        let kept = toilet(&there, &token, "甲").await;
        roster(&there, &token, &kept).await;
        let (li, his) = person(&there, Role::Cleaner, "410308").await;
        let here = Service::at(&database, "2026-11-23T08:00:00Z").await;
        let mut cursor = loading::load(&here.ctx).await.unwrap();
        let at = "2026-11-23T07:00:00Z";
        assert_eq!(log(&here, &his, 1, &kept, at).await, json!(["offRoster"]));
        let substitute = json!({"person": li, "to": "2026-11-30"});
        there.post(&format!("{kept}/substitutes"), &token, substitute).await.json_of(201);
        // On PostgreSQL any transaction in the whole cluster, such as another test's, holds the journal back for a while.
        for number in 2..600 {
            cursor = following::catch_up(&here.ctx, cursor).await.unwrap();
            if log(&here, &his, number, &kept, at).await == json!([]) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never told of it");
    }
}

on_both! {
    async fn figures_belong_to_whoever_ran_the_toilet_on_the_day_of_the_slot(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲").await;
        let windows =
            json!([{"task": "round", "at": ["08:00"], "earlyMinutes": 30, "lateMinutes": 15, "graceMinutes": 60}]);
        service.post(&format!("{toilet}/plans"), &token, json!({"windows": windows, "from": "2026-11-24"})).await.json_of(201);
        let path = format!("{toilet}?crs=wgs84");
        let revision = service.get(&path, "").await.json_of(200)["revision"].clone();
        let other = json!({"operators": {"operating": {"name": "环卫公司", "from": "2026-11-26"}}});
        service.patch(&path, &token, revision, other).await.json_of(200);
        let later = Service::at(&database, "2026-11-27T04:00:00Z").await;
        gongce::usecase::slots::close_once(&later.ctx).await.unwrap();
        let token = later.sign_in(Role::Supervisor, "410308").await;
        let query = "/api/v1/figures/cleaning?from=2026-11-24&to=2026-11-27&groupBy=operator";
        let figures = later.get(query, &token).await.json_of(200);
        let missed = |item: &Value| (item["name"].clone(), item["missed"]["numerator"].clone());
        let items: Vec<_> = figures["items"].as_array().unwrap().iter().map(missed).collect();
        assert_eq!(items, [(json!("城管局"), json!(2)), (json!("环卫公司"), json!(2))], "two days each");
    }
}

//! The history of a record, replayed from the journal, is the record.

use std::fmt::Write;

use gongce::domain::account::Role;
use gongce::intake::Profile;
use gongce::store::{Finding, Store};
use gongce::usecase::demonstration;
use gongce::usecase::imports::{Input, Options, run};
use poem::http::Method;
use sea_orm::{ConnectionTrait, Database as Connection};
use serde_json::{Value, json};

use crate::harness::service::{Answered, Service};
use crate::harness::stores::on_both;
use crate::imports::{PLAIN, PROFILE};

/// Numbers that look random and are the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }
}

/// What the check of the database says of toilets and their histories.
pub(super) async fn disagreements(store: &Store) -> Vec<Finding> {
    let findings = store.check().await.unwrap();
    findings.into_iter().filter(|finding| matches!(finding.check, "revisions" | "histories")).collect()
}

/// Some change to a toilet.
fn change(draws: &mut Draws) -> Value {
    match draws.below(9) {
        0 => json!({"note": format!("第{}次", draws.below(5))}),
        1 => json!({"address": null, "hours": "06:00-22:00"}),
        2 => json!({"facilities": {"paper": draws.of(&["yes", "no"]), "shower": null}}),
        3 => json!({"stalls": {"women": draws.below(9)}}),
        4 => json!({"operators": {"operating": {"name": draws.of(&["城管局", "环卫公司", "保洁公司"])}}}),
        5 => {
            json!({"operators": {"owner": {"name": draws.of(&["镇政府", "村委会"]), "from": "2026-11-20"}, "operating": null}})
        }
        6 => json!({"position": {"latitude": 34.8, "longitude": 112.4}}),
        7 => json!({"area": draws.of(&["410308101", "410308102"]), "contact": "12345"}),
        _ => json!({"lifecycle": "inService", "verifiedAt": "2026-11-20T03:00:00Z"}),
    }
}

/// A list of the bureau in which some rows differ from the last one.
fn list(draws: &mut Draws) -> Vec<u8> {
    let mut text = "key,name,lat,lng,address,wheelchair,operator,grade\n".to_owned();
    for key in 0..20 {
        if draws.below(20) > 0 {
            let (address, fact) = (draws.of(&["东街", "西街", ""]), draws.of(&["yes", "no", ""]));
            let (body, grade) = (draws.of(&["城管局", "环卫公司", ""]), draws.of(&["A", "AA", ""]));
            let tenths = 80 + draws.below(3);
            writeln!(text, "{key},{key}号,34.{tenths},112.4,{address},{fact},{body},{grade}").unwrap();
        }
    }
    text.into_bytes()
}

/// Ends the first closure of a toilet, if it has one.
async fn end_first_outage(service: &Service, path: &str, token: &str, revision: &str) -> Answered {
    let list = service.get(&format!("{path}/outages"), token).await.json_of(200);
    let path = format!("{path}/outages/{}", list["items"][0]["id"].as_i64().unwrap_or(0));
    service.send(Method::DELETE, &path, token, &[("if-match", revision)], &Value::Null).await
}

async fn import(service: &Service, bytes: Vec<u8>) {
    let files = [Input { name: "list.csv".to_owned(), bytes }];
    let options = Options { sync: true, force: true, ..PLAIN };
    run(&service.ctx, &Profile::parse(PROFILE).unwrap(), &files, options, &|_| {}).await.unwrap();
}

on_both! {
    async fn every_record_is_what_its_history_says(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        let mut draws = Draws(7);
        import(&service, list(&mut draws)).await;
        for _ in 0..10 {
            let new = json!({"name": "新公厕", "confirmed": true, "operators": {"operating": {"name": "城管局"}}});
            assert_eq!(service.post("/api/v1/toilets", &token, new).await.status, 201);
        }
        let mut done = 0;
        for step in 0..150 {
            if step % 25 == 0 {
                import(&service, list(&mut draws)).await;
            }
            let path = format!("/api/v1/toilets/{}?crs=gcj02", 1 + draws.below(28));
            let answer = service.get(&path, "").await;
            if answer.status == 404 {
                continue;
            }
            let revision = answer.json()["revision"].to_string();
            let bare = path.replace("?crs=gcj02", "");
            let answer = match draws.below(10) {
                1 => service.post(&format!("{bare}/outages"), &token, json!({"reason": draws.of(&["water", "repair"])})).await,
                2 => end_first_outage(&service, &bare, &token, &revision).await,
                0 => service.send(Method::DELETE, &bare, &token, &[("if-match", &revision)], &Value::Null).await,
                _ => service.patch(&path, &token, &revision, change(&mut draws)).await,
            };
            assert!(matches!(answer.status, 200 | 201 | 204 | 404 | 409 | 422), "{}", answer.text);
            done += u32::from(answer.status < 300);
        }
        assert!(done > 100, "{done}");
        assert_eq!(disagreements(&service.ctx.store).await, []);
    }
}

on_both! {
    async fn the_demonstration_is_what_its_history_says(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        assert_eq!(disagreements(&ctx.store).await, []);
    }
}

on_both! {
    async fn a_record_that_was_changed_beside_the_journal_is_found(database: Database) {
        // The control: without it, a check that finds nothing proves nothing.
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        database.damage();
        let raw = Connection::connect(&database.url).await.unwrap();
        for sql in [
            "UPDATE toilet SET note = 'forged' WHERE id = 3",
            "UPDATE toilet SET revision = revision + 1 WHERE id = 5",
            "DELETE FROM tenure WHERE toilet_id = 7",
            "UPDATE operator SET name = 'forged' WHERE id = 1",
            "UPDATE area SET name = 'forged' WHERE code = '410308103'",
            "INSERT INTO deployment (name, from_at, until_at, revision) \
             VALUES ('forged', '2026-11-23 00:00:00+00:00', '2026-11-24 00:00:00+00:00', 1)",
            "INSERT INTO plate (toilet_id, kind, serial, oldest_key, issued_at) \
             VALUES (9, 'staff', 2, '1', '2026-11-23 00:00:00+00:00')",
        ] {
            raw.execute_unprepared(sql).await.unwrap();
        }
        let faults = disagreements(&ctx.store).await;
        let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_deref().unwrap()).collect();
        assert_eq!(keys, ["5", "410308103", "1", "1", "9/staff", "3", "7"]);
        assert!(faults[5].message.contains("note") && faults[5].message.contains("forged"), "{}", faults[5].message);
    }
}

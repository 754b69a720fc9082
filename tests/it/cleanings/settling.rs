//! What is logged is settled soon after it is acknowledged: whatever happens in between, however late and however much at
//! once, it comes out the same.

use gongce::domain::account::Role;
use gongce::domain::id::ToiletId;
use gongce::domain::slot::{Outcome, SlotState};
use gongce::usecase::slots;
use sea_orm::{ConnectionTrait, Database as Connection, DatabaseConnection, Statement};

use super::*;
use crate::harness::stores::on_both;

/// Toilets whose rounds are due every hour of the 24th and the 25th, each overlapping the next, and are disinfected twice.
async fn planned(service: &Service, supervisor: &str, count: u32) -> Vec<i64> {
    let windows = json!([
        {"task": "round", "from": "06:00", "to": "22:00", "everyMinutes": 60, "earlyMinutes": 40, "lateMinutes": 20, "graceMinutes": 30},
        {"task": "disinfect", "at": ["09:00", "15:00"], "earlyMinutes": 120, "lateMinutes": 60, "graceMinutes": 60},
    ]);
    let mut toilets = Vec::new();
    for number in 0..count {
        let toilet = toilet(service, supervisor, TOWN, f64::from(number) * 300.0).await;
        let plan = json!({"windows": windows, "from": "2026-11-24"});
        service.post(&format!("/api/v1/toilets/{toilet}/plans"), supervisor, plan).await.json_of(201);
        toilets.push(toilet);
    }
    toilets
}

async fn outcomes(service: &Service, toilet: i64) -> Vec<Outcome> {
    let (from, to) = ("2026-11-24".parse().unwrap(), "2026-11-27".parse().unwrap());
    let toilet = ToiletId(i32::try_from(toilet).unwrap());
    let mut outcomes = service.ctx.store.outcomes_on(toilet, from, to).await.unwrap();
    outcomes.sort_by_key(|outcome| outcome.key);
    outcomes
}

fn count(outcomes: &[Outcome], state: SlotState) -> usize {
    outcomes.iter().filter(|outcome| outcome.state == state).count()
}

async fn told(raw: &DatabaseConnection, action: &str) -> Vec<String> {
    let sql = format!("SELECT actor FROM journal WHERE kind = 'slot' AND action = '{action}' ORDER BY number");
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "actor").unwrap()).collect()
}

/// A round at ten past eight of the 24th in Shanghai.
fn round_of_eight(toilet: i64) -> Value {
    json!({"toilet": toilet, "tasks": ["round"], "finishedAt": "2026-11-24T00:10:00Z"})
}

on_both! {
    async fn what_was_acknowledged_before_the_end_of_a_process_is_settled_by_the_next(database: Database) {
        let first = service(&database).await;
        let supervisor = first.sign_in(Role::Supervisor, "410308").await;
        let (own, other) = (first.sign_in(Role::Cleaner, TOWN).await, first.sign_in(Role::Cleaner, TOWN).await);
        let toilets = planned(&first, &supervisor, 2).await;
        let late = at(&database, "2026-11-25T00:00:00Z").await;
        slots::close_once(&late.ctx).await.unwrap();
        assert_eq!(count(&outcomes(&late, toilets[0]).await, SlotState::DoneOnTime), 0);
        put(&late, &own, 1, &round_of_eight(toilets[0])).await.json_of(201);
        put(&late, &other, 2, &round_of_eight(toilets[1])).await.json_of(201);
        let (own, other) = (me(&late, &own).await, me(&late, &other).await);
        // This process ends before it comes to that.
        drop(late);

        let next = at(&database, "2026-11-25T00:01:00Z").await;
        let raw = Connection::connect(&database.url).await.unwrap();
        assert_eq!(count(&outcomes(&next, toilets[0]).await, SlotState::DoneOnTime), 0);
        assert_eq!(next.ctx.store.unsettled(9).await.unwrap().len(), 2);
        assert_eq!(told(&raw, "settle").await, [""; 0]);
        // What waits is no fault; what differs and does not wait is one.
        let differences = || slots::differences(&next.ctx.store, &next.ctx.calendars);
        assert_eq!(differences().await.unwrap(), []);
        assert_whole(&next).await;
        raw.execute_unprepared(&format!("DELETE FROM unsettled WHERE toilet_id = {}", toilets[1])).await.unwrap();
        assert_eq!(differences().await.unwrap().len(), 1, "the control: without its mark it would never be settled");

        slots::close_once(&next.ctx).await.unwrap();
        assert_eq!(count(&outcomes(&next, toilets[0]).await, SlotState::DoneOnTime), 1);
        assert_eq!(next.ctx.store.unsettled(9).await.unwrap(), []);
        assert_eq!(told(&raw, "settle").await, [own], "whoever logged it is the author of it");
        assert_eq!(told(&raw, "miss").await.iter().filter(|actor| **actor == other).count(), 0);
        let answer = next.get(&format!("/api/v1/toilets/{}", toilets[0]), "").await.json_of(200);
        assert_eq!(answer["cleaning"]["lastCleanedAt"], "2026-11-24T00:10:00Z");
    }
}

on_both! {
    async fn whoever_logs_and_reads_then_reads_what_the_log_says(database: Database) {
        let first = service(&database).await;
        let supervisor = first.sign_in(Role::Supervisor, "410308").await;
        let cleaner = first.sign_in(Role::Cleaner, TOWN).await;
        let toilets = planned(&first, &supervisor, 3).await;
        let late = at(&database, "2026-11-24T02:05:00Z").await;
        slots::close_once(&late.ctx).await.unwrap();
        let on_time = |figures: &Value| figures["items"][0]["onTime"]["numerator"].clone();
        let figures = || late.get("/api/v1/figures/cleaning?from=2026-11-24&to=2026-11-24", &supervisor);
        assert_eq!(on_time(&figures().await.json_of(200)), json!(0));
        put(&late, &cleaner, 1, &round_of_eight(toilets[0])).await.json_of(201);
        let path = format!("/api/v1/toilets/{}/slots?from=2026-11-24&to=2026-11-24", toilets[0]);
        let slots_told = late.get(&path, "").await.json_of(200);
        assert_eq!(slots_told["items"][2]["state"], "doneOnTime", "{slots_told}");
        put(&late, &cleaner, 2, &round_of_eight(toilets[1])).await.json_of(201);
        assert_eq!(on_time(&figures().await.json_of(200)), json!(2));
        let now = json!({"toilet": toilets[2], "tasks": ["round", "disinfect"], "finishedAt": "2026-11-24T02:01:00Z"});
        let due = |round: &Value| {
            let stop = round["items"].as_array().unwrap().iter().find(|stop| stop["toilet"] == toilets[2]).unwrap().clone();
            stop["slots"][0]["due"].clone()
        };
        let before = due(&late.get("/api/v1/me/round", &cleaner).await.json_of(200));
        put(&late, &cleaner, 3, &now).await.json_of(201);
        let after = due(&late.get("/api/v1/me/round", &cleaner).await.json_of(200));
        assert_ne!(before, after, "what was done is no longer due");
    }
}

on_both! {
    async fn a_toilet_that_cannot_be_settled_keeps_no_other_from_being_so(database: Database) {
        let first = service(&database).await;
        let supervisor = first.sign_in(Role::Supervisor, "410308").await;
        let cleaner = first.sign_in(Role::Cleaner, TOWN).await;
        let toilets = planned(&first, &supervisor, 3).await;
        database.damage();
        let raw = Connection::connect(&database.url).await.unwrap();
        raw.execute_unprepared(&format!("UPDATE plan SET windows = 'eaten' WHERE toilet_id = {}", toilets[1])).await.unwrap();
        let late = at(&database, "2026-11-25T00:00:00Z").await;
        for (number, toilet) in (1..).zip(&toilets) {
            put(&late, &cleaner, number, &round_of_eight(*toilet)).await.json_of(201);
        }
        assert_eq!(slots::settle_waiting(&late.ctx).await.unwrap(), 2);
        let left: Vec<_> = late.ctx.store.unsettled(9).await.unwrap().into_iter().map(|(id, _)| i64::from(id.0)).collect();
        assert_eq!(left, [toilets[1]]);
        for toilet in [toilets[0], toilets[2]] {
            assert_eq!(count(&outcomes(&late, toilet).await, SlotState::DoneOnTime), 1);
        }
    }
}

/// The records of two days, some of them put right, each with the hour in which it arrives.
fn days(toilets: &[i64]) -> Vec<(u32, usize, Value)> {
    let begin = instant("2026-11-24T00:00:00Z");
    let mut all: Vec<_> = (1..28_u32)
        .map(|number| {
            let minute = i64::from(number) * 97 % (34 * 60);
            let done = begin + chrono::TimeDelta::minutes(minute);
            let tasks = if number.is_multiple_of(3) { json!(["round", "disinfect"]) } else { json!(["round"]) };
            let toilet = toilets[number as usize % toilets.len()];
            // Most arrive within the hour, some a day late.
            let hour = usize::try_from(minute / 60).unwrap() + 1 + if number.is_multiple_of(5) { 13 } else { 0 };
            (number, hour, json!({"toilet": toilet, "tasks": tasks, "finishedAt": done.to_rfc3339()}))
        })
        .collect();
    for number in [4_u32, 9, 16] {
        let (_, hour, of) = all[number as usize - 1].clone();
        let (how, tasks) = if number == 9 { ("voids", json!([])) } else { ("amends", json!(["disinfect"])) };
        let fix = json!({"toilet": of["toilet"], "tasks": tasks, "finishedAt": of["finishedAt"], how: id(number), "reason": "错了"});
        all.push((number + 100, hour + 2, fix));
    }
    all
}

on_both! {
    async fn however_late_and_however_much_at_once_it_is_settled_it_comes_out_the_same(database: Database) {
        let mut expected = None;
        for seed in 0..3_u64 {
            let database = Database::migrated(database.kind).await;
            let first = service(&database).await;
            let supervisor = first.sign_in(Role::Supervisor, "410308").await;
            let cleaner = first.sign_in(Role::Cleaner, TOWN).await;
            let toilets = planned(&first, &supervisor, 3).await;
            let (all, mut dice) = (days(&toilets), seed);
            let mut roll = |sides: u64| {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (dice >> 33) % sides
            };
            // What arrived in the last four hours is sent in one go.
            for hour in (0..=52).step_by(4) {
                let now = instant("2026-11-24T00:00:00Z") + chrono::TimeDelta::hours(i64::try_from(hour).unwrap());
                let then = Service::around(ctx(&database, now).await).await;
                for (number, _, event) in all.iter().filter(|(_, arrives, _)| arrives.next_multiple_of(4) == hour) {
                    put(&then, &cleaner, *number, event).await.json_of(201);
                    // At once the first time, else now and then.
                    if seed == 0 || roll(5) == 0 {
                        slots::settle_waiting(&then.ctx).await.unwrap();
                    }
                }
                if seed == 0 || roll(3) == 0 {
                    slots::close_once(&then.ctx).await.unwrap();
                }
            }
            let end = at(&database, "2026-11-26T12:00:00Z").await;
            slots::close_once(&end.ctx).await.unwrap();
            let mut ends = Vec::new();
            for toilet in &toilets {
                let settlement = end.ctx.store.settlement(ToiletId(i32::try_from(*toilet).unwrap())).await.unwrap();
                ends.push((outcomes(&end, *toilet).await, settlement));
            }
            assert!(ends.iter().any(|(outcomes, _)| count(outcomes, SlotState::DoneOnTime) > 3));
            assert_eq!(*expected.get_or_insert_with(|| ends.clone()), ends, "seed {seed}");
            assert_eq!(slots::differences(&end.ctx.store, &end.ctx.calendars).await.unwrap(), []);
            assert_whole(&end).await;
        }
    }
}

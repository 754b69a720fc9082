//! What is delivered while others are being written goes together, and nobody fails for another's sake.

use std::sync::Mutex;
use std::time::Duration;

use gongce::domain::account::Role;
use gongce::domain::event::{Action, NewEntry, RecordKind};
use gongce::store::{Listener, Store, StoreError};
use sea_orm::{ConnectionTrait, Database as Connection, Statement};

use super::*;
use crate::harness::stores::{Kind, on_both};

/// A toilet whose rounds are due every hour from the 24th on.
async fn planned(service: &Service, supervisor: &str, metres: f64) -> i64 {
    let toilet = toilet(service, supervisor, TOWN, metres).await;
    let windows =
        json!([{"task": "round", "everyMinutes": 60, "earlyMinutes": 30, "lateMinutes": 15, "graceMinutes": 10}]);
    let plan = json!({"windows": windows, "from": "2026-11-24"});
    service.post(&format!("/api/v1/toilets/{toilet}/plans"), supervisor, plan).await.json_of(201);
    toilet
}

/// A round at noon of the 24th in Shanghai, so many minutes later.
fn noon(toilet: i64, minutes: u32) -> Value {
    json!({"toilet": toilet, "tasks": ["round"], "finishedAt": format!("2026-11-24T04:{minutes:02}:00Z")})
}

/// The service a day later, and what it says to the database.
async fn heard(database: &Database) -> (Arc<Service>, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let listener: Listener = Arc::new(move |sql: &str| listener.lock().unwrap().push(sql.to_owned()));
    let store = Store::open_heard(&database.url, None, Some(listener)).await.unwrap();
    let clock = Clock::fixed(instant("2026-11-25T08:00:00Z"));
    let ctx = Ctx::new(store, clock, Calendars::builtin(), keys("1"), render_fragment);
    (Arc::new(Service::around(Arc::new(ctx)).await), heard)
}

/// Everybody logs at once, each at a toilet; the answers in the order of the toilets.
async fn all_at_once(service: &Arc<Service>, tokens: &[String], toilets: &[i64]) -> Vec<Answered> {
    let sends = tokens.iter().zip(toilets).zip(1..).map(|((token, toilet), number)| {
        let (service, token, event) = (Arc::clone(service), token.clone(), noon(*toilet, number));
        tokio::spawn(async move { put(&service, &token, number, &event).await })
    });
    let mut answers = Vec::new();
    for send in sends.collect::<Vec<_>>() {
        answers.push(send.await.unwrap());
    }
    answers
}

on_both! {
    async fn many_who_log_at_once_share_statements_and_keep_their_names(database: Database) {
        let first = service(&database).await;
        let supervisor = first.sign_in(Role::Supervisor, "410308").await;
        let (mut toilets, mut tokens) = (Vec::new(), Vec::new());
        for number in 0..24 {
            toilets.push(planned(&first, &supervisor, f64::from(number) * 300.0).await);
            tokens.push(first.sign_in(Role::Cleaner, TOWN).await);
        }
        let (service, heard) = heard(&database).await;
        let alone = {
            put(&service, &tokens[0], 900, &noon(toilets[0], 50)).await.json_of(201);
            heard.lock().unwrap().drain(..).count()
        };
        let answers = all_at_once(&service, &tokens, &toilets).await;
        let together = heard.lock().unwrap().len();
        assert!(together < alone * 16, "{together} statements for 24, {alone} for one");

        // Each is the author of its own, as if it had come alone.
        let raw = Connection::connect(&database.url).await.unwrap();
        for ((number, token), answer) in (1..).zip(&tokens).zip(answers) {
            let told = answer.json_of(201);
            let person = me(&service, token).await;
            assert_eq!(told["cleaning"]["performedBy"], person);
            let sql = format!("SELECT actor FROM journal WHERE kind = 'cleaning' AND key = '{}'", id(number));
            let row = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap().unwrap();
            assert_eq!(row.try_get::<String>("", "actor").unwrap(), person);
        }
        gongce::usecase::slots::settle_waiting(&service.ctx).await.unwrap();
        let differences = gongce::usecase::slots::differences(&service.ctx.store, &service.ctx.calendars).await.unwrap();
        assert_eq!(differences, []);
        assert_whole(&service).await;
    }
}

on_both! {
    async fn what_cannot_be_written_harms_nobody_beside_it(database: Database) {
        let first = service(&database).await;
        let supervisor = first.sign_in(Role::Supervisor, "410308").await;
        let (mut toilets, mut tokens) = (Vec::new(), Vec::new());
        for number in 0..12 {
            toilets.push(planned(&first, &supervisor, f64::from(number) * 300.0).await);
            tokens.push(first.sign_in(Role::Cleaner, TOWN).await);
        }
        // Nothing can be logged at one of them.
        let raw = Connection::connect(&database.url).await.unwrap();
        let refusal = match database.kind {
            Kind::Sqlite => format!(
                "CREATE TRIGGER tr_refuse BEFORE INSERT ON cleaning WHEN NEW.toilet_id = {} \
                 BEGIN SELECT RAISE(ABORT, 'refused'); END",
                toilets[5]
            ),
            Kind::Postgres => format!("ALTER TABLE cleaning ADD CONSTRAINT ck_refuse CHECK (toilet_id <> {})", toilets[5]),
        };
        raw.execute_unprepared(&refusal).await.unwrap();
        let (service, _) = heard(&database).await;
        for (place, answer) in all_at_once(&service, &tokens, &toilets).await.iter().enumerate() {
            assert_eq!(answer.status, if place == 5 { 500 } else { 201 }, "{place}: {}", answer.text);
        }
        assert_eq!(log(&service, &supervisor, "").await.len(), 11);
    }
}

on_both! {
    async fn what_waits_beside_other_work_is_written_with_it_or_after_it(database: Database) {
        let service = Arc::new(service(&database).await);
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        put(&service, &cleaner, 1, &noon(toilet, 1)).await.json_of(201);
        // New, sent again, and new: while somebody else has the database, and with the work of others in the queue.
        for numbers in [[2], [1], [3]] {
            let (let_go, held) = tokio::sync::oneshot::channel::<()>();
            let ctx = &service.ctx;
            let holds = ctx.store.write(ctx.author("test"), move |_| {
                Box::pin(async move { Ok::<_, StoreError>(held.await.is_ok()) })
            });
            let sends: Vec<_> = numbers.into_iter().map(|number| {
                let (service, cleaner) = (Arc::clone(&service), cleaner.clone());
                tokio::spawn(async move { put(&service, &cleaner, number, &noon(toilet, number)).await })
            }).collect();
            let others = (0..3).map(|_| ctx.store.write(ctx.author("test"), |tx| {
                let entries = vec![NewEntry { kind: RecordKind::Area, key: "410308".to_owned(), version: 1, action: Action::Locate, changes: [].into() }];
                Box::pin(async move { tx.append(entries).await })
            }));
            let opens = async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let_go.send(()).unwrap();
            };
            let (held, others, ()) = tokio::join!(holds, futures_util::future::join_all(others), opens);
            assert!(held.unwrap() && others.into_iter().all(|other: Result<(), StoreError>| other.is_ok()));
            for (send, number) in sends.into_iter().zip(numbers) {
                assert_eq!(send.await.unwrap().status, if number == 1 { 200 } else { 201 }, "{number}");
            }
        }
        assert_eq!(log(&service, &supervisor, "").await.len(), 3);
    }
}

//! The replay machine: batches of the same records duplicated, reordered, split and merged, sent by eight clients at once,
//! the server killed in between. However that goes, it ends as if each had been sent once and in order.
//!
//! A few hundred deliveries by default; `REPLAY_DELIVERIES=1000000 cargo test --test it replay -- --nocapture` for more.

#![expect(clippy::print_stdout, reason = "a long run says how long it was")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use chrono::NaiveDate;
use gongce::domain::account::Role;
use gongce::domain::id::ToiletId;
use gongce::domain::slot::{Outcome, Settlement};
use gongce::http::Limits;
use gongce::usecase::slots;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use tokio::runtime::{Builder, Runtime};

use super::*;
use crate::harness::stores::Kind;

const CLIENTS: usize = 8;

/// Whose the records are: a queue belongs to a person.
const PERSONS: usize = 3;

/// Records of a person.
const RECORDS: usize = 24;

/// When all of it arrives: days after it was done.
const LATER: &str = "2026-11-26T00:00:00Z";

/// What the clients send at once: the numbers of records, for each client those of its person.
type Batches = Vec<Vec<usize>>;

#[derive(Debug, Clone)]
enum Step {
    /// Everything is answered.
    Send(Batches),
    /// The server is gone once so many have been answered.
    Kill(Batches, usize),
}

/// How much is sent at once.
fn batches() -> impl Strategy<Value = Batches> {
    let most = if wanted() > 10_000 { 150..200 } else { 1..16 };
    prop::collection::vec(prop::collection::vec(0..RECORDS, most), 1..=CLIENTS)
}

fn wanted() -> usize {
    std::env::var_os("REPLAY_DELIVERIES").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(1)
}

/// What must be on record: the logs that were sent and answered. Corrections may have had to wait.
struct Machine;

impl ReferenceStateMachine for Machine {
    type State = BTreeSet<(usize, usize)>;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self::State> {
        Just(BTreeSet::new()).boxed()
    }

    fn transitions(_: &Self::State) -> BoxedStrategy<Step> {
        prop_oneof![3 => batches().prop_map(Step::Send), 1 => (batches(), 0..CLIENTS).prop_map(|(all, after)| Step::Kill(all, after))]
            .boxed()
    }

    fn apply(mut state: Self::State, step: &Step) -> Self::State {
        if let Step::Send(all) = step {
            let logs = all.iter().enumerate().flat_map(|(client, numbers)| {
                numbers.iter().filter(|number| !is_correction(**number)).map(move |number| (client % PERSONS, *number))
            });
            state.extend(logs);
        }
        state
    }
}

/// The last six of a person correct others of the same person.
fn is_correction(number: usize) -> bool {
    number >= RECORDS - 6
}

fn id_of(person: usize, number: usize) -> String {
    id(u32::try_from(person * 100 + number).unwrap())
}

/// A record of a person: rounds and disinfections all over two days, some of them put right.
fn event(toilets: &[i64], person: usize, number: usize) -> Value {
    let minute = (number * 97 + person * 41) % (48 * 60);
    let done = instant("2026-11-24T00:00:00Z") + chrono::TimeDelta::minutes(i64::try_from(minute).unwrap());
    let toilet = |number: usize| toilets[(number + person) % toilets.len()];
    let tasks = if number.is_multiple_of(3) { json!(["round", "disinfect"]) } else { json!(["round"]) };
    if !is_correction(number) {
        return json!({"toilet": toilet(number), "tasks": tasks, "finishedAt": done.to_rfc3339()});
    }
    // The first two of three correct logs, the third one of these.
    let of = if number % 3 == 2 { number - 1 } else { number - 12 };
    let visited = if number % 3 == 2 { number - 13 } else { of };
    let (how, anew) = if number.is_multiple_of(3) { ("voids", json!([])) } else { ("amends", json!(["disinfect"])) };
    json!({"toilet": toilet(visited), "tasks": anew, "finishedAt": done.to_rfc3339(), how: id_of(person, of), "reason": "错了"})
}

/// A server that can be killed.
struct Process {
    runtime: Runtime,
    service: Arc<Service>,
}

impl Process {
    fn start(database: &Database) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let service = runtime.block_on(async {
            let ctx = ctx(database, instant(LATER)).await;
            let limits = Limits { write_rate: 1_000_000, write_burst: 1_000_000, ..Limits::default() };
            let service = Arc::new(Service::limited(ctx, limits).await);
            // What is logged is settled meanwhile, whenever that happens to be.
            tokio::spawn(slots::close(Arc::clone(&service.ctx)));
            service
        });
        Self { runtime, service }
    }

    fn kill(self) {
        drop(self.service);
        self.runtime.shutdown_background();
    }
}

/// The register as it is made for every run: three toilets with plans, three cleaners.
struct Register {
    database: Database,
    toilets: Vec<i64>,
    tokens: Vec<String>,
}

impl Register {
    async fn on(kind: Kind) -> Self {
        let database = Database::migrated(kind).await;
        let service = service(&database).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let (mut toilets, mut tokens) = (Vec::new(), Vec::new());
        // Every round overlaps the next, so that which cleaning did which is not settled one by one.
        let windows = json!([
            {"task": "round", "from": "06:00", "to": "22:00", "everyMinutes": 60, "earlyMinutes": 40, "lateMinutes": 20, "graceMinutes": 30},
            {"task": "disinfect", "at": ["09:00", "15:00"], "earlyMinutes": 120, "lateMinutes": 60, "graceMinutes": 60},
        ]);
        for number in 0..3 {
            let toilet = toilet(&service, &supervisor, TOWN, f64::from(number) * 500.0).await;
            let plan = json!({"windows": windows, "from": "2026-11-24"});
            service.post(&format!("/api/v1/toilets/{toilet}/plans"), &supervisor, plan).await.json_of(201);
            toilets.push(toilet);
        }
        for _ in 0..PERSONS {
            tokens.push(service.sign_in(Role::Cleaner, TOWN).await);
        }
        Self { database, toilets, tokens }
    }

    /// A batch as it is sent.
    fn body(&self, person: usize, numbers: &[usize]) -> Value {
        let item =
            |number: &usize| json!({"id": id_of(person, *number), "event": event(&self.toilets, person, *number)});
        json!({"items": numbers.iter().map(item).collect::<Vec<_>>()})
    }
}

/// How the slots of each toilet came out, and how its cleaning stands.
type Ends = Vec<(Vec<Outcome>, Option<Settlement>)>;

async fn ends(service: &Service, toilets: &[i64]) -> Ends {
    slots::settle_waiting(&service.ctx).await.unwrap();
    let mut ends = Vec::new();
    for toilet in toilets {
        let toilet = ToiletId(i32::try_from(*toilet).unwrap());
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let mut outcomes = service.ctx.store.outcomes_on(toilet, day(20), day(30)).await.unwrap();
        outcomes.sort_by_key(|outcome| outcome.key);
        ends.push((outcomes, service.ctx.store.settlement(toilet).await.unwrap()));
    }
    ends
}

/// The server under test, with what its clients were told.
struct Sut<const POSTGRES: bool> {
    register: Register,
    process: Option<Process>,
    /// What the first delivery of each was told.
    receipts: BTreeMap<(usize, usize), String>,
    /// What was ever sent.
    tried: BTreeSet<(usize, usize)>,
}

/// How often a phone comes again that was told to: where everything is slow, the database is for some seconds.
const AGAIN: usize = 20;

/// What one client was answered.
type Told = (usize, Vec<usize>, Answered);

impl<const POSTGRES: bool> Sut<POSTGRES> {
    const KIND: Kind = if POSTGRES { Kind::Postgres } else { Kind::Sqlite };

    /// Everybody sends at once; answers come in by the channel.
    fn send(&mut self, all: Batches) -> mpsc::Receiver<Told> {
        let (told, answers) = mpsc::channel();
        let process = self.process.as_ref().unwrap();
        for (client, numbers) in all.into_iter().enumerate() {
            let person = client % PERSONS;
            DELIVERED[usize::from(POSTGRES)].fetch_add(numbers.len(), Ordering::Relaxed);
            self.tried.extend(numbers.iter().map(|number| (person, *number)));
            let (body, token) = (self.register.body(person, &numbers), self.register.tokens[person].clone());
            let (service, told) = (Arc::clone(&process.service), told.clone());
            process.runtime.spawn(async move {
                // A phone that is told to come again later does so.
                let mut answer = service.post("/api/v1/cleanings/batch", &token, body.clone()).await;
                for _ in 0..AGAIN {
                    if answer.status != 503 {
                        break;
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    answer = service.post("/api/v1/cleanings/batch", &token, body.clone()).await;
                }
                drop(told.send((person, numbers, answer)));
            });
        }
        answers
    }

    /// Takes note of an answer; answers what is to be sent again.
    fn note(&mut self, (person, numbers, answer): Told) -> Vec<usize> {
        let answer = answer.json_of(200);
        let mut again = Vec::new();
        for (number, outcome) in numbers.into_iter().zip(answer["items"].as_array().unwrap()) {
            match outcome["status"].as_str().unwrap() {
                "created" | "replayed" => {
                    let receipt = outcome["cleaning"].to_string();
                    let first = self.receipts.entry((person, number)).or_insert_with(|| receipt.clone());
                    assert_eq!(*first, receipt, "not the same bytes as before");
                }
                _ => {
                    assert_eq!((&outcome["code"], &outcome["retry"]), (&json!("unknownCleaning"), &json!(true)));
                    again.push(number);
                }
            }
        }
        again
    }

    fn rows(&self) -> usize {
        let runtime = &self.process.as_ref().unwrap().runtime;
        runtime.block_on(async {
            let raw = Connection::connect(&self.register.database.url).await.unwrap();
            let sql = "SELECT COUNT(*) AS rows, COUNT(DISTINCT id) AS ids FROM cleaning";
            let row =
                raw.query_one_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap().unwrap();
            let (rows, ids): (i64, i64) = (row.try_get("", "rows").unwrap(), row.try_get("", "ids").unwrap());
            raw.close().await.unwrap();
            assert_eq!(rows, ids);
            usize::try_from(rows).unwrap()
        })
    }
}

/// Deliveries so far, on SQLite and on PostgreSQL.
static DELIVERED: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// How it ends where each is sent once, by itself and in order; the same for both databases.
fn in_order(kind: Kind) -> Ends {
    static KEPT: Mutex<Option<Ends>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap();
    kept.get_or_insert_with(|| {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let register = runtime.block_on(Register::on(kind));
        let process = Process::start(&register.database);
        process.runtime.block_on(async {
            for (person, token) in register.tokens.iter().enumerate() {
                for number in 0..RECORDS {
                    let body = json!({"event": event(&register.toilets, person, number)});
                    let path = format!("/api/v1/cleanings/{}", id_of(person, number));
                    process.service.send(Method::PUT, &path, token, &[], &body).await.json_of(201);
                }
            }
            ends(&process.service, &register.toilets).await
        })
    })
    .clone()
}

impl<const POSTGRES: bool> StateMachineTest for Sut<POSTGRES> {
    type SystemUnderTest = Self;
    type Reference = Machine;

    fn init_test(_: &BTreeSet<(usize, usize)>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let register = runtime.block_on(Register::on(Self::KIND));
        let process = Some(Process::start(&register.database));
        Self { register, process, receipts: BTreeMap::new(), tried: BTreeSet::new() }
    }

    fn apply(mut sut: Self, _: &BTreeSet<(usize, usize)>, step: Step) -> Self {
        match step {
            Step::Send(all) => {
                let answers = sut.send(all);
                for told in answers {
                    sut.note(told);
                }
            }
            Step::Kill(all, after) => {
                let after = after.min(all.len() - 1);
                let answers = sut.send(all);
                for told in answers.iter().take(after).collect::<Vec<_>>() {
                    sut.note(told);
                }
                sut.process.take().unwrap().kill();
                sut.process = Some(Process::start(&sut.register.database));
            }
        }
        sut
    }

    fn check_invariants(sut: &Self, state: &BTreeSet<(usize, usize)>) {
        assert!(state.iter().all(|log| sut.receipts.contains_key(log)));
        let rows = sut.rows();
        assert!(
            sut.receipts.len() <= rows && rows <= sut.tried.len(),
            "{rows} rows for {} answers",
            sut.receipts.len()
        );
    }

    fn teardown(mut sut: Self, _: BTreeSet<(usize, usize)>) {
        // What is missing is sent until nothing is left to be sent again.
        let mut left: Vec<Vec<usize>> = vec![(0..RECORDS).rev().collect(); PERSONS];
        while left.iter().any(|numbers| !numbers.is_empty()) {
            let all = std::mem::replace(&mut left, vec![Vec::new(); PERSONS]);
            let all: Vec<_> =
                all.into_iter().map(|numbers| if numbers.is_empty() { vec![0] } else { numbers }).collect();
            for told in sut.send(all) {
                let person = told.0;
                left[person] = sut.note(told);
            }
        }
        assert_eq!(sut.rows(), PERSONS * RECORDS);
        assert_eq!(sut.receipts.len(), PERSONS * RECORDS);
        let wanted = in_order(Self::KIND);
        let Process { runtime, service } = sut.process.take().unwrap();
        runtime.block_on(async {
            assert_eq!(ends(&service, &sut.register.toilets).await, wanted);
            assert_whole(&service).await;
            let differences = slots::differences(&service.ctx.store, &service.ctx.calendars).await.unwrap();
            assert_eq!(differences, []);
        });
    }
}

fn replay<const POSTGRES: bool>() {
    let config = || Config { cases: 1, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let mut runs = 0;
    let delivered = || DELIVERED[usize::from(POSTGRES)].load(Ordering::Relaxed);
    while runs < 2 || delivered() < wanted() {
        let mut runner = TestRunner::new(config());
        let run = runner.run(&Machine::sequential_strategy(3..8), |(state, steps, seen)| {
            Sut::<POSTGRES>::test_sequential(config(), state, steps, seen);
            Ok(())
        });
        run.unwrap();
        runs += 1;
    }
    println!("{:?}: {runs} runs, {} deliveries in all", Sut::<POSTGRES>::KIND, delivered());
}

#[test]
fn sqlite() {
    replay::<false>();
}

#[test]
fn postgres() {
    replay::<true>();
}

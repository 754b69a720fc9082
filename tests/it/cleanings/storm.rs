//! The real server under a storm of batches, killed with `kill -9` again and again: what it acknowledged is there, once.
//!
//! Three times by default; `STORMS=50 cargo test --test it storm -- --nocapture` for more.

#![expect(clippy::print_stdout, reason = "a long run says how long it was")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use gongce::domain::account::Role;
use gongce::usecase::slots;
use sea_orm::{ConnectionTrait, Database as Connection, DatabaseConnection, Statement};

use super::*;
use crate::harness::program::Server;
use crate::harness::stores::Kind;

/// Phones that send at once.
const PHONES: usize = 6;

/// Records of a batch.
const BATCH: u32 = 10;

/// A register on which a storm can be let loose, and what became of the records of all storms so far.
pub(super) struct Stormy {
    pub(super) url: String,
    /// By the phones' clocks, for ever.
    now: DateTime<Utc>,
    toilets: Vec<i64>,
    tokens: Vec<String>,
    next: AtomicU32,
    pub(super) acknowledged: BTreeSet<u32>,
    sent: BTreeSet<u32>,
    /// Sent and not answered: sent again by the next storm.
    pending: Vec<Vec<u32>>,
}

/// What a phone comes home with.
#[derive(Default)]
struct Phone {
    sent: Vec<u32>,
    acknowledged: Vec<u32>,
    pending: Vec<u32>,
}

/// The variables under which a server takes a storm.
pub(super) fn environment(url: &str) -> [(&str, &str); 3] {
    [("GONGCE_DATABASE_URL", url), ("GONGCE_WRITE_RATE", "1000000"), ("GONGCE_WRITE_BURST", "1000000")]
}

impl Stormy {
    /// Toilets with plans, in that database, as of now.
    pub(super) async fn on(database: &Database) -> Self {
        let now = Clock::system().now();
        let service = Service::begun(ctx(database, now - chrono::TimeDelta::days(2)).await).await;
        let supervisor = service.sign_in(Role::Supervisor, "410308").await;
        let (mut toilets, mut tokens) = (Vec::new(), Vec::new());
        let windows =
            json!([{"task": "round", "everyMinutes": 60, "earlyMinutes": 30, "lateMinutes": 29, "graceMinutes": 30}]);
        for number in 0..4 {
            let toilet = toilet(&service, &supervisor, TOWN, f64::from(number) * 500.0).await;
            let plan = json!({"windows": windows});
            service.post(&format!("/api/v1/toilets/{toilet}/plans"), &supervisor, plan).await.json_of(201);
            toilets.push(toilet);
        }
        for _ in 0..PHONES {
            tokens.push(service.sign_in(Role::Cleaner, TOWN).await);
        }
        let (acknowledged, sent) = (BTreeSet::new(), BTreeSet::new());
        let (url, next, pending) = (database.url.clone(), AtomicU32::new(1), vec![Vec::new(); PHONES]);
        Self { url, now, toilets, tokens, next, acknowledged, sent, pending }
    }

    /// The same before any storm, in another place.
    pub(super) fn afresh(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            now: self.now,
            toilets: self.toilets.clone(),
            tokens: self.tokens.clone(),
            next: AtomicU32::new(1),
            acknowledged: BTreeSet::new(),
            sent: BTreeSet::new(),
            pending: vec![Vec::new(); PHONES],
        }
    }

    /// Has all phones send until the server no longer answers; `end` ends it, once so many batches were acknowledged.
    pub(super) fn storm(&mut self, address: &str, batches: usize, end: impl FnOnce()) {
        let (answered, answers) = mpsc::channel();
        let pending = std::mem::replace(&mut self.pending, vec![Vec::new(); PHONES]);
        let home = std::thread::scope(|scope| {
            let (this, answered) = (&*self, answered);
            let phones: Vec<_> = pending
                .into_iter()
                .zip(&this.tokens)
                .map(|(pending, token)| {
                    let answered = answered.clone();
                    scope.spawn(move || this.phone(address, token, pending, &answered))
                })
                .collect();
            drop(answered);
            assert_eq!(answers.iter().take(batches).count(), batches, "the server went by itself");
            end();
            // Whoever is answered after that is acknowledged all the same.
            answers.iter().for_each(drop);
            phones.into_iter().map(|phone| phone.join().unwrap()).collect::<Vec<_>>()
        });
        for (phone, home) in home.into_iter().enumerate() {
            self.sent.extend(home.sent);
            self.acknowledged.extend(home.acknowledged);
            self.pending[phone] = home.pending;
        }
    }

    fn phone(&self, address: &str, token: &str, mut pending: Vec<u32>, answered: &mpsc::Sender<()>) -> Phone {
        let mut home = Phone::default();
        let Ok(stream) = TcpStream::connect(address) else { return Phone { pending, ..home } };
        let mut connection = BufReader::new(stream);
        loop {
            if pending.is_empty() {
                let first = self.next.fetch_add(BATCH, Ordering::Relaxed);
                pending = (first..first + BATCH).collect();
            }
            home.sent.extend(&pending);
            if self.exchange(&mut connection, token, &pending).is_none() {
                return Phone { pending, ..home };
            }
            home.acknowledged.append(&mut pending);
            answered.send(()).ok();
        }
    }

    /// Sends a batch; answers nothing unless all of it is acknowledged.
    fn exchange(&self, connection: &mut BufReader<TcpStream>, token: &str, numbers: &[u32]) -> Option<()> {
        let item = |number: &u32| {
            let toilet = self.toilets[*number as usize % self.toilets.len()];
            let done = self.now - chrono::TimeDelta::minutes((i64::from(*number) * 7) % (24 * 60));
            json!({"id": id(*number), "event": {"toilet": toilet, "tasks": ["round"], "finishedAt": done.to_rfc3339()}})
        };
        let body = json!({"items": numbers.iter().map(item).collect::<Vec<_>>()}).to_string();
        let head = "POST /api/v1/cleanings/batch HTTP/1.1\r\nHost: storm\r\nContent-Type: application/json";
        let length = body.len();
        let request = format!("{head}\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n{body}");
        connection.get_mut().write_all(request.as_bytes()).ok()?;
        let (mut line, mut length) = (String::new(), 0);
        connection.read_line(&mut line).ok().filter(|read| *read > 0)?;
        assert!(line.contains(" 200 "), "{line}");
        while line.trim_end() != "" {
            line.clear();
            connection.read_line(&mut line).ok().filter(|read| *read > 0)?;
            if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = told.trim_end().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        connection.read_exact(&mut body).ok()?;
        let told: Value = serde_json::from_slice(&body).unwrap();
        let outcomes = told["items"].as_array().unwrap();
        assert!(outcomes.iter().all(|one| one["status"] == "created" || one["status"] == "replayed"), "{told}");
        Some(())
    }

    /// What is wrong with a database after storms: acknowledged records that are not there, and what is there otherwise
    /// than once.
    pub(super) async fn wrong(&self, url: &str) -> Vec<String> {
        let raw = Connection::connect(url).await.unwrap();
        let rows = all(&raw, "SELECT id AS key FROM cleaning ORDER BY id").await;
        let told =
            all(&raw, "SELECT key FROM journal WHERE kind = 'cleaning' AND action = 'create' ORDER BY key").await;
        raw.close().await.unwrap();
        let there: BTreeSet<_> = rows.iter().cloned().collect();
        let missing = self.acknowledged.iter().map(|number| id(*number)).filter(|id| !there.contains(id));
        let mut wrong: Vec<_> = missing.map(|id| format!("{id} was acknowledged and is not there")).collect();
        let sent: BTreeSet<_> = self.sent.iter().map(|number| id(*number)).collect();
        wrong.extend(there.difference(&sent).map(|id| format!("{id} was never sent")));
        if rows.len() != there.len() || told != rows {
            wrong.push(format!("{} rows, {} ids, {} told of", rows.len(), there.len(), told.len()));
        }
        wrong
    }
}

async fn all(raw: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "key").unwrap()).collect()
}

/// That everything in the database is as it should be.
pub(super) async fn assert_clean(database: &Database) {
    let service = Service::around(ctx(database, Clock::system().now()).await).await;
    assert_whole(&service).await;
    assert_eq!(slots::differences(&service.ctx.store, &service.ctx.calendars).await.unwrap(), []);
    // What was left to be settled is settled by whoever comes next.
    slots::settle_waiting(&service.ctx).await.unwrap();
    assert_eq!(service.ctx.store.unsettled(1).await.unwrap(), []);
    assert_whole(&service).await;
    assert_eq!(slots::differences(&service.ctx.store, &service.ctx.calendars).await.unwrap(), []);
}

/// How often, by a variable.
pub(super) fn times(variable: &str) -> usize {
    std::env::var_os(variable).and_then(|text| text.to_str()?.parse().ok()).unwrap_or(3)
}

/// One storm, and the end of the server in the midst of it: after a few batches more each time, wherever it then is.
fn killed(mut stormy: Stormy, folder: &Path, round: usize) -> Stormy {
    let url = stormy.url.clone();
    let server = Server::start_with(folder, &environment(&url));
    let address = server.address.clone();
    stormy.storm(&address, 5 + round % 17, || server.kill());
    stormy
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let database = Database::migrated(Kind::Sqlite).await;
    let mut stormy = Stormy::on(&database).await;
    let folder = database.folder.path().to_owned();
    for round in 0..times("STORMS") {
        let folder = folder.clone();
        stormy = tokio::task::spawn_blocking(move || killed(stormy, &folder, round)).await.unwrap();
        assert_eq!(stormy.wrong(&database.url).await, [""; 0], "round {round}");
        assert_clean(&database).await;
    }
    println!("{} acknowledged, {} sent", stormy.acknowledged.len(), stormy.sent.len());

    // The control: what is looked for would be found.
    database.damage();
    let raw = Connection::connect(&database.url).await.unwrap();
    let lost = id(*stormy.acknowledged.first().unwrap());
    raw.execute_unprepared(&format!("PRAGMA foreign_keys = OFF; DELETE FROM cleaning WHERE id = '{lost}'"))
        .await
        .unwrap();
    raw.close().await.unwrap();
    assert_eq!(stormy.wrong(&database.url).await[0], format!("{lost} was acknowledged and is not there"));
}

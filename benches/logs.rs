//! What `benches/logs` is made of: `fill` makes a county with plans and people, `send ADDRESS SECONDS` logs cleanings one by
//! one and prints how fast they are on disk, beside how fast the disk itself is.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};
use gongce::app;
use gongce::config::Config;
use gongce::domain::account::{Actor, Grant, PersonId, PersonName, Reach, Role};
use gongce::domain::id::{GrantId, TemplateId, ToiletId};
use gongce::domain::secret::{Token, TokenKind};
use gongce::domain::text::Name;
use gongce::store::{KeptAnswer, NewGrant, NewSession, StoreError};
use gongce::usecase::plans::{self, Chosen, NewTemplate};
use gongce::usecase::{By, Clock, Ctx, demonstration, loading, slots};
use serde_json::json;
use uuid::Uuid;

/// Clients that send at once.
const CLIENTS: usize = 32;

/// For how many days plans have been in force.
const DAYS: u32 = 30;

/// Rounds of a day: every two hours from six to ten in the evening.
const ROUNDS: u32 = 9;

/// What `fill` leaves for `send`: the tokens, then the toilets, each in a line.
const REGISTER: &str = "register";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["fill"] => tokio::runtime::Runtime::new()?.block_on(fill()),
        ["send", address, seconds] => send(address, Duration::from_secs(seconds.parse()?)),
        // What `cargo bench` asks of every bench; the script knows what it wants.
        [] => Ok(()),
        _ => bail!("say fill, or send ADDRESS SECONDS"),
    }
}

/// The demonstration's county, its toilets cleaned by plans since thirty days ago and nobody having logged anything yet.
async fn fill() -> anyhow::Result<()> {
    let config = Config::read(None, &[], &[])?;
    let mut ctx = app::prepare(&config).await?.ctx;
    let now = ctx.clock.now();
    ctx.clock = Clock::fixed(now - TimeDelta::days(DAYS.into()));
    demonstration::fill(&ctx).await?;
    let ctx = Arc::new(ctx);
    loading::load(&ctx).await?;
    let toilets = plan(&ctx).await?;
    let tokens = people(&ctx, now).await?;
    let mut ctx = Arc::into_inner(ctx).context("somebody else holds the register")?;
    ctx.clock = Clock::fixed(now);
    slots::close_once(&ctx).await?;
    let lines: Vec<String> = tokens.into_iter().chain(toilets).collect();
    Ok(std::fs::write(REGISTER, lines.join("\n"))?)
}

/// Puts a plan on every toilet: a round every two hours, two thorough cleanings, disinfection twice a day; answers the ids.
async fn plan(ctx: &Ctx) -> anyhow::Result<Vec<String>> {
    let grant = Grant { id: GrantId(1), role: Role::Admin, reach: Reach::EVERYWHERE, path: Vec::new() };
    let actor = Actor { person: PersonId(ctx.clock.new_id()), grants: vec![grant] };
    let by = By { actor, session: Uuid::nil(), request_id: "bench".to_owned(), stepped_up_at: None };
    let (early, late, grace) = (30, 30, 29);
    let window = |task: &str, times: serde_json::Value| {
        let mut window = json!({"task": task, "earlyMinutes": early, "lateMinutes": late, "graceMinutes": grace});
        if let (Some(fields), serde_json::Value::Object(times)) = (window.as_object_mut(), times) {
            fields.extend(times);
        }
        window
    };
    let windows = serde_json::from_value(json!([
        window("round", json!({"from": "06:00", "to": "22:00", "everyMinutes": 120})),
        window("thorough", json!({"at": ["07:00", "12:30"]})),
        window("disinfect", json!({"at": ["09:00", "17:00"]})),
    ]))?;
    let template = NewTemplate { name: Name::new("bench")?, note: None, windows };
    let told = |body: String| KeptAnswer { status: 200, location: None, etag: None, body };
    let made = plans::create_template(ctx, by.clone(), template, None, move |made| told(made.id.to_string())).await?;
    let template = TemplateId(made.body.parse()?);
    let all = ctx.store.toilets_after(ToiletId(0), 500, &ctx.store.around().await?).await?;
    let chosen = Chosen::Listed(all.iter().map(|toilet| toilet.id).take(200).collect());
    let ids = move |applied: &plans::Applied| {
        let ids: Vec<_> = applied.made.iter().map(|plan| plan.toilet.to_string()).collect();
        told(ids.join(" "))
    };
    let made = plans::apply(ctx, by, (None, None), template, chosen, None, ids).await?;
    Ok(made.body.split(' ').map(str::to_owned).collect())
}

/// A cleaner for each client; answers their tokens.
async fn people(ctx: &Ctx, now: DateTime<Utc>) -> anyhow::Result<Vec<String>> {
    let mut tokens = Vec::new();
    for _ in 0..CLIENTS {
        let (person, id) = (PersonId(ctx.clock.new_id()), ctx.clock.new_id());
        let token = Token::new(ctx.clock.random()?);
        let lifetime = Role::Cleaner.lifetime();
        let new = NewSession { id, token: token.hash(), person, lifetime, stepped_up: false };
        tokens.push(token.reveal(TokenKind::Session));
        let author = gongce::store::Author { at: now, ..ctx.author("bench") };
        let joined = ctx.store.write(author, move |tx| {
            Box::pin(async move {
                let name = PersonName::new("somebody").map_err(|wrong| StoreError::Refused(wrong.to_string()))?;
                tx.create_person(person, &name).await?;
                tx.create_grant(&NewGrant { person, role: Role::Cleaner, area: None, operator: None }).await?;
                tx.create_session(new).await.map(drop)
            })
        });
        joined.await?;
    }
    Ok(tokens)
}

/// What is logged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// A round that was done just now.
    Now,
    /// A round of the last month, each the only one for its slot, which counts as missed until then.
    Missed,
}

fn send(address: &str, lasts: Duration) -> anyhow::Result<()> {
    let register = std::fs::read_to_string(REGISTER)?;
    let (tokens, toilets): (Vec<&str>, Vec<&str>) = register.lines().partition(|line| line.starts_with("gct_"));
    let next = AtomicUsize::new(0);
    let bench = Bench { address, tokens: &tokens, toilets: &toilets, next: &next };
    bench.run(8, What::Now, Duration::from_secs(1))?;
    let mut syncs = synced(Duration::from_secs(2))?;
    let mut told = Vec::new();
    for (name, what) in [("done just now", What::Now), ("of a missed slot", What::Missed)] {
        for clients in [1, CLIENTS] {
            told.push((name, clients, bench.run(clients, what, lasts)?));
            syncs.extend(synced(Duration::from_secs(1))?);
        }
    }
    syncs.sort_unstable();
    let median = syncs[syncs.len() / 2].as_secs_f64();
    let rate = count(syncs.len()) / syncs.iter().sum::<Duration>().as_secs_f64();
    let mut out = std::io::stdout();
    writeln!(out, "{:<34} {rate:>7.0}/s {:>23} {:>7.2} ms", "fdatasync of 4 KiB", "median", median * 1e3)?;
    for (name, clients, (mut took, lasted)) in told {
        took.sort_unstable();
        let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64();
        let speed = count(took.len()) / lasted.as_secs_f64();
        writeln!(
            out,
            "{:<34} {speed:>7.0}/s = {:>5.2} x fdatasync  median {:>7.2} ms  p99 {:>7.2} ms = {:>4.0} x",
            format!("logs {name}, clients: {clients}"),
            speed / rate,
            at(50) * 1e3,
            at(99) * 1e3,
            at(99) / median
        )?;
    }
    Ok(())
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// How long each overwriting of the same 4 KiB takes until the disk has them.
fn synced(lasts: Duration) -> anyhow::Result<Vec<Duration>> {
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open("synced")?;
    file.write_all(&vec![0; 1 << 20])?;
    file.sync_all()?;
    let (begun, mut took) = (Instant::now(), Vec::new());
    while begun.elapsed() < lasts {
        let one = Instant::now();
        let place = u8::try_from(took.len() % 256)?;
        file.seek(SeekFrom::Start(4096 * u64::from(place)))?;
        file.write_all(&[place; 4096])?;
        file.sync_data()?;
        took.push(one.elapsed());
    }
    Ok(took)
}

struct Bench<'a> {
    address: &'a str,
    tokens: &'a [&'a str],
    toilets: &'a [&'a str],
    next: &'a AtomicUsize,
}

impl Bench<'_> {
    /// So many clients, each sending one record after the other; answers how long each took, and how long all.
    fn run(&self, clients: usize, what: What, lasts: Duration) -> anyhow::Result<(Vec<Duration>, Duration)> {
        let begun = Instant::now();
        let took = std::thread::scope(|scope| {
            let threads: Vec<_> = self.tokens[..clients]
                .iter()
                .map(|token| scope.spawn(|| self.client(token, what, begun, lasts)))
                .collect();
            threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a client failed"))?).collect()
        });
        let took: anyhow::Result<Vec<Vec<Duration>>> = took;
        Ok((took?.concat(), begun.elapsed()))
    }

    fn client(&self, token: &str, what: What, begun: Instant, lasts: Duration) -> anyhow::Result<Vec<Duration>> {
        let (clock, mut took) = (Clock::system(), Vec::new());
        let mut connection = connect(self.address)?;
        while begun.elapsed() < lasts {
            let body = self.body(clock.now(), what);
            let request = format!(
                "PUT /api/v1/cleanings/{} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                clock.new_id(),
                body.len()
            );
            let one = Instant::now();
            connection.get_mut().write_all(request.as_bytes())?;
            let goes_on = created(&mut connection)?;
            took.push(one.elapsed());
            if !goes_on {
                connection = connect(self.address)?;
            }
        }
        Ok(took)
    }

    fn body(&self, now: DateTime<Utc>, what: What) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (toilet, round) = (self.toilets[number % self.toilets.len()], number / self.toilets.len());
        let done = match what {
            What::Now => now - TimeDelta::seconds(2),
            What::Missed => missed(now.date_naive(), round),
        };
        let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let event = json!({
            "toilet": toilet.parse::<i32>().unwrap_or_default(), "tasks": ["round"],
            "startedAt": text(done - TimeDelta::minutes(7)), "finishedAt": text(done),
            "clock": {"bootId": "an evening", "monotonicMs": 86_400_000},
            "remarks": "洗手液已补充",
            "supplies": [{"name": "卷纸", "quantity": 2, "unit": "卷"}],
            "position": {"latitude": 34.8264, "longitude": 112.4364, "crs": "gcj02", "accuracy": 20},
        });
        json!({"event": event, "sending": {"at": text(now), "clock": {"bootId": "a morning", "monotonicMs": 60_000}}})
            .to_string()
    }
}

/// When a round of the last month was due, in Shanghai; each number is another one until the month is used up.
fn missed(today: NaiveDate, round: usize) -> DateTime<Utc> {
    let round = u32::try_from(round).unwrap_or_default();
    let (day, turn) = (round / ROUNDS % (DAYS - 3) + 1, round % ROUNDS);
    let day = today.checked_sub_days(Days::new(day.into())).unwrap_or(today);
    let local = day.and_time(NaiveTime::MIN) + TimeDelta::hours(6 + 2 * i64::from(turn));
    local.and_utc() - TimeDelta::hours(8)
}

fn connect(address: &str) -> anyhow::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

/// Reads the answer, which must be that a record was made; answers whether the connection goes on.
fn created(connection: &mut BufReader<TcpStream>) -> anyhow::Result<bool> {
    let (mut line, mut length, mut goes_on) = (String::new(), 0, true);
    connection.read_line(&mut line)?;
    let is_created = line.split(' ').nth(1) == Some("201");
    let status = line.clone();
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse()?,
            "connection" => goes_on = value != "close",
            _ => {}
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    ensure!(is_created, "{status}{}", String::from_utf8_lossy(&body));
    Ok(goes_on)
}

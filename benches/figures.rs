//! Prints how long the cleaning figures of a year take for a county: 182 toilets and about 180,000 slots that came out.
//!
//! `cargo bench --bench figures`; on another database than a SQLite file of its own with
//! `GONGCE_BENCH_DATABASE_URL=postgres://…`, which must be empty.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use gongce::domain::account::{Actor, Grant, PersonId, Reach, Role};
use gongce::domain::figures::{Bucket, Grouping};
use gongce::domain::holiday::Calendars;
use gongce::domain::id::GrantId;
use gongce::domain::key::{Key, KeyId, KeyRing};
use gongce::http::render_fragment;
use gongce::store::Store;
use gongce::usecase::figures::{Asked, cleaning};
use gongce::usecase::{Clock, Ctx, demonstration, loading};
use sea_orm::{ConnectionTrait, Database};
use uuid::Uuid;

const RUNS: usize = 21;

/// The times of a day at which something is due.
const TIMES: [&str; 3] = ["08", "13", "17"];

/// The counts of days that follow.
const DAYS: &str = "\
INSERT INTO cleaning_day (toilet_id, due_on, operator_id, person_id, on_time, late, missed, excused, cancelled, verified, \
synced_late, proxy) SELECT toilet_id, due_on, operator_id, person_id, \
SUM(CASE WHEN state = 'doneOnTime' THEN 1 ELSE 0 END), 0, SUM(CASE WHEN state = 'missed' THEN 1 ELSE 0 END), 0, 0, \
SUM(CASE WHEN state = 'doneOnTime' THEN 1 ELSE 0 END), 0, 0 \
FROM slot_outcome GROUP BY toilet_id, due_on, operator_id, person_id";

/// And the months.
const MONTHS: &str = "\
INSERT INTO cleaning_month (toilet_id, month, operator_id, person_id, days) \
SELECT toilet_id, substr(CAST(due_on AS TEXT), 1, 7), operator_id, person_id, \
string_agg(substr(CAST(due_on AS TEXT), 9, 2) || ' ' || on_time || ' ' || late || ' ' || missed || ' ' || excused || \
' ' || cancelled || ' ' || verified || ' ' || synced_late || ' ' || proxy, ';' ORDER BY due_on) \
FROM cleaning_day GROUP BY toilet_id, substr(CAST(due_on AS TEXT), 1, 7), operator_id, person_id";

#[tokio::main]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let given = std::env::var_os("GONGCE_BENCH_DATABASE_URL");
    let given = given.map(|url| url.into_string().map_err(|_| anyhow::anyhow!("the URL is no text"))).transpose()?;
    let url = given.unwrap_or_else(|| format!("sqlite://{}", folder.path().join("gongce.db").display()));
    let store = Store::open(&url, None).await?;
    store.migrate_up().await?;
    let clock = Clock::fixed("2026-12-31T16:00:00Z".parse()?);
    let keys = KeyRing::new([(KeyId::read('1').context("no key")?, Key::new(&clock.random::<32>()?)?)])?;
    let ctx = Arc::new(Ctx::new(store, clock, Calendars::builtin(), keys, render_fragment));
    demonstration::fill(&ctx).await?;
    loading::load(&ctx).await?;
    let slots = fill(&url).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{slots} slots of a year on {}", url.split(':').next().unwrap_or_default())?;
    for by in [Grouping::All, Grouping::Area, Grouping::Toilet, Grouping::Operator, Grouping::Person] {
        for bucket in [Bucket::Whole, Bucket::Month, Bucket::Week, Bucket::Day] {
            // A year by day of each of so many is more than is told at once.
            if bucket == Bucket::Day && by != Grouping::All {
                continue;
            }
            let median = measure(&ctx, by, bucket).await?;
            writeln!(out, "by {by}, by {bucket}: {:.1} ms", median.as_secs_f64() * 1e3)?;
        }
    }
    Ok(())
}

async fn measure(ctx: &Ctx, by: Grouping, bucket: Bucket) -> Result<Duration> {
    let (from, to) = (NaiveDate::from_ymd_opt(2026, 1, 1), NaiveDate::from_ymd_opt(2026, 12, 31));
    let asked = Asked { area: Some("410308".parse()?), from, to, by, bucket, gaps: false };
    let grant = Grant { id: GrantId(1), role: Role::Admin, reach: Reach::EVERYWHERE, path: Vec::new() };
    let actor = Actor { person: PersonId(Uuid::nil()), grants: vec![grant] };
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let begin = Instant::now();
        let told = cleaning(ctx, &actor, &asked).await?;
        times.push(begin.elapsed());
        anyhow::ensure!(!told.figures.is_empty(), "there is something to be told");
    }
    times.sort_unstable();
    Ok(times.get(RUNS / 2).copied().unwrap_or_default())
}

/// Writes outcomes of a year past the program, nine in ten on time, and counts them by day as the program does.
async fn fill(url: &str) -> Result<i64> {
    let raw = Database::connect(url).await?;
    let toilets = "SELECT id, (SELECT MIN(operator_id) FROM tenure WHERE toilet_id = toilet.id AND role = 'operating') \
                   AS operator_id, '0192f0c1-0000-7000-8000-' || CAST(100000000000 + id / 2 AS TEXT) AS person_id \
                   FROM toilet WHERE lifecycle = 'inService'";
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).context("a day")?;
    for day in first.iter_days().take(365) {
        for (number, hour) in TIMES.iter().enumerate() {
            let at = format!("{day}T{hour}:00:00+00:00");
            raw.execute_unprepared(&format!(
                "INSERT INTO slot_outcome (slot_key, toilet_id, task, due_on, at, due_at, closes_at, state, synced_late, \
                 verified, proxy, operator_id, person_id, revision) SELECT CAST(id AS TEXT) || '.1.1.{compact}T{hour}00', id, 'round', '{day}', \
                 '{at}', '{at}', '{at}', CASE WHEN (id * 7 + {number} + {ordinal}) % 10 = 0 THEN 'missed' ELSE \
                 'doneOnTime' END, false, true, false, operator_id, person_id, 1 FROM ({toilets}) there",
                compact = day.format("%Y%m%d"),
                ordinal = day.format("%j").to_string().trim_start_matches('0'),
            ))
            .await?;
        }
    }
    for counted in [DAYS, MONTHS] {
        raw.execute_unprepared(counted).await?;
    }
    let count = sea_orm::Statement::from_string(raw.get_database_backend(), "SELECT COUNT(*) AS n FROM slot_outcome");
    let row = raw.query_one_raw(count).await?.context("a count")?;
    Ok(row.try_get("", "n")?)
}

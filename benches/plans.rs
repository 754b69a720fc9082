//! Prints how long it takes to expand the plans of a county: 56 toilets, 366 days, 9 rounds a day, with exceptions.
//!
//! `cargo bench --bench plans`

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate};
use gongce::domain::holiday::Calendars;
use gongce::domain::id::{ExceptionId, ToiletId};
use gongce::domain::plan::{Effect, Exception, Over, Plan, Setting, Windows};
use serde_json::json;

const TOILETS: i32 = 56;
const RUNS: usize = 21;

fn plans() -> Result<Vec<Plan>> {
    let window = json!([{
        "task": "round", "from": "06:00", "to": "22:00", "everyMinutes": 120,
        "earlyMinutes": 30, "lateMinutes": 15, "graceMinutes": 60,
    }]);
    let windows: Windows = serde_json::from_value(window)?;
    let from = NaiveDate::from_ymd_opt(2026, 1, 1).context("a day")?;
    let plan = |toilet| Plan {
        toilet: ToiletId(toilet),
        version: 1,
        template: None,
        zone: chrono_tz::Asia::Shanghai,
        from,
        to: None,
        made_at: DateTime::UNIX_EPOCH,
        windows: windows.clone(),
        revision: 1,
    };
    Ok((1..=TOILETS).map(plan).collect())
}

/// Closed on every holiday, and in one toilet for a week.
fn exceptions() -> Result<Vec<Exception>> {
    let exception = |id, over, occasion| -> Result<Exception> {
        let (effect, made_at) = (Effect::Closed, DateTime::UNIX_EPOCH);
        let occasion = serde_json::from_value(occasion)?;
        Ok(Exception { id: ExceptionId(id), over, occasion, effect, reason: None, made_at, ended_at: None })
    };
    let week = json!({"days": {"from": "2026-06-01", "to": "2026-06-07"}});
    let holidays = json!({"kind": "holiday"});
    Ok(vec![exception(1, Over::Area("410308".parse()?), holidays)?, exception(2, Over::Toilet(ToiletId(17)), week)?])
}

fn expand(plans: &[Plan], setting: Setting<'_>) -> Option<usize> {
    let (from, until) = (NaiveDate::from_ymd_opt(2026, 1, 1)?, NaiveDate::from_ymd_opt(2027, 1, 2)?);
    Some(plans.iter().map(|plan| plan.slots(setting, from, until).map(black_box).count()).sum())
}

fn main() -> Result<()> {
    let (plans, exceptions, calendars) = (plans()?, exceptions()?, Calendars::builtin());
    let path = ["410308".parse()?, "410308101".parse()?];
    let with = Setting { exceptions: &exceptions, calendar: calendars.get("CN"), path: &path, ..Setting::PLAIN };
    let mut out = std::io::stdout().lock();
    for (what, setting) in [("plain", Setting::PLAIN), ("with exceptions and holidays", with)] {
        let mut slots = 0;
        let mut times: Vec<Duration> = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let begin = Instant::now();
            slots = expand(black_box(&plans), setting).context("the days exist")?;
            times.push(begin.elapsed());
        }
        times.sort_unstable();
        let median = times.get(RUNS / 2).copied().unwrap_or_default();
        writeln!(out, "{TOILETS} toilets, 366 days, {what}: {slots} slots in {:.1} ms", median.as_secs_f64() * 1e3)?;
    }
    Ok(())
}

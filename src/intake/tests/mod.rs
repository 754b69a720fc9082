//! Profiles at work on small files with the oddities of real ones.

#![expect(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod closures;
mod keys;
mod mistakes;
mod positions;
mod publishers;
mod transforms;
mod workbook;
mod worked_example;

use chrono::{DateTime, Utc};

use super::{Intake, Profile, RowOutcome, RowResult};
use crate::domain::statement::Statement;

/// The day on which closures are judged.
fn today() -> DateTime<Utc> {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

fn read(profile: &Profile, bytes: &[u8]) -> Vec<RowOutcome> {
    Intake::new(profile, today()).file("a file", bytes).unwrap().collect()
}

/// Reads a file with a profile that comes with the program.
fn read_as(name: &str, bytes: &[u8]) -> Vec<RowOutcome> {
    read(&Profile::builtin(name).unwrap(), bytes)
}

/// A profile for a CSV with the columns `id`, `name`, `lat` and `lng`, and what is added to it.
fn profile(more: &str) -> Profile {
    Profile::parse(&text(more)).unwrap()
}

fn text(more: &str) -> String {
    let head = "zone = \"Asia/Shanghai\"\nsource = { name = \"test\" }\nformat = { kind = \"csv\" }\n";
    let key = "key = { columns = [\"id\"] }\n";
    let position = "position = { crs = \"wgs84\", latitude = \"lat\", longitude = \"lng\" }\n";
    let mut text = head.to_owned();
    for (table, usual) in [("key", key), ("position", position)] {
        let own = more.starts_with(&format!("{table} =")) || more.contains(&format!("\n{table} ="));
        text.push_str(if own { "" } else { usual });
    }
    text + more
}

/// The only row of a file with one.
fn only(profile: &Profile, bytes: &str) -> RowOutcome {
    let mut rows = read(profile, bytes.as_bytes());
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn stated(row: &RowOutcome) -> &Statement {
    match &row.result {
        RowResult::Stated(statement) => statement,
        other => unreachable!("{other:?}"),
    }
}

/// `stated`, `rejected:CODE`, `repeated` or `skipped` for each row.
fn results(rows: &[RowOutcome]) -> Vec<String> {
    let name = |row: &RowOutcome| match &row.result {
        RowResult::Stated(_) => "stated".to_owned(),
        RowResult::Recorded(_) => "recorded".to_owned(),
        RowResult::Rejected { notice, .. } => format!("rejected:{}", notice.code),
        RowResult::Repeated { .. } => "repeated".to_owned(),
        RowResult::Skipped => "skipped".to_owned(),
    };
    rows.iter().map(name).collect()
}

/// The codes of a row's remarks.
fn codes(row: &RowOutcome) -> Vec<&'static str> {
    row.notices.iter().map(|notice| notice.code).collect()
}

/// How many rows have this fact.
fn count(rows: &[RowOutcome], field: &str, value: &str) -> usize {
    let has = |row: &&RowOutcome| row.facts.iter().any(|(f, v)| f == field && v == value);
    rows.iter().filter(has).count()
}

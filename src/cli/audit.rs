//! `gongce audit`: who did what when.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::ValueEnum;
use serde_json::{Value, json};

use super::print;
use crate::app;
use crate::config::Config;
use crate::domain::account::PersonId;
use crate::domain::event::{Entry, RecordKind, Wanted};
use crate::usecase::{Caller, audit};

/// How many entries are read at once.
const PAGE: u64 = 500;

#[derive(Debug, clap::Args)]
pub(super) struct Audit {
    /// Only of this record: its kind and key, such as toilet/17
    #[arg(long, value_name = "KIND/KEY", value_parser = record)]
    record: Option<(RecordKind, String)>,
    /// Only what this person did, and what was done to them: their id, from `gongce staff list`
    #[arg(long, value_name = "ID", value_parser = person)]
    person: Option<PersonId>,
    /// Only from this instant on, such as 2026-11-23T08:00:00Z
    #[arg(long, value_name = "INSTANT")]
    since: Option<DateTime<Utc>>,
    /// text, one entry on a line, or json, one object on a line
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

fn record(text: &str) -> Result<(RecordKind, String), String> {
    let (kind, key) = text.split_once('/').ok_or("give a kind and a key, such as toilet/17")?;
    let kinds = || RecordKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let kind = kind.parse().map_err(|_| format!("the kinds are {}", kinds()))?;
    Ok((kind, key.to_owned()))
}

fn person(text: &str) -> Result<PersonId, String> {
    text.parse().map_err(|violation: crate::domain::Violation| violation.message)
}

impl Audit {
    /// Prints what is wanted, the newest first, page by page: the journal of a register fits no memory.
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let store = app::open(config).await?;
        store.require_current_schema().await?;
        let ctx = app::context(config, store).await?;
        let wanted = Wanted { record: self.record, person: self.person, since: self.since };
        let mut before = None;
        loop {
            let (entries, more) = audit::list(&ctx, Caller::Host, &wanted, before, PAGE).await?;
            let lines = entries.iter().map(|entry| match self.format {
                Format::Text => line(entry),
                Format::Json => object(entry).to_string(),
            });
            print(&lines.fold(String::new(), |text, line| text + &line + "\n"))?;
            before = entries.last().map(|last| last.number);
            if !more {
                return Ok(ctx.store.close().await?);
            }
        }
    }
}

fn instant(entry: &Entry) -> String {
    entry.at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// When, who in which role, did what to which record, what changed from what to what, in which request.
fn line(entry: &Entry) -> String {
    let Entry { actor, kind, key, action, changes, .. } = entry;
    let mut text = format!("{} {} ({}) {action} {kind}/{key}", instant(entry), actor.name, actor.role);
    for (field, [from, to]) in changes {
        // Writing to a string cannot fail. Of persons only the names of fields are known.
        let _ = match (from, to) {
            (Value::Null, Value::Null) => write!(text, " {field}"),
            (Value::Null, to) => write!(text, " {field}: {to}"),
            (from, Value::Null) => write!(text, " {field}: {from} → nothing"),
            (from, to) => write!(text, " {field}: {from} → {to}"),
        };
    }
    let _ = write!(text, " [{}]", actor.request_id);
    text
}

fn object(entry: &Entry) -> Value {
    json!({
        "number": entry.number,
        "at": instant(entry),
        "actor": entry.actor.name,
        "role": entry.actor.role,
        "requestId": entry.actor.request_id,
        "kind": entry.kind.as_str(),
        "key": entry.key,
        "version": entry.version,
        "action": entry.action.as_str(),
        "changes": entry.changes,
    })
}

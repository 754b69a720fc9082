#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod clocks;
mod exceptions;
mod properties;
mod windows;
mod words;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::*;
use crate::domain::id::ToiletId;
use crate::domain::slot::Slot;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A window of what is said in `stated`, half an hour early, a quarter of an hour late, an hour of grace.
fn window(mut stated: Value) -> Window {
    for (name, value) in
        [("task", json!("round")), ("earlyMinutes", json!(30)), ("lateMinutes", json!(15)), ("graceMinutes", json!(60))]
    {
        stated.as_object_mut().unwrap().entry(name).or_insert(value);
    }
    serde_json::from_value(stated).unwrap()
}

fn windows(stated: impl IntoIterator<Item = Value>) -> Windows {
    Windows::new(stated.into_iter().map(window).collect()).unwrap()
}

/// The first version of toilet 17's plan, for ever.
fn plan(zone: &str, stated: impl IntoIterator<Item = Value>) -> Plan {
    Plan {
        toilet: ToiletId(17),
        version: 1,
        template: None,
        zone: zone.parse().unwrap(),
        from: day("1970-01-01"),
        to: None,
        made_at: DateTime::UNIX_EPOCH,
        windows: windows(stated),
        revision: 1,
    }
}

fn rounds() -> Value {
    json!({"from": "06:00", "to": "22:00", "everyMinutes": 120})
}

fn slots(plan: &Plan, setting: Setting<'_>, from: &str, until: &str) -> Vec<Slot> {
    plan.slots(setting, day(from), day(until)).collect()
}

/// Nominal time and instant of each slot of one date.
fn on(plan: &Plan, date: &str) -> Vec<(String, DateTime<Utc>)> {
    let date = day(date);
    let slots = plan.slots(Setting::PLAIN, date, date.succ_opt().unwrap());
    slots.map(|slot| (slot.key.time.to_string(), slot.at)).collect()
}

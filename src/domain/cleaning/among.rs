//! What is odd about a record beside the others of the same person.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::flags::Flag;
use super::{Cleaning, CleaningId};
use crate::domain::id::ToiletId;
use crate::geo::{Wgs84, great_circle};

/// The others that matter to a record: those that ended within this time before or after it did.
pub const AROUND: TimeDelta = TimeDelta::hours(12);

/// Nobody goes faster from one toilet to the next, in metres a second: 60 km/h.
const FASTEST: f64 = 60.0 / 3.6;

/// So many metres cost no time: toilets have two doors, and their places an accuracy.
const NEXT_DOOR: f64 = 100.0;

/// So often a phone may give exactly the same position.
const SAME: usize = 5;

/// The flags that follow from the other records of the same person: of those in force that ended within [`AROUND`] of
/// this one, and of where the toilets stand now. The order in which records arrived makes no difference. `others` may
/// hold the record itself, and records of other persons; `place` tells where a toilet stands.
#[must_use]
pub fn among(cleaning: &Cleaning, others: &[Cleaning], place: impl Fn(ToiletId) -> Option<Wgs84>) -> BTreeSet<Flag> {
    let matters = |other: &&Cleaning| {
        other.performed_by == cleaning.performed_by
            && other.id != cleaning.id
            && (other.at - cleaning.at).abs() <= AROUND
            && !other.is_void()
    };
    let mut others: Vec<&Cleaning> = others.iter().filter(matters).collect();
    others.sort_by_key(|other| order(other));
    let before = others.iter().rev().find(|other| order(other) < order(cleaning));
    let after = others.iter().find(|other| order(other) > order(cleaning));
    let mut legs = before.map(|before| (*before, cleaning)).into_iter().chain(after.map(|after| (cleaning, *after)));
    let is_same_fix = |other: &&&Cleaning| other.event.position == cleaning.event.position;
    let same = others.iter().filter(is_same_fix).count() + 1;
    let flags = [
        (Flag::Overlapping, others.iter().any(|other| overlap(other, cleaning))),
        (Flag::TooFast, legs.any(|(from, to)| is_too_fast(from, to, &place))),
        (Flag::SameFix, cleaning.event.position.is_some() && same >= SAME),
    ];
    flags.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag).collect()
}

fn order(cleaning: &Cleaning) -> (DateTime<Utc>, CleaningId) {
    (cleaning.at, cleaning.id)
}

/// Whether two records tell of the same time. One whose beginning is unknown is the moment of its end.
fn overlap(a: &Cleaning, b: &Cleaning) -> bool {
    let began = |cleaning: &Cleaning| cleaning.started_at.unwrap_or(cleaning.at);
    began(a) < b.at && began(b) < a.at
}

/// Whether the way from one toilet to another took less time than it takes.
fn is_too_fast(from: &Cleaning, to: &Cleaning, place: impl Fn(ToiletId) -> Option<Wgs84>) -> bool {
    let (Some(start), Some(end)) = (place(from.toilet()), place(to.toilet())) else { return false };
    let took = to.started_at.unwrap_or(to.at) - from.at;
    let seconds = took.as_seconds_f64().max(0.0);
    from.toilet() != to.toilet() && great_circle(start, end) - NEXT_DOOR > FASTEST * seconds
}

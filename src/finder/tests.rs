//! Tests of the snapshot's own rules. Searching is tested against a plain look at every toilet, from outside.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Finder;
use crate::domain::attested::Attested;
use crate::domain::holiday::Calendars;
use crate::domain::hours::{Hours, Opening};
use crate::domain::id::{OutageId, ToiletId};
use crate::domain::outage::{NewOutage, Outage, OutageReason};
use crate::domain::period::Span;
use crate::domain::share::Share;
use crate::domain::slot::Settlement;
use crate::domain::text::Name;
use crate::domain::toilet::Lifecycle;
use crate::domain::{Draft, Toilet};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn toilet(id: i32, revision: i32) -> Toilet {
    let fact = Draft::new(Name::new("公厕").unwrap(), chrono_tz::Asia::Shanghai);
    let (tenures, outages, grades) = (vec![], vec![], vec![]);
    let updated_at = at("2026-11-23T08:00:00Z");
    let (stations, attested) = (vec![], Attested::default());
    Toilet {
        id: ToiletId(id),
        fact,
        area: None,
        tenures,
        outages,
        grades,
        stations,
        photos: Vec::new(),
        attested,
        source: None,
        revision,
        updated_at,
    }
}

fn shut(toilet: &mut Toilet, from: &str, until: Option<&str>) {
    let span = Span::new(at(from), until.map(at)).unwrap();
    toilet.outages.push(Outage::stated(OutageId(1), NewOutage { reason: OutageReason::Water, span, note: None }));
}

fn finder() -> Finder {
    Finder::new(|toilet| toilet.revision.to_le_bytes().to_vec(), Arc::new(Calendars::builtin()))
}

#[test]
fn nothing_is_loaded_until_something_is() {
    let finder = finder();
    assert!(!finder.is_loaded() && finder.snapshot().is_empty());
    finder.replace([], vec![], 0);
    assert!(finder.is_loaded());
}

#[test]
fn a_cleaning_stays_known_when_the_record_changes() {
    let finder = finder();
    finder.replace([toilet(1, 1)], vec![], 7);
    let settled = |settled_at, last: Option<&str>| Settlement {
        settled_at: at(settled_at),
        next_at: at("2026-11-24T00:00:00Z"),
        last_cleaned_at: last.map(at),
        next_due_at: None,
        on_time: Share { numerator: 0, denominator: 0 },
    };
    let fresh = |now| finder.snapshot().get(ToiletId(1)).unwrap().cleaned_within(at(now), TimeDelta::hours(2));
    assert_eq!(fresh("2026-11-23T09:00:00Z"), None, "no cleaning is known");
    finder.settle([(ToiletId(1), settled("2026-11-23T08:00:00Z", Some("2026-11-23T08:00:00Z")))]);
    assert_eq!(fresh("2026-11-23T10:00:00Z"), Some(true));
    assert_eq!(fresh("2026-11-23T10:00:01Z"), Some(false));
    assert_eq!(fresh("2026-11-23T07:59:59Z"), None, "what came before is not known any more");
    finder.apply([toilet(1, 2)], 9);
    assert_eq!(fresh("2026-11-23T10:00:00Z"), Some(true));
    finder.settle([(ToiletId(1), settled("2026-11-23T07:00:00Z", None))]);
    assert_eq!(fresh("2026-11-23T10:00:00Z"), Some(true), "told late");
    finder.settle([(ToiletId(1), settled("2026-11-23T09:00:00Z", None))]);
    assert_eq!(fresh("2026-11-23T10:00:00Z"), None, "the record was voided");
}

#[test]
fn a_change_told_twice_or_late_does_no_harm() {
    let finder = finder();
    finder.replace([toilet(1, 1), toilet(3, 1)], vec![], 7);
    let before = finder.snapshot();
    finder.apply([toilet(2, 1), toilet(3, 2)], 9);
    finder.apply([toilet(3, 1)], 8);
    finder.apply([toilet(3, 2)], 9);
    let after = finder.snapshot();
    let revision = |id| after.get(ToiletId(id)).map(|entry| (entry.revision(), entry.fragment().to_vec()));
    assert_eq!((after.number(), after.len()), (9, 3));
    assert_eq!(revision(3), Some((2, vec![2, 0, 0, 0])));
    assert!(after.get(ToiletId(4)).is_none());
    // Whoever holds the snapshot from before still sees what was.
    assert_eq!((before.number(), before.len()), (7, 2));
}

#[test]
fn an_entry_tells_what_its_toilet_tells() {
    let mut toilets = Vec::new();
    for (id, lifecycle) in (1..).zip(Lifecycle::ALL) {
        let mut toilet = toilet(id, 1);
        toilet.fact.lifecycle = *lifecycle;
        shut(&mut toilet, "2026-11-23T00:00:00Z", Some("2026-11-24T00:00:00Z"));
        shut(&mut toilet, "2026-11-23T12:00:00Z", None);
        toilets.push(toilet);
    }
    let finder = finder();
    finder.replace(toilets.clone(), vec![], 1);
    let begin = at("2026-11-22T18:00:00Z");
    for (toilet, hour) in toilets.iter().flat_map(|toilet| (0..48).map(move |hour| (toilet, hour))) {
        let (snapshot, now) = (finder.snapshot(), begin + TimeDelta::hours(hour));
        let entry = snapshot.get(toilet.id).unwrap();
        assert_eq!(entry.status(now), toilet.status(now));
        let spans = (entry.closure(now).map(|closure| closure.span), toilet.outage(now).map(|outage| outage.fact.span));
        assert_eq!(spans.0, spans.1);
    }
}

#[test]
fn closures_are_worked_into_the_hours() {
    let mut toilet = toilet(1, 1);
    // 22:00Z to 14:00Z.
    toilet.fact.hours = Hours::parse("06:00-22:00").ok();
    shut(&mut toilet, "2026-11-23T10:00:00Z", Some("2026-11-23T11:00:00Z"));
    shut(&mut toilet, "2026-11-23T11:00:00Z", Some("2026-11-23T20:00:00Z"));
    shut(&mut toilet, "2026-11-23T21:00:00Z", Some("2026-11-24T01:00:00Z"));
    shut(&mut toilet, "2026-11-24T05:00:00Z", None);
    let finder = finder();
    finder.replace([toilet], vec![], 1);
    let snapshot = finder.snapshot();
    let entry = snapshot.get(ToiletId(1)).unwrap();
    let opening = |now| entry.opening(snapshot.calendars(), at(now));
    // Open until the first closure, not until the evening.
    assert_eq!(opening("2026-11-23T08:00:00Z"), Opening::Open { until: Some(at("2026-11-23T10:00:00Z")) });
    // The two closures that touch end at night, and the third covers the morning.
    let tomorrow = Opening::Closed { opens_at: Some(at("2026-11-24T01:00:00Z")) };
    assert_eq!(opening("2026-11-23T10:30:00Z"), tomorrow);
    assert_eq!(opening("2026-11-23T20:30:00Z"), tomorrow);
    // 18:00 to 22:00 is shut to the end of the day, by the first two closures.
    assert_eq!(entry.today(snapshot.calendars(), at("2026-11-23T08:00:00Z")).unwrap(), ["06:00-18:00"]);
    assert!(entry.today(snapshot.calendars(), at("2026-11-25T08:00:00Z")).unwrap().is_empty());
    // Nobody knows when the last one ends.
    assert_eq!(opening("2026-11-24T06:00:00Z"), Opening::Closed { opens_at: None });
}

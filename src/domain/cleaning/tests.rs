#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::domain::key::KeyId;
use crate::domain::place::Place;
use crate::domain::plate::{Plate, PlateKind, Serial};
use crate::domain::text::Remark;
use crate::geo::{Crs, Wgs84};

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What a phone says of a round at 08:00, five minutes long.
fn event() -> Event {
    Event {
        toilet: ToiletId(17),
        performed_by: None,
        tasks: BTreeSet::from([Task::Round]),
        started_at: Some(utc("2026-11-23T07:55:00Z")),
        finished_at: utc("2026-11-23T08:00:00Z"),
        clock: Some(reading("a", 1_000_000)),
        checklist: None,
        remarks: None,
        supplies: Vec::new(),
        photos: BTreeSet::new(),
        plate: None,
        position: None,
        correction: None,
    }
}

fn reading(boot: &str, monotonic_ms: i64) -> Reading {
    Reading { boot_id: boot.to_owned(), monotonic_ms }
}

fn sending(at: &str, clock: Option<Reading>) -> Sending {
    Sending { at: Some(utc(at)), clock }
}

fn id(number: u128) -> CleaningId {
    CleaningId(Uuid::from_u128((7 << 76) | (0b10 << 62) | number))
}

/// A round of person 1 at that toilet, from and to those minutes after eight.
fn cleaning(number: u128, toilet: i32, from: i64, to: i64) -> Cleaning {
    let at = |minutes| utc("2026-11-23T08:00:00Z") + TimeDelta::minutes(minutes);
    Cleaning {
        id: id(number),
        event: Event { toilet: ToiletId(toilet), ..event() },
        performed_by: PersonId(Uuid::from_u128(1)),
        recorded_by: PersonId(Uuid::from_u128(1)),
        started_at: Some(at(from)),
        at: at(to),
        received_at: at(600),
        basis: Basis::Monotonic,
        presence: Presence::E1,
        flags: BTreeSet::new(),
    }
}

/// Toilets stand a kilometre apart along a meridian.
fn stands(toilet: ToiletId) -> Option<Wgs84> {
    Wgs84::new(34.0 + f64::from(toilet.0) * 0.008_993, 112.0).ok()
}

#[test]
fn the_clock_that_counts_on_goes_before_the_one_that_can_be_set() {
    let hour = 3_600_000;
    for (sent, clock, received, at, basis) in [
        // Right, and an hour later.
        ("2026-11-23T09:00:00Z", Some(reading("a", 1_000_000 + hour)), "2026-11-23T09:00:00Z", "08:00:00", "monotonic"),
        // Three hours fast, so that the truth is 05:00; and the counting clock says so too.
        ("2026-11-23T09:00:00Z", Some(reading("a", 1_000_000 + hour)), "2026-11-23T06:00:00Z", "05:00:00", "monotonic"),
        // The device started anew in between: what its clock is off by counts for both.
        ("2026-11-23T09:00:00Z", Some(reading("b", 5)), "2026-11-23T06:00:00Z", "05:00:00", "device"),
        // It went back, or does not say: the same.
        ("2026-11-23T09:00:00Z", Some(reading("a", 999_999)), "2026-11-23T06:00:00Z", "05:00:00", "device"),
        ("2026-11-23T09:00:00Z", None, "2026-11-23T06:00:00Z", "05:00:00", "device"),
        // It was set meanwhile, which only the counting clock tells.
        ("2026-11-23T14:00:00Z", Some(reading("a", 1_000_000 + hour)), "2026-11-23T09:00:00Z", "08:00:00", "monotonic"),
        // Never later than it was received.
        ("2026-11-23T07:00:00Z", None, "2026-11-23T07:00:00Z", "07:00:00", "device"),
    ] {
        let timing = timing(&event(), &sending(sent, clock.clone()), utc(received));
        let told = (timing.at.format("%T").to_string(), timing.basis.as_str());
        assert_eq!(told, (at.to_owned(), basis), "{sent} {clock:?} {received}");
        assert_eq!(timing.started_at, Some(timing.at - TimeDelta::minutes(5)));
    }
    // A device that does not say what its clock shows is taken to be right.
    let timing = timing(&event(), &Sending::default(), utc("2026-11-23T09:00:00Z"));
    assert_eq!((timing.at, timing.basis), (utc("2026-11-23T08:00:00Z"), Basis::Device));
}

#[test]
fn clocks_of_1970_and_2100_are_put_right_as_long_as_the_device_runs() {
    for year in ["1970-01-01T00:10:00Z", "2100-06-01T00:10:00Z"] {
        let finished_at = utc(year);
        let started_at = Some(finished_at - TimeDelta::minutes(5));
        let event = Event { started_at, finished_at, ..event() };
        let later = finished_at + TimeDelta::hours(2);
        let received = utc("2026-11-23T10:00:00Z");
        for clock in [Some(reading("a", 1_000_000 + 7_200_000)), None] {
            let sending = Sending { at: Some(later), clock };
            assert_eq!(timing(&event, &sending, received).at, utc("2026-11-23T08:00:00Z"), "{year}");
            let around = Circumstances { is_proxy: false, in_area: true, on_roster: true, plan_version: None };
            assert_eq!(around.flags(&event, &sending, received), BTreeSet::from([Flag::ClockOff]), "{year}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_is_done_after_it_is_known(
        finished in 0_i64..7_000_000_000, lasted in -100_000_i64..100_000, then: u32, now: u32, same: bool,
        sent in prop::option::of(0_i64..7_000_000_000), received in 1_700_000_000_i64..2_000_000_000,
    ) {
        let at = |seconds| DateTime::from_timestamp(seconds, 123_456_789).unwrap();
        let event = Event {
            finished_at: at(finished),
            started_at: at(finished).checked_sub_signed(TimeDelta::seconds(lasted)),
            clock: Some(reading("a", then.into())),
            ..event()
        };
        let clock = Some(reading(if same { "a" } else { "b" }, now.into()));
        let timing = timing(&event, &Sending { at: sent.map(at), clock }, at(received));
        prop_assert!(timing.at <= at(received) && timing.at >= DateTime::UNIX_EPOCH);
        prop_assert!(timing.started_at.is_none_or(|started| started <= timing.at));
        let holds = same && now >= then;
        prop_assert_eq!(timing.basis == Basis::Monotonic, holds);
        if holds {
            // Whatever its other clock shows.
            let set = Event { finished_at: at(0), ..event };
            let other = super::timing(&set, &Sending { at: None, clock: Some(reading("a", now.into())) }, at(received));
            prop_assert_eq!(other.at, timing.at);
        }
    }

    #[test]
    fn what_follows_from_others_does_not_depend_on_their_order(
        times in prop::collection::vec((1_i32..4, 0_i64..400, 0_i64..30), 2..12), order in any::<u64>(),
    ) {
        let all: Vec<_> = (0..).zip(times).map(|(n, (toilet, from, lasts))| cleaning(n, toilet, from, from + lasts)).collect();
        let mut shuffled = all.clone();
        shuffled.sort_by_key(|one| one.id.0.as_u64_pair().1.wrapping_mul(order | 1));
        for one in &all {
            prop_assert_eq!(among(one, &all, stands), among(one, &shuffled, stands));
        }
        // Overlapping is of two.
        let overlapping = all.iter().filter(|one| among(one, &all, stands).contains(&Flag::Overlapping)).count();
        prop_assert_ne!(overlapping, 1);
    }

    #[test]
    fn an_event_reads_back_as_it_was(remark in "[a-z公厕]{1,20}", quantity in 0.001_f64..1000.0, version in 1_i32..9, ms: i64) {
        let event = Event {
            remarks: Some(Remark::new(&remark).unwrap()),
            supplies: vec![Supply { name: "纸".to_owned().try_into().unwrap(), quantity, unit: None }],
            checklist: Some(Answered {
                version,
                points: vec![Checked { task: Task::Round, code: "floor".to_owned(), ok: false, note: None }],
            }),
            clock: Some(reading("a", ms)),
            plate: Some("fingerprint".to_owned()),
            correction: Some(Correction { kind: CorrectionKind::Amends, of: id(9), reason: Remark::new(&remark).unwrap() }),
            ..event()
        };
        let read: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        prop_assert_eq!(read.differences(&event), Vec::<String>::new());
        prop_assert_eq!(read, event);
    }
}

#[test]
fn differences_are_named_as_the_interface_names_them() {
    let fix = |latitude| Fix { latitude, longitude: 112.0, crs: Crs::Gcj02, accuracy: None };
    let base = Event { position: Some(fix(34.0)), ..event() };
    let correction = |kind| Some(Correction { kind, of: id(1), reason: Remark::new("x").unwrap() });
    for (other, fields) in [
        (base.clone(), vec![]),
        (Event { position: Some(fix(34.000_000_1)), ..base.clone() }, vec!["position"]),
        (Event { position: None, ..base.clone() }, vec!["position"]),
        (Event { clock: Some(reading("a", 1)), ..base.clone() }, vec!["clock"]),
        (Event { finished_at: utc("2026-11-23T08:00:00.001Z"), ..base.clone() }, vec!["finishedAt"]),
        (
            Event { tasks: BTreeSet::new(), correction: correction(CorrectionKind::Voids), ..base.clone() },
            vec!["reason", "tasks", "voids"],
        ),
        (Event { performed_by: Some(PersonId(Uuid::nil())), ..base.clone() }, vec!["performedBy"]),
    ] {
        assert_eq!(base.differences(&other), fields);
    }
    assert!(!format!("{base:?}").contains("34"), "where somebody was is for no log");
}

#[test]
fn presence_is_judged_by_plate_and_position_in_any_datum() {
    let stands = Wgs84::new(34.8264, 112.4364).unwrap();
    let toilet = Place::new(stands, Crs::Wgs84, true);
    // So many metres north of it.
    let fix = |metres: f64, crs: Crs, accuracy: Option<f64>| {
        let there = Wgs84::new(34.8264 + metres / 111_195.0, 112.4364).unwrap();
        let (latitude, longitude) = crs.write(there);
        Fix { latitude, longitude, crs, accuracy }
    };
    for crs in Crs::ALL {
        for (metres, accuracy, wanted) in [
            (0.0, Some(10.0), Presence::E2),
            (99.0, Some(10.0), Presence::E2),
            (101.0, Some(10.0), Presence::E1),
            (101.0, Some(51.0), Presence::E2),
            (239.0, Some(120.0), Presence::E2),
            (241.0, Some(120.0), Presence::E1),
            (299.0, Some(150.0), Presence::E2),
            (301.0, Some(150.0), Presence::E1),
            (0.0, Some(150.1), Presence::E1),
            (0.0, Some(0.0), Presence::E1),
            (0.0, Some(-1.0), Presence::E1),
            (0.0, None, Presence::E1),
        ] {
            let fix = fix(metres, crs, accuracy);
            assert_eq!(verdict(true, Some(&fix), Some(&toilet)), wanted, "{metres} m, {accuracy:?}, {crs:?}");
            assert_eq!(verdict(false, Some(&fix), Some(&toilet)), Presence::E0);
            assert_eq!(verdict(true, Some(&fix), None), Presence::E1);
        }
        assert_eq!(verdict(true, None, Some(&toilet)), Presence::E1);
        // Read in another datum it would be half a kilometre off.
        let wrong = Crs::ALL.into_iter().filter(|other| *other != crs);
        for other in wrong {
            let fix = Fix { crs: other, ..fix(0.0, crs, Some(10.0)) };
            assert_eq!(verdict(true, Some(&fix), Some(&toilet)), Presence::E1, "{crs:?} read as {other:?}");
        }
    }
    // Where a source's points are not shifted, the numbers are taken as they are.
    let unshifted = Place::new(stands, Crs::Gcj02, false);
    let fix = Fix { latitude: 34.8264, longitude: 112.4364, crs: Crs::Gcj02, accuracy: Some(10.0) };
    assert_eq!(verdict(true, Some(&fix), Some(&unshifted)), Presence::E2);
}

#[test]
fn a_plate_that_was_replaced_counts_for_the_time_before() {
    let serial = |number: i32| Serial::try_from(number).unwrap();
    let (old_key, key) = (KeyId::read('1').unwrap(), KeyId::read('2').unwrap());
    let since = utc("2026-11-23T12:00:00Z");
    let hanging = Hanging { serial: serial(3), oldest_key: key, since: Some(since) };
    let plate = |kind, toilet, number| Plate { kind, toilet: ToiletId(toilet), serial: serial(number) };
    let (before, after) = (since - TimeDelta::seconds(1), since);
    for (kind, toilet, number, key, at, wanted) in [
        (PlateKind::Staff, 17, 3, key, after, true),
        (PlateKind::Staff, 17, 2, key, before, true),
        (PlateKind::Staff, 17, 2, key, after, false),
        (PlateKind::Staff, 17, 1, key, before, false),
        (PlateKind::Staff, 17, 3, old_key, after, false),
        (PlateKind::Staff, 18, 3, key, after, false),
        (PlateKind::Citizen, 17, 3, key, after, false),
        (PlateKind::Staff, 17, 4, key, after, false),
    ] {
        let shown = shows((plate(kind, toilet, number), key), ToiletId(17), &hanging, at);
        assert_eq!(shown, wanted, "{kind} of {toilet}, serial {number}");
    }
}

#[test]
fn a_record_gets_the_flags_that_it_earns() {
    let around = Circumstances { is_proxy: false, in_area: true, on_roster: true, plan_version: Some(3) };
    let right = sending("2026-11-23T09:00:00Z", Some(reading("a", 1_000_000 + 3_600_000)));
    let received = utc("2026-11-23T09:00:00Z");
    let flags = |event: &Event, sending: &Sending| -> Vec<Flag> {
        around.flags(event, sending, received).into_iter().collect()
    };
    let lasting = |seconds: i64, task| Event {
        started_at: Some(event().finished_at - TimeDelta::seconds(seconds)),
        tasks: BTreeSet::from([task]),
        ..event()
    };
    let list = |version| Event { checklist: Some(Answered { version, points: Vec::new() }), ..event() };
    for (event, flag) in [
        (event(), None),
        (lasting(60, Task::Round), None),
        (lasting(59, Task::Round), Some(Flag::TooShort)),
        (lasting(299, Task::Thorough), Some(Flag::TooShort)),
        (lasting(599, Task::Deep), Some(Flag::TooShort)),
        (lasting(12 * 3600, Task::Deep), None),
        (lasting(12 * 3600 + 1, Task::Deep), Some(Flag::TooLong)),
        (lasting(-1, Task::Round), Some(Flag::ClockOff)),
        (Event { started_at: None, ..event() }, None),
        (list(3), None),
        (list(2), Some(Flag::OldChecklist)),
    ] {
        assert_eq!(flags(&event, &right), flag.into_iter().collect::<Vec<_>>(), "{event:?}");
    }
    let at = |sent: &str, counted: i64| sending(sent, Some(reading("a", 1_000_000 + counted)));
    for (sending, is_off) in [
        (at("2026-11-23T09:05:00Z", 3_900_000), false),
        (at("2026-11-23T09:05:01Z", 3_901_000), true),
        (at("2026-11-23T08:54:59Z", 3_299_000), true),
        (at("2026-11-23T09:00:00Z", 3_600_000 - 301_000), true),
        (at("2026-11-23T09:00:00Z", 3_600_000 + 299_000), false),
        (sending("2026-11-23T09:00:00Z", Some(reading("b", 0))), false),
        (Sending::default(), false),
    ] {
        assert_eq!(flags(&event(), &sending) == [Flag::ClockOff], is_off, "{sending:?}");
    }
    let early = around.flags(&event(), &Sending::default(), utc("2026-11-23T07:00:00Z"));
    assert_eq!(early, BTreeSet::from([Flag::ClockOff]), "done an hour after it was received");
    let odd = Circumstances { is_proxy: true, in_area: false, on_roster: false, plan_version: None };
    let all = [Flag::Proxy, Flag::OutOfArea, Flag::OffRoster];
    assert_eq!(odd.flags(&event(), &right, received), BTreeSet::from(all));
}

#[test]
fn nobody_is_in_two_places_or_flies() {
    let flags = |all: &[Cleaning], place: usize| among(&all[place], all, stands);
    let none = BTreeSet::new();
    // A kilometre in a minute is 60 km/h; the next door costs nothing.
    let fast = [cleaning(1, 1, 0, 10), cleaning(2, 2, 10, 20)];
    assert_eq!([flags(&fast, 0), flags(&fast, 1)], [BTreeSet::from([Flag::TooFast]), BTreeSet::from([Flag::TooFast])]);
    let walked = [cleaning(1, 1, 0, 10), cleaning(2, 2, 11, 20)];
    assert_eq!([flags(&walked, 0), flags(&walked, 1)], [none.clone(), none.clone()]);
    let twice = [cleaning(1, 1, 0, 10), cleaning(2, 1, 9, 20)];
    assert_eq!(flags(&twice, 0), BTreeSet::from([Flag::Overlapping]));
    let touching = [cleaning(1, 1, 0, 10), cleaning(2, 1, 10, 20)];
    assert_eq!(flags(&touching, 0), none);
    let mut others = [cleaning(1, 1, 0, 10), cleaning(2, 3, 0, 10)];
    others[1].performed_by = PersonId(Uuid::from_u128(2));
    assert_eq!(flags(&others, 0), none, "another person");
    let far = [cleaning(1, 1, 0, 10), cleaning(2, 1, 0, 10 + 721)];
    assert_eq!(flags(&far, 0), none, "more than twelve hours later nothing is compared");
}

#[test]
fn a_position_that_never_moves_is_told() {
    let still = |number: u128| {
        let from = i64::try_from(number).unwrap() * 30;
        let mut one = cleaning(number, 1, from, from + 5);
        one.event.position = Some(Fix { latitude: 34.1, longitude: 112.1, crs: Crs::Gcj02, accuracy: Some(5.0) });
        one
    };
    let mut all: Vec<_> = (0..5).map(still).collect();
    assert!(all.iter().all(|one| among(one, &all, stands).contains(&Flag::SameFix)));
    assert!(all.iter().all(|one| !among(one, &all[..4], stands).contains(&Flag::SameFix) || one.id == all[4].id));
    all[4].event.position =
        Some(Fix { latitude: 34.100_000_1, longitude: 112.1, crs: Crs::Gcj02, accuracy: Some(5.0) });
    assert!(all.iter().all(|one| among(one, &all, stands).is_empty()));
    let nowhere: Vec<_> = (0..6).map(|number| cleaning(number, 1, i64::try_from(number).unwrap() * 30, 0)).collect();
    assert!(nowhere.iter().all(|one| !among(one, &nowhere, stands).contains(&Flag::SameFix)));
}

#[test]
fn what_breaks_rules_is_refused_field_by_field() {
    let correction = |kind| Some(Correction { kind, of: id(1), reason: Remark::new("x").unwrap() });
    let amends = Event { started_at: None, correction: correction(CorrectionKind::Amends), ..event() };
    let voids = Event { tasks: BTreeSet::new(), correction: correction(CorrectionKind::Voids), ..amends.clone() };
    assert!([event(), amends.clone(), voids.clone()].into_iter().all(|event| event.sound().is_ok()));
    let supply = |quantity| vec![Supply { name: "纸".to_owned().try_into().unwrap(), quantity, unit: None }];
    let point = || Checked { task: Task::Round, code: "floor".to_owned(), ok: true, note: None };
    for (event, field) in [
        (Event { tasks: BTreeSet::new(), ..event() }, "tasks"),
        (Event { finished_at: utc("1969-12-31T23:59:59Z"), ..event() }, "finishedAt"),
        (Event { finished_at: utc("2200-01-01T00:00:00Z"), ..event() }, "finishedAt"),
        (Event { supplies: supply(0.0), ..event() }, "supplies"),
        (Event { supplies: supply(10_000.1), ..event() }, "supplies"),
        (
            Event { checklist: Some(Answered { version: 1, points: vec![point(), point()] }), ..event() },
            "checklist.points",
        ),
        (
            Event {
                position: Some(Fix { latitude: 91.0, longitude: 0.0, crs: Crs::Wgs84, accuracy: None }),
                ..event()
            },
            "position",
        ),
        (Event { started_at: event().started_at, ..amends.clone() }, "startedAt"),
        (Event { performed_by: Some(PersonId(Uuid::nil())), ..amends.clone() }, "performedBy"),
        (Event { plate: Some("x".to_owned()), ..amends }, "plate"),
        (Event { tasks: event().tasks, ..voids.clone() }, "tasks"),
        (Event { supplies: supply(1.0), ..voids }, "supplies"),
    ] {
        let wrong = event.sound().unwrap_err();
        assert_eq!(wrong.0.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), [field]);
    }
}

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days as Length, NaiveDate, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::account::PersonName;
use crate::domain::duties::{Charge, Duties};
use crate::domain::id::{RosterDayId, RosterId, TurnId};
use crate::domain::report::Month;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn shifts() -> Shifts {
    let shift = |from: &str, to: &str| Shift { from: from.parse().unwrap(), to: to.parse().unwrap() };
    let shifts = [
        (ShiftKind::Early, shift("06:00", "14:00")),
        (ShiftKind::Late, shift("14:00", "22:00")),
        (ShiftKind::Rotation, shift("22:00", "06:00")),
    ];
    Shifts::new(BTreeMap::from(shifts)).unwrap()
}

fn plan(zone: Tz, turns: Vec<Turn>, days: Vec<RosterDay>) -> RosterPlan {
    let span = Days::new(Some(day("2026-11-01")), Some(day("2027-01-31"))).unwrap();
    let name = Name::new("东区").unwrap();
    let toilets = BTreeSet::from([ToiletId(1)]);
    let roster = Roster { id: RosterId(1), name, zone, toilets, shifts: shifts(), days: span, revision: 1 };
    RosterPlan { roster, turns, days }
}

fn turn(number: u128, from: &str, to: Option<&str>, cycle: &[ShiftKind]) -> Turn {
    let days = Days::new(Some(day(from)), to.map(day)).unwrap();
    let cycle = Cycle::new(cycle.to_vec()).unwrap();
    Turn { id: TurnId(1), roster: RosterId(1), person: person(number), cycle, days, revision: 1 }
}

fn other(number: u128, on: &str, shift: ShiftKind) -> RosterDay {
    let (id, roster) = (RosterDayId(1), RosterId(1));
    RosterDay { id, roster, person: person(number), day: day(on), shift, swapped_with: None, revision: 1 }
}

const EELLOO: [ShiftKind; 6] =
    [ShiftKind::Early, ShiftKind::Early, ShiftKind::Late, ShiftKind::Late, ShiftKind::Off, ShiftKind::Off];

#[test]
fn a_cycle_begins_anew_and_a_day_can_be_other() {
    let others = vec![other(1, "2026-11-25", ShiftKind::Off), other(2, "2026-11-25", ShiftKind::Late)];
    let plan = plan(chrono_tz::Asia::Shanghai, vec![turn(1, "2026-11-23", None, &EELLOO)], others);
    let does =
        |on: &str| plan.shift(person(1), day(on)).map(|kind| kind.sign(crate::domain::language::Language::English));
    for (on, wanted) in [
        ("2026-11-22", None),
        ("2026-11-23", Some("E")),
        ("2026-11-25", Some("-")),
        ("2026-11-26", Some("L")),
        ("2026-11-28", Some("-")),
        ("2026-11-29", Some("E")),
        // The roster is over.
        ("2027-02-01", None),
    ] {
        assert_eq!(does(on), wanted, "{on}");
    }
    let duties = plan.duties(day("2026-11-25"), day("2026-11-25"));
    assert_eq!(duties.iter().map(|duty| (duty.person, duty.kind)).collect::<Vec<_>>(), [(person(2), ShiftKind::Late)]);
}

#[test]
fn shifts_pass_midnight_and_follow_the_clock_on_the_wall() {
    for (zone, on, kind, from, until) in [
        ("Asia/Shanghai", "2026-11-23", ShiftKind::Early, "2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z"),
        ("Asia/Shanghai", "2026-11-23", ShiftKind::Rotation, "2026-11-23T14:00:00Z", "2026-11-23T22:00:00Z"),
        // The clock goes back: the night has nine hours.
        ("America/New_York", "2026-10-31", ShiftKind::Rotation, "2026-11-01T02:00:00Z", "2026-11-01T11:00:00Z"),
        ("America/New_York", "2026-03-07", ShiftKind::Rotation, "2026-03-08T03:00:00Z", "2026-03-08T10:00:00Z"),
    ] {
        let shift = shifts().get(kind).unwrap();
        assert_eq!(shift.on(day(on), zone.parse().unwrap()), Some((at(from), at(until))), "{zone} {on}");
    }
}

#[test]
fn what_cannot_be_is_named() {
    let shift = |from: &str, to: &str| Shift { from: from.parse().unwrap(), to: to.parse().unwrap() };
    let refused = |kind, shift| Shifts::new(BTreeMap::from([(kind, shift)])).map_err(|wrong| (wrong.field, wrong.code));
    assert_eq!(refused(ShiftKind::Off, shift("06:00", "07:00")), Err(("off".to_owned(), "contradictory")));
    assert_eq!(refused(ShiftKind::Late, shift("06:00", "06:00")), Err(("late".to_owned(), "emptyRange")));
    assert!(Shifts::new(BTreeMap::new()).is_err());
    assert!(Cycle::new(Vec::new()).is_err() && Cycle::new(vec![ShiftKind::Off; 63]).is_err());
    let early = Shifts::new(BTreeMap::from([(ShiftKind::Early, shift("06:00", "14:00"))])).unwrap();
    let fits = Cycle::new(EELLOO.to_vec()).unwrap().fits(&early).map_err(|wrong| wrong.field);
    assert_eq!(fits, Err("cycle.2".to_owned()));
}

#[test]
fn what_is_to_be_written_for_a_wish_is_the_least() {
    let plan = plan(
        chrono_tz::Asia::Shanghai,
        vec![turn(1, "2026-11-23", None, &EELLOO)],
        vec![other(1, "2026-11-25", ShiftKind::Off)],
    );
    let today = day("2026-11-24");
    let wish = |on: &str, shift| Wish { person: person(1), day: day(on), shift, swapped_with: None };
    let change = |on: &str, shift| plan.change(&wish(on, shift), today).map_err(|wrong| wrong.code);
    let standing = plan.days.first().unwrap();
    assert_eq!(change("2026-11-24", Some(ShiftKind::Early)), Ok(None), "as planned");
    assert_eq!(change("2026-11-24", Some(ShiftKind::Late)), Ok(Some(Change::Create)));
    assert_eq!(change("2026-11-25", Some(ShiftKind::Off)), Ok(None), "as it stands");
    assert_eq!(change("2026-11-25", Some(ShiftKind::Early)), Ok(Some(Change::Put(standing))));
    assert_eq!(change("2026-11-25", Some(ShiftKind::Late)), Ok(Some(Change::Remove(standing))), "as planned again");
    assert_eq!(change("2026-11-25", None), Ok(Some(Change::Remove(standing))));
    assert_eq!(change("2026-11-23", Some(ShiftKind::Early)), Ok(None), "what is past and so is no change");
    assert_eq!(change("2026-11-23", Some(ShiftKind::Late)), Err("past"));
    assert_eq!(change("2027-02-01", Some(ShiftKind::Late)), Err("outOfRange"));
}

#[test]
fn a_month_is_a_row_for_each_person() {
    let plan = plan(chrono_tz::Asia::Shanghai, vec![turn(1, "2026-11-29", None, &EELLOO)], Vec::new());
    let name = |_| Some(PersonName::new("王丽").unwrap());
    let month = |text: &str| plan.month(text.parse::<Month>().unwrap(), name);
    let november = month("2026-11");
    assert_eq!(november.rows.len(), 1);
    let days = &november.rows.first().unwrap().days;
    assert_eq!((days.len(), days.iter().flatten().count()), (30, 2));
    assert_eq!(month("2026-10").rows, []);
    assert_eq!([cell_name(0, 0), cell_name(4, 2), cell_name(9, 27)], ["A1", "C5", "AB10"]);
}

#[test]
fn a_toilet_is_that_of_whoever_is_on_shift() {
    let zone = chrono_tz::Asia::Shanghai;
    let rosters = vec![plan(zone, vec![turn(1, "2026-11-23", None, &[ShiftKind::Rotation])], Vec::new())];
    let duties = Duties { assigned: vec![(person(3), Days::new(None, Some(day("2026-11-23"))).unwrap())], rosters };
    let charge = |number, when: &str| duties.charge(person(number), zone, (at(when), at(when)));
    // From ten in the evening to six, and half an hour before and after.
    for (when, own) in [
        ("2026-11-23T13:29:00Z", false),
        ("2026-11-23T13:30:00Z", true),
        ("2026-11-23T20:00:00Z", true),
        ("2026-11-23T22:30:00Z", true),
        ("2026-11-23T22:31:00Z", false),
    ] {
        assert_eq!(charge(1, when), if own { Charge::Own } else { Charge::Others }, "{when}");
        assert_eq!(charge(2, when), Charge::Others, "{when}");
    }
    assert_eq!((charge(3, "2026-11-23T04:00:00Z"), charge(3, "2026-11-24T04:00:00Z")), (Charge::Own, Charge::Others));
    assert_eq!(charge(1, "2027-02-02T04:00:00Z"), Charge::Nobodys, "the roster is over, and nobody answers for it");
}

proptest! {
    #[test]
    fn duties_are_the_shifts_day_by_day_however_the_days_are_cut(
        cycle in prop::collection::vec(prop::sample::select(ShiftKind::ALL.to_vec()), 1..9),
        begins in 0_u64..20, lasts in 0_u64..40, cut in 0_u64..60,
        others in prop::collection::btree_map(0_u64..60, prop::sample::select(ShiftKind::ALL.to_vec()), 0..6),
    ) {
        let first = day("2026-11-01");
        let on = |ahead: u64| first + Length::new(ahead);
        let days = Days::new(Some(on(begins)), Some(on(begins + lasts))).unwrap();
        let cycle = Cycle::new(cycle).unwrap();
        let one = Turn { id: TurnId(1), roster: RosterId(1), person: person(1), cycle, days, revision: 1 };
        let others = others.iter().map(|(ahead, shift)| other(1, &on(*ahead).to_string(), *shift)).collect();
        let plan = plan(chrono_tz::Asia::Shanghai, vec![one], others);
        let whole = plan.duties(first, on(60));
        let kinds: Vec<_> = whole.iter().map(|duty| (duty.day, duty.kind)).collect();
        let expected = (0..=60).map(on).filter_map(|day| Some((day, plan.shift(person(1), day)?)));
        prop_assert_eq!(kinds, expected.filter(|(_, kind)| *kind != ShiftKind::Off).collect::<Vec<_>>());
        let mut parts = plan.duties(first, on(cut));
        parts.extend(plan.duties(on(cut + 1), on(60)));
        prop_assert_eq!(parts, whole);
    }
}

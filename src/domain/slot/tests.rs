#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A slot of toilet 17 at that minute of 23 November, UTC, with its allowances in minutes.
fn slot(task: Task, minute: u16, (early, late, grace): (i64, i64, i64)) -> Slot {
    let at = utc("2026-11-23T00:00:00Z") + TimeDelta::minutes(minute.into());
    let due = at + TimeDelta::minutes(late);
    let window = Task::ALL.iter().position(|one| *one == task).unwrap() + 1;
    let origin = Origin::plan(u16::try_from(window).unwrap());
    Slot {
        key: SlotKey {
            toilet: ToiletId(17),
            version: 1,
            origin,
            date: at.date_naive(),
            time: Clock::of_minutes(minute),
        },
        task,
        at,
        opens: at - TimeDelta::minutes(early),
        due,
        closes: due + TimeDelta::minutes(grace),
        cancelled: None,
    }
}

/// The slot of 08:00: from 07:30, on time until 08:15, late until 09:15.
fn eight() -> Slot {
    slot(Task::Round, 480, (30, 15, 60))
}

fn done(id: u128, at: &str, received_at: &str) -> Done {
    let at = utc(&format!("2026-11-23T{at}Z"));
    let received_at = utc(&format!("2026-11-23T{received_at}Z"));
    let tasks = BTreeSet::from([Task::Round]);
    Done { id: Uuid::from_u128(id), tasks, at, received_at, is_verified: true, is_proxy: false }
}

fn state(cleanings: &[Done], excuses: &[Excuse], now: &str) -> (SlotState, bool) {
    let judged = judge(&[eight()], cleanings, excuses, utc(&format!("2026-11-23T{now}Z")));
    (judged[0].state, judged[0].synced_late)
}

#[test]
fn a_slot_goes_its_way() {
    for (now, wanted) in [
        ("07:29:59", SlotState::Planned),
        ("07:30:00", SlotState::Open),
        ("09:15:00", SlotState::Open),
        ("09:15:01", SlotState::Missed),
        ("23:59:59", SlotState::Missed),
    ] {
        assert_eq!(state(&[], &[], now), (wanted, false), "{now}");
    }
    for (at, wanted) in [
        ("07:29:59", SlotState::Missed),
        ("07:30:00", SlotState::DoneOnTime),
        ("08:15:00", SlotState::DoneOnTime),
        ("08:15:01", SlotState::DoneLate),
        ("09:15:00", SlotState::DoneLate),
        ("09:15:01", SlotState::Missed),
    ] {
        assert_eq!(state(&[done(1, at, at)], &[], "12:00:00"), (wanted, false), "{at}");
    }
    let overdue = |now: &str| {
        let now = utc(&format!("2026-11-23T{now}Z"));
        judge(&[eight()], &[], &[], now)[0].is_overdue(now)
    };
    assert_eq!(["08:15:00", "08:15:01", "09:15:00", "09:15:01"].map(overdue), [false, true, true, false]);
}

#[test]
fn a_log_that_comes_late_turns_missed_into_what_truly_was() {
    let logs = [done(1, "08:00:00", "20:00:00")];
    assert_eq!(state(&logs, &[], "19:59:59"), (SlotState::Missed, false));
    assert_eq!(state(&logs, &[], "20:00:00"), (SlotState::DoneOnTime, true));
    assert_eq!(state(&[done(1, "09:00:00", "20:00:00")], &[], "20:00:00"), (SlotState::DoneLate, true));
    // It came before the slot was over.
    assert_eq!(state(&[done(1, "08:00:00", "09:15:00")], &[], "20:00:00"), (SlotState::DoneOnTime, false));
}

#[test]
fn an_excuse_counts_once_somebody_agreed_and_where_nothing_better_is_known() {
    let excuse = |approved: Option<&str>| Excuse {
        slot: eight().key,
        reason: ExcuseReason::Water,
        approved_at: approved.map(|at| utc(&format!("2026-11-23T{at}Z"))),
    };
    assert_eq!(state(&[], &[excuse(None)], "12:00:00").0, SlotState::Missed);
    assert_eq!(state(&[], &[excuse(Some("13:00:00"))], "12:00:00").0, SlotState::Missed);
    assert_eq!(state(&[], &[excuse(Some("13:00:00"))], "13:00:00").0, SlotState::Excused);
    assert_eq!(
        state(&[done(1, "09:00:00", "09:00:00")], &[excuse(Some("10:00:00"))], "12:00:00").0,
        SlotState::Excused
    );
    assert_eq!(
        state(&[done(1, "08:00:00", "08:00:00")], &[excuse(Some("10:00:00"))], "12:00:00").0,
        SlotState::DoneOnTime
    );
    let other = Excuse { slot: slot(Task::Round, 600, (30, 15, 60)).key, ..excuse(Some("10:00:00")) };
    assert_eq!(state(&[], &[other], "12:00:00").0, SlotState::Missed);
}

#[test]
fn a_cancelled_slot_stays_cancelled_and_takes_no_cleaning() {
    let cancelled = Slot { cancelled: Some(ExceptionId(1)), ..eight() };
    let twin = Slot { key: SlotKey { origin: Origin::exception(ExceptionId(1), 1), ..cancelled.key }, ..eight() };
    let judged = judge(&[cancelled, twin], &[done(1, "08:00:00", "08:00:00")], &[], utc("2026-11-23T12:00:00Z"));
    assert_eq!(judged.iter().map(|one| one.state).collect::<Vec<_>>(), [SlotState::Cancelled, SlotState::DoneOnTime]);
}

#[test]
fn a_cleaning_does_at_most_one_slot_of_each_task() {
    // Two slots that a change of the clock put at one instant, and one of another task.
    let twins = [eight(), Slot { key: SlotKey { time: Clock::of_minutes(450), ..eight().key }, ..eight() }];
    let slots = [twins[0], twins[1], slot(Task::Disinfect, 480, (30, 15, 60))];
    let both = Done { tasks: BTreeSet::from([Task::Round, Task::Disinfect]), ..done(1, "08:00:00", "08:00:00") };
    let count = |logs: &[Done]| {
        let judged = judge(&slots, logs, &[], utc("2026-11-23T12:00:00Z"));
        judged.iter().filter(|one| one.state == SlotState::DoneOnTime).count()
    };
    assert_eq!(count(std::slice::from_ref(&both)), 2);
    assert_eq!(count(&[both, done(2, "08:05:00", "08:05:00")]), 3);
}

#[test]
fn the_first_cleaning_does_it_and_the_earlier_is_left_for_what_is_late() {
    let by = |slots: &[Slot], logs: &[Done]| -> Vec<_> {
        let judged = judge(slots, logs, &[], utc("2026-11-23T23:00:00Z"));
        judged.iter().map(|one| one.cleaning.map(|id| id.as_u128())).collect()
    };
    let (first, second) = (done(1, "07:40:00", "07:40:00"), done(2, "08:10:00", "08:10:00"));
    assert_eq!(by(&[eight()], &[second.clone(), first.clone()]), [Some(1)]);
    // At 09:40 she does the round of eight, late, and at ten past ten the one of ten.
    let slots = [slot(Task::Round, 480, (30, 15, 90)), slot(Task::Round, 600, (30, 15, 90))];
    let (first, second) = (done(1, "09:40:00", "09:40:00"), done(2, "10:10:00", "10:10:00"));
    assert_eq!(by(&slots, &[first.clone(), second]), [Some(1), Some(2)]);
    // Alone it counts where it is on time.
    assert_eq!(by(&slots, &[first]), [None, Some(1)]);
}

#[test]
fn keys_have_one_spelling() {
    let key = SlotKey { origin: Origin::exception(ExceptionId(5), 2), ..eight().key };
    assert_eq!(key.to_string(), "17.1.x5-2.20261123T0800");
    assert_eq!(serde_json::to_string(&key).unwrap(), "\"17.1.x5-2.20261123T0800\"");
    for bad in [
        "",
        "17",
        "17.1.2",
        "17.1.2.20261123",
        "17.1.2.20261123T080",
        "017.1.2.20261123T0800",
        "17.1.2.20261123T0800.",
        "17.1.2.20261131T0800",
        "17.1.2.20261123T2400",
        "17.1.x5.20261123T0800",
        "17.1.+2.20261123T0800",
        "17.1.2.20261123T厕00",
    ] {
        assert!(bad.parse::<SlotKey>().is_err(), "{bad}");
    }
}

fn any_slots() -> impl Strategy<Value = Vec<Slot>> {
    let one = (400u16..600, 1i64..120, 0i64..60, 0i64..120);
    let one = one.prop_map(|(minute, early, late, grace)| slot(Task::Round, minute, (early, late, grace)));
    prop::collection::vec(one, 1..7).prop_map(|mut slots| {
        for (window, slot) in (1..).zip(&mut slots) {
            slot.key.origin.window = window;
        }
        slots
    })
}

fn any_cleanings() -> impl Strategy<Value = Vec<Done>> {
    prop::collection::vec((350i64..700, 0i64..600), 0..7).prop_map(|all| {
        let midnight = utc("2026-11-23T00:00:00Z");
        let done = |(id, (at, delay)): (u128, (i64, i64))| {
            let at = midnight + TimeDelta::minutes(at);
            let received_at = at + TimeDelta::minutes(delay);
            let tasks = BTreeSet::from([Task::Round]);
            Done { id: Uuid::from_u128(id), tasks, at, received_at, is_verified: true, is_proxy: false }
        };
        (1..).zip(all).map(done).collect()
    })
}

/// The most slots that can be done on time, by trying everything.
fn most_on_time(slots: &[Slot], cleanings: &[Done]) -> usize {
    let Some((slot, rest)) = slots.split_first() else { return 0 };
    let without = most_on_time(rest, cleanings);
    let with = (0..cleanings.len()).filter(|at| slot.opens <= cleanings[*at].at && cleanings[*at].at <= slot.due);
    let with = with.map(|at| 1 + most_on_time(rest, &[&cleanings[..at], &cleanings[at + 1..]].concat()));
    with.max().map_or(without, |with| with.max(without))
}

proptest! {
    #[test]
    fn the_order_of_arrival_makes_no_difference(
        slots in any_slots(),
        (cleanings, shuffled) in any_cleanings().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let now = utc("2026-11-25T00:00:00Z");
        prop_assert_eq!(judge(&slots, &cleanings, &[], now), judge(&slots, &shuffled, &[], now));
        let mut turned = slots.clone();
        turned.reverse();
        let mut judged = judge(&turned, &cleanings, &[], now);
        judged.reverse();
        prop_assert_eq!(judge(&slots, &cleanings, &[], now), judged);
    }

    #[test]
    fn as_many_as_can_be_are_done_on_time_and_no_cleaning_twice(slots in any_slots(), cleanings in any_cleanings()) {
        let judged = judge(&slots, &cleanings, &[], utc("2026-11-25T00:00:00Z"));
        let on_time = judged.iter().filter(|one| one.state == SlotState::DoneOnTime).count();
        prop_assert_eq!(on_time, most_on_time(&slots, &cleanings));
        let used: Vec<_> = judged.iter().filter_map(|one| one.cleaning).collect();
        prop_assert_eq!(used.iter().collect::<BTreeSet<_>>().len(), used.len());
        for one in judged {
            let done = one.cleaning.map(|id| cleanings.iter().find(|done| done.id == id).unwrap());
            prop_assert_eq!(done.is_some(), matches!(one.state, SlotState::DoneOnTime | SlotState::DoneLate));
            prop_assert!(done.is_none_or(|done| one.slot.opens <= done.at && done.at <= one.slot.closes));
        }
    }

    /// As time goes on and nothing else comes to be known, a slot only goes forward.
    #[test]
    fn a_slot_never_goes_back(cleanings in any_cleanings()) {
        let rank = |state| match state {
            SlotState::Planned => 0,
            SlotState::Open => 1,
            SlotState::Missed => 2,
            _ => 3,
        };
        let states = (0..24 * 60).map(|minute| {
            let now = utc("2026-11-23T00:00:00Z") + TimeDelta::minutes(minute);
            rank(judge(&[eight()], &cleanings, &[], now)[0].state)
        });
        prop_assert!(states.collect::<Vec<_>>().is_sorted());
    }
}

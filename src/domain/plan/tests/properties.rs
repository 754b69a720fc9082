//! Plans that nobody would write, in zones whose clocks change.

use std::collections::BTreeSet;

use chrono::Days;
use proptest::prelude::*;

use super::*;
use crate::domain::id::ExceptionId;
use crate::domain::plan::{Effect, Exception, Over};

const ZONES: [&str; 7] = [
    "Asia/Shanghai",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
    "Africa/Casablanca",
    "Asia/Kathmandu",
];

fn any_window() -> impl Strategy<Value = Window> {
    let task = prop::sample::select(vec!["thorough", "round", "disinfect", "deep"]);
    let dates = prop_oneof![
        Just(json!({})),
        prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..7)
            .prop_map(|days| json!({"weekdays": days})),
        prop::collection::btree_set(1u8..=31, 1..4).prop_map(|days| json!({"monthDays": days})),
    ];
    let times = prop_oneof![
        (0u16..1440, 30u16..1440, 5u16..600).prop_map(|(from, length, step)| {
            let to = Clock::of_minutes(from + length);
            json!({"from": Clock::of_minutes(from), "to": to, "everyMinutes": step.min(length)})
        }),
        prop::collection::btree_set((0u16..1440).prop_map(Clock::of_minutes), 1..5).prop_map(|at| json!({"at": at})),
    ];
    (task, dates, times, 1u16..3000).prop_map(|(task, dates, times, early)| {
        let mut stated = json!({"task": task, "earlyMinutes": early});
        for part in [dates, times] {
            stated.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        window(stated)
    })
}

fn any_windows() -> impl Strategy<Value = Windows> {
    prop::collection::vec(any_window(), 1..4).prop_map(|windows| Windows::new(windows).unwrap())
}

/// A day from 1984 to 2030.
fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..46 * 365).prop_map(|days| day("1984-01-01") + Days::new(days))
}

/// A day near a change of the clock somewhere, or any.
fn telling_day() -> impl Strategy<Value = NaiveDate> {
    let near = prop::sample::select(vec![
        "1986-05-04",
        "1991-09-15",
        "2011-12-30",
        "2026-03-08",
        "2026-11-01",
        "2026-10-04",
        "2026-04-05",
        "2026-02-28",
    ]);
    let near = (near, 0u64..4).prop_map(|(date, before)| day(date) - Days::new(before));
    prop_oneof![near, any_day()]
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let span = (telling_day(), prop::option::of(0u64..40));
    (prop::sample::select(ZONES.to_vec()), any_windows(), prop::option::of(span)).prop_map(|(zone, windows, span)| {
        let plain = Plan { windows, ..plan(zone, [rounds()]) };
        match span {
            None => plain,
            Some((from, length)) => Plan { from, to: length.map(|length| from + Days::new(length)), ..plain },
        }
    })
}

fn any_exceptions() -> impl Strategy<Value = Vec<Exception>> {
    let effect = prop_oneof![
        Just(Effect::Closed),
        any_windows().prop_map(Effect::Instead),
        any_windows().prop_map(Effect::Extra),
    ];
    let one = (telling_day(), 0u64..5, effect, 0i32..3).prop_map(|(from, length, effect, id)| {
        let to = from + Days::new(length);
        let occasion = serde_json::from_value(json!({"days": {"from": from, "to": to}})).unwrap();
        let made_at = (from - Days::new(2)).and_hms_opt(12, 0, 0).unwrap().and_utc();
        let (over, id) = (Over::Toilet(ToiletId(17)), ExceptionId(id));
        Exception { id, over, occasion, effect, reason: None, made_at, ended_at: None }
    });
    prop::collection::vec(one, 0..3).prop_map(|mut exceptions| {
        for (id, exception) in (1..).zip(&mut exceptions) {
            exception.id = ExceptionId(id);
        }
        exceptions
    })
}

proptest! {
    /// A range is its parts, one after the other, wherever it is cut.
    #[test]
    fn a_range_is_the_sum_of_its_parts(
        plan in any_plan(),
        exceptions in any_exceptions(),
        from in telling_day(),
        first in 0u64..12,
        second in 0u64..12,
    ) {
        let setting = Setting { exceptions: &exceptions, ..Setting::PLAIN };
        let (middle, until) = (from + Days::new(first), from + Days::new(first + second));
        let whole: Vec<_> = plan.slots(setting, from, until).collect();
        let parts: Vec<_> = plan.slots(setting, from, middle).chain(plan.slots(setting, middle, until)).collect();
        prop_assert_eq!(whole, parts);
    }

    /// Slots come in order, in their range, each key once, whatever the clocks do.
    #[test]
    fn every_slot_comes_once_and_in_order(
        plan in any_plan(),
        exceptions in any_exceptions(),
        from in telling_day(),
        length in 0u64..12,
    ) {
        let setting = Setting { exceptions: &exceptions, ..Setting::PLAIN };
        let until = from + Days::new(length);
        let slots: Vec<_> = plan.slots(setting, from, until).collect();
        let keys: BTreeSet<_> = slots.iter().map(|slot| slot.key).collect();
        prop_assert_eq!(keys.len(), slots.len());
        prop_assert!(slots.iter().all(|slot| from <= slot.key.date && slot.key.date < until));
        prop_assert!(slots.is_sorted_by_key(|slot| (slot.key.date, slot.key.time)));
        prop_assert!(slots.is_sorted_by_key(|slot| slot.at));
        prop_assert!(slots.iter().all(|slot| slot.opens <= slot.at && slot.at <= slot.due && slot.due <= slot.closes));
        for slot in slots {
            prop_assert_eq!(slot.key.to_string().parse(), Ok(slot.key));
        }
    }

    /// As many slots as the definition has times, zone or no zone.
    #[test]
    fn the_clocks_take_and_give_nothing(plan in any_plan(), from in telling_day(), length in 1u64..40) {
        let until = from + Days::new(length);
        let utc = Plan { zone: chrono_tz::UTC, ..plan.clone() };
        let keys = |plan: &Plan| plan.slots(Setting::PLAIN, from, until).map(|slot| slot.key).collect::<Vec<_>>();
        prop_assert_eq!(keys(&plan), keys(&utc));
    }

    /// What had opened before an exception was made stands as it did.
    #[test]
    fn an_exception_changes_nothing_that_has_opened(
        plan in any_plan(),
        exceptions in any_exceptions(),
        from in telling_day(),
        length in 1u64..12,
    ) {
        let until = from + Days::new(length);
        let Some(first) = exceptions.iter().map(|exception| exception.made_at).min() else { return Ok(()) };
        let setting = Setting { exceptions: &exceptions, ..Setting::PLAIN };
        let has_opened = |slot: &Slot| slot.at <= first || (slot.opens <= first && slot.key.origin.exception.is_none());
        let opened = |setting| plan.slots(setting, from, until).filter(has_opened).collect::<Vec<_>>();
        prop_assert_eq!(opened(setting), opened(Setting::PLAIN));
    }
}

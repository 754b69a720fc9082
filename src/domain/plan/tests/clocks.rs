//! Nights on which the clock changes: every slot stays, once, at the first instant that its time can mean.

use chrono::TimeDelta;

use super::*;

/// Half-hourly rounds of one night in a zone, with the instants of some of them.
#[test]
fn no_slot_is_lost_or_doubled_when_the_clock_changes() {
    for (zone, date, expected) in [
        // Forward from 02:00 EST (07:00 UTC) to 03:00 EDT.
        (
            "America/New_York",
            "2026-03-08",
            &[("01:30", "06:30"), ("02:00", "07:00"), ("02:30", "07:00"), ("03:00", "07:00"), ("03:30", "07:30")][..],
        ),
        // Back from 02:00 EDT (06:00 UTC) to 01:00 EST: the first half past one counts.
        (
            "America/New_York",
            "2026-11-01",
            &[("00:30", "04:30"), ("01:00", "05:00"), ("01:30", "05:30"), ("02:00", "07:00")],
        ),
        // Lord Howe goes ahead by half an hour only, from 02:00 (15:30 UTC of the day before) to 02:30.
        (
            "Australia/Lord_Howe",
            "2026-10-04",
            &[("01:30", "-15:00"), ("02:00", "-15:30"), ("02:30", "-15:30"), ("03:00", "-16:00")],
        ),
        // And back by half an hour, from 02:00 (15:00 UTC) to 01:30.
        ("Australia/Lord_Howe", "2026-04-05", &[("01:00", "-14:00"), ("01:30", "-14:30"), ("02:00", "-15:30")]),
        // Shanghai's years of summer time. In 1986 it began on 4 May, in the others in April.
        (
            "Asia/Shanghai",
            "1986-05-04",
            &[("01:30", "-17:30"), ("02:00", "-18:00"), ("02:30", "-18:00"), ("03:00", "-18:00"), ("03:30", "-18:30")],
        ),
        (
            "Asia/Shanghai",
            "1986-09-14",
            &[("00:30", "-15:30"), ("01:00", "-16:00"), ("01:30", "-16:30"), ("02:00", "-18:00")],
        ),
        ("Asia/Shanghai", "1987-04-12", &[("02:30", "-18:00"), ("03:00", "-18:00")]),
        ("Asia/Shanghai", "1987-09-13", &[("01:30", "-16:30"), ("02:00", "-18:00")]),
        ("Asia/Shanghai", "1988-04-17", &[("02:30", "-18:00"), ("03:00", "-18:00")]),
        ("Asia/Shanghai", "1988-09-11", &[("01:30", "-16:30"), ("02:00", "-18:00")]),
        ("Asia/Shanghai", "1989-04-16", &[("02:30", "-18:00"), ("03:00", "-18:00")]),
        ("Asia/Shanghai", "1989-09-17", &[("01:30", "-16:30"), ("02:00", "-18:00")]),
        ("Asia/Shanghai", "1990-04-15", &[("02:30", "-18:00"), ("03:00", "-18:00")]),
        ("Asia/Shanghai", "1990-09-16", &[("01:30", "-16:30"), ("02:00", "-18:00")]),
        ("Asia/Shanghai", "1991-04-14", &[("02:30", "-18:00"), ("03:00", "-18:00")]),
        ("Asia/Shanghai", "1991-09-15", &[("01:30", "-16:30"), ("02:00", "-18:00")]),
        // And none since.
        ("Asia/Shanghai", "1992-04-12", &[("02:00", "-18:00"), ("02:30", "-18:30"), ("03:00", "-19:00")]),
        // Samoa left out a whole day: all of it is due when the next begins.
        ("Pacific/Apia", "2011-12-30", &[("00:00", "10:00"), ("23:30", "10:00")]),
        // Havana goes back over midnight, from 01:00 to 00:00.
        ("America/Havana", "2026-11-01", &[("00:00", "04:00"), ("00:30", "04:30"), ("01:00", "06:00")]),
    ] {
        let plan = plan(zone, [json!({"from": "00:00", "to": "23:30", "everyMinutes": 30})]);
        let found = on(&plan, date);
        assert_eq!(found.len(), 48, "{zone} on {date}");
        for (time, instant) in expected {
            // A minus marks the day before in UTC.
            let (day, instant) = match instant.strip_prefix('-') {
                Some(instant) => (day(date).pred_opt().unwrap(), instant),
                None => (day(date), *instant),
            };
            let wanted = utc(&format!("{day}T{instant}:00Z"));
            let slot = found.iter().find(|(nominal, _)| nominal == time);
            assert_eq!(slot.map(|(_, at)| *at), Some(wanted), "{zone} on {date} at {time}");
        }
        assert!(found.is_sorted_by_key(|(_, at)| *at), "{zone} on {date}");
    }
}

#[test]
fn two_slots_of_one_instant_stay_two() {
    let plan =
        plan("America/New_York", [json!({"at": ["02:15", "02:45"]}), json!({"at": ["03:00"], "task": "disinfect"})]);
    let slots = slots(&plan, Setting::PLAIN, "2026-03-08", "2026-03-09");
    assert_eq!(slots.iter().map(|slot| slot.at).collect::<Vec<_>>(), [utc("2026-03-08T07:00:00Z"); 3]);
    let keys: Vec<_> = slots.iter().map(|slot| slot.key.to_string()).collect();
    assert_eq!(keys, ["17.1.1.20260308T0215", "17.1.1.20260308T0245", "17.1.2.20260308T0300"]);
}

#[test]
fn allowances_are_minutes_that_pass_whatever_the_clock_shows() {
    let plan = plan("America/New_York", [json!({"at": ["03:10"]})]);
    let slot = slots(&plan, Setting::PLAIN, "2026-03-08", "2026-03-09")[0];
    assert_eq!(slot.at, utc("2026-03-08T07:10:00Z"));
    assert_eq!((slot.at - slot.opens, slot.due - slot.at), (TimeDelta::minutes(30), TimeDelta::minutes(15)));
    assert_eq!(slot.closes - slot.due, TimeDelta::minutes(60));
}

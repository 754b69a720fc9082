//! What is other than planned: where, when, and which of several counts.

use std::slice::from_ref;

use super::*;
use crate::domain::area::AreaCode;
use crate::domain::holiday::{Calendar, Calendars};
use crate::domain::id::{ExceptionId, OperatorId, TemplateId};

fn china() -> Calendar {
    Calendars::builtin().get("CN").unwrap().clone()
}

fn area(code: &str) -> Over {
    Over::Area(code.parse().unwrap())
}

fn occasion(stated: Value) -> Occasion {
    let occasion: Occasion = serde_json::from_value(stated).unwrap();
    occasion.check().unwrap();
    occasion
}

fn days(from: &str, to: &str) -> Value {
    json!({"days": {"from": from, "to": to}})
}

/// Made long ago.
fn exception(id: i32, over: Over, when: Value, effect: Effect) -> Exception {
    let (id, made_at) = (ExceptionId(id), DateTime::UNIX_EPOCH);
    Exception { id, over, occasion: occasion(when), effect, reason: None, made_at, ended_at: None }
}

/// The times of a date that are due, and those that are cancelled, of toilet 17 in the town 410308101, made from
/// template 2, run by body 3 until the end of 2026 and by body 4 from then on.
fn times(plan: &Plan, exceptions: &[Exception], date: &str) -> (Vec<String>, Vec<String>) {
    let (path, calendar) = (["410308", "410308101"].map(|code| code.parse::<AreaCode>().unwrap()), china());
    let operator = |date| Some(OperatorId(if date < day("2027-01-01") { 3 } else { 4 }));
    let setting = Setting { exceptions, calendar: Some(&calendar), path: &path, operator: &operator };
    let date = day(date);
    let slots: Vec<_> = plan.slots(setting, date, date.succ_opt().unwrap()).collect();
    let told = |cancelled: bool| {
        let slots = slots.iter().filter(|slot| slot.cancelled.is_some() == cancelled);
        slots.map(|slot| slot.key.time.to_string()).collect()
    };
    (told(false), told(true))
}

/// 07:00 and 19:00, thoroughly, and disinfected at 12:00.
fn twice() -> Plan {
    let windows =
        [json!({"task": "thorough", "at": ["07:00", "19:00"]}), json!({"task": "disinfect", "at": ["12:00"]})];
    Plan { template: Some(TemplateId(2)), ..plan("Asia/Shanghai", windows) }
}

fn due(exceptions: &[Exception], date: &str) -> Vec<String> {
    times(&twice(), exceptions, date).0
}

const PLANNED: [&str; 3] = ["07:00", "12:00", "19:00"];

#[test]
fn an_exception_counts_where_it_is_for() {
    let when = days("2026-11-23", "2026-11-24");
    for (over, wanted) in [
        (area("410308101"), true),
        (area("410308"), true),
        (area("410308102"), false),
        (area("4103"), false),
        (Over::Operator(OperatorId(3)), true),
        (Over::Operator(OperatorId(4)), false),
        (Over::Template(TemplateId(2)), true),
        (Over::Template(TemplateId(1)), false),
        (Over::Toilet(ToiletId(17)), true),
        (Over::Toilet(ToiletId(18)), false),
    ] {
        let closed = exception(1, over.clone(), when.clone(), Effect::Closed);
        let found = due(&[closed], "2026-11-23");
        assert_eq!(found.is_empty(), wanted, "{over:?}");
    }
    // The body of the day decides, not the one of today.
    let closed = exception(1, Over::Operator(OperatorId(4)), days("2026-12-31", "2027-01-01"), Effect::Closed);
    assert_eq!(due(from_ref(&closed), "2026-12-31"), PLANNED);
    assert_eq!(due(&[closed], "2027-01-01"), Vec::<String>::new());
}

#[test]
fn closed_other_and_extra() {
    let at = |effect| [exception(1, area("410308"), days("2026-11-23", "2026-11-23"), effect)];
    let none: [&str; 0] = [];
    let closed = at(Effect::Closed);
    assert_eq!(
        times(&twice(), &closed, "2026-11-23"),
        (none.map(str::to_owned).into(), PLANNED.map(str::to_owned).into())
    );
    assert_eq!(due(&closed, "2026-11-24"), PLANNED);
    // Other windows for the tasks that they name; disinfection goes on.
    let instead = at(Effect::Instead(windows([json!({"task": "thorough", "at": ["06:00"]})])));
    let (now_due, cancelled) = times(&twice(), &instead, "2026-11-23");
    assert_eq!(
        (now_due, cancelled),
        (vec!["06:00".to_owned(), "12:00".to_owned()], vec!["07:00".to_owned(), "19:00".to_owned()])
    );
    let extra = at(Effect::Extra(windows([json!({"at": ["15:00"]})])));
    assert_eq!(due(&extra, "2026-11-23"), ["07:00", "12:00", "15:00", "19:00"]);
    // What it adds has a key of its own, even at the time of another.
    let same = at(Effect::Extra(windows([json!({"at": ["12:00"]})])));
    let setting = Setting { exceptions: &same, path: &["410308".parse().unwrap()], ..Setting::PLAIN };
    let keys: Vec<_> =
        slots(&twice(), setting, "2026-11-23", "2026-11-24").iter().map(|slot| slot.key.to_string()).collect();
    assert_eq!(
        keys,
        ["17.1.1.20261123T0700", "17.1.2.20261123T1200", "17.1.x1-1.20261123T1200", "17.1.1.20261123T1900"]
    );
}

#[test]
fn the_stronger_comes_after_the_weaker() {
    let when = || days("2026-11-23", "2026-11-23");
    let extra = |id, over| exception(id, over, when(), Effect::Extra(windows([json!({"at": ["15:00"]})])));
    let closed = |id, over| exception(id, over, when(), Effect::Closed);
    let toilet = || Over::Toilet(ToiletId(17));
    // A toilet that is closed has no part in the extra rounds of its town, but may have some of its own.
    assert!(due(&[closed(1, toilet()), extra(2, area("410308101"))], "2026-11-23").is_empty());
    assert_eq!(due(&[closed(1, area("410308101")), extra(2, toilet())], "2026-11-23"), ["15:00"]);
    // The town is stronger than the county, the body than the town, the template than the body.
    for (weaker, stronger) in [
        (area("410308"), area("410308101")),
        (area("410308101"), Over::Operator(OperatorId(3))),
        (Over::Operator(OperatorId(3)), Over::Template(TemplateId(2))),
        (Over::Template(TemplateId(2)), toilet()),
    ] {
        assert_eq!(
            due(&[extra(1, stronger.clone()), closed(2, weaker.clone())], "2026-11-23"),
            ["15:00"],
            "{stronger:?}"
        );
        assert!(due(&[closed(1, stronger), extra(2, weaker)], "2026-11-23").is_empty());
    }
    // Among equals the later one.
    let later = |one: Exception| Exception { made_at: utc("2026-01-01T00:00:00Z"), ..one };
    assert_eq!(due(&[later(extra(1, toilet())), closed(2, toilet())], "2026-11-23"), ["15:00"]);
    assert!(due(&[extra(2, toilet()), later(closed(1, toilet()))], "2026-11-23").is_empty());
}

#[test]
fn nothing_that_has_begun_is_changed() {
    // Made at 08:00 in Shanghai: the slot of 07:00 stands, as does one whose window has opened.
    let closed = exception(1, Over::Toilet(ToiletId(17)), days("2026-11-20", "2026-11-30"), Effect::Closed);
    let made_at = utc("2026-11-23T00:00:00Z");
    let closed = Exception { made_at, ..closed };
    assert_eq!(due(from_ref(&closed), "2026-11-22"), PLANNED);
    assert_eq!(due(from_ref(&closed), "2026-11-23"), ["07:00"]);
    let at_opening = Exception { made_at: utc("2026-11-23T03:30:00Z"), ..closed.clone() };
    assert_eq!(due(&[at_opening], "2026-11-23"), ["07:00", "12:00"]);
    // Taken back at 16:00: what opens later is due again, and what was cancelled stays so.
    let ended = Exception { ended_at: Some(utc("2026-11-23T08:00:00Z")), ..closed };
    assert_eq!(
        times(&twice(), from_ref(&ended), "2026-11-23"),
        (vec!["07:00".to_owned(), "19:00".to_owned()], vec!["12:00".to_owned()])
    );
    assert_eq!(due(&[ended], "2026-11-24"), PLANNED);
    // An extra round is not asked for in hindsight.
    let windows = windows([json!({"at": ["06:00", "15:00", "23:00"]})]);
    let extra = exception(1, Over::Toilet(ToiletId(17)), days("2026-11-23", "2026-11-30"), Effect::Extra(windows));
    let extra = Exception { made_at, ended_at: Some(utc("2026-11-23T08:00:00Z")), ..extra };
    assert_eq!(due(from_ref(&extra), "2026-11-23"), ["07:00", "12:00", "15:00", "19:00"]);
    assert_eq!(due(&[extra], "2026-11-24"), PLANNED);
}

#[test]
fn exceptions_follow_the_holiday_table() {
    let closed = |kind: &str| [exception(1, area("410308"), json!({"kind": kind}), Effect::Closed)];
    for (kind, date, wanted) in [
        // National Day; the Saturday after it, which is worked; a Saturday that is free; a Monday.
        ("holiday", "2026-10-01", true),
        ("holiday", "2026-10-10", false),
        ("working", "2026-10-10", true),
        ("working", "2026-10-17", false),
        ("working", "2026-11-23", true),
        ("free", "2026-10-01", true),
        ("free", "2026-10-10", false),
        ("free", "2026-10-17", true),
        // Of 2027 the table does not tell: the plan stands.
        ("holiday", "2027-10-01", false),
        ("working", "2027-10-04", false),
        ("free", "2027-10-03", false),
    ] {
        assert_eq!(due(&closed(kind), date).is_empty(), wanted, "{kind} on {date}");
    }
    // Without a table nothing is known of any day.
    let exceptions = closed("holiday");
    let setting = Setting { exceptions: &exceptions, path: &["410308".parse().unwrap()], ..Setting::PLAIN };
    assert!(slots(&twice(), setting, "2026-10-01", "2026-10-02").iter().all(|slot| slot.cancelled.is_none()));
}

#[test]
fn exceptions_follow_the_season() {
    for (season, date, wanted) in [
        (json!({"from": "05-01", "to": "10-07"}), "2026-04-30", false),
        (json!({"from": "05-01", "to": "10-07"}), "2026-05-01", true),
        (json!({"from": "05-01", "to": "10-07"}), "2031-10-07", true),
        (json!({"from": "05-01", "to": "10-07"}), "2026-10-08", false),
        // Through the winter.
        (json!({"from": "11-15", "to": "03-15"}), "2026-12-31", true),
        (json!({"from": "11-15", "to": "03-15"}), "2027-03-15", true),
        (json!({"from": "11-15", "to": "03-15"}), "2026-07-01", false),
        (json!({"from": "02-29", "to": "02-29"}), "2028-02-29", true),
        (json!({"from": "02-29", "to": "02-29"}), "2027-02-28", false),
    ] {
        let closed = [exception(1, area("410308"), json!({"season": season}), Effect::Closed)];
        assert_eq!(due(&closed, date).is_empty(), wanted, "{season} on {date}");
    }
    // All that is stated must be true: Saturdays of the season, within two years.
    let when = json!({
        "days": {"from": "2026-01-01", "to": "2027-12-31"},
        "season": {"from": "05-01", "to": "10-07"},
        "weekdays": ["sat"],
    });
    let closed = [exception(1, area("410308"), when, Effect::Closed)];
    for (date, wanted) in [("2026-05-02", true), ("2026-05-03", false), ("2026-10-10", false), ("2028-05-06", false)] {
        assert_eq!(due(&closed, date).is_empty(), wanted, "{date}");
    }
}

#[test]
fn a_night_is_excepted_by_the_day_it_begins_on() {
    let night = plan("Asia/Shanghai", [json!({"from": "22:00", "to": "02:00", "everyMinutes": 60})]);
    let closed = [exception(1, area("410308"), days("2026-11-23", "2026-11-23"), Effect::Closed)];
    assert_eq!(times(&night, &closed, "2026-11-23").0, ["00:00", "01:00", "02:00"]);
    assert_eq!(times(&night, &closed, "2026-11-24").0, ["22:00", "23:00"]);
}

#[test]
fn an_exception_comes_to_an_end_or_goes_by_something() {
    let check = |stated: Value| serde_json::from_value::<Occasion>(stated).unwrap().check().map_err(|wrong| wrong.code);
    assert_eq!(check(json!({})), Err("endless"));
    assert_eq!(check(json!({"days": {"from": "2026-11-23", "to": null}})), Err("endless"));
    assert_eq!(check(json!({"weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]})), Err("endless"));
    assert_eq!(check(json!({"weekdays": []})), Err("blank"));
    for fine in [json!({"weekdays": ["mon"]}), json!({"kind": "free"}), days("2026-11-23", "2026-11-23")] {
        assert_eq!(check(fine), Ok(()));
    }
    for bad in ["13-01", "02-30", "5-1", "0501", ""] {
        assert!(bad.parse::<YearDay>().is_err(), "{bad}");
    }
}

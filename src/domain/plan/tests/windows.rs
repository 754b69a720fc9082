//! What a window says, and what is refused.

use super::*;

fn times(stated: Value, date: &str) -> Vec<String> {
    on(&plan("Asia/Shanghai", [stated]), date).into_iter().map(|(time, _)| time).collect()
}

#[test]
fn the_rules_of_the_county() {
    // 2026-11-23 is a Monday.
    for (stated, date, wanted) in [
        (
            rounds(),
            "2026-11-23",
            &["06:00", "08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00", "22:00"][..],
        ),
        (json!({"task": "thorough", "at": ["07:30", "13:00"]}), "2026-11-23", &["07:30", "13:00"]),
        (json!({"task": "disinfect", "at": ["21:00", "09:00"]}), "2026-11-23", &["09:00", "21:00"]),
        (json!({"task": "deep", "monthDays": [1], "at": ["10:00"]}), "2026-11-23", &[]),
        (json!({"task": "deep", "monthDays": [1], "at": ["10:00"]}), "2026-12-01", &["10:00"]),
        (json!({"weekdays": ["mon", "fri"], "at": ["10:00"]}), "2026-11-23", &["10:00"]),
        (json!({"weekdays": ["mon", "fri"], "at": ["10:00"]}), "2026-11-24", &[]),
        (
            json!({"from": "06:00", "to": "22:30", "everyMinutes": 150}),
            "2026-11-23",
            &["06:00", "08:30", "11:00", "13:30", "16:00", "18:30", "21:00"],
        ),
    ] {
        assert_eq!(times(stated.clone(), date), wanted, "{stated} on {date}");
    }
}

#[test]
fn a_day_that_a_month_does_not_have_is_its_last() {
    let walls = json!({"task": "deep", "monthDays": [30, 31], "at": ["10:00"]});
    for (date, count) in [
        ("2026-02-27", 0),
        ("2026-02-28", 1),
        ("2028-02-28", 0),
        ("2028-02-29", 1),
        ("2026-04-30", 1),
        ("2026-05-30", 1),
        ("2026-05-31", 1),
    ] {
        assert_eq!(times(walls.clone(), date).len(), count, "{date}");
    }
    assert_eq!(times(json!({"monthDays": [28], "at": ["10:00"]}), "2028-02-29").len(), 0);
}

#[test]
fn a_window_past_midnight_belongs_to_the_day_it_begins_on() {
    // Friday nights: 2026-11-27 is a Friday.
    let night = json!({"weekdays": ["fri"], "from": "22:00", "to": "02:00", "everyMinutes": 60});
    assert_eq!(times(night.clone(), "2026-11-27"), ["22:00", "23:00"]);
    assert_eq!(times(night.clone(), "2026-11-28"), ["00:00", "01:00", "02:00"]);
    assert_eq!(times(night.clone(), "2026-11-29"), Vec::<String>::new());
    let at = json!({"weekdays": ["fri"], "from": "22:00", "to": "06:00", "at": ["23:30", "05:30"]});
    assert_eq!(times(at.clone(), "2026-11-27"), ["23:30"]);
    assert_eq!(times(at, "2026-11-28"), ["05:30"]);
    // A version that ends on Friday still has its Friday night, and the next one begins with Saturday.
    let first = Plan { to: Some(day("2026-11-27")), ..plan("Asia/Shanghai", [night.clone()]) };
    assert_eq!(on(&first, "2026-11-28").len(), 3);
    assert_eq!(on(&first, "2026-11-29").len(), 0);
    let second = Plan { from: day("2026-11-28"), version: 2, ..plan("Asia/Shanghai", [night]) };
    assert_eq!(on(&second, "2026-11-28").len(), 0);
}

#[test]
fn a_plan_asks_for_nothing_that_was_due_before_it_was_made() {
    let plan = Plan { made_at: utc("2026-11-23T04:00:00Z"), ..plan("Asia/Shanghai", [rounds()]) };
    let times: Vec<_> = on(&plan, "2026-11-23").into_iter().map(|(time, _)| time).collect();
    assert_eq!(times, ["14:00", "16:00", "18:00", "20:00", "22:00"]);
    assert_eq!(on(&plan, "2026-11-22"), []);
}

#[test]
fn a_version_is_fixed_from_the_day_of_a_slot_that_has_opened() {
    let plan = plan("Asia/Shanghai", [rounds(), json!({"monthDays": [1], "at": ["10:00"], "earlyMinutes": 10080})]);
    let opened = |since, now| plan.has_opened_since(Setting::PLAIN, day(since), utc(now));
    // At 20:00 on the 22nd the slots of the 23rd wait until 05:30.
    assert!(!opened("2026-11-23", "2026-11-22T12:00:00Z"));
    assert!(opened("2026-11-22", "2026-11-22T12:00:00Z"));
    assert!(opened("2026-11-23", "2026-11-22T21:30:00Z"));
    assert!(opened("2020-01-01", "2026-11-22T21:30:00Z"));
    // The one of the first of December opens a week before.
    assert!(opened("2026-11-27", "2026-11-24T12:00:00Z"));
    assert!(!opened("2026-12-02", "2026-11-24T12:00:00Z"));
    let ended = plan.clone().ended_before(day("2026-11-23")).unwrap();
    assert_eq!(
        (ended.to, ended.ended_before(day("1970-01-01")).map_err(|wrong| wrong.code)),
        (Some(day("2026-11-22")), Err("endsBeforeItBegins"))
    );
}

#[test]
fn what_is_refused_and_where() {
    for (stated, field, code) in [
        (json!({"from": "06:00", "to": "22:00"}), "at", "incomplete"),
        (json!({"everyMinutes": 60, "at": ["06:00"]}), "at", "incomplete"),
        (json!({"everyMinutes": 4}), "everyMinutes", "outOfRange"),
        (json!({"from": "06:00", "to": "06:00", "everyMinutes": 60}), "everyMinutes", "outOfRange"),
        (json!({"from": "06:00", "to": "22:00", "at": ["05:59"]}), "at", "outOfRange"),
        (json!({"from": "22:00", "to": "02:00", "at": ["02:01"]}), "at", "outOfRange"),
        (json!({"at": []}), "at", "blank"),
        (json!({"at": ["06:00"], "weekdays": []}), "weekdays", "blank"),
        (json!({"at": ["06:00"], "monthDays": []}), "monthDays", "blank"),
        (json!({"at": ["06:00"], "monthDays": [0]}), "monthDays", "outOfRange"),
        (json!({"at": ["06:00"], "monthDays": [32]}), "monthDays", "outOfRange"),
        (json!({"at": ["06:00"], "monthDays": [1], "weekdays": ["mon"]}), "monthDays", "contradictory"),
        (json!({"at": ["06:00"], "earlyMinutes": 0, "lateMinutes": 0}), "lateMinutes", "outOfRange"),
        (json!({"at": ["06:00"], "graceMinutes": 44641}), "graceMinutes", "outOfRange"),
    ] {
        let mut whole = json!({"task": "round", "earlyMinutes": 30, "lateMinutes": 0, "graceMinutes": 0});
        whole.as_object_mut().unwrap().extend(stated.as_object().unwrap().clone());
        let stated: Stated = serde_json::from_value(whole).unwrap();
        let wrong = Window::try_from(stated.clone()).unwrap_err();
        assert_eq!(
            wrong.0.iter().map(|one| (one.field.as_str(), one.code)).collect::<Vec<_>>(),
            [(field, code)],
            "{stated:?}"
        );
    }
    assert!(Windows::new(Vec::new()).is_err());
    assert!(Windows::new(vec![window(rounds()); 33]).is_err());
}

#[test]
fn a_window_reads_back_as_it_was_written() {
    for stated in [
        rounds(),
        json!({"at": ["23:30", "05:30"], "from": "22:00", "to": "06:00", "weekdays": ["sat", "sun"]}),
        json!({"at": ["10:00"], "monthDays": [1, 31], "checklist": [{"code": "soap", "name": "洗手液"}]}),
    ] {
        let window = window(stated);
        let written = serde_json::to_string(&window).unwrap();
        assert_eq!(serde_json::from_str::<Window>(&written).unwrap(), window);
    }
    // Every day, however it is said, is written one way.
    let all = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    assert_eq!(window(json!({"at": ["06:00"], "weekdays": all})), window(json!({"at": ["06:00"]})));
}

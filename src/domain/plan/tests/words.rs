//! Plans and exceptions as people read them.

use super::*;
use crate::domain::id::{ExceptionId, TemplateId};
use crate::domain::language::Language::{Chinese, English};

#[test]
fn windows_in_words() {
    for (stated, chinese, english) in [
        (
            rounds(),
            "每天 06:00 至 22:00 每 2 小时一次巡回保洁（9 次）：可提前 30 分钟，推迟 15 分钟以内算按时，再晚 1 小时以内算迟到，之后算漏做",
            "Every day: round every 2 h from 06:00 to 22:00 (9 times), from 30 min before, on time until 15 min after, late for another 1 h, then missed",
        ),
        (
            json!({"task": "thorough", "at": ["13:00", "07:30"], "earlyMinutes": 150, "lateMinutes": 0, "graceMinutes": 0}),
            "每天 07:30、13:00 前全面清扫：可提前 2 小时 30 分钟，之后算漏做",
            "Every day: thorough cleaning by 07:30 and 13:00, from 2 h 30 min before, then missed",
        ),
        (
            json!({"task": "deep", "monthDays": [1, 15], "at": ["10:00"], "earlyMinutes": 4320, "lateMinutes": 60}),
            "每月 1 日、15 日 10:00 深度清洁：可提前 3 天，推迟 1 小时以内算按时，再晚 1 小时以内算迟到，之后算漏做",
            "On days 1 and 15 of the month: deep cleaning at 10:00, from 3 d before, on time until 1 h after, late for another 1 h, then missed",
        ),
        (
            json!({"weekdays": ["mon", "tue", "wed", "thu", "fri", "sun"], "from": "22:00", "to": "02:00", "everyMinutes": 90, "graceMinutes": 0}),
            "周一至周五、周日 22:00 至 次日 02:00 每 1 小时 30 分钟一次巡回保洁（3 次）：可提前 30 分钟，推迟 15 分钟以内算按时，之后算漏做",
            "Monday to Friday and Sunday: round every 1 h 30 min from 22:00 to next day 02:00 (3 times), from 30 min before, on time until 15 min after, then missed",
        ),
        (
            json!({"weekdays": ["sat", "sun"], "from": "22:00", "to": "06:00", "at": ["05:30", "23:30"], "graceMinutes": 0}),
            "周六、周日 23:30、次日 05:30 巡回保洁：可提前 30 分钟，推迟 15 分钟以内算按时，之后算漏做",
            "Saturday and Sunday: round at 23:30 and next day 05:30, from 30 min before, on time until 15 min after, then missed",
        ),
    ] {
        let window = window(stated);
        assert_eq!(window.describe(Chinese), chinese);
        assert_eq!(window.describe(English), english);
    }
}

#[test]
fn plans_and_exceptions_in_words() {
    let plan = Plan { to: Some(day("2026-12-31")), from: day("2026-11-23"), ..plan("Asia/Shanghai", [rounds()]) };
    assert_eq!(plan.describe(Chinese)[0], "第 1 版，2026-11-23 至 2026-12-31（Asia/Shanghai）");
    assert_eq!(Plan { to: None, ..plan }.describe(English)[0], "Version 1, from 2026-11-23 (Asia/Shanghai)");
    for (over, when, effect, chinese, english) in [
        (
            Over::Area("410308101".parse().unwrap()),
            json!({"season": {"from": "05-01", "to": "10-07"}, "kind": "holiday"}),
            Effect::Extra(windows([rounds()])),
            "区划 410308101 内的公厕，每年 05-01 至 10-07，法定节假日：另加",
            "Toilets in 410308101, each year from 05-01 to 10-07, public holidays: due as well",
        ),
        (
            Over::Toilet(ToiletId(17)),
            json!({"days": {"from": "2026-11-23", "to": "2026-11-23"}}),
            Effect::Closed,
            "公厕 17，2026-11-23：停止保洁",
            "Toilet 17, 2026-11-23: nothing is due",
        ),
        (
            Over::Template(TemplateId(2)),
            json!({"days": {"from": null, "to": "2026-12-31"}, "weekdays": ["sat"]}),
            Effect::Instead(windows([rounds()])),
            "按模板 2 保洁的公厕，至 2026-12-31 止，周六：这些作业改为",
            "Toilets with a plan from template 2, until 2026-12-31, Saturday: these tasks go otherwise",
        ),
    ] {
        let occasion = serde_json::from_value(when).unwrap();
        let (id, made_at) = (ExceptionId(1), DateTime::UNIX_EPOCH);
        let exception = Exception { id, over, occasion, effect, reason: None, made_at, ended_at: None };
        assert_eq!(exception.describe(Chinese)[0], chinese);
        assert_eq!(exception.describe(English)[0], english);
        assert_eq!(exception.describe(English).len(), 1 + usize::from(exception.windows().is_some()));
    }
}

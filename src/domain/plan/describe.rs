//! Plans and exceptions in words, for people: what is said here is what is computed.

use std::collections::BTreeSet;

use super::{Clock, Dates, Effect, Exception, Occasion, Over, Plan, Season, Times, Weekday, Window, Windows};
use crate::domain::language::{Language, Named};

impl Window {
    /// What is due when, in one sentence: `每天 06:00 至 22:00 每 2 小时一次巡回保洁（9 次）：…`.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let (dates, task, times) = (self.dates().describe(language), self.task().name(language), self.when(language));
        let count = self.minutes().len();
        match (language, self.times()) {
            (Language::Chinese, Times::Every(_)) => {
                format!("{dates} {times}一次{task}（{count} 次）：{}", self.allowed(language))
            }
            (Language::Chinese, Times::At(_)) => format!("{dates} {times}{task}：{}", self.allowed(language)),
            (Language::English, Times::Every(_)) => {
                format!("{dates}: {task} {times} ({count} times), {}", self.allowed(language))
            }
            (Language::English, Times::At(_)) => format!("{dates}: {task} {times}, {}", self.allowed(language)),
        }
    }

    fn when(&self, language: Language) -> String {
        let (from, to) = self.span();
        // A time past midnight is one of the next day.
        let clock = |time: Clock| {
            let next_day = if time < from { language.pick("次日 ", "next day ") } else { "" };
            format!("{next_day}{time}")
        };
        match self.times() {
            Times::Every(minutes) => {
                let every = duration(*minutes, language);
                match language {
                    Language::Chinese => format!("{from} 至 {} 每 {every}", clock(to)),
                    Language::English => format!("every {every} from {from} to {}", clock(to)),
                }
            }
            Times::At(times) => {
                let mut times: Vec<_> = times.iter().copied().collect();
                times.sort_by_key(|time| time.after(from));
                let times: Vec<_> = times.into_iter().map(clock).collect();
                let is_deadline = self.allowance().late == 0;
                let (times, by) = (listed(&times, language), language.pick(" 前", "by "));
                match (language, is_deadline) {
                    (Language::Chinese, true) => times + by,
                    (Language::Chinese, false) => times + " ",
                    (Language::English, true) => by.to_owned() + &times,
                    (Language::English, false) => format!("at {times}"),
                }
            }
        }
    }

    fn allowed(&self, language: Language) -> String {
        let allowance = self.allowance();
        let told = |minutes: u16, words: (&str, &str)| {
            let text = language.pick(words.0, words.1).replace("{}", &duration(minutes, language));
            (minutes > 0).then_some(text)
        };
        let parts = [
            told(allowance.early, ("可提前 {}", "from {} before")),
            told(allowance.late, ("推迟 {}以内算按时", "on time until {} after")),
            told(allowance.grace, ("再晚 {}以内算迟到", "late for another {}")),
            Some(language.pick("之后算漏做", "then missed").to_owned()),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        parts.join(language.pick("，", ", "))
    }
}

impl Dates {
    /// The days in words: `每天`, `周一至周五`, `每月 1 日、15 日`.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        match self {
            Self::Daily => language.pick("每天", "Every day").to_owned(),
            Self::Weekly(days) => weekdays(days, language),
            Self::Monthly(days) => match language {
                Language::Chinese => {
                    let days: Vec<_> = days.iter().map(|day| format!("{day} 日")).collect();
                    format!("每月 {}", days.join("、"))
                }
                Language::English => {
                    let numbers: Vec<_> = days.iter().map(ToString::to_string).collect();
                    let day = if days.len() == 1 { "day" } else { "days" };
                    format!("On {day} {} of the month", listed(&numbers, language))
                }
            },
        }
    }
}

/// Days that follow each other as a range, from three on.
fn weekdays(days: &BTreeSet<Weekday>, language: Language) -> String {
    let days: Vec<Weekday> = days.iter().copied().collect();
    let runs = days.chunk_by(|day, next| *next as u8 == *day as u8 + 1);
    let mut parts = Vec::new();
    for run in runs {
        match run {
            [first, .., last] if run.len() > 2 => {
                let (first, last) = (first.name(language), last.name(language));
                parts.push(format!("{first}{}{last}", language.pick("至", " to ")));
            }
            _ => parts.extend(run.iter().map(|day| day.name(language).to_owned())),
        }
    }
    listed(&parts, language)
}

fn listed(parts: &[String], language: Language) -> String {
    match (language, parts) {
        (Language::English, [first @ .., last]) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => parts.join(language.pick("、", ", ")),
    }
}

/// Minutes as people say them: `2 小时 30 分钟`, `2 h 30 min`.
fn duration(minutes: u16, language: Language) -> String {
    let parts = [(minutes / 1440, ("天", "d")), (minutes % 1440 / 60, ("小时", "h")), (minutes % 60, ("分钟", "min"))];
    let told = parts.into_iter().filter(|(count, _)| *count > 0);
    let told: Vec<_> = told.map(|(count, unit)| format!("{count} {}", language.pick(unit.0, unit.1))).collect();
    told.join(" ")
}

impl Windows {
    /// Each window in a sentence.
    #[must_use]
    pub fn describe(&self, language: Language) -> Vec<String> {
        self.placed().map(|(_, window)| window.describe(language)).collect()
    }
}

impl Plan {
    /// From when to when it holds, then each window in a sentence.
    #[must_use]
    pub fn describe(&self, language: Language) -> Vec<String> {
        let days = span(Some(self.from.to_string()), self.to.map(|to| to.to_string()), language);
        let (version, zone) = (self.version, self.zone);
        let head = match language {
            Language::Chinese => format!("第 {version} 版，{days}（{zone}）"),
            Language::English => format!("Version {version}, {days} ({zone})"),
        };
        std::iter::once(head).chain(self.windows.describe(language)).collect()
    }
}

fn span(from: Option<String>, to: Option<String>, language: Language) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => format!("{from}{}{to}", language.pick(" 至 ", " to ")),
        (Some(from), None) => match language {
            Language::Chinese => format!("自 {from} 起"),
            Language::English => format!("from {from}"),
        },
        (None, Some(to)) => match language {
            Language::Chinese => format!("至 {to} 止"),
            Language::English => format!("until {to}"),
        },
        (None, None) => String::new(),
    }
}

impl Exception {
    /// For which toilets, on which days and what: `区划 410308101 内的公厕，每年 05-01 至 10-07：另加：…`.
    #[must_use]
    pub fn describe(&self, language: Language) -> Vec<String> {
        let (over, when) = (self.over.describe(language), self.occasion.describe(language));
        let effect = match &self.effect {
            Effect::Closed => language.pick("停止保洁", "nothing is due"),
            Effect::Instead(_) => language.pick("这些作业改为", "these tasks go otherwise"),
            Effect::Extra(_) => language.pick("另加", "due as well"),
        };
        let head = [over, when].join(language.pick("，", ", ")) + language.pick("：", ": ") + effect;
        let windows = self.windows().map(|windows| windows.describe(language)).unwrap_or_default();
        std::iter::once(head).chain(windows).collect()
    }
}

impl Over {
    fn describe(&self, language: Language) -> String {
        match (self, language) {
            (Self::Area(code), Language::Chinese) => format!("区划 {} 内的公厕", code.as_str()),
            (Self::Area(code), Language::English) => format!("Toilets in {}", code.as_str()),
            (Self::Operator(id), Language::Chinese) => format!("单位 {id} 管养的公厕"),
            (Self::Operator(id), Language::English) => format!("Toilets run by body {id}"),
            (Self::Template(id), Language::Chinese) => format!("按模板 {id} 保洁的公厕"),
            (Self::Template(id), Language::English) => format!("Toilets with a plan from template {id}"),
            (Self::Toilet(id), Language::Chinese) => format!("公厕 {id}"),
            (Self::Toilet(id), Language::English) => format!("Toilet {id}"),
        }
    }
}

impl Occasion {
    /// The days in words.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let (from, to) = (self.days.from(), self.days.to());
        let days = span(from.map(|day| day.to_string()), to.map(|day| day.to_string()), language);
        let season = self.season.map(|Season { from, to }| match language {
            Language::Chinese => format!("每年 {from} 至 {to}"),
            Language::English => format!("each year from {from} to {to}"),
        });
        let weekdays = self.weekdays.as_ref().map(|days| weekdays(days, language));
        let kind = self.kind.map(|kind| kind.name(language).to_owned());
        let parts: Vec<_> = [Some(days), season, weekdays, kind].into_iter().flatten().collect();
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(language.pick("，", ", "))
    }
}

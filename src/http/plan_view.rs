//! Plans as JSON: what goes in and comes out.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use poem_openapi::Object;

use super::instant::Instant;
use super::words::Word;
use crate::domain::language::Language::{Chinese, English};
use crate::domain::plan::{Clock, Plan, Stated, Template, Weekday, Window, Windows};
use crate::domain::task::{Checklist, Point, Task};
use crate::domain::text::Name;
use crate::domain::{Violation, Violations};

/// One line of a plan, in local time: what is due on which days, either every so many minutes or at given times. A window
/// that ends before it begins runs past midnight and belongs to the day it begins on.
#[derive(Debug, Object)]
#[oai(rename = "PlanWindow", rename_all = "camelCase", deny_unknown_fields, skip_serializing_if_is_none)]
pub(super) struct WindowFacts {
    /// What is due.
    task: Word<Task>,
    /// On which days of the week; every day where neither these nor `monthDays` are given.
    weekdays: Option<Vec<Word<Weekday>>>,
    /// On which days of the month, 1 to 31. A day that a month does not have is its last.
    month_days: Option<Vec<u8>>,
    /// When the window begins, `06:00`; with the day if left out.
    from: Option<String>,
    /// When it ends, itself included, `22:00`; with the day if left out.
    to: Option<String>,
    /// Due when the window begins, then every so many minutes: at least 5.
    every_minutes: Option<u16>,
    /// Due at these times instead, such as `07:30`, all within the window.
    at: Option<Vec<String>>,
    /// From how many minutes before its time it can be done; at most 44,640 (31 days), as all three.
    early_minutes: u16,
    /// Until how many minutes after its time it is on time.
    late_minutes: u16,
    /// For how many minutes after that it can still be done, late. Then it is missed.
    grace_minutes: u16,
    /// What is to be looked at, 40 points at most.
    checklist: Option<Vec<PointFacts>>,
}

/// A point of a checklist.
#[derive(Debug, Object)]
#[oai(rename = "CheckPoint", rename_all = "camelCase", deny_unknown_fields, skip_serializing_if_is_none)]
pub(super) struct PointFacts {
    /// By which a log names it: 1 to 32 small letters, digits and hyphens, once in a list.
    code: String,
    /// What is to be looked at: 1 to 128 characters.
    name: String,
    /// The same in English.
    name_en: Option<String>,
}

impl WindowFacts {
    fn read(self) -> Result<Window, Violations> {
        let clock = |field: &'static str| {
            move |text: String| text.parse::<Clock>().map_err(|wrong: Violation| wrong.in_field(field))
        };
        let at = self.at.map(|times| times.into_iter().map(clock("at")).collect::<Result<BTreeSet<_>, _>>());
        let points = self.checklist.unwrap_or_default().into_iter().enumerate().map(|(place, point)| point.read(place));
        let stated = Stated {
            task: self.task.0,
            weekdays: self.weekdays.map(|days| days.into_iter().map(|day| day.0).collect()),
            month_days: self.month_days.map(|days| days.into_iter().collect()),
            from: self.from.map(clock("from")).transpose()?,
            to: self.to.map(clock("to")).transpose()?,
            every_minutes: self.every_minutes,
            at: at.transpose()?,
            early_minutes: self.early_minutes,
            late_minutes: self.late_minutes,
            grace_minutes: self.grace_minutes,
            checklist: Checklist::new(points.collect::<Result<_, _>>()?)?,
        };
        stated.try_into()
    }
}

impl From<&Point> for PointFacts {
    fn from(point: &Point) -> Self {
        let name_en = point.name_en.as_ref().map(ToString::to_string);
        Self { code: point.code.clone(), name: point.name.to_string(), name_en }
    }
}

impl PointFacts {
    fn read(self, place: usize) -> Result<Point, Violation> {
        let name = |field: &str, text: &str| {
            Name::new(text).map_err(|wrong| wrong.in_field(format!("checklist.{place}.{field}")))
        };
        let name_en = self.name_en.map(|text| name("nameEn", &text)).transpose()?;
        Ok(Point { name: name("name", &self.name)?, name_en, code: self.code })
    }
}

/// Reads the windows of a body; what is wrong is told with the place of its window.
pub(super) fn windows(given: Vec<WindowFacts>) -> Result<Windows, Violations> {
    let (mut windows, mut wrong) = (Vec::new(), Vec::new());
    for (place, window) in given.into_iter().enumerate() {
        let inside = |violation: Violation| {
            let field = format!("windows.{place}.{}", violation.field);
            violation.in_field(field)
        };
        match window.read() {
            Ok(window) => windows.push(window),
            Err(Violations(all)) => wrong.extend(all.into_iter().map(inside)),
        }
    }
    if wrong.is_empty() { Ok(Windows::new(windows)?) } else { Err(Violations(wrong)) }
}

/// The windows as they go out.
pub(super) fn written(windows: &Windows) -> Vec<WindowFacts> {
    windows.placed().map(|(_, window)| WindowFacts::from(Stated::from(window.clone()))).collect()
}

impl From<Stated> for WindowFacts {
    fn from(stated: Stated) -> Self {
        let points: Vec<_> = stated.checklist.points().iter().map(PointFacts::from).collect();
        Self {
            task: Word(stated.task),
            weekdays: stated.weekdays.map(|days| days.into_iter().map(Word).collect()),
            month_days: stated.month_days.map(|days| days.into_iter().collect()),
            from: stated.from.map(|clock| clock.to_string()),
            to: stated.to.map(|clock| clock.to_string()),
            every_minutes: stated.every_minutes,
            at: stated.at.map(|times| times.into_iter().map(|clock| clock.to_string()).collect()),
            early_minutes: stated.early_minutes,
            late_minutes: stated.late_minutes,
            grace_minutes: stated.grace_minutes,
            checklist: Some(points).filter(|points| !points.is_empty()),
        }
    }
}

/// A plan for a class of toilets.
#[derive(Debug, Object)]
#[oai(rename = "PlanTemplate", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct TemplateView {
    /// Its id.
    id: i32,
    /// What it is called.
    name: String,
    /// What is said of it.
    note: Option<String>,
    /// Its windows.
    windows: Vec<WindowFacts>,
    /// Each window in a Chinese sentence.
    description: Vec<String>,
    /// Each window in an English sentence.
    description_en: Vec<String>,
}

impl From<&Template> for TemplateView {
    fn from(template: &Template) -> Self {
        Self {
            id: template.id.0,
            name: template.name.to_string(),
            note: template.note.as_ref().map(ToString::to_string),
            windows: written(&template.windows),
            description: template.windows.describe(Chinese),
            description_en: template.windows.describe(English),
        }
    }
}

/// A version of the plan of a toilet.
#[derive(Debug, Object)]
#[oai(rename = "Plan", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct PlanView {
    /// The toilet's id.
    toilet: i32,
    /// Which version of the toilet's plan, from 1.
    version: i32,
    /// The id of the template that it was made from.
    template: Option<i32>,
    /// The time zone of its windows.
    zone: String,
    /// The first day on which its windows begin.
    from: NaiveDate,
    /// The last such day.
    to: Option<NaiveDate>,
    /// When it was made; what was due before it does not ask for.
    made_at: Instant,
    /// Its windows. Slots name them by their place, from 1.
    windows: Vec<WindowFacts>,
    /// When it holds, then each window, in Chinese sentences.
    description: Vec<String>,
    /// The same in English.
    description_en: Vec<String>,
    /// Counts the writes to this version.
    revision: i32,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        Self {
            toilet: plan.toilet.0,
            version: plan.version,
            template: plan.template.map(|id| id.0),
            zone: plan.zone.name().to_owned(),
            from: plan.from,
            to: plan.to,
            made_at: Instant(plan.made_at),
            windows: written(&plan.windows),
            description: plan.describe(Chinese),
            description_en: plan.describe(English),
            revision: plan.revision,
        }
    }
}

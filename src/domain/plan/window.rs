//! One line of a plan: which task is due on which days at which times, and how early or late it may be done.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::dates::{Dates, Weekday};
use crate::domain::task::{Checklist, Task};
use crate::domain::{Violation, Violations};

/// The longest allowance on either side of a time, in minutes: a month, for what is due once a month.
const LONGEST: u16 = 31 * 24 * 60;

/// The most windows of one plan or exception.
const MOST: usize = 32;

/// The shortest time from one round to the next, in minutes.
const SHORTEST_ROUND: u16 = 5;

/// The times of a day at which a window is due.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Times {
    /// First at the window's beginning, then every so many minutes, the window's end included.
    Every(u16),
    /// At these times, all within the window.
    At(BTreeSet<Clock>),
}

/// How far from its time a task may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Allowance {
    /// Minutes before its time from which it counts.
    pub early: u16,
    /// Minutes after its time up to which it is on time.
    pub late: u16,
    /// Minutes after that up to which it still counts, as late; then it is missed.
    pub grace: u16,
}

impl Allowance {
    pub(super) fn early(self) -> TimeDelta {
        TimeDelta::minutes(self.early.into())
    }

    pub(super) fn late(self) -> TimeDelta {
        TimeDelta::minutes(self.late.into())
    }

    pub(super) fn grace(self) -> TimeDelta {
        TimeDelta::minutes(self.grace.into())
    }
}

/// A window in local time. One that ends before it begins runs past midnight, and belongs to the day it begins on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Stated", into = "Stated")]
pub struct Window {
    task: Task,
    dates: Dates,
    from: Clock,
    to: Clock,
    times: Times,
    allowance: Allowance,
    checklist: Checklist,
}

/// A window as somebody states it, flat, as JSON and the database have it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stated {
    /// What is due.
    pub task: Task,
    /// On which days of the week; every day where neither these nor days of the month are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekdays: Option<BTreeSet<Weekday>>,
    /// On which days of the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month_days: Option<BTreeSet<u8>>,
    /// When the window begins; with the day if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Clock>,
    /// When it ends, itself included; with the day if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Clock>,
    /// How many minutes lie between two times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_minutes: Option<u16>,
    /// The times, instead of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<BTreeSet<Clock>>,
    /// How many minutes before its time a slot opens.
    pub early_minutes: u16,
    /// How many minutes after its time a cleaning is still on time.
    pub late_minutes: u16,
    /// How many minutes after that a cleaning counts as late; later the slot is missed.
    pub grace_minutes: u16,
    /// What is to be looked at.
    #[serde(default)]
    pub checklist: Checklist,
}

impl TryFrom<Stated> for Window {
    type Error = Violations;

    fn try_from(stated: Stated) -> Result<Self, Violations> {
        let mut wrong = Vec::new();
        let (from, to) = (stated.from.unwrap_or(Clock::MIDNIGHT), stated.to.unwrap_or(Clock::LAST));
        let dates = Dates::new(stated.weekdays, stated.month_days).map_err(|violation| wrong.push(violation));
        let times = times((from, to), stated.every_minutes, stated.at).map_err(|violation| wrong.push(violation));
        let (early, late, grace) = (stated.early_minutes, stated.late_minutes, stated.grace_minutes);
        for (field, minutes) in [("earlyMinutes", early), ("lateMinutes", late), ("graceMinutes", grace)] {
            if minutes > LONGEST {
                wrong.push(Violation::new(field, "outOfRange", format!("must be at most {LONGEST} minutes (31 days)")));
            }
        }
        if early == 0 && late == 0 {
            let message = "leaves no time to be on time: allow some minutes before or after";
            wrong.push(Violation::new("lateMinutes", "outOfRange", message));
        }
        let (Ok(dates), Ok(times), true) = (dates, times, wrong.is_empty()) else { return Err(Violations(wrong)) };
        let allowance = Allowance { early, late, grace };
        Ok(Self { task: stated.task, dates, from, to, times, allowance, checklist: stated.checklist })
    }
}

fn times((from, to): (Clock, Clock), every: Option<u16>, at: Option<BTreeSet<Clock>>) -> Result<Times, Violation> {
    let length = to.after(from);
    match (every, at) {
        (Some(every), None) if every < SHORTEST_ROUND => {
            Err(Violation::new("everyMinutes", "outOfRange", format!("must be at least {SHORTEST_ROUND} minutes")))
        }
        (Some(every), None) if every > length => {
            let message = format!("is longer than the window from {from} to {to}: name the time in `at`");
            Err(Violation::new("everyMinutes", "outOfRange", message))
        }
        (Some(every), None) => Ok(Times::Every(every)),
        (None, Some(at)) if at.is_empty() => Err(Violation::new("at", "blank", "must name at least one time")),
        (None, Some(at)) => match at.iter().find(|clock| clock.after(from) > length) {
            Some(outside) => {
                Err(Violation::new("at", "outOfRange", format!("{outside} is not in the window from {from} to {to}")))
            }
            None => Ok(Times::At(at)),
        },
        _ => Err(Violation::new("at", "incomplete", "give either `everyMinutes` or the times in `at`")),
    }
}

impl From<Window> for Stated {
    fn from(window: Window) -> Self {
        let (weekdays, month_days) = match window.dates {
            Dates::Daily => (None, None),
            Dates::Weekly(days) => (Some(days), None),
            Dates::Monthly(days) => (None, Some(days)),
        };
        let (every_minutes, at) = match window.times {
            Times::Every(minutes) => (Some(minutes), None),
            Times::At(times) => (None, Some(times)),
        };
        Self {
            task: window.task,
            weekdays,
            month_days,
            from: Some(window.from),
            to: Some(window.to),
            every_minutes,
            at,
            early_minutes: window.allowance.early,
            late_minutes: window.allowance.late,
            grace_minutes: window.allowance.grace,
            checklist: window.checklist,
        }
    }
}

impl Window {
    /// What is due.
    #[must_use]
    pub fn task(&self) -> Task {
        self.task
    }

    /// On which days it begins.
    #[must_use]
    pub fn dates(&self) -> &Dates {
        &self.dates
    }

    /// When it begins and when it ends.
    #[must_use]
    pub fn span(&self) -> (Clock, Clock) {
        (self.from, self.to)
    }

    /// The times at which it is due.
    #[must_use]
    pub fn times(&self) -> &Times {
        &self.times
    }

    /// How far from these it may be done.
    #[must_use]
    pub fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// What is to be looked at.
    #[must_use]
    pub fn checklist(&self) -> &Checklist {
        &self.checklist
    }

    /// The times in minutes after the midnight with which the day of beginning begins: up to two days.
    pub(super) fn minutes(&self) -> Vec<u16> {
        let begin = self.from.minutes();
        match &self.times {
            Times::Every(step) => {
                (0..=self.to.after(self.from)).step_by(usize::from(*step)).map(|minutes| begin + minutes).collect()
            }
            Times::At(times) => times.iter().map(|time| begin + time.after(self.from)).collect(),
        }
    }
}

/// The windows of one plan or exception, 1 to 32 of them; each is known by its place, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Window>", into = "Vec<Window>")]
pub struct Windows(Vec<Window>);

impl Windows {
    /// The windows in their order.
    ///
    /// # Errors
    /// `blank` or `tooMany`.
    pub fn new(windows: Vec<Window>) -> Result<Self, Violation> {
        match windows.len() {
            0 => Err(Violation::new("windows", "blank", "must have at least one window")),
            1..=MOST => Ok(Self(windows)),
            more => Err(Violation::new("windows", "tooMany", format!("has {more} windows; at most {MOST} are kept"))),
        }
    }

    /// Each window with its place.
    pub fn placed(&self) -> impl Iterator<Item = (u16, &Window)> {
        (1..).zip(&self.0)
    }

    /// How far from its time anything of them opens or closes at the most.
    #[must_use]
    pub fn reach(&self) -> TimeDelta {
        let allowances = self.0.iter().map(Window::allowance);
        allowances.map(|one| one.early().max(one.late() + one.grace())).max().unwrap_or_default()
    }

    /// The window at a place.
    #[must_use]
    pub fn at(&self, place: u16) -> Option<&Window> {
        self.0.get(usize::from(place).checked_sub(1)?)
    }
}

impl TryFrom<Vec<Window>> for Windows {
    type Error = Violation;
    fn try_from(windows: Vec<Window>) -> Result<Self, Violation> {
        Self::new(windows)
    }
}

impl From<Windows> for Vec<Window> {
    fn from(windows: Windows) -> Self {
        windows.0
    }
}

//! Kinds of shifts, and from when to when they are.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::codes::codes;
use crate::domain::language::Language;
use crate::domain::plan::Clock;
use crate::domain::{Violation, local};

codes!(
    /// What somebody does on a day of a roster.
    ShiftKind {
        /// 早班
        Early = "early",
        /// 晚班
        Late = "late",
        /// 轮班: the shift that is taken by turns, such as the night.
        Rotation = "rotation",
        /// 休息: a day off.
        Off = "off",
    }
);

impl ShiftKind {
    /// By which a month table shows it.
    #[must_use]
    pub const fn sign(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::Early => ("早", "E"),
            Self::Late => ("晚", "L"),
            Self::Rotation => ("轮", "R"),
            Self::Off => ("休", "-"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    /// The kind that a month table shows by that sign, in whatever language.
    #[must_use]
    pub fn of_sign(sign: &str) -> Option<Self> {
        let is = |kind: &Self| {
            let signs = [kind.sign(Language::Chinese), kind.sign(Language::English), kind.as_str()];
            signs.iter().any(|known| known.eq_ignore_ascii_case(sign))
        };
        Self::ALL.iter().copied().find(is)
    }
}

/// From when to when a shift is, by the clock on the wall. One that ends no later than it begins runs past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// When it begins.
    pub from: Clock,
    /// When it ends.
    pub to: Clock,
}

impl Shift {
    /// The instants between which it is when it begins on that day; nothing where a change of the clock leaves nothing of it.
    #[must_use]
    pub fn on(self, day: NaiveDate, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let at = |day: NaiveDate, clock: Clock| {
            local::instant(zone, day.and_time(NaiveTime::MIN) + TimeDelta::minutes(clock.minutes().into()))
        };
        let last = if self.to <= self.from { day.checked_add_days(Days::new(1))? } else { day };
        Some((at(day, self.from), at(last, self.to))).filter(|(from, until)| from < until)
    }
}

/// The shifts of a roster: from when to when each kind is that it knows, one at least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<ShiftKind, Shift>", into = "BTreeMap<ShiftKind, Shift>")]
pub struct Shifts(BTreeMap<ShiftKind, Shift>);

impl Shifts {
    /// The shifts of a roster.
    ///
    /// # Errors
    /// `blank` where there are none; `contradictory` for a day off with times; `emptyRange` for a shift that ends when it
    /// begins, each in the field of its kind.
    pub fn new(shifts: BTreeMap<ShiftKind, Shift>) -> Result<Self, Violation> {
        if shifts.is_empty() {
            return Err(Violation::new("", "blank", "must have one shift at least"));
        }
        for (kind, shift) in &shifts {
            if *kind == ShiftKind::Off {
                return Err(Violation::new(kind.as_str(), "contradictory", "a day off has no times"));
            }
            if shift.from == shift.to {
                let message = "ends when it begins: for the whole day write two shifts";
                return Err(Violation::new(kind.as_str(), "emptyRange", message));
            }
        }
        Ok(Self(shifts))
    }

    /// From when to when a kind is, if the roster knows it.
    #[must_use]
    pub fn get(&self, kind: ShiftKind) -> Option<Shift> {
        self.0.get(&kind).copied()
    }

    /// Whether somebody can do that on a day of the roster: a shift that it knows, or nothing.
    #[must_use]
    pub fn knows(&self, kind: ShiftKind) -> bool {
        kind == ShiftKind::Off || self.0.contains_key(&kind)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (ShiftKind, Shift)> + '_ {
        self.0.iter().map(|(kind, shift)| (*kind, *shift))
    }
}

impl TryFrom<BTreeMap<ShiftKind, Shift>> for Shifts {
    type Error = Violation;
    fn try_from(shifts: BTreeMap<ShiftKind, Shift>) -> Result<Self, Violation> {
        Self::new(shifts)
    }
}

impl From<Shifts> for BTreeMap<ShiftKind, Shift> {
    fn from(shifts: Shifts) -> Self {
        shifts.0
    }
}

//! A roster with all turns and other days, expanded.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::{Roster, RosterDay, ShiftKind, Turn};
use crate::domain::account::PersonId;

/// A roster with the turns and the other days of everybody on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterPlan {
    /// The roster.
    pub roster: Roster,
    /// The turns; of one person at most one on any day.
    pub turns: Vec<Turn>,
    /// The other days; of one person at most one for any day.
    pub days: Vec<RosterDay>,
}

/// That somebody is on shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duty {
    /// The day on which the shift begins.
    pub day: NaiveDate,
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends, itself not included.
    pub until: DateTime<Utc>,
    /// Which shift.
    pub kind: ShiftKind,
    /// Who.
    pub person: PersonId,
}

impl RosterPlan {
    /// What a person's turn plans for a day, whatever came of it; nothing where they have none.
    #[must_use]
    pub fn planned(&self, person: PersonId, day: NaiveDate) -> Option<ShiftKind> {
        if !self.roster.days.contains(day) {
            return None;
        }
        let turn = self.turns.iter().find(|turn| turn.person == person && turn.days.contains(day))?;
        turn.cycle.on(turn.days.from()?, day)
    }

    /// The day of a person that is other than planned, if it is.
    #[must_use]
    pub fn other(&self, person: PersonId, day: NaiveDate) -> Option<&RosterDay> {
        let within = self.roster.days.contains(day);
        self.days.iter().find(|other| within && other.person == person && other.day == day)
    }

    /// What a person does on a day; nothing where nothing is planned.
    #[must_use]
    pub fn shift(&self, person: PersonId, day: NaiveDate) -> Option<ShiftKind> {
        self.other(person, day).map(|other| other.shift).or_else(|| self.planned(person, day))
    }

    /// Everybody who has anything to do with these days, both of them included.
    #[must_use]
    pub fn persons(&self, from: NaiveDate, to: NaiveDate) -> BTreeSet<PersonId> {
        let touches = |turn: &&Turn| {
            turn.days.from().is_none_or(|first| first <= to) && turn.days.to().is_none_or(|last| from <= last)
        };
        let turns = self.turns.iter().filter(touches).map(|turn| turn.person);
        let days = self.days.iter().filter(|other| from <= other.day && other.day <= to).map(|other| other.person);
        turns.chain(days).collect()
    }

    /// Who is on shift, of all shifts that begin on these days, both included, in the order of days and beginnings.
    #[must_use]
    pub fn duties(&self, from: NaiveDate, to: NaiveDate) -> Vec<Duty> {
        let mut kinds: BTreeMap<(NaiveDate, PersonId), ShiftKind> = BTreeMap::new();
        let from = self.roster.days.from().map_or(from, |first| first.max(from));
        let to = self.roster.days.to().map_or(to, |last| last.min(to));
        for turn in &self.turns {
            let Some(first) = turn.days.from() else { continue };
            let days = from.max(first).iter_days().take_while(|day| *day <= to && turn.days.contains(*day));
            kinds.extend(days.filter_map(|day| Some(((day, turn.person), turn.cycle.on(first, day)?))));
        }
        let others = self.days.iter().filter(|other| from <= other.day && other.day <= to);
        kinds.extend(others.map(|other| ((other.day, other.person), other.shift)));
        let duty = |((day, person), kind): ((NaiveDate, PersonId), ShiftKind)| {
            let (from, until) = self.roster.shifts.get(kind)?.on(day, self.roster.zone)?;
            Some(Duty { day, from, until, kind, person })
        };
        let mut duties: Vec<_> = kinds.into_iter().filter_map(duty).collect();
        duties.sort_unstable();
        duties
    }
}

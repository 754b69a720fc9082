//! The states of one local day, minute by minute.

use opening_hours::RuleKind;
use opening_hours::schedule::Schedule;

/// Minutes of a nominal day.
pub(super) const DAY: u16 = 24 * 60;

/// What the hours say at an instant. Ordered so that the larger of two says more for being open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Closed.
    Closed,
    /// The hours do not say.
    Unknown,
    /// Open.
    Open,
}

/// The states of a day as (first minute, state), in order, beginning at minute 0 and without repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timeline(Vec<(u16, State)>);

impl Timeline {
    /// A day with one state throughout.
    pub(super) fn all(state: State) -> Self {
        Self(vec![(0, state)])
    }

    /// The stretches as (first minute, minute after the last, state).
    pub(super) fn stretches(&self) -> impl Iterator<Item = (u16, u16, State)> + '_ {
        let ends = self.0.iter().skip(1).map(|(start, _)| *start).chain([DAY]);
        self.0.iter().zip(ends).map(|(&(start, state), end)| (start, end, state))
    }

    /// Minute by minute the result of `merge` for two days laid over each other.
    pub(super) fn merge(&self, other: &Self, merge: impl Fn(State, State) -> State) -> Self {
        let mut starts: Vec<u16> = self.0.iter().chain(&other.0).map(|(start, _)| *start).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut merged: Vec<(u16, State)> = Vec::with_capacity(starts.len());
        for start in starts {
            let state = merge(self.at(start), other.at(start));
            if merged.last().is_none_or(|(_, last)| *last != state) {
                merged.push((start, state));
            }
        }
        Self(merged)
    }

    fn at(&self, minute: u16) -> State {
        let after = self.0.partition_point(|(start, _)| *start <= minute);
        after.checked_sub(1).and_then(|index| self.0.get(index)).map_or(State::Closed, |(_, state)| *state)
    }
}

impl From<Schedule> for Timeline {
    fn from(schedule: Schedule) -> Self {
        let mut stretches: Vec<(u16, State)> = Vec::new();
        for range in schedule {
            let state = match range.kind {
                RuleKind::Open => State::Open,
                RuleKind::Closed => State::Closed,
                RuleKind::Unknown => State::Unknown,
            };
            // Stretches that differ only in their comment are one.
            if stretches.last().is_none_or(|(_, last)| *last != state) {
                stretches.push((range.range.start.mins_from_midnight(), state));
            }
        }
        if stretches.is_empty() {
            return Self::all(State::Closed);
        }
        Self(stretches)
    }
}

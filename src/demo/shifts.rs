//! Who of the staff is on shift when: two by turns at the toilets of a street, one at those of a scenic area or a village;
//! with people who are ill, have the week off or swap a day.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::draws::Draws;
use super::rounds::stand_in;
use super::staff::{Kept, Staff};
use crate::domain::Violation;
use crate::domain::plan::Clock;
use crate::domain::roster::{Cycle, Shift, ShiftKind, Shifts};
use crate::domain::text::Name;
use crate::domain::toilet::Kind;

/// From this hour on the late shift does what is due; the early one goes home half an hour later.
const LATE_FROM: u32 = 13;

/// From this hour on the other one comes for whoever is ill.
const HELP_FROM: u32 = 11;

/// On so many in a thousand days somebody is ill.
pub(super) const ILL: u16 = 9;

/// Those who keep some toilets together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crew {
    /// What their roster is called.
    pub name: Name,
    /// The keys of the toilets.
    pub toilets: Vec<String>,
    /// From when to when their shifts are.
    pub shifts: Shifts,
    /// Who they are, the places among the cleaners, each with the shifts that come again and again. Who answers for the
    /// toilets comes first.
    pub members: Vec<(usize, Cycle)>,
}

/// What somebody does on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doing {
    /// Who: the place among the cleaners.
    pub cleaner: usize,
    /// What their cycle plans.
    pub planned: ShiftKind,
    /// What they do.
    pub does: ShiftKind,
    /// With whom they swapped, if that is why.
    pub swapped_with: Option<usize>,
    /// Whether they are ill or have the week off.
    is_absent: bool,
}

/// The crews of the staff, in the order of their toilets.
///
/// # Errors
/// None; the tests of this module show that all of it can be written.
pub fn crews(staff: &Staff) -> Result<Vec<Crew>, Violation> {
    let mut kept: BTreeMap<usize, Vec<&Kept>> = BTreeMap::new();
    for one in &staff.kept {
        kept.entry(one.cleaner).or_default().push(one);
    }
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    let crew = |(cleaner, toilets): (usize, Vec<&Kept>)| {
        let (place, shifts) = match toilets.first().and_then(|one| one.kind) {
            Some(Kind::Urban) => ("城区", &[(ShiftKind::Early, 6, 13), (ShiftKind::Late, 13, 21)][..]),
            Some(Kind::Tourist) => ("景区", &[(ShiftKind::Early, 7, 17)][..]),
            _ => ("村庄", &[(ShiftKind::Early, 6, 10)][..]),
        };
        let number = counted.entry(place).or_default();
        *number += 1;
        let mut times = BTreeMap::new();
        for (kind, from, to) in shifts {
            // The early shift stays until the late one is there.
            let minute = if *kind == ShiftKind::Early { 30 } else { 0 };
            times.insert(*kind, Shift { from: clock(*from, 0)?, to: clock(*to, minute)? });
        }
        let members = match staff.partners.get(&cleaner) {
            None => vec![(cleaner, Cycle::new(vec![ShiftKind::Early])?)],
            Some(partner) => {
                times.insert(ShiftKind::Rotation, Shift { from: clock(6, 0)?, to: clock(21, 0)? });
                let [early, late] = fortnight();
                vec![(cleaner, Cycle::new([early, late].concat())?), (*partner, Cycle::new([late, early].concat())?)]
            }
        };
        Ok(Crew {
            name: Name::new(&format!("{place}{number:02}班"))?,
            toilets: toilets.into_iter().map(|one| one.key.clone()).collect(),
            shifts: Shifts::new(times)?,
            members,
        })
    };
    kept.into_iter().map(crew).collect()
}

/// A week of one and of the other: early and the whole of the seventh day, late and the seventh day off.
const fn fortnight() -> [[ShiftKind; 7]; 2] {
    use ShiftKind::{Early, Late, Off, Rotation};
    [[Early, Early, Early, Early, Early, Early, Rotation], [Late, Late, Late, Late, Late, Late, Off]]
}

fn clock(hour: u32, minute: u32) -> Result<Clock, Violation> {
    format!("{hour:02}:{minute:02}").parse()
}

/// The day on which the turns of a history begin that begins on that day: a Monday.
#[must_use]
pub fn turns_begin(first: NaiveDate) -> NaiveDate {
    first - Days::new(first.weekday().num_days_from_monday().into())
}

/// What those do on a day who keep a toilet of that cleaner, whoever answers for it first, as their turns began on that
/// day.
#[must_use]
pub fn doings(staff: &Staff, cleaner: usize, since: NaiveDate, date: NaiveDate) -> Vec<Doing> {
    let is_away = stand_in(staff, cleaner, date).is_some();
    let Some(partner) = staff.partners.get(&cleaner).copied() else {
        let (planned, is_ill) = (ShiftKind::Early, is_ill(cleaner, date));
        let does = if is_away || is_ill { ShiftKind::Off } else { planned };
        return vec![Doing { cleaner, planned, does, swapped_with: None, is_absent: does != planned }];
    };
    let [early, late] = fortnight();
    let day = usize::try_from((date - since).num_days().rem_euclid(14)).unwrap_or_default();
    let planned = [[early, late].concat()[day], [late, early].concat()[day]];
    let is_full = !planned.contains(&ShiftKind::Off);
    let are_there = !is_away && ![cleaner, partner].into_iter().any(|who| is_ill(who, date));
    let swaps = is_full && are_there && Draws::of(&format!("swap {cleaner} {date}")).in_thousand(45);
    let mut doings = Vec::with_capacity(2);
    for (place, (who, with)) in [(cleaner, partner), (partner, cleaner)].into_iter().enumerate() {
        let is_ill = is_ill(who, date);
        let does = match (is_ill, is_away) {
            (true, _) => ShiftKind::Off,
            (false, true) if place == 0 => ShiftKind::Off,
            (false, true) => ShiftKind::Rotation,
            (false, false) => planned[if swaps { 1 - place } else { place }],
        };
        let swapped_with = swaps.then_some(with);
        let is_absent = is_ill || is_away && place == 0;
        doings.push(Doing { cleaner: who, planned: planned[place], does, swapped_with, is_absent });
    }
    doings
}

/// Who of two does what is due at that hour, if either is there.
pub(super) fn on_shift(doings: &[Doing], hour: u32) -> Option<usize> {
    let is_on = |doing: &&Doing| match doing.does {
        ShiftKind::Early => hour < LATE_FROM,
        ShiftKind::Late => LATE_FROM <= hour,
        ShiftKind::Rotation => true,
        ShiftKind::Off => false,
    };
    let helps = |doing: &&Doing| HELP_FROM <= hour && !doing.is_absent && doings.iter().any(|other| other.is_absent);
    doings.iter().find(is_on).or_else(|| doings.iter().find(helps)).map(|doing| doing.cleaner)
}

/// Whether somebody is ill on a day.
fn is_ill(cleaner: usize, date: NaiveDate) -> bool {
    Draws::of(&format!("shift {cleaner} {date}")).in_thousand(ILL)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::super::{county, staff};
    use super::*;

    #[test]
    fn cycles_are_what_is_planned_and_days_are_other_now_and_then() {
        let staff = staff(&county().unwrap().statements).unwrap();
        let crews = crews(&staff).unwrap();
        assert!(crews.iter().any(|crew| crew.members.len() == 2) && crews.iter().any(|crew| crew.members.len() == 1));
        let since = turns_begin(NaiveDate::from_ymd_opt(2026, 9, 24).unwrap());
        assert_eq!(since, NaiveDate::from_ymd_opt(2026, 9, 21).unwrap());
        let (mut swaps, mut off, mut helped) = (0, 0, 0);
        for crew in &crews {
            for (_, cycle) in &crew.members {
                cycle.fits(&crew.shifts).unwrap();
            }
            for date in since.iter_days().take(60) {
                let doings = doings(&staff, crew.members[0].0, since, date);
                for (doing, (cleaner, cycle)) in doings.iter().zip(&crew.members) {
                    assert_eq!((doing.cleaner, Some(doing.planned)), (*cleaner, cycle.on(since, date)));
                    assert!(crew.shifts.knows(doing.does));
                    off += usize::from(doing.does == ShiftKind::Off && doing.planned != ShiftKind::Off);
                    swaps += usize::from(doing.swapped_with.is_some());
                }
                if let [one, other] = doings[..] {
                    let (early, late) = (on_shift(&doings, 8), on_shift(&doings, 16));
                    if !one.is_absent && !other.is_absent {
                        assert!(early.is_some() && late.is_some(), "somebody is always there: {doings:?}");
                    }
                    helped += usize::from(one.is_absent && late == Some(other.cleaner));
                }
            }
        }
        assert!(swaps > 20 && off > 20 && helped > 0, "{swaps} {off} {helped}");
    }
}

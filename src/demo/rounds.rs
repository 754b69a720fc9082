//! What the staff of the demonstration did on a day: mostly what was due, some of it late, some not at all; with phones
//! that have no signal, people who are ill, water that is cut, and records that are wrong.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use chrono_tz::Asia::Shanghai;
use uuid::Uuid;

use super::draws::Draws;
use super::shifts::{ILL, doings, on_shift};
use super::staff::{Kept, Phone, Staff};
use crate::domain::Violation;
use crate::domain::cleaning::{CorrectionKind, Fix, Supply};
use crate::domain::local;
use crate::domain::slot::{ExcuseReason, Slot, SlotKey};
use crate::domain::task::Task;
use crate::domain::text::{Name, Remark};
use crate::domain::toilet::Kind;
use crate::geo::Crs;

/// A visit, and how it became known.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The id of its record.
    pub id: Uuid,
    /// Who came: the place among the cleaners.
    pub by: usize,
    /// Whether a supervisor recorded it for them.
    pub is_proxy: bool,
    /// What was done.
    pub tasks: BTreeSet<Task>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was done.
    pub finished_at: DateTime<Utc>,
    /// When the record reached the server.
    pub received_at: DateTime<Utc>,
    /// How far the clock of the phone was off.
    pub clock_off: TimeDelta,
    /// Whether the plate was scanned.
    pub has_plate: bool,
    /// Where the phone said that it was.
    pub fix: Option<Fix>,
    /// What was written.
    pub remarks: Option<Remark>,
    /// What was used up.
    pub supplies: Vec<Supply>,
    /// The point of the checklists that was not as it should be, if one was not.
    pub flaw: Option<usize>,
    /// What was put right the next morning.
    pub correcting: Option<Correcting>,
}

/// That a record is put right.
#[derive(Debug, Clone, PartialEq)]
pub struct Correcting {
    /// The id of the record that does so.
    pub id: Uuid,
    /// In what way.
    pub kind: CorrectionKind,
    /// Why.
    pub reason: Remark,
}

/// That somebody asks for a slot to be excused.
#[derive(Debug, Clone, PartialEq)]
pub struct Pleading {
    /// The slot.
    pub slot: SlotKey,
    /// Who asks: the place among the cleaners.
    pub by: usize,
    /// Why.
    pub reason: ExcuseReason,
    /// In words.
    pub note: Remark,
    /// Whether the supervisor will agree.
    pub approves: bool,
}

/// What happened at a toilet on a day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Day {
    /// The visits in the order of their slots.
    pub visits: Vec<Visit>,
    /// What was asked for afterwards.
    pub pleadings: Vec<Pleading>,
}

/// What keeps somebody from keeping their day.
struct Shift {
    /// Who stands in all week.
    stand_in: Option<usize>,
    is_ill: bool,
    /// The phone finds no net until then.
    syncs_at: Option<DateTime<Utc>>,
    /// Who comes instead from noon on, if anybody is near.
    neighbour: Option<usize>,
}

/// Who stands in for a cleaner who has the week of that day off, if they have: with whom they take turns, or the next one
/// of the town who has not.
#[must_use]
pub fn stand_in(staff: &Staff, cleaner: usize, date: NaiveDate) -> Option<usize> {
    let week = date.iso_week();
    let is_off = |cleaner: usize| Draws::of(&format!("week off {cleaner} {week:?}")).in_thousand(22);
    let partner = || staff.partners.get(&cleaner).copied();
    let next = || neighbours(staff, cleaner).find(|other| !is_off(*other));
    is_off(cleaner).then(|| partner().or_else(next)).flatten()
}

/// The others of the same town, from the next one on.
fn neighbours(staff: &Staff, cleaner: usize) -> impl Iterator<Item = usize> {
    let several = staff.cleaners.len();
    let town = staff.cleaners.get(cleaner).map(|one| &one.area);
    let others = (0..several).cycle().skip(cleaner + 1).take(several.saturating_sub(1));
    others.filter(move |other| staff.cleaners.get(*other).map(|one| &one.area) == town)
}

/// What happened at a toilet on a day on which those slots were due, as if all of the day were over. The turns of those who
/// take turns began on the first of the two days.
///
/// # Errors
/// None; the tests of this module show that all that is written can be.
pub fn day(
    staff: &Staff,
    kept: &Kept,
    (since, date): (NaiveDate, NaiveDate),
    slots: &[Slot],
) -> Result<Day, Violation> {
    let shift = Shift::of(staff, kept.cleaner, date);
    let doings = doings(staff, kept.cleaner, since, date);
    let mut hours: BTreeMap<DateTime<Utc>, Vec<&Slot>> = BTreeMap::new();
    for slot in slots.iter().filter(|slot| slot.cancelled.is_none()) {
        hours.entry(slot.at).or_default().push(slot);
    }
    // Now and then the water is cut until the afternoon.
    let is_dry = Draws::of(&format!("water {} {date}", kept.key)).in_thousand(6);
    let mut day = Day::default();
    for (at, due) in hours {
        let hour = at.with_timezone(&Shanghai).hour();
        let mut draws = Draws::of(&format!("{} {date} {at}", kept.key));
        let by = match shift.stand_in {
            _ if doings.len() > 1 => on_shift(&doings, hour),
            Some(other) => Some(other),
            None if shift.is_ill => shift.neighbour.filter(|_| hour >= 11),
            None => Some(kept.cleaner),
        };
        let is_dry = is_dry && (9..15).contains(&hour);
        let done = by.filter(|_| !is_dry).and_then(|by| {
            let times = times(staff, (kept, by), (date, at), &due, &mut draws)?;
            Some(visit(staff, (kept, by), &shift, times, &due, &mut draws))
        });
        match done {
            Some(visit) => day.visits.push(visit?),
            None => day.pleadings.extend(pleadings(kept.cleaner, is_dry, &due, &mut draws)?),
        }
    }
    Ok(day)
}

impl Shift {
    fn of(staff: &Staff, cleaner: usize, date: NaiveDate) -> Self {
        let mut draws = Draws::of(&format!("shift {cleaner} {date}"));
        let is_ill = draws.in_thousand(ILL);
        let evening = NaiveTime::from_hms_opt(19, 20, 0).unwrap_or_default();
        let evening = date.and_time(evening) + TimeDelta::seconds(i64::from(draws.below(7200)));
        let syncs_at = draws.in_thousand(32).then(|| local::instant(Shanghai, evening));
        let (stand_in, neighbour) = (stand_in(staff, cleaner, date), neighbours(staff, cleaner).next());
        Self { stand_in, is_ill, syncs_at, neighbour }
    }
}

/// When a visit began and ended; `None` where nobody came.
fn times(
    staff: &Staff,
    (kept, by): (&Kept, usize),
    (date, at): (NaiveDate, DateTime<Utc>),
    due: &[&Slot],
    draws: &mut Draws,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let opens = due.iter().map(|slot| slot.opens).max()?;
    let in_time = due.iter().map(|slot| slot.due).min()?;
    let closes = due.iter().map(|slot| slot.closes).min()?;
    let crowds = date.month() == 10 && date.day() <= 7 && kept.kind == Some(Kind::Tourist);
    let on_time = staff.cleaners.get(by)?.on_time - if crowds { 70 } else { 0 };
    let chance = draws.below(1000);
    let seconds = |draws: &mut Draws, most: TimeDelta| {
        let most = u16::try_from(most.num_seconds()).unwrap_or(u16::MAX).max(1);
        TimeDelta::seconds(draws.below(most).into())
    };
    let task = due.iter().map(|slot| slot.task).max_by_key(|task| usual(*task).1)?;
    let (least, most) = usual(task);
    let lasts = least + seconds(draws, most - least);
    if chance < on_time {
        // Who keeps several goes from one to the next, in the same order every time.
        let hour = TimeDelta::hours(1);
        let (from, to) = (opens.max(at - hour), (in_time - TimeDelta::minutes(4)).min(at + hour));
        let (turn, several) = (i32::try_from(kept.turn.0).ok()?, i32::try_from(kept.turn.1).ok()?);
        let part = (to - from) / several;
        let finished = from + part * turn + part * 7 / 20 + seconds(draws, part * 3 / 5);
        let lasts = if several > 1 { lasts.min(part * 3 / 10).max(TimeDelta::minutes(5).min(least)) } else { lasts };
        return Some((finished - lasts, finished));
    }
    let late = (1000 - on_time) * 11 / 20;
    (chance < on_time + late).then(|| {
        let finished = in_time + TimeDelta::minutes(3) + seconds(draws, closes - in_time - TimeDelta::minutes(5));
        (finished - lasts, finished)
    })
}

/// How long such work takes at least and at most.
fn usual(task: Task) -> (TimeDelta, TimeDelta) {
    let (least, most) = match task {
        Task::Round => (4, 8),
        Task::Disinfect => (6, 11),
        Task::Thorough => (16, 30),
        Task::Deep => (50, 95),
    };
    (TimeDelta::minutes(least), TimeDelta::minutes(most))
}

/// The visit of those times, and how it became known.
fn visit(
    staff: &Staff,
    (kept, by): (&Kept, usize),
    shift: &Shift,
    (started_at, finished_at): (DateTime<Utc>, DateTime<Utc>),
    due: &[&Slot],
    draws: &mut Draws,
) -> Result<Visit, Violation> {
    let worker = staff.cleaners.get(by);
    let phone = worker.map_or(Phone::Right, |one| one.phone);
    let is_proxy = phone == Phone::None;
    let soon = TimeDelta::seconds(4 + i64::from(draws.below(40)));
    let received_at = match shift.syncs_at.filter(|evening| finished_at < *evening) {
        _ if is_proxy => evening_after(finished_at) + soon,
        Some(evening) => evening,
        // Under the ground there is no signal, and above it there soon is.
        None if kept.is_shielded => finished_at + TimeDelta::seconds(240 + i64::from(draws.below(1500))),
        None => finished_at + soon,
    };
    let has_plate = !is_proxy && worker.is_some_and(|one| draws.in_thousand(one.scans));
    let found = !is_proxy && !kept.is_shielded && draws.in_thousand(830);
    let fix = kept.position.filter(|_| found).and_then(|place| draws.near(place, 35.0, |_| true)).map(|place| {
        let (latitude, longitude) = Crs::Gcj02.write(place);
        let accuracy = if draws.in_thousand(40) { 165.0 } else { f64::from(6 + draws.below(40)) };
        Fix { latitude, longitude, crs: Crs::Gcj02, accuracy: Some(accuracy) }
    });
    let milliseconds = finished_at.timestamp_millis();
    let correcting = match draws.below(1000) {
        0 => Some((CorrectionKind::Voids, "记错了厕所，重新登记")),
        1..4 => Some((CorrectionKind::Amends, "补记：已更换卫生纸、洗手液")),
        _ => None,
    };
    let correcting = correcting.map(|(kind, reason)| {
        Ok::<_, Violation>(Correcting { id: draws.uuid(milliseconds), kind, reason: Remark::new(reason)? })
    });
    Ok(Visit {
        id: draws.uuid(milliseconds),
        by,
        is_proxy,
        tasks: due.iter().map(|slot| slot.task).collect(),
        started_at,
        finished_at,
        received_at,
        clock_off: if phone == Phone::Behind { TimeDelta::hours(-3) } else { TimeDelta::zero() },
        has_plate,
        fix,
        remarks: remarks(draws).map(Remark::new).transpose()?,
        supplies: supplies(draws)?,
        flaw: draws.in_thousand(30).then(|| draws.below(5).into()),
        correcting: correcting.transpose()?.filter(|_| !is_proxy),
    })
}

/// The evening of a day on which a supervisor records what was done without a phone.
fn evening_after(at: DateTime<Utc>) -> DateTime<Utc> {
    let day = at.with_timezone(&Shanghai).date_naive();
    let evening = |hour| day.and_time(NaiveTime::from_hms_opt(hour, 10, 0).unwrap_or_default());
    let evenings = [18, 22].map(|hour| local::instant(Shanghai, evening(hour)));
    evenings.into_iter().find(|evening| at < *evening).unwrap_or(at)
}

fn remarks(draws: &mut Draws) -> Option<&'static str> {
    const REMARKS: [&str; 8] = [
        "地漏返味，已冲洗",
        "女厕二号位冲水慢，请检修",
        "洗手液用完，已补",
        "门锁松动",
        "感应水龙头失灵一个",
        "地面有积水，已拖干",
        "灯管坏一根",
        "游客多，加扫一遍",
    ];
    draws.in_thousand(25).then(|| draws.one_of(&REMARKS).copied()).flatten()
}

fn supplies(draws: &mut Draws) -> Result<Vec<Supply>, Violation> {
    const SUPPLIES: [(&str, &str, u16); 3] = [("卫生纸", "卷", 6), ("洗手液", "瓶", 2), ("消毒液", "升", 3)];
    let used = draws.in_thousand(70).then(|| draws.one_of(&SUPPLIES).copied()).flatten();
    let used = used.map(|(name, unit, most)| {
        let quantity = f64::from(1 + draws.below(most));
        Ok(Supply { name: Name::new(name)?, quantity, unit: Some(Name::new(unit)?) })
    });
    Ok(used.transpose()?.into_iter().collect())
}

/// What is asked for of slots that were not done: always where there was no water, seldom else.
fn pleadings(by: usize, is_dry: bool, due: &[&Slot], draws: &mut Draws) -> Result<Vec<Pleading>, Violation> {
    const REASONS: [(ExcuseReason, &str); 4] = [
        (ExcuseReason::Event, "现场有大型活动，未能进场"),
        (ExcuseReason::Weather, "大雨积水，道路不通"),
        (ExcuseReason::Repair, "管道疏通，暂停使用"),
        (ExcuseReason::Other, "临时抽调到主干道保洁"),
    ];
    let reason = if is_dry {
        Some((ExcuseReason::Water, "片区停水"))
    } else {
        draws.in_thousand(90).then(|| draws.one_of(&REASONS).copied()).flatten()
    };
    let Some((reason, note)) = reason else { return Ok(Vec::new()) };
    let approves = is_dry || (reason != ExcuseReason::Other && draws.in_thousand(700));
    let plead = |slot: &&Slot| Ok(Pleading { slot: slot.key, by, reason, note: Remark::new(note)?, approves });
    due.iter().map(plead).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use chrono::Days;

    use super::super::{class_plans, county, staff};
    use super::*;
    use crate::domain::id::ToiletId;
    use crate::domain::plan::{Plan, Setting};

    #[test]
    fn most_is_done_on_time_and_nothing_is_known_before_it_was_done() {
        let (toilets, plans) = (county().unwrap().statements, class_plans().unwrap());
        let staff = staff(&toilets).unwrap();
        let first = NaiveDate::from_ymd_opt(2026, 10, 20).unwrap();
        let (mut due, mut on_time, mut proxies, mut late_syncs, mut pleaded, mut others) = (0, 0, 0, 0, 0, 0);
        for kept in &staff.kept {
            let toilet = toilets.iter().find(|toilet| toilet.key == kept.key).unwrap();
            let windows = plans.iter().find(|plan| plan.is_for(toilet)).unwrap().windows.clone();
            let plan = Plan {
                toilet: ToiletId(1),
                version: 1,
                template: None,
                zone: Shanghai,
                from: first,
                to: None,
                made_at: DateTime::UNIX_EPOCH,
                windows,
                revision: 1,
            };
            for date in first.iter_days().take(10) {
                let slots: Vec<_> = plan.slots(Setting::PLAIN, date, date + Days::new(1)).collect();
                let day = day(&staff, kept, (first, date), &slots).unwrap();
                assert_eq!(day, super::day(&staff, kept, (first, date), &slots).unwrap());
                due += slots.len();
                pleaded += day.pleadings.len();
                for visit in &day.visits {
                    assert!(visit.started_at < visit.finished_at && visit.finished_at < visit.received_at, "{visit:?}");
                    assert!(visit.finished_at - visit.started_at >= TimeDelta::minutes(4), "{visit:?}");
                    assert!(!visit.is_proxy || (!visit.has_plate && visit.fix.is_none()));
                    let own = || slots.iter().filter(|slot| visit.tasks.contains(&slot.task));
                    let hits = own().filter(|s| s.opens <= visit.finished_at && visit.finished_at <= s.due);
                    on_time += hits.count().min(visit.tasks.len());
                    others += usize::from(visit.by != kept.cleaner);
                    proxies += usize::from(visit.is_proxy);
                    late_syncs += usize::from(visit.received_at - visit.finished_at > TimeDelta::hours(3));
                }
            }
        }
        assert!((80..97).contains(&(on_time * 100 / due)), "{on_time} of {due}");
        assert!(
            proxies > 0 && late_syncs > 0 && pleaded > 10 && others > 0,
            "{proxies} {late_syncs} {pleaded} {others}"
        );
    }
}

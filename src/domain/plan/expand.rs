//! The slots of a plan on a range of days.

use std::fmt;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::clock::{Clock, DAY};
use super::{Effect, Exception, Over, Plan, Window, Windows};
use crate::domain::area::AreaCode;
use crate::domain::holiday::Calendar;
use crate::domain::id::OperatorId;
use crate::domain::local;
use crate::domain::slot::{Origin, Slot, SlotKey};

/// What a plan stands in: all that its slots depend on besides itself.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The exceptions; those for other toilets do no harm.
    pub exceptions: &'a [Exception],
    /// The holiday table of the toilet.
    pub calendar: Option<&'a Calendar>,
    /// The codes of the area that the toilet lies in, from the top of the tree down.
    pub path: &'a [AreaCode],
    /// The body that runs the toilet on a day.
    pub operator: &'a dyn Fn(NaiveDate) -> Option<OperatorId>,
}

impl Setting<'_> {
    /// No exception at all.
    pub const PLAIN: Setting<'static> = Setting { exceptions: &[], calendar: None, path: &[], operator: &|_| None };

    /// How strong an exception is for that plan: `None` where it is for other toilets on all days.
    fn strength(&self, plan: &Plan, exception: &Exception) -> Option<(u8, usize)> {
        match &exception.over {
            Over::Area(code) => self.path.iter().position(|on_path| on_path == code).map(|depth| (0, depth)),
            Over::Operator(_) => Some((1, 0)),
            Over::Template(template) => (plan.template == Some(*template)).then_some((2, 0)),
            Over::Toilet(toilet) => (plan.toilet == *toilet).then_some((3, 0)),
        }
    }

    fn holds(&self, exception: &Exception, date: NaiveDate) -> bool {
        let is_for = match exception.over {
            Over::Operator(operator) => (self.operator)(date) == Some(operator),
            _ => true,
        };
        is_for && exception.occasion.contains(date, self.calendar)
    }
}

impl fmt::Debug for Setting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting")
            .field("exceptions", &self.exceptions)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The slots of a plan whose nominal local date lies in a range, in the order of their nominal times and so of their
/// instants; those that an exception cancels are among them. Each date stands for itself: the slots of a range are those
/// of its parts, one after the other.
#[derive(Debug)]
pub struct Expansion<'a> {
    plan: &'a Plan,
    setting: Setting<'a>,
    /// The exceptions that may concern this plan, the strongest last.
    exceptions: Vec<&'a Exception>,
    next: NaiveDate,
    until: NaiveDate,
    /// What began on the day before and runs past its midnight.
    carried: Vec<Slot>,
    ready: std::vec::IntoIter<Slot>,
}

impl Plan {
    /// Its slots from a date on, up to another that does not belong to them.
    #[must_use]
    pub fn slots<'a>(&'a self, setting: Setting<'a>, from: NaiveDate, until: NaiveDate) -> Expansion<'a> {
        let mut concerning: Vec<_> = setting
            .exceptions
            .iter()
            .filter_map(|exception| Some((setting.strength(self, exception)?, exception)))
            .collect();
        concerning.sort_by_key(|(strength, exception)| (*strength, exception.made_at, exception.id));
        let exceptions = concerning.into_iter().map(|(_, exception)| exception).collect();
        // Outside these days there is nothing but, perhaps, what runs past the last midnight.
        let next = from.max(self.from);
        let until = self.to.and_then(|to| to.checked_add_days(Days::new(2))).map_or(until, |end| until.min(end));
        let (carried, ready) = (Vec::new(), Vec::new().into_iter());
        let mut expansion = Expansion { plan: self, setting, exceptions, next, until, carried, ready };
        if let Some(before) = next.pred_opt().filter(|_| next < until) {
            expansion.carried = expansion.begun(before).1;
        }
        expansion
    }

    /// Whether a slot of a window that begins on that day or later has opened by now, so that this version can no longer
    /// be changed from that day on.
    #[must_use]
    pub fn has_opened_since(&self, setting: Setting<'_>, date: NaiveDate, now: DateTime<Utc>) -> bool {
        let ahead = TimeDelta::days(35);
        let expansion = self.slots(setting, date, date);
        let last = (now + ahead).with_timezone(&self.zone).date_naive();
        let days =
            date.max(self.from).iter_days().take_while(|day| *day <= last && self.to.is_none_or(|to| *day <= to));
        days.into_iter().any(|day| {
            let (own, past_midnight) = expansion.begun(day);
            own.iter().chain(&past_midnight).any(|slot| slot.opens <= now)
        })
    }
}

impl Iterator for Expansion<'_> {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        loop {
            if let Some(slot) = self.ready.next() {
                return Some(slot);
            }
            if self.next >= self.until {
                return None;
            }
            let (mut slots, carried) = self.begun(self.next);
            slots.append(&mut self.carried);
            slots.sort_by_key(|slot| (slot.key.time, slot.key.origin));
            (self.carried, self.ready) = (carried, slots.into_iter());
            self.next = self.next.succ_opt()?;
        }
    }
}

impl Expansion<'_> {
    /// The slots of windows that begin on a day: those of the day itself, and those past its midnight.
    fn begun(&self, date: NaiveDate) -> (Vec<Slot>, Vec<Slot>) {
        if !self.plan.holds_on(date) {
            return (Vec::new(), Vec::new());
        }
        let mut slots = self.of(&self.plan.windows, date, Origin::plan);
        slots.retain(|slot| self.plan.made_at < slot.at);
        for exception in self.exceptions.iter().filter(|exception| self.setting.holds(exception, date)) {
            for slot in &mut slots {
                let concerned = match &exception.effect {
                    Effect::Closed => true,
                    Effect::Instead(windows) => windows.placed().any(|(_, window)| window.task() == slot.task),
                    Effect::Extra(_) => false,
                };
                if concerned && slot.cancelled.is_none() && exception.binds(slot.opens) {
                    slot.cancelled = Some(exception.id);
                }
            }
            if let Some(windows) = exception.windows() {
                let added = self.of(windows, date, |place| Origin::exception(exception.id, place));
                slots.extend(added.into_iter().filter(|slot| exception.adds(slot.at, slot.opens)));
            }
        }
        slots.into_iter().partition(|slot| slot.key.date == date)
    }

    fn of(&self, windows: &Windows, date: NaiveDate, origin: impl Fn(u16) -> Origin) -> Vec<Slot> {
        let due = windows.placed().filter(|(_, window)| window.dates().contains(date));
        let slots = due.flat_map(|(place, window)| {
            let origin = origin(place);
            window.minutes().into_iter().filter_map(move |minutes| self.slot(window, origin, date, minutes))
        });
        slots.collect()
    }

    fn slot(&self, window: &Window, origin: Origin, date: NaiveDate, minutes: u16) -> Option<Slot> {
        let date = date.checked_add_days(Days::new((minutes / DAY).into()))?;
        let time = Clock::of_minutes(minutes);
        let nominal = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(time.minutes().into());
        let at = local::instant(self.plan.zone, nominal);
        let allowance = window.allowance();
        let due = at + allowance.late();
        Some(Slot {
            key: SlotKey { toilet: self.plan.toilet, version: self.plan.version, origin, date, time },
            task: window.task(),
            at,
            opens: at - allowance.early(),
            due,
            closes: due + allowance.grace(),
            cancelled: None,
        })
    }
}

//! Slots: which are due at a toilet, and how they stand.

mod checking;
mod closing;
mod listing;
mod settling;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

pub use checking::{CHECK, differences};
pub(super) use closing::settle_waiting_at;
pub use closing::{close, close_once, settle_waiting};
pub use listing::{Asked, list};
pub(super) use settling::settle;

use super::plans::in_setting;
use super::{Ctx, Failure};
use crate::domain::holiday::Calendars;
use crate::domain::id::ToiletId;
use crate::domain::language::Language;
use crate::domain::plan::{Exception, Plan, Window};
use crate::domain::slot::{Doing, Done, Judged, Outcome, Slot, SlotKey, SlotState};
use crate::domain::{Toilet, Violation};
use crate::export::{About, ical};

/// How many days of slots are told at once.
const MOST_DAYS: i64 = 62;

/// The slots of a toilet, and all that they were computed from.
#[derive(Debug, Clone)]
pub struct Due {
    /// The toilet.
    pub toilet: Toilet,
    /// The versions of its plan.
    pub plans: Vec<Plan>,
    /// The exceptions from them.
    pub exceptions: Arc<[Exception]>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The slots of those days in the order of their instants.
    pub slots: Vec<Slot>,
    /// How those came out that did.
    pub outcomes: HashMap<SlotKey, Outcome>,
    /// The instant at which this was so.
    pub at: DateTime<Utc>,
}

impl Due {
    /// What is due at a toilet from a day to a day, both in it, by the plans and exceptions that may concern it.
    pub(in crate::usecase) fn of(
        calendars: &Calendars,
        toilet: Toilet,
        (plans, exceptions): (Vec<Plan>, Arc<[Exception]>),
        (from, to): (NaiveDate, NaiveDate),
        outcomes: HashMap<SlotKey, Outcome>,
        at: DateTime<Utc>,
    ) -> Self {
        let until = to + Days::new(1);
        let mut slots: Vec<Slot> = in_setting(calendars, &toilet, &exceptions, |setting| {
            plans.iter().flat_map(|plan| plan.slots(setting, from, until)).collect()
        });
        // The night of a version that ends runs into the first day of the next.
        slots.sort_by_key(|slot| (slot.at, slot.key));
        Self { toilet, plans, exceptions, from, to, slots, outcomes, at }
    }

    /// How a slot of these stands.
    #[must_use]
    pub fn state(&self, slot: &Slot) -> SlotState {
        match self.outcomes.get(&slot.key) {
            Some(outcome) => outcome.state,
            None if slot.cancelled.is_some() => SlotState::Cancelled,
            None if self.at < slot.opens => SlotState::Planned,
            None if self.at <= slot.closes => SlotState::Open,
            // It is over, and will be written down in a moment.
            None => SlotState::Missed,
        }
    }
}

/// What is kept of the cleaning that did a slot, which is among these.
fn doing(did: &[Done], judged: &Judged) -> Option<Doing> {
    let Done { id, at, is_verified, is_proxy, .. } = *did.iter().find(|done| Some(done.id) == judged.cleaning)?;
    Some(Doing { cleaning: id, at, synced_late: judged.synced_late, is_verified, is_proxy })
}

/// The slots of a toilet from a day (today if left out) to a day (six days later), for everybody: the plan is no secret,
/// nor is what became of it.
///
/// # Errors
/// [`Failure::NotFound`], and [`Failure::Invalid`] for a span that ends before it begins or is too long.
pub async fn slots(ctx: &Ctx, id: ToiletId, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Due, Failure> {
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    let at = ctx.clock.now();
    let from = from.unwrap_or_else(|| toilet.today(at));
    let to = to.unwrap_or(from + Days::new(6));
    let length = to - from;
    if length < TimeDelta::zero() {
        return Err(Violation::new("to", "endsBeforeItBegins", format!("{to} is before {from}")).into());
    }
    if length.num_days() >= MOST_DAYS {
        return Err(Violation::new("to", "tooLong", format!("is more than {MOST_DAYS} days with the first")).into());
    }
    settle_waiting_at(ctx, id).await?;
    let plans = ctx.store.plans_of(id).await?;
    let exceptions = ctx.store.exceptions_of(&toilet, &plans).await?;
    let outcomes = ctx.store.outcomes_on(id, from, to).await?;
    let outcomes = outcomes.into_iter().map(|outcome| (outcome.key, outcome)).collect();
    Ok(Due::of(&ctx.calendars, toilet, (plans, exceptions.into()), (from, to), outcomes, at))
}

/// The slots of a toilet as a calendar to subscribe to (iCalendar).
///
/// # Errors
/// As [`slots`].
pub async fn calendar(
    ctx: &Ctx,
    id: ToiletId,
    days: (Option<NaiveDate>, Option<NaiveDate>),
    language: Language,
) -> Result<String, Failure> {
    let due = slots(ctx, id, days.0, days.1).await?;
    let host = ctx.public_url.as_ref().and_then(|url| url.origin().split_once("://"));
    let host = host.map_or("gongce", |(_, host)| host);
    let about = About { toilet: due.toilet.fact.name.as_str(), host, at: due.at, language };
    let window = |slot: &Slot| {
        let plan = due.plans.iter().find(|plan| plan.version == slot.key.version)?;
        plan.window_of(&slot.key, &due.exceptions)
    };
    Ok(ical(&about, due.slots.iter().map(|slot| (*slot, window(slot).map(Window::checklist)))))
}

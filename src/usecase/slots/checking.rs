//! Working everything out anew from the log, and comparing it with what is kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days};

use super::doing;
use crate::domain::cleaning::Cleaning;
use crate::domain::excuse::ExcuseRecord;
use crate::domain::holiday::Calendars;
use crate::domain::id::ToiletId;
use crate::domain::slot::{Outcome, Settlement, Slot, SlotKey, judge, touched};
use crate::store::{Finding, Store, StoreError};
use crate::usecase::Failure;
use crate::usecase::plans::in_setting;

/// The name of the check of slots.
pub const CHECK: &str = "slots";

/// Everything that is kept of slots and does not follow from the plans, exceptions, cleanings and excuses, each toilet
/// as it was when it was last settled. What waits to be settled is no difference yet: the slots that it has to do with
/// are left out.
///
/// # Errors
/// What the store fails with.
pub async fn differences(store: &Store, calendars: &Calendars) -> Result<Vec<Finding>, Failure> {
    let mut found = Vec::new();
    for (id, settlement) in store.settled_since(DateTime::UNIX_EPOCH).await? {
        match of_toilet(store, calendars, id, &settlement).await {
            Ok(differing) => found.extend(differing),
            // A row that cannot be read is told by the check of rows.
            Err(StoreError::Corrupt { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

async fn of_toilet(
    store: &Store,
    calendars: &Calendars,
    id: ToiletId,
    settlement: &Settlement,
) -> Result<Vec<Finding>, StoreError> {
    let now = settlement.settled_at;
    let Some(toilet) = store.toilets(&[id]).await?.pop() else { return Ok(Vec::new()) };
    let toilet = &toilet;
    let plans = store.plans_of(toilet.id).await?;
    let exceptions = store.exceptions_of(toilet, &plans).await?;
    let Some(first) = plans.iter().map(|plan| plan.from).min() else { return Ok(Vec::new()) };
    let until = toilet.today(now) + Days::new(40);
    let slots: Vec<Slot> = in_setting(calendars, toilet, &exceptions, |setting| {
        plans.iter().flat_map(|plan| plan.slots(setting, first, until)).filter(|slot| slot.opens <= now).collect()
    });
    let (Some(opens), Some(closes)) =
        (slots.iter().map(|slot| slot.opens).min(), slots.iter().map(|slot| slot.closes).max())
    else {
        return Ok(Vec::new());
    };
    let waiting = store.unsettled_at(toilet.id).await?;
    let waits = |slot: &Slot| waiting.iter().any(|at| slot.opens <= *at && *at <= slot.closes);
    let places = touched(&slots, waits).into_iter().flat_map(|block| block.places);
    let unsettled: BTreeSet<SlotKey> = places.map(|place| slots[place].key).collect();
    let cleanings = store.cleanings_of(toilet.id, opens, closes).await?;
    let did: Vec<_> = cleanings.iter().map(Cleaning::done).collect();
    let excuses = store.excuses_of(toilet.id, opens, closes).await?;
    let excuses: Vec<_> = excuses.iter().map(ExcuseRecord::judged).collect();
    let kept = store.outcomes_on(toilet.id, first, until).await?;
    let mut kept: BTreeMap<_, _> = kept.into_iter().map(|outcome| (outcome.key, outcome)).collect();
    let mut found = Vec::new();
    for judged in judge(&slots, &did, &excuses, now) {
        let key = judged.slot.key;
        let kept = kept.remove(&key);
        let by = kept.as_ref().map_or((None, None), |kept| (kept.operator, kept.person));
        let wanted = Outcome::of(&judged, now, |_| doing(&did, &judged), by);
        if kept != wanted && !unsettled.contains(&key) {
            found.push(differs(&key.to_string(), kept.as_ref(), wanted.as_ref()));
        }
    }
    found.extend(kept.values().map(|kept| differs(&kept.key.to_string(), Some(kept), None)));
    Ok(found)
}

fn differs(key: &str, kept: Option<&Outcome>, wanted: Option<&Outcome>) -> Finding {
    let told = |outcome: Option<&Outcome>| match outcome {
        None => "nothing".to_owned(),
        Some(outcome) => {
            let by = outcome.doing.map(|doing| format!(" by {} at {}", doing.cleaning, doing.at)).unwrap_or_default();
            format!("{}{by}", outcome.state)
        }
    };
    let message = format!("it is kept as {}, and the log says {}", told(kept), told(wanted));
    Finding { check: CHECK, table: Some("slot_outcome".to_owned()), key: Some(key.to_owned()), message }
}

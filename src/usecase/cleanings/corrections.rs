//! Corrections: further records that say anew what was done at a visit, or that it does not count.

use std::collections::{BTreeSet, HashMap};

use super::logging::{Delivery, Placed, Recording, Rejection, by_id};
use crate::domain::cleaning::{Cleaning, CleaningId, Correction, CorrectionKind};
use crate::domain::policy::{Action, may};
use crate::store::{KeptCleaning, Tx};
use crate::usecase::Failure;

/// Takes corrections, each after what it corrects where both come together.
pub(super) async fn take<'a>(recording: &mut Recording<'a>, tx: &Tx, fixes: Vec<Placed<'a>>) -> Result<(), Failure> {
    let mut left = fixes;
    while !left.is_empty() {
        let targets: BTreeSet<CleaningId> = left.iter().filter_map(|(_, item)| target(item)).collect();
        let known = by_id(tx, &targets.into_iter().collect::<Vec<_>>()).await?;
        let own: BTreeSet<CleaningId> = left.iter().map(|(_, item)| item.id).collect();
        // What waits for another of these is taken in the next round; in a ring, which no client makes, none can be.
        let waits = |item: &super::Item| target(item).is_some_and(|of| !known.contains_key(&of) && own.contains(&of));
        let is_ring = left.iter().all(|(_, item)| waits(item));
        let (later, now): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, item)| !is_ring && waits(item));
        round(recording, tx, &known, now).await?;
        left = later;
    }
    Ok(())
}

fn target(item: &super::Item) -> Option<CleaningId> {
    item.event.correction.as_ref().map(|correction| correction.of)
}

/// Takes those whose targets are on record, or will not be.
async fn round<'a>(
    recording: &mut Recording<'a>,
    tx: &Tx,
    known: &HashMap<CleaningId, KeptCleaning>,
    items: Vec<Placed<'a>>,
) -> Result<(), Failure> {
    let (mut new, mut rest, mut taken) = (Vec::new(), Vec::new(), HashMap::new());
    for (place, item) in items {
        match corrected(recording.delivery(place), known, item) {
            Ok(made) => {
                let of = target(item).unwrap_or(made.id);
                if let Some(first) = taken.get(&of) {
                    rest.push((place, item, Rejection::AlreadyCorrected(*first)));
                } else {
                    taken.insert(of, made.id);
                    new.push((place, made));
                }
            }
            Err(rejection) => rest.push((place, item, rejection)),
        }
    }
    recording.add(tx, new).await?;
    recording.reject(tx, rest).await
}

/// The record that a correction makes: of the same visit as what it corrects.
fn corrected(
    delivery: &Delivery,
    known: &HashMap<CleaningId, KeptCleaning>,
    item: &super::Item,
) -> Result<Cleaning, Rejection> {
    let Delivery { actor, weighed, .. } = delivery;
    let Some(Correction { kind, of, .. }) = &item.event.correction else { return Err(Rejection::UnknownCleaning) };
    let kept = known.get(of).ok_or(Rejection::UnknownCleaning)?;
    let before = &kept.cleaning;
    let is_own = before.performed_by == actor.person || before.recorded_by == actor.person;
    if !is_own {
        // Out of scope it answers as what is absent; the toilet that is named decides nothing.
        let subject = weighed.subject(before.toilet()).ok_or(Rejection::UnknownCleaning)?;
        if !may(actor, Action::ReadCleanings, subject) {
            return Err(Rejection::UnknownCleaning);
        }
        if !may(actor, Action::CorrectCleaning, subject) {
            return Err(Rejection::Forbidden);
        }
    }
    if before.toilet() != item.event.toilet {
        return Err(Rejection::OtherToilet);
    }
    if let Some(newest) = kept.corrected_by {
        return Err(Rejection::AlreadyCorrected(newest));
    }
    if before.is_void() && *kind == CorrectionKind::Voids {
        return Err(Rejection::AlreadyVoid);
    }
    // What it says no more than the other said is known since that one came.
    let says_more = !item.event.tasks.is_subset(before.tasks());
    let received_at = if says_more { weighed.received() } else { before.received_at };
    let flags = weighed.flags_of_correction(before, &item.event);
    let (id, event, recorded_by) = (item.id, item.event.clone(), actor.person);
    Ok(Cleaning { id, event, recorded_by, received_at, flags, ..before.clone() })
}

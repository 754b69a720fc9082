//! Logging: each record once by its id, whatever else comes with it, and the same answer however often it is sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::roster::OnDuty;
use super::straight::{Short, short};
use super::weighing::Weighed;
use super::{corrections, flights, photos};
use crate::domain::Violations;
use crate::domain::account::{Actor, PersonId};
use crate::domain::cleaning::{Cleaning, CleaningId, Event, Sending};
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::policy::Action;
use crate::store::{Author, KeptCleaning, Tx};
use crate::usecase::permission::scope;
use crate::usecase::{By, Ctx, Failure};

/// A record as it is delivered.
#[derive(Clone)]
pub struct Item {
    /// The id that the client made for it.
    pub id: CleaningId,
    /// What was fixed when it happened.
    pub event: Event,
    /// The token that was scanned, whose fingerprint the event holds.
    pub token: Option<String>,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is on record now.
    Created {
        /// What the first delivery is told.
        answer: String,
    },
    /// It was on record.
    Replayed {
        /// What the first delivery was told.
        answer: String,
    },
    /// Something else is on record under its id.
    Conflict(Conflict),
    /// It is not taken.
    Rejected(Rejection),
}

/// Why something else is on record under an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The same person recorded it otherwise: the fields that differ.
    Differs(Vec<String>),
    /// Somebody else recorded it, which is nobody else's to know more of.
    Taken,
}

/// Why a record is not taken.
#[derive(Debug, Clone, PartialEq)]
pub enum Rejection {
    /// It breaks rules.
    Invalid(Violations),
    /// There is no such toilet.
    UnknownToilet,
    /// There is no such person.
    UnknownPerson,
    /// The caller may not record for others there, or not correct this.
    Forbidden,
    /// What it corrects is not on record, or not for the caller to know of: it may still be on its way.
    UnknownCleaning,
    /// What it corrects was at another toilet.
    OtherToilet,
    /// Another record corrects it already; this is the newest one.
    AlreadyCorrected(CleaningId),
    /// What it voids says itself that another does not count.
    AlreadyVoid,
}

/// A delivery with all that it is held against.
pub(super) struct Delivery {
    pub(super) actor: Actor,
    pub(super) author: Author,
    pub(super) weighed: Weighed,
    pub(super) items: Vec<Item>,
    pub(super) tell: fn(&Cleaning) -> String,
}

/// Logs records of the caller, each by itself: one that is not taken keeps no other from being so. They are on disk when
/// this answers what became of each, in their order. `tell` writes what the first delivery of a record is told, which is
/// kept with it.
///
/// # Errors
/// [`Failure::Refused`] for whoever logs nothing anywhere; [`Failure::Unavailable`] where nothing was taken at all.
pub async fn log(
    ctx: &Arc<Ctx>,
    by: By,
    sending: Sending,
    items: Vec<Item>,
    tell: fn(&Cleaning) -> String,
) -> Result<Vec<Outcome>, Failure> {
    scope(&by.actor, Action::LogCleaning)?;
    let author = by.author(ctx);
    let weighed = Weighed::of(ctx, &by.actor, sending, author.at, &items).await?;
    flights::take(ctx, Delivery { actor: by.actor, author, weighed, items, tell }).await
}

/// Writes what was delivered in one transaction, however many sent it; answers what became of the items of each.
pub(super) async fn write(ctx: &Ctx, deliveries: Vec<Arc<Delivery>>) -> Result<Vec<Vec<Outcome>>, Failure> {
    // What several sent is written as of the last of them, so that all of it is known by then.
    let last = deliveries.iter().max_by_key(|delivery| delivery.author.at);
    let author = last.map_or_else(|| ctx.author("cleanings"), |delivery| delivery.author.clone());
    let on_duty = OnDuty::of(ctx, &deliveries).await?;
    if let Some(Short { straight, outcomes }) = short(ctx, &author, &deliveries, &on_duty)?
        && ctx.store.write_straight(straight).await
    {
        ctx.unsettled.notify_one();
        return Ok(outcomes);
    }
    let written =
        ctx.write(author, move |tx| Box::pin(async move { Recording::new(&deliveries, on_duty).record(tx).await }));
    let (outcomes, is_new) = written.await?;
    if is_new {
        ctx.unsettled.notify_one();
    }
    Ok(outcomes)
}

/// Records that are being taken, in an open transaction.
pub(super) struct Recording<'a> {
    deliveries: &'a [Arc<Delivery>],
    on_duty: OnDuty,
    /// What this transaction added, each with the number of its delivery.
    added: Vec<(usize, Cleaning)>,
    /// What became of each, by its place.
    outcomes: BTreeMap<Place, Outcome>,
}

/// The number of a delivery, and the place in it.
pub(super) type Place = (usize, usize);

/// An item with its place.
pub(super) type Placed<'a> = (Place, &'a Item);

impl<'a> Recording<'a> {
    fn new(deliveries: &'a [Arc<Delivery>], on_duty: OnDuty) -> Self {
        Self { deliveries, on_duty, added: Vec::new(), outcomes: BTreeMap::new() }
    }

    /// The delivery in which something came.
    pub(super) fn delivery(&self, place: Place) -> &'a Delivery {
        &self.deliveries[place.0]
    }

    /// Takes all of it; answers what became of the items of each delivery, and whether there is anything to be settled:
    /// how the slots stand at which something was done or put right is worked out soon after.
    async fn record(mut self, tx: &Tx) -> Result<(Vec<Vec<Outcome>>, bool), Failure> {
        let placed = |(number, delivery): (usize, &'a Arc<Delivery>)| {
            delivery.items.iter().enumerate().map(move |(place, item)| ((number, place), item))
        };
        let mut left: Vec<Placed<'a>> = self.deliveries.iter().enumerate().flat_map(placed).collect();
        // All who write records at once take them in the same order, so that no two wait for each other.
        left.sort_by_key(|(place, item)| (item.id, *place));
        while !left.is_empty() {
            // What is sent twice is taken as if it came one after the other.
            let mut seen = BTreeSet::new();
            let (wave, again): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, item)| seen.insert(item.id));
            self.wave(tx, wave).await?;
            left = again;
        }
        let entries = self.added.iter().map(|(delivery, made)| (&self.deliveries[*delivery].author, created(made)));
        let made: Vec<&Cleaning> = self.added.iter().map(|(_, made)| made).collect();
        tx.append_unsettled(entries.collect(), &made).await?;
        photos::show(tx, made.iter().copied()).await?;
        let mut outcomes: Vec<Vec<Outcome>> = self.deliveries.iter().map(|_| Vec::new()).collect();
        for ((delivery, _), outcome) in self.outcomes {
            outcomes[delivery].push(outcome);
        }
        Ok((outcomes, !self.added.is_empty()))
    }

    /// Takes records of which no two have the same id.
    async fn wave(&mut self, tx: &Tx, wave: Vec<Placed<'a>>) -> Result<(), Failure> {
        let (fixes, logs): (Vec<_>, Vec<_>) = wave.into_iter().partition(|(_, item)| item.event.correction.is_some());
        let (mut new, mut rest) = (Vec::new(), Vec::new());
        for (place, item) in logs {
            let delivery = self.delivery(place);
            match delivery.weighed.cleaning(&delivery.actor, item, &self.on_duty) {
                Ok(cleaning) => new.push((place, cleaning)),
                Err(rejection) => rest.push((place, item, rejection)),
            }
        }
        self.add(tx, new).await?;
        self.reject(tx, rest).await?;
        corrections::take(self, tx, fixes).await
    }

    /// Adds what is not on record, and compares the rest with what is.
    pub(super) async fn add(&mut self, tx: &Tx, new: Vec<(Place, Cleaning)>) -> Result<(), Failure> {
        let told = new.into_iter().map(|(place, made)| {
            let answer = (self.delivery(place).tell)(&made);
            (place, (made, answer))
        });
        let (places, told): (Vec<Place>, Vec<(Cleaning, String)>) = told.unzip();
        let added = tx.create_cleanings(&told).await?;
        let missed: Vec<_> = told.iter().map(|(made, _)| made.id).filter(|id| !added.contains(id)).collect();
        let standing = by_id(tx, &missed).await?;
        for (place, (made, answer)) in places.into_iter().zip(told) {
            let outcome = match standing.get(&made.id) {
                _ if added.contains(&made.id) => {
                    self.added.push((place.0, made));
                    Outcome::Created { answer }
                }
                Some(kept) => self.compared(place, kept, &made.event),
                // Only a correction can be left out for another reason than its id.
                None => Outcome::Rejected(Rejection::AlreadyCorrected(newest(tx, &made).await?)),
            };
            self.outcomes.insert(place, outcome);
        }
        Ok(())
    }

    /// Turns away what is not taken, unless it was taken before and things have changed since.
    pub(super) async fn reject(&mut self, tx: &Tx, rest: Vec<(Place, &Item, Rejection)>) -> Result<(), Failure> {
        let ids: Vec<_> = rest.iter().map(|(_, item, _)| item.id).collect();
        let standing = by_id(tx, &ids).await?;
        for (place, item, rejection) in rest {
            let kept = standing.get(&item.id);
            let outcome = kept.map_or(Outcome::Rejected(rejection), |kept| self.compared(place, kept, &item.event));
            self.outcomes.insert(place, outcome);
        }
        Ok(())
    }

    /// What becomes of a delivery under whose id something is on record.
    fn compared(&self, place: Place, kept: &KeptCleaning, event: &Event) -> Outcome {
        if kept.cleaning.recorded_by != self.delivery(place).actor.person {
            return Outcome::Conflict(Conflict::Taken);
        }
        let differing = kept.cleaning.event.differences(event);
        if differing.is_empty() {
            return Outcome::Replayed { answer: kept.answer.clone() };
        }
        Outcome::Conflict(Conflict::Differs(differing))
    }
}

/// Those of the records that there are.
pub(super) async fn by_id(tx: &Tx, ids: &[CleaningId]) -> Result<HashMap<CleaningId, KeptCleaning>, Failure> {
    let kept = tx.kept_cleanings(ids).await?;
    Ok(kept.into_iter().map(|kept| (kept.cleaning.id, kept)).collect())
}

/// The record that corrects what a correction was meant for, which somebody else was quicker to do.
async fn newest(tx: &Tx, late: &Cleaning) -> Result<CleaningId, Failure> {
    let target = late.event.correction.as_ref().map_or(late.id, |correction| correction.of);
    let corrected = tx.kept_cleanings(&[target]).await?.pop().and_then(|kept| kept.corrected_by);
    Ok(corrected.unwrap_or(target))
}

/// What the journal says of a record that is new.
pub(super) fn created(made: &Cleaning) -> NewEntry {
    entry(made.id, 1, event::Action::Create, changes(&Fields::new(), &made.fields()))
}

/// What the journal says of a record.
pub(super) fn entry(id: CleaningId, version: i32, action: event::Action, changes: event::Changes) -> NewEntry {
    NewEntry { kind: RecordKind::Cleaning, key: id.to_string(), version, action, changes }
}

impl Item {
    /// Who cleaned, where somebody else records it.
    pub(super) fn performer(&self, actor: &Actor) -> Option<PersonId> {
        self.event.performed_by.filter(|person| *person != actor.person)
    }
}

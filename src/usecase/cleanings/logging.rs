//! Logging: each record once by its id, whatever else comes with it, and the same answer however often it is sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::weighing::Weighed;
use super::{corrections, photos};
use crate::domain::Violations;
use crate::domain::account::{Actor, PersonId};
use crate::domain::cleaning::{Cleaning, CleaningId, Event, Sending};
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::holiday::Calendars;
use crate::domain::id::ToiletId;
use crate::domain::policy::Action;
use crate::store::{KeptCleaning, Tx};
use crate::usecase::permission::scope;
use crate::usecase::slots::settle;
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

/// What became of deliveries, in their order.
#[derive(Debug)]
pub struct Logged {
    /// What became of each.
    pub outcomes: Vec<Outcome>,
    /// The toilets at which something was done or put right, and the times at which it was: whatever is judged by
    /// cleanings looks there again.
    pub touched: BTreeSet<(ToiletId, DateTime<Utc>)>,
}

/// Logs records of the caller, each by itself: one that is not taken keeps no other from being so. They are on disk when
/// this answers. `tell` writes what the first delivery of a record is told, which is kept with it.
///
/// # Errors
/// [`Failure::Refused`] for whoever logs nothing anywhere; [`Failure::Unavailable`] where nothing was taken at all.
pub async fn log(
    ctx: &Ctx,
    by: By,
    sending: Sending,
    items: Vec<Item>,
    tell: fn(&Cleaning) -> String,
) -> Result<Logged, Failure> {
    scope(&by.actor, Action::LogCleaning)?;
    let author = by.author(ctx);
    let weighed = Weighed::of(ctx, &by.actor, sending, author.at, &items).await?;
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(author, move |tx| {
        Box::pin(async move {
            let logged = Recording::new(&by.actor, &weighed, tell).record(tx, items).await?;
            settle_all(tx, &calendars, &logged.touched).await?;
            Ok(logged)
        })
    });
    written.await
}

/// Works out anew how the slots stand at which something was done or put right, toilet by toilet in the order of their
/// ids, so that no two who do so wait for each other.
async fn settle_all(
    tx: &Tx,
    calendars: &Calendars,
    touched: &BTreeSet<(ToiletId, DateTime<Utc>)>,
) -> Result<(), Failure> {
    let mut instants: BTreeMap<ToiletId, Vec<DateTime<Utc>>> = BTreeMap::new();
    for (toilet, at) in touched {
        instants.entry(*toilet).or_default().push(*at);
    }
    for (id, instants) in instants {
        if let Some(toilet) = tx.toilet(id).await? {
            settle(tx, calendars, &toilet, &instants).await?;
        }
    }
    Ok(())
}

/// Records that are being taken, in an open transaction.
pub(super) struct Recording<'a> {
    pub(super) actor: &'a Actor,
    pub(super) weighed: &'a Weighed,
    pub(super) tell: fn(&Cleaning) -> String,
    /// What this transaction added.
    added: Vec<Cleaning>,
    /// What became of each, by its place.
    outcomes: BTreeMap<usize, Outcome>,
}

/// A delivery with its place.
pub(super) type Placed = (usize, Item);

impl<'a> Recording<'a> {
    fn new(actor: &'a Actor, weighed: &'a Weighed, tell: fn(&Cleaning) -> String) -> Self {
        Self { actor, weighed, tell, added: Vec::new(), outcomes: BTreeMap::new() }
    }

    async fn record(mut self, tx: &Tx, items: Vec<Item>) -> Result<Logged, Failure> {
        let mut left: Vec<Placed> = items.into_iter().enumerate().collect();
        // All who write records at once take them in the same order, so that no two wait for each other.
        left.sort_by_key(|(place, item)| (item.id, *place));
        while !left.is_empty() {
            // What is sent twice in one batch is taken as if it came in two.
            let mut seen = BTreeSet::new();
            let (wave, again): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, item)| seen.insert(item.id));
            self.wave(tx, wave).await?;
            left = again;
        }
        tx.append(self.added.iter().map(created).collect()).await?;
        photos::show(tx, &self.added).await?;
        // Whatever is judged by cleanings is to be judged anew here, in this transaction: a correction stands at the
        // time of what it corrects, so that these are the old times as well as the new.
        let touched = self.added.iter().map(|made| (made.toilet(), made.at)).collect();
        Ok(Logged { outcomes: self.outcomes.into_values().collect(), touched })
    }

    /// Takes records of which no two have the same id.
    async fn wave(&mut self, tx: &Tx, wave: Vec<Placed>) -> Result<(), Failure> {
        let (fixes, logs): (Vec<_>, Vec<_>) = wave.into_iter().partition(|(_, item)| item.event.correction.is_some());
        let (mut new, mut rest) = (Vec::new(), Vec::new());
        for (place, item) in logs {
            match self.weighed.cleaning(self.actor, &item) {
                Ok(cleaning) => new.push((place, cleaning)),
                Err(rejection) => rest.push((place, item, rejection)),
            }
        }
        self.add(tx, new).await?;
        self.reject(tx, rest).await?;
        corrections::take(self, tx, fixes).await
    }

    /// Adds what is not on record, and compares the rest with what is.
    pub(super) async fn add(&mut self, tx: &Tx, new: Vec<(usize, Cleaning)>) -> Result<(), Failure> {
        let told: Vec<_> = new.iter().map(|(_, made)| (made.clone(), (self.tell)(made))).collect();
        let added = tx.create_cleanings(&told).await?;
        let missed: Vec<_> = new.iter().map(|(_, made)| made.id).filter(|id| !added.contains(id)).collect();
        let standing = by_id(tx, &missed).await?;
        for ((place, made), (_, answer)) in new.into_iter().zip(told) {
            let outcome = match standing.get(&made.id) {
                _ if added.contains(&made.id) => {
                    self.added.push(made);
                    Outcome::Created { answer }
                }
                Some(kept) => self.compared(kept, &made.event),
                // Only a correction can be left out for another reason than its id.
                None => Outcome::Rejected(Rejection::AlreadyCorrected(newest(tx, &made).await?)),
            };
            self.outcomes.insert(place, outcome);
        }
        Ok(())
    }

    /// Turns away what is not taken, unless it was taken before and things have changed since.
    pub(super) async fn reject(&mut self, tx: &Tx, rest: Vec<(usize, Item, Rejection)>) -> Result<(), Failure> {
        let ids: Vec<_> = rest.iter().map(|(_, item, _)| item.id).collect();
        let standing = by_id(tx, &ids).await?;
        for (place, item, rejection) in rest {
            let kept = standing.get(&item.id);
            let outcome = kept.map_or(Outcome::Rejected(rejection), |kept| self.compared(kept, &item.event));
            self.outcomes.insert(place, outcome);
        }
        Ok(())
    }

    /// What becomes of a delivery under whose id something is on record.
    fn compared(&self, kept: &KeptCleaning, event: &Event) -> Outcome {
        if kept.cleaning.recorded_by != self.actor.person {
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

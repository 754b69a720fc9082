//! Keeping the register: toilets are made, changed and taken out of use, one transaction each, the journal in it.

use chrono::{DateTime, SubsecRound, Utc};

use super::ctx::Home;
use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::{By, Candidate, Ctx, Failure, placing};
use crate::domain::account::{Actor, PersonId};
use crate::domain::attested::{Attestation, Attested};
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::id::{AreaId, ToiletId};
use crate::domain::patch::Patch;
use crate::domain::place::Place;
use crate::domain::policy::{Action, Subject};
use crate::domain::text::Name;
use crate::domain::toilet::{AreaRef, Lifecycle};
use crate::domain::{Draft, Toilet, Violation};
use crate::store::Tx;

mod duplicates;
mod handover;

/// The revisions of a record to which a write is meant. Any other has been changed by somebody else meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected(pub Vec<i32>);

impl Expected {
    /// Goes on only if the record stands at one of them.
    ///
    /// # Errors
    /// [`Failure::Stale`].
    pub fn check(&self, revision: i32) -> Result<(), Failure> {
        if self.0.contains(&revision) { Ok(()) } else { Err(Failure::Stale { revision }) }
    }
}

/// A toilet to be made.
#[derive(Debug, Clone)]
pub struct NewToilet {
    /// Its name.
    pub name: Name,
    /// Everything else; the zone and the calendar are those of the service unless they are named.
    pub patch: Patch,
    /// That it is no other one, though it seems so.
    pub confirmed: bool,
}

/// Makes a toilet; `tell` writes the answer, which is kept under the key of `once`.
///
/// # Errors
/// [`Failure::Duplicate`] where it seems to be there already; [`Failure::Invalid`]; [`Failure::Refused`] or
/// [`Failure::NotFound`] where the caller may not, [`Failure::KeyReused`].
pub async fn create(
    ctx: &Ctx,
    by: By,
    new: NewToilet,
    once: Option<Once>,
    tell: impl FnOnce(&Toilet) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditToilet)?;
    check_calendar(ctx, &new.patch)?;
    let draft = blank(&ctx.home, &new.name);
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let answer = tell(&create_in(tx, &by.actor, &draft, &new, Some(by.actor.person)).await?);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// A toilet of which only its name is known, in the service's own zone.
pub(super) fn blank(home: &Home, name: &Name) -> Draft {
    let mut draft = Draft::new(name.clone(), home.zone);
    draft.calendar.clone_from(&home.calendar);
    draft
}

/// Makes a toilet in an open transaction, out of what nobody has said anything else about. `witness` saw with their own
/// eyes what is stated, if anybody did.
pub(super) async fn create_in(
    tx: &Tx,
    actor: &Actor,
    blank: &Draft,
    new: &NewToilet,
    witness: Option<PersonId>,
) -> Result<Toilet, Failure> {
    let mut draft = new.patch.apply(blank)?;
    let area = area_of(tx, &mut draft).await?;
    let ties = handover::to_new(tx, &new.patch.handovers).await?;
    let lies_in = placing::lies_in(tx, area.as_ref().map(|(_, area)| area), &draft).await?;
    let path = lies_in.as_ref().map(|area| area.path.as_slice()).unwrap_or_default();
    let subject = Subject { path, operator: handover::running(&ties), person: None };
    require(actor, Action::EditToilet, subject)?;
    tx.take_turn_to_create().await?;
    if !new.confirmed {
        duplicates::refuse(tx, &draft).await?;
    }
    let attested = attest(Attested::default(), &new.patch, witness, tx);
    let id = tx.create_toilet(&draft, area.map(|(id, _)| id), &attested).await?;
    placing::locate(tx, &[id]).await?;
    for (role, operator, from) in ties {
        tx.begin_tenure(id, role, operator, from).await?;
    }
    let made = tx.toilet(id).await?.ok_or(Failure::NotFound)?;
    tx.append(vec![entry(event::Action::Create, &Fields::new(), &made)]).await?;
    Ok(made)
}

/// Changes a toilet that stands at an expected revision; answers how it stands then.
///
/// # Errors
/// [`Failure::Stale`], [`Failure::Invalid`], [`Failure::Refused`], and [`Failure::NotFound`] for what is not there or
/// out of the caller's scope, before or after.
pub async fn update(ctx: &Ctx, by: By, id: ToiletId, expected: Expected, patch: Patch) -> Result<Toilet, Failure> {
    scope(&by.actor, Action::EditToilet)?;
    check_calendar(ctx, &patch)?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = standing(tx, &by.actor, Action::EditToilet, id).await?;
            expected.check(before.revision)?;
            update_in(tx, &by.actor, &before, &patch, Some(by.actor.person)).await
        })
    });
    written.await
}

/// Changes a toilet in an open transaction. `witness` saw with their own eyes what is stated, if anybody did.
pub(super) async fn update_in(
    tx: &Tx,
    actor: &Actor,
    before: &Toilet,
    patch: &Patch,
    witness: Option<PersonId>,
) -> Result<Toilet, Failure> {
    let mut draft = patch.apply(&before.fact)?;
    if draft.position != before.fact.position && before.fact.position.is_some_and(|place| !place.shifted) {
        draft.position = draft.position.map(Place::unshifted);
    }
    handover::to_others(tx, before, &patch.handovers).await?;
    let mut attested = before.attested.clone();
    attested.keep_true(&before.fact.fields(), &draft.fields());
    let attested = attest(attested, patch, witness, tx);
    settle(tx, actor, before, draft, attested).await
}

/// Takes a toilet out of use. It stays on record, and its id is never used again.
///
/// # Errors
/// As [`update`].
pub async fn retire(ctx: &Ctx, by: By, id: ToiletId, expected: Expected) -> Result<(), Failure> {
    scope(&by.actor, Action::EditToilet)?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = standing(tx, &by.actor, Action::EditToilet, id).await?;
            expected.check(before.revision)?;
            retire_in(tx, &by.actor, &before).await.map(drop)
        })
    });
    written.await
}

/// Takes a toilet out of use in an open transaction.
pub(super) async fn retire_in(tx: &Tx, actor: &Actor, before: &Toilet) -> Result<Toilet, Failure> {
    let draft = Draft { lifecycle: Lifecycle::Retired, ..before.fact.clone() };
    settle(tx, actor, before, draft, before.attested.clone()).await
}

/// The toilet as it stands, for whoever may do that to it. Other writers of it wait.
pub(super) async fn standing(tx: &Tx, actor: &Actor, action: Action, id: ToiletId) -> Result<Toilet, Failure> {
    let toilet = tx.toilet(id).await?.ok_or(Failure::NotFound)?;
    require(actor, action, subject(&toilet, tx.at()))?;
    Ok(toilet)
}

/// What the policy has to know of a toilet.
pub(super) fn subject(toilet: &Toilet, at: DateTime<Utc>) -> Subject<'_> {
    Subject { path: toilet.path(), operator: toilet.operator(at).map(|body| body.id), person: None }
}

/// Ends a write to a toilet whose parts were written already: its facts, its revision and its entry in the journal. The
/// one way in which a person's write to an existing toilet ends. Where nothing changed, nothing is written.
pub(super) async fn settle(
    tx: &Tx,
    actor: &Actor,
    before: &Toilet,
    mut draft: Draft,
    attested: Attested,
) -> Result<Toilet, Failure> {
    let area = area_of(tx, &mut draft).await?;
    let mut after = tx.toilet(before.id).await?.ok_or(Failure::NotFound)?;
    after.fact = draft;
    after.attested = attested;
    let area_id = area.as_ref().map(|(id, _)| *id);
    after.area = placing::lies_in(tx, area.as_ref().map(|(_, area)| area), &after.fact).await?;
    if after.fields() == before.fields() {
        return Ok(after);
    }
    if subject(&after, tx.at()) != subject(before, tx.at()) {
        require(actor, Action::EditToilet, subject(&after, tx.at()))?;
    }
    if !tx.update_toilet(before.id, before.revision, &after.fact, area_id, &after.attested).await? {
        return Err(Failure::Stale { revision: before.revision + 1 });
    }
    if after.fact.position != before.fact.position {
        placing::locate(tx, &[before.id]).await?;
    }
    after.revision = before.revision + 1;
    after.updated_at = tx.at();
    let action = match (before.fact.lifecycle, after.fact.lifecycle) {
        (before, Lifecycle::Retired) if before != Lifecycle::Retired => event::Action::Retire,
        (Lifecycle::Retired, after) if after != Lifecycle::Retired => event::Action::Restore,
        _ => event::Action::Update,
    };
    tx.append(vec![entry(action, &before.fields(), &after)]).await?;
    Ok(after)
}

fn entry(action: event::Action, before: &Fields, after: &Toilet) -> NewEntry {
    let changes = changes(before, &after.fields());
    NewEntry { kind: RecordKind::Toilet, key: after.id.to_string(), version: after.revision, action, changes }
}

/// The area of a draft's code, which becomes its code of today.
pub(super) async fn area_of(tx: &Tx, draft: &mut Draft) -> Result<Option<(AreaId, AreaRef)>, Failure> {
    let Some(code) = &draft.area else { return Ok(None) };
    let mut found = tx.areas_of(code).await?;
    match (found.pop(), found.is_empty()) {
        (Some(area), true) => {
            draft.area = Some(area.1.code.clone());
            Ok(Some(area))
        }
        (None, _) => Err(Violation::new("area", "unknownArea", format!("no area has or had the code {code}")).into()),
        (Some(_), false) => {
            let message = format!("{code} was divided among several areas: name one of them");
            Err(Violation::new("area", "ambiguousArea", message).into())
        }
    }
}

/// What somebody states of facilities is what they found there.
fn attest(mut attested: Attested, patch: &Patch, by: Option<PersonId>, tx: &Tx) -> Attested {
    let Some(by) = by else { return attested };
    for field in patch.stated_facilities() {
        attested.0.insert(field.to_owned(), Attestation { at: tx.at().trunc_subsecs(0), by, accuracy: None });
    }
    attested
}

pub(super) fn check_calendar(ctx: &Ctx, patch: &Patch) -> Result<(), Failure> {
    let named = patch.fields.get("calendar").and_then(Option::as_ref).and_then(|id| id.as_str());
    match named.filter(|id| ctx.calendars.get(id).is_none()) {
        Some(id) => {
            let known: Vec<_> = ctx.calendars.ids().collect();
            let message = format!("there is no holiday calendar “{id}”, only {}", known.join(", "));
            Err(Violation::new("calendar", "unknownValue", message).into())
        }
        None => Ok(()),
    }
}

//! Excuses: one person says why a slot could not be done, another decides.

use std::sync::Arc;

use chrono::{Days, SubsecRound};

use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::plans::in_setting;
use super::registering::{Expected, standing, subject};
use super::slots::settle;
use super::{By, Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::excuse::{ASKED_AHEAD, ASKED_WITHIN, ExcuseRecord, ExcuseState};
use crate::domain::holiday::Calendars;
use crate::domain::id::ExcuseId;
use crate::domain::policy::{Action, Subject};
use crate::domain::slot::{ExcuseReason, Slot, SlotKey};
use crate::domain::text::Remark;
use crate::domain::{Toilet, Violation};
use crate::store::Tx;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct NewExcuse {
    /// The slots: all at once, or none.
    pub slots: Vec<SlotKey>,
    /// Why they could not be done.
    pub reason: ExcuseReason,
    /// What else is to be said.
    pub note: Option<Remark>,
}

/// How somebody decides.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Whether they agree.
    pub approves: bool,
    /// What they say.
    pub answer: Option<Remark>,
}

/// Asks for slots to be excused.
///
/// # Errors
/// [`Failure::Invalid`] for what is no slot of a plan, or too long ago or ahead; [`Failure::Conflict`] for a slot that
/// is cancelled, or for which somebody has asked and was not refused; [`Failure::Refused`], [`Failure::NotFound`],
/// [`Failure::KeyReused`].
pub async fn ask(
    ctx: &Ctx,
    by: By,
    new: NewExcuse,
    once: Option<Once>,
    tell: impl FnOnce(&[ExcuseRecord]) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::AskExcuse)?;
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let mut keys = new.slots.clone();
            // In the order of toilets, so that two who ask for the same never wait for each other.
            keys.sort_unstable();
            keys.dedup();
            let mut asked = Vec::with_capacity(keys.len());
            for (place, key) in keys.into_iter().enumerate() {
                let field = format!("slots.{place}");
                let toilet = standing(tx, &by.actor, Action::AskExcuse, key.toilet).await?;
                let slot = find(tx, &calendars, &toilet, key).await?;
                let unknown =
                    || Violation::new(&field, "unknownSlot", format!("no plan of {} has that slot", key.toilet));
                let slot = slot.ok_or_else(unknown)?;
                asked.push(one(tx, &by.actor, &new, &slot, &field).await?);
            }
            let answer = tell(&asked);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

async fn one(tx: &Tx, actor: &Actor, new: &NewExcuse, slot: &Slot, field: &str) -> Result<ExcuseRecord, Failure> {
    let now = tx.at().trunc_subsecs(0);
    if slot.at < now - ASKED_WITHIN || now + ASKED_AHEAD < slot.at {
        let (ahead, within) = (ASKED_AHEAD.num_days(), ASKED_WITHIN.num_days());
        let message = format!("can be asked for from {ahead} days before to {within} days after its time");
        return Err(Violation::new(field, "outOfRange", message).into());
    }
    if slot.cancelled.is_some() {
        return Err(Failure::Conflict(format!("the slot {} is cancelled already", slot.key)));
    }
    let others = tx.excuses_of(slot.key.toilet, slot.at, slot.at).await?;
    if others.iter().any(|other| other.slot == slot.key && other.state != ExcuseState::Refused) {
        return Err(Failure::Conflict(format!("somebody has asked for the slot {} already", slot.key)));
    }
    let mut asked = ExcuseRecord {
        id: ExcuseId(0),
        toilet: slot.key.toilet,
        slot: slot.key,
        slot_at: slot.at,
        reason: new.reason,
        note: new.note.clone(),
        state: ExcuseState::Open,
        asked_by: actor.person,
        asked_at: now,
        decided_by: None,
        decided_at: None,
        answer: None,
        revision: 1,
    };
    asked.id = tx.create_excuse(&asked).await?;
    tx.append(vec![entry(&asked, event::Action::Create, &Fields::new())]).await?;
    Ok(asked)
}

async fn find(tx: &Tx, calendars: &Calendars, toilet: &Toilet, key: SlotKey) -> Result<Option<Slot>, Failure> {
    let plans = tx.plans_of(toilet.id).await?;
    let Some(plan) = plans.iter().find(|plan| plan.version == key.version) else { return Ok(None) };
    let exceptions = tx.exceptions_of(toilet, &plans).await?;
    Ok(in_setting(calendars, toilet, &exceptions, |setting| {
        plan.slots(setting, key.date, key.date + Days::new(1)).find(|slot| slot.key == key)
    }))
}

/// Agrees to an excuse, or does not. Nobody decides their own.
///
/// # Errors
/// [`Failure::Conflict`] where it is decided already; [`Failure::Refused`], [`Failure::NotFound`], [`Failure::Stale`].
pub async fn decide(
    ctx: &Ctx,
    by: By,
    id: ExcuseId,
    expected: Expected,
    decision: Decision,
) -> Result<ExcuseRecord, Failure> {
    scope(&by.actor, Action::DecideExcuse)?;
    let calendars = Arc::clone(&ctx.calendars);
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = tx.excuse(id).await?.ok_or(Failure::NotFound)?;
            let toilet = tx.toilet(before.toilet).await?.ok_or(Failure::NotFound)?;
            let about = Subject { person: Some(before.asked_by), ..subject(&toilet, tx.at()) };
            require(&by.actor, Action::DecideExcuse, about)?;
            expected.check(before.revision)?;
            if before.state != ExcuseState::Open {
                return Err(Failure::Conflict("it is decided already".to_owned()));
            }
            let (state, action) = if decision.approves {
                (ExcuseState::Approved, event::Action::Accept)
            } else {
                (ExcuseState::Refused, event::Action::Reject)
            };
            let decided = ExcuseRecord {
                state,
                decided_by: Some(by.actor.person),
                decided_at: Some(tx.at().trunc_subsecs(0)),
                answer: decision.answer,
                revision: before.revision + 1,
                ..before.clone()
            };
            tx.decide_excuse(&decided).await?;
            tx.append(vec![entry(&decided, action, &before.fields())]).await?;
            settle(tx, &calendars, toilet.id, &[decided.slot_at]).await?;
            Ok(decided)
        })
    });
    written.await
}

/// Excuses looked at in one step of a list.
const STEP: u64 = 200;

/// A page of the excuses in that state within the caller's area, in the order of their ids, and whether there is more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    state: ExcuseState,
    after: ExcuseId,
    limit: usize,
) -> Result<(Vec<ExcuseRecord>, bool), Failure> {
    let scope = scope(actor, Action::ReadExcuses)?;
    let (mut found, mut after, now) = (Vec::new(), after, ctx.clock.now());
    loop {
        let step = ctx.store.excuses_in(state, after, STEP).await?;
        let Some(last) = step.last() else { return Ok((found, false)) };
        after = last.id;
        let mut ids: Vec<_> = step.iter().map(|excuse| excuse.toilet).collect();
        ids.sort_unstable();
        ids.dedup();
        let toilets = ctx.store.toilets(&ids).await?.into_iter().filter(|toilet| {
            let subject = subject(toilet, now);
            scope.covers(subject.path, subject.operator)
        });
        let seen: Vec<_> = toilets.map(|toilet| toilet.id).collect();
        for excuse in step.into_iter().filter(|excuse| seen.contains(&excuse.toilet)) {
            if found.len() == limit {
                return Ok((found, true));
            }
            found.push(excuse);
        }
    }
}

/// The excuse of that id.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, actor: &Actor, id: ExcuseId) -> Result<ExcuseRecord, Failure> {
    scope(actor, Action::ReadExcuses)?;
    let excuse = ctx.store.excuse(id).await?.ok_or(Failure::NotFound)?;
    let toilet = ctx.store.toilets(&[excuse.toilet]).await?.pop().ok_or(Failure::NotFound)?;
    require(actor, Action::ReadExcuses, subject(&toilet, ctx.clock.now()))?;
    Ok(excuse)
}

fn entry(excuse: &ExcuseRecord, action: event::Action, before: &Fields) -> NewEntry {
    let (kind, key) = (RecordKind::Excuse, excuse.id.to_string());
    NewEntry { kind, key, version: excuse.revision, action, changes: changes(before, &excuse.fields()) }
}

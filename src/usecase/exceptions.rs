//! Exceptions from plans: made, taken back, read.

mod previewing;

use chrono::SubsecRound;
pub use previewing::{Changed, Preview, preview};

use super::once::{KeptAnswer, Once};
use super::permission::{require, scope};
use super::registering::{Expected, standing};
use super::{By, Ctx, Failure};
use crate::domain::Violation;
use crate::domain::account::Actor;
use crate::domain::draft::Fields;
use crate::domain::event::{self, NewEntry, RecordKind, changes};
use crate::domain::id::{AreaId, ExceptionId, OperatorId};
use crate::domain::plan::{Effect, Exception, Occasion, Over};
use crate::domain::policy::{Action, Subject, may};
use crate::domain::text::Remark;
use crate::store::Tx;

/// An exception to be made.
#[derive(Debug, Clone)]
pub struct NewException {
    /// For which toilets.
    pub over: Over,
    /// On which days.
    pub occasion: Occasion,
    /// What is other on these.
    pub effect: Effect,
    /// Why.
    pub reason: Option<Remark>,
}

/// Makes an exception; it cancels only what opens from now on.
///
/// # Errors
/// [`Failure::Invalid`]; [`Failure::Refused`], also for a body or a template, which may be found anywhere, to whoever
/// does not administer everything; [`Failure::NotFound`] for an area or a toilet out of scope; [`Failure::KeyReused`].
pub async fn create(
    ctx: &Ctx,
    by: By,
    new: NewException,
    once: Option<Once>,
    tell: impl FnOnce(&Exception) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::EditPlan)?;
    new.occasion.check()?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let (over, area) = answered_for(tx, &by.actor, &new.over).await?;
            let NewException { occasion, effect, reason, .. } = new;
            let (id, made_at) = (ExceptionId(0), tx.at().trunc_subsecs(0));
            let new = Exception { id, over, occasion, effect, reason, made_at, ended_at: None };
            let made = Exception { id: tx.create_exception(&new, area).await?, ..new };
            tx.append(vec![entry(&made, event::Action::Create, &Fields::new())]).await?;
            tx.settle_all_soon().await?;
            let answer = tell(&made);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// Takes an exception back: what opens from now on is as planned again. One that was taken back already stays so.
///
/// # Errors
/// As [`create`]; [`Failure::Stale`].
pub async fn end(ctx: &Ctx, by: By, id: ExceptionId, expected: Expected) -> Result<(), Failure> {
    scope(&by.actor, Action::EditPlan)?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = tx.exception(id).await?.ok_or(Failure::NotFound)?;
            answered_for(tx, &by.actor, &before.over).await?;
            expected.check(before.revision())?;
            if before.ended_at.is_some() {
                return Ok(());
            }
            let ended = Exception { ended_at: Some(tx.at().trunc_subsecs(0)), ..before.clone() };
            tx.end_exception(&ended).await?;
            tx.settle_all_soon().await?;
            Ok(tx.append(vec![entry(&ended, event::Action::Retire, &before.fields())]).await?)
        })
    });
    written.await
}

/// The same with the codes of today, if the caller may make exceptions there, and the area that it is for.
async fn answered_for(tx: &Tx, actor: &Actor, over: &Over) -> Result<(Over, Option<AreaId>), Failure> {
    match over {
        Over::Toilet(id) => {
            standing(tx, actor, Action::EditPlan, *id).await?;
            Ok((over.clone(), None))
        }
        Over::Area(code) => {
            let mut found = tx.areas_of(code).await?;
            let (Some((id, area)), true) = (found.pop(), found.is_empty()) else {
                let message = format!("no area has the code {code}, or several had it");
                return Err(Violation::new("area", "unknownArea", message).into());
            };
            require(actor, Action::EditPlan, Subject { path: &area.path, operator: None, person: None })?;
            Ok((Over::Area(area.code), Some(id)))
        }
        Over::Operator(id) => {
            everywhere(actor, Some(*id))?;
            let unknown = || Violation::new("operator", "unknownOperator", format!("there is no body {id}"));
            tx.standing_operator(*id).await?.ok_or_else(unknown)?;
            Ok((over.clone(), None))
        }
        Over::Template(id) => {
            everywhere(actor, None)?;
            let unknown = || Violation::new("template", "unknownTemplate", format!("there is no template {id}"));
            tx.template(*id).await?.ok_or_else(unknown)?;
            Ok((over.clone(), None))
        }
    }
}

/// Refused, not hidden: all of the staff may read of bodies and templates.
fn everywhere(actor: &Actor, operator: Option<OperatorId>) -> Result<(), Failure> {
    let all = Subject { path: &[], operator, person: None };
    if may(actor, Action::EditPlan, all) { Ok(()) } else { Err(Failure::Refused) }
}

/// A page of the exceptions, past ones too, in the order of their ids, and whether there is more. All of the staff may
/// read them: one of the county concerns the town as well.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    after: ExceptionId,
    limit: usize,
) -> Result<(Vec<Exception>, bool), Failure> {
    scope(actor, Action::ReadPlans)?;
    let mut found = ctx.store.exceptions_after(after, limit as u64 + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// The exception of that id.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, actor: &Actor, id: ExceptionId) -> Result<Exception, Failure> {
    scope(actor, Action::ReadPlans)?;
    ctx.store.exception(id).await?.ok_or(Failure::NotFound)
}

fn entry(exception: &Exception, action: event::Action, before: &Fields) -> NewEntry {
    let (kind, key) = (RecordKind::Exception, exception.id.to_string());
    NewEntry { kind, key, version: exception.revision(), action, changes: changes(before, &exception.fields()) }
}

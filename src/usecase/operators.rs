//! The bodies behind toilets: finding them, putting them on record, changing what is said of them.

use super::once::{KeptAnswer, Once};
use super::permission::scope;
use super::registering::Expected;
use super::{By, Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::id::OperatorId;
use crate::domain::operator::{Operator, OperatorKind, Wanted};
use crate::domain::policy::{Action, Subject, may};
use crate::domain::text::Name;

/// What is to be changed of a body; what is `None` stays.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its name.
    pub name: Option<Name>,
    /// What sort of body it is.
    pub kind: Option<OperatorKind>,
}

/// A page of bodies, in the order of their ids.
///
/// # Errors
/// [`Failure::Refused`] for whoever is not of the staff.
pub async fn list(ctx: &Ctx, actor: &Actor, wanted: &Wanted) -> Result<Vec<Operator>, Failure> {
    scope(actor, Action::ReadOperators)?;
    Ok(ctx.store.find_operators(wanted).await?)
}

/// The body of that id.
///
/// # Errors
/// As [`list`]; [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, actor: &Actor, id: OperatorId) -> Result<Operator, Failure> {
    scope(actor, Action::ReadOperators)?;
    ctx.store.operators([id.0].into()).await?.pop().ok_or(Failure::NotFound)
}

/// Puts a body on record; `tell` writes the answer, which is kept under the key of `once`. Whoever answers for toilets
/// may, since a body is none of any one area.
///
/// # Errors
/// [`Failure::Refused`]; [`Failure::Conflict`] where there is one of the name, with its id; [`Failure::KeyReused`].
pub async fn create(
    ctx: &Ctx,
    by: By,
    name: Name,
    kind: OperatorKind,
    once: Option<Once>,
    tell: impl FnOnce(&Operator) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    scope(&by.actor, Action::CreateOperator)?;
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            let (operator, made) = tx.create_operator(&name, kind).await?;
            if !made {
                return Err(taken(&operator));
            }
            let answer = tell(&operator);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok(answer)
        })
    });
    written.await
}

/// Changes what is on record of a body. It may work anywhere, so this takes somebody who administers everything. Where
/// nothing changes, nothing is written.
///
/// # Errors
/// [`Failure::Refused`], [`Failure::NotFound`], [`Failure::Stale`]; [`Failure::Conflict`] where another body has the
/// name.
pub async fn update(
    ctx: &Ctx,
    by: By,
    id: OperatorId,
    expected: Expected,
    change: Change,
) -> Result<Operator, Failure> {
    // Refused, not hidden: all of the staff may read of it.
    if !may(&by.actor, Action::EditOperator, Subject { path: &[], operator: None, person: None }) {
        return Err(Failure::Refused);
    }
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = tx.standing_operator(id).await?.ok_or(Failure::NotFound)?;
            expected.check(before.revision)?;
            let name = change.name.unwrap_or_else(|| before.name.clone());
            let kind = change.kind.unwrap_or(before.kind);
            if name == before.name && kind == before.kind {
                return Ok(before);
            }
            if let Some(other) = tx.operator_named(&name).await?.filter(|other| other.id != id) {
                return Err(taken(&other));
            }
            Ok(tx.update_operator(&before, &name, kind).await?)
        })
    });
    written.await
}

fn taken(operator: &Operator) -> Failure {
    Failure::Conflict(format!("the body {} bears this name", operator.id))
}

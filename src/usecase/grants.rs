//! Giving somebody who is there already a further role, and taking roles away.

use serde_json::Value;

use super::once::{KeptAnswer, Once, untold};
use super::staff::{entry, seen};
use super::{By, Caller, Ctx, Failure};
use crate::domain::Violation;
use crate::domain::account::{Grant, PersonId, Reach, Role};
use crate::domain::event::{Action, Changes, NewEntry, RecordKind};
use crate::domain::id::GrantId;
use crate::domain::policy::{self, Subject};
use crate::store::{NewGrant, Place};

/// Gives somebody a further role, whose sessions end with it: none goes on under roles that are not theirs any more.
///
/// # Errors
/// [`Failure::Refused`] or [`Failure::NotFound`] as the caller's scope says, an unknown area or body included;
/// [`Failure::Invalid`] where the role asks for a second factor that the person has not; [`Failure::Conflict`] where they
/// hold it there already.
pub async fn give(ctx: &Ctx, caller: Caller<'_>, person: PersonId, role: Role, reach: Reach) -> Result<Grant, Failure> {
    Ok(give_in(ctx, caller, person, (role, reach), None, |_| untold()).await?.0)
}

/// The same over HTTP; `tell` writes the answer about the grant, and the same request gets it again.
///
/// # Errors
/// As for [`give`], and [`Failure::KeyReused`].
pub async fn give_once(
    ctx: &Ctx,
    by: &By,
    person: PersonId,
    what: (Role, Reach),
    once: Option<Once>,
    tell: impl Fn(&Grant) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    if let Some(kept) = Once::answered(once.as_ref(), ctx).await? {
        return Ok(kept);
    }
    match give_in(ctx, Caller::Person(by), person, what, once.clone(), tell).await {
        // The same request may have come at once by another way, and have been first.
        Err(conflict @ Failure::Conflict(_)) => Once::answered(once.as_ref(), ctx).await?.ok_or(conflict),
        given => Ok(given?.1),
    }
}

async fn give_in(
    ctx: &Ctx,
    caller: Caller<'_>,
    person: PersonId,
    (role, reach): (Role, Reach),
    once: Option<Once>,
    tell: impl Fn(&Grant) -> KeptAnswer + Send + 'static,
) -> Result<(Grant, KeptAnswer), Failure> {
    let place = permitted(ctx, caller, role, &reach, Some(person)).await?;
    let member = seen(ctx, caller, person).await?;
    if role.needs_second_factor() {
        let own = ctx.store.identities(person).await?;
        if own.iter().all(|identity| identity.totp.is_none()) {
            let message = "asks for a second factor, which this person has not: send them an invitation to it instead, \
                           with which they set one up";
            return Err(Violation::new("role", "needsSecondFactor", message).into());
        }
    }
    if member.grants.iter().any(|grant| grant.role == role && grant.reach == reach) {
        return Err(Failure::Conflict("this person holds this role there already".to_owned()));
    }
    caller.prove(ctx, policy::Action::Grant(role))?;
    let new = NewGrant { person, role, area: place.as_ref().map(|place| place.id), operator: reach.operator };
    let path = place.map(|place| place.path).unwrap_or_default();
    let mut grant = Grant { id: GrantId(0), role, reach, path };
    let given = ctx.store.write(caller.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok((grant, kept));
            }
            let id = tx.create_grant(&new).await?;
            tx.end_sessions(person).await?;
            tx.void_renewals(person).await?;
            tx.append(vec![given(id, person, role)]).await?;
            grant.id = id;
            let answer = tell(&grant);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok::<_, Failure>((grant, answer))
        })
    });
    given.await
}

/// The area of a reach in which the caller may give that role.
pub(super) async fn permitted(
    ctx: &Ctx,
    caller: Caller<'_>,
    role: Role,
    reach: &Reach,
    person: Option<PersonId>,
) -> Result<Option<Place>, Failure> {
    if !role.is_staff() {
        return Err(Violation::new("role", "notStaff", "visitors and citizens are not given roles").into());
    }
    caller.scope(policy::Action::Grant(role))?;
    let place = match &reach.area {
        Some(code) => Some(ctx.store.area_place(code).await?.ok_or(Failure::NotFound)?),
        None => None,
    };
    if let Some(id) = reach.operator
        && !ctx.store.has_operator(id).await?
    {
        return Err(Failure::NotFound);
    }
    let path = place.as_ref().map(|place| place.path.as_slice()).unwrap_or_default();
    caller.require(policy::Action::Grant(role), Subject { path, operator: reach.operator, person })?;
    Ok(place)
}

/// Takes a role from somebody, whose sessions end with it.
///
/// # Errors
/// [`Failure::NotFound`] for what is not there or out of scope, [`Failure::Refused`] for what the caller may see but not
/// take, [`Failure::Conflict`] for the last admin.
pub async fn revoke(ctx: &Ctx, caller: Caller<'_>, person: PersonId, id: GrantId) -> Result<(), Failure> {
    caller.scope(policy::Action::ReadStaff)?;
    let grants = ctx.store.grants(person).await?;
    let grant = grants.into_iter().find(|grant| grant.id == id).ok_or(Failure::NotFound)?;
    let subject = Subject { path: &grant.path, operator: grant.reach.operator, person: Some(person) };
    caller.require(policy::Action::ReadStaff, subject)?;
    let role = grant.role;
    if !caller.may(policy::Action::Revoke(role), subject) {
        return Err(Failure::Refused);
    }
    caller.prove(ctx, policy::Action::Revoke(role))?;
    let revoked = ctx.store.write(caller.author(ctx), move |tx| {
        Box::pin(async move {
            if role == Role::Admin && !tx.has_admin_without(id).await? {
                return Err(Failure::Conflict("the last admin stays".to_owned()));
            }
            if !tx.delete_grant(person, id).await? {
                return Err(Failure::NotFound);
            }
            Ok(tx.append(vec![taken(id, person, role)]).await?)
        })
    });
    revoked.await
}

/// That somebody was given a role.
pub(super) fn given(id: GrantId, person: PersonId, role: Role) -> NewEntry {
    let changes = pairs(person, role).map(|(field, value)| (field.to_owned(), [Value::Null, value]));
    entry(RecordKind::Grant, id, Action::Create, Changes::from(changes))
}

/// That a role was taken from somebody.
pub(super) fn taken(id: GrantId, person: PersonId, role: Role) -> NewEntry {
    let changes = pairs(person, role).map(|(field, value)| (field.to_owned(), [value, Value::Null]));
    entry(RecordKind::Grant, id, Action::Revoke, Changes::from(changes))
}

fn pairs(person: PersonId, role: Role) -> [(&'static str, Value); 2] {
    [("person", person.to_string().into()), ("role", role.as_str().into())]
}

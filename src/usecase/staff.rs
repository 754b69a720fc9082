//! The staff: who works where, and cutting somebody off whose phone is lost.

use super::{Caller, Ctx, Failure, hashing};
use crate::domain::account::{Login, Member, PersonId};
use crate::domain::event::{Action, Changes, NewEntry, RecordKind, field_names};
use crate::domain::policy::{self, Subject};
use crate::domain::secret::Passphrase;

/// A page of the staff that the caller may see, in the order of their ids, and whether there is more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    caller: Caller<'_>,
    after: Option<PersonId>,
    limit: u64,
) -> Result<(Vec<Member>, bool), Failure> {
    let scope = caller.scope(policy::Action::ReadStaff)?;
    let mut staff = ctx.store.staff(&scope, after, limit + 1).await?;
    let more = staff.len() as u64 > limit;
    staff.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((staff, more))
}

/// A person of the staff: only the grants that the caller may see.
///
/// # Errors
/// [`Failure::Refused`], or [`Failure::NotFound`] for whoever holds no role within the caller's scope.
pub async fn get(ctx: &Ctx, caller: Caller<'_>, person: PersonId) -> Result<Member, Failure> {
    let scope = caller.scope(policy::Action::ReadStaff)?;
    let mut member = seen(ctx, caller, person).await?;
    member.grants.retain(|grant| scope.covers(&grant.path, grant.reach.operator));
    Ok(member)
}

/// The same with all grants, for deciding what the caller may do to them.
pub(super) async fn seen(ctx: &Ctx, caller: Caller<'_>, person: PersonId) -> Result<Member, Failure> {
    let scope = caller.scope(policy::Action::ReadStaff)?;
    let member = ctx.store.member(person).await?.ok_or(Failure::NotFound)?;
    let is_seen = member.grants.iter().any(|grant| scope.covers(&grant.path, grant.reach.operator));
    if is_seen || caller.person().is_none() { Ok(member) } else { Err(Failure::NotFound) }
}

/// Ends all sessions of somebody, whose phone is lost, say. Whoever may take a role from them may do that, since taking
/// it ends the sessions as well.
///
/// # Errors
/// [`Failure::NotFound`] for who is not there or out of scope, [`Failure::Refused`] for who may be seen but not cut off.
pub async fn end_sessions(ctx: &Ctx, caller: Caller<'_>, person: PersonId) -> Result<(), Failure> {
    let member = seen(ctx, caller, person).await?;
    let may_revoke = member.grants.iter().any(|grant| {
        let subject = Subject { path: &grant.path, operator: grant.reach.operator, person: Some(person) };
        caller.may(policy::Action::Revoke(grant.role), subject)
    });
    if !may_revoke {
        return Err(Failure::Refused);
    }
    let ended = ctx.store.write(caller.author(ctx), move |tx| {
        Box::pin(async move {
            tx.end_sessions(person).await?;
            let changes = field_names(&["sessions"]);
            Ok(tx.append(vec![entry(RecordKind::Person, person, Action::Revoke, changes)]).await?)
        })
    });
    ended.await
}

/// Sets another password for a login, from the host; the person's sessions end.
///
/// # Errors
/// [`Failure::NotFound`] where nobody has the login.
pub async fn set_password(ctx: &Ctx, login: &Login, password: Passphrase) -> Result<(), Failure> {
    let hash = hashing::hash(ctx, password).await?;
    let login = login.as_str().to_owned();
    let written = ctx.store.write(ctx.author("staff"), move |tx| {
        Box::pin(async move {
            let person = tx.set_password(&login, hash).await?.ok_or(Failure::NotFound)?;
            let changes = field_names(&["password"]);
            Ok(tx.append(vec![entry(RecordKind::Person, person, Action::Update, changes)]).await?)
        })
    });
    written.await
}

/// An entry about a record that has no revisions.
pub(super) fn entry(kind: RecordKind, key: impl std::fmt::Display, action: Action, changes: Changes) -> NewEntry {
    NewEntry { kind, key: key.to_string(), version: 1, action, changes }
}

//! Invitations: to a first role, to a further one, or to signing in anew; each counts once.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;

use super::grants::{given, permitted};
use super::once::{KeptAnswer, Once, untold};
use super::staff::{entry, seen};
use super::{By, Caller, Ctx, Failure, hashing, totp};
use crate::domain::Violation;
use crate::domain::account::{Actor, IdentityKind, Login, PersonId, PersonName, Reach, Role};
use crate::domain::event::{Action, Changes, RecordKind, field_names};
use crate::domain::id::{AreaId, InvitationId, OperatorId};
use crate::domain::policy::{self, Subject};
use crate::domain::secret::{Passphrase, Token, TokenHash, TokenKind, TotpSecret};
pub use crate::store::Pending;
use crate::store::{Author, Invitation, NewGrant, NewIdentity, NewInvitation, Tx};

/// How long an invitation can be accepted: over a weekend.
const INVITATION: TimeDelta = TimeDelta::hours(72);

/// Invites somebody to a role; answers the token, which is told this once, and until when it counts.
///
/// # Errors
/// [`Failure::Refused`] or [`Failure::NotFound`] as the caller's scope says, an unknown area or body included.
pub async fn invite(
    ctx: &Ctx,
    caller: Caller<'_>,
    name: PersonName,
    role: Role,
    reach: Reach,
) -> Result<(Token, DateTime<Utc>), Failure> {
    let to = somebody_new(ctx, caller, name, role, reach).await?;
    send(ctx, caller, to).await
}

/// The same over HTTP: `tell` writes the answer about the invitation of that id with its token, which is told again to the
/// same request alone.
///
/// # Errors
/// As for [`invite`], and [`Failure::KeyReused`].
pub async fn invite_once(
    ctx: &Ctx,
    by: &By,
    (name, role, reach): (PersonName, Role, Reach),
    once: Option<Once>,
    tell: impl Fn(InvitationId, &Token, DateTime<Utc>) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    let once = once.map(|once| once.telling_a_secret(ctx)).transpose()?;
    if let Some(kept) = Once::answered(once.as_ref(), ctx).await? {
        return Ok(kept);
    }
    let caller = Caller::Person(by);
    let to = somebody_new(ctx, caller, name, role, reach).await?;
    let (_, answer) = send_once(ctx, caller, to, once, tell).await?;
    Ok(answer)
}

async fn somebody_new(
    ctx: &Ctx,
    caller: Caller<'_>,
    name: PersonName,
    role: Role,
    reach: Reach,
) -> Result<Invited, Failure> {
    let area = permitted(ctx, caller, role, &reach, None).await?.map(|place| place.id);
    caller.prove(ctx, policy::Action::Grant(role))?;
    Ok(Invited { name, person: None, role: Some(role), area, operator: reach.operator, bootstrap: false })
}

/// Invites somebody who is there already to set up anew how they sign in (a lost phone, a forgotten PIN), and to a
/// further role if one is given. Whoever may do that could sign in as them, so it takes the right to give every role
/// they hold.
///
/// # Errors
/// As for [`invite`].
pub async fn renew(
    ctx: &Ctx,
    caller: Caller<'_>,
    person: PersonId,
    more: Option<(Role, Reach)>,
) -> Result<(Token, DateTime<Utc>), Failure> {
    let to = somebody_known(ctx, caller, person, more).await?;
    send(ctx, caller, to).await
}

/// The same over HTTP, as [`invite_once`] is.
///
/// # Errors
/// As for [`invite_once`].
pub async fn renew_once(
    ctx: &Ctx,
    by: &By,
    (person, more): (PersonId, Option<(Role, Reach)>),
    once: Option<Once>,
    tell: impl Fn(InvitationId, &Token, DateTime<Utc>) -> KeptAnswer + Send + 'static,
) -> Result<KeptAnswer, Failure> {
    let once = once.map(|once| once.telling_a_secret(ctx)).transpose()?;
    if let Some(kept) = Once::answered(once.as_ref(), ctx).await? {
        return Ok(kept);
    }
    let caller = Caller::Person(by);
    let to = somebody_known(ctx, caller, person, more).await?;
    let (_, answer) = send_once(ctx, caller, to, once, tell).await?;
    Ok(answer)
}

async fn somebody_known(
    ctx: &Ctx,
    caller: Caller<'_>,
    person: PersonId,
    more: Option<(Role, Reach)>,
) -> Result<Invited, Failure> {
    let member = seen(ctx, caller, person).await?;
    for grant in &member.grants {
        let subject = Subject { path: &grant.path, operator: grant.reach.operator, person: Some(person) };
        if !caller.may(policy::Action::Grant(grant.role), subject) {
            return Err(Failure::Refused);
        }
    }
    let (role, reach) = more.unzip();
    let reach = match (role, reach, member.grants.first()) {
        (Some(role), Some(reach), _) => {
            permitted(ctx, caller, role, &reach, Some(person)).await?;
            reach
        }
        // It gives nothing there; it only says who may see it.
        (.., held) => held.map_or(Reach::EVERYWHERE, |grant| grant.reach.clone()),
    };
    let area = match &reach.area {
        Some(code) => ctx.store.area_place(code).await?.map(|place| place.id),
        None => None,
    };
    for role in member.grants.iter().map(|grant| grant.role).chain(role) {
        caller.prove(ctx, policy::Action::Grant(role))?;
    }
    let (name, operator) = (member.name, reach.operator);
    Ok(Invited { name, person: Some(person), role, area, operator, bootstrap: false })
}

/// Invites the first admin. An earlier invitation of this sort is void.
///
/// # Errors
/// [`Failure::Conflict`] when there is an admin already.
pub async fn bootstrap(ctx: &Ctx, name: PersonName) -> Result<(Token, DateTime<Utc>), Failure> {
    let role = Some(Role::Admin);
    send(ctx, Caller::Host, Invited { name, person: None, role, area: None, operator: None, bootstrap: true }).await
}

struct Invited {
    name: PersonName,
    person: Option<PersonId>,
    role: Option<Role>,
    area: Option<AreaId>,
    operator: Option<OperatorId>,
    bootstrap: bool,
}

/// What nobody is told again.
async fn send(ctx: &Ctx, caller: Caller<'_>, to: Invited) -> Result<(Token, DateTime<Utc>), Failure> {
    Ok(send_once(ctx, caller, to, None, |_, _, _| untold()).await?.0)
}

async fn send_once(
    ctx: &Ctx,
    caller: Caller<'_>,
    to: Invited,
    once: Option<Once>,
    tell: impl Fn(InvitationId, &Token, DateTime<Utc>) -> KeptAnswer + Send + 'static,
) -> Result<((Token, DateTime<Utc>), KeptAnswer), Failure> {
    let secret = Token::new(ctx.clock.random()?);
    let (token, expires_at) = (secret.hash(), ctx.clock.now().trunc_subsecs(0) + INVITATION);
    let Invited { name, person, role, area, operator, bootstrap } = to;
    let invited_by = caller.person();
    let new = NewInvitation { token, name, person, role, area, operator, invited_by, bootstrap, expires_at };
    let told = secret.clone();
    let written = ctx.store.write(caller.author(ctx), move |tx| {
        Box::pin(async move {
            if let Some(kept) = Once::recall(once.as_ref(), tx).await? {
                return Ok(kept);
            }
            if new.bootstrap {
                if tx.has_admin().await? {
                    return Err(Failure::Conflict("there is an admin already, who can invite others".to_owned()));
                }
                tx.delete_bootstrap_invitations().await?;
            }
            let id = tx.create_invitation(&new).await?;
            let role = new.role.map(|role| ("role".to_owned(), [Value::Null, role.as_str().into()]));
            let person = new.person.map(|person| ("person".to_owned(), [Value::Null, person.to_string().into()]));
            let changes = role.into_iter().chain(person).collect();
            tx.append(vec![entry(RecordKind::Invitation, id, Action::Create, changes)]).await?;
            let answer = tell(id, &told, expires_at);
            Once::keep(once.as_ref(), tx, &answer).await?;
            Ok::<_, Failure>(answer)
        })
    });
    Ok(((secret, expires_at), written.await?))
}

/// The invitations that nobody has accepted yet, as far as the caller may see them, in the order of their ids, and
/// whether there are more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    caller: Caller<'_>,
    after: Option<InvitationId>,
    limit: u64,
) -> Result<(Vec<Pending>, bool), Failure> {
    let scope = caller.scope(policy::Action::ReadStaff)?;
    let mut pending = ctx.store.invitations(&scope, ctx.clock.now(), after, limit + 1).await?;
    let more = pending.len() as u64 > limit;
    pending.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((pending, more))
}

/// Takes back an invitation, by whoever could have made it.
///
/// # Errors
/// [`Failure::NotFound`] for what is not there any more or out of scope, [`Failure::Refused`].
pub async fn withdraw(ctx: &Ctx, caller: Caller<'_>, id: InvitationId) -> Result<(), Failure> {
    caller.scope(policy::Action::ReadStaff)?;
    let pending = ctx.store.pending_invitation(id, ctx.clock.now()).await?.ok_or(Failure::NotFound)?;
    let subject = Subject { path: &pending.path, operator: pending.reach.operator, person: pending.person };
    caller.require(policy::Action::ReadStaff, subject)?;
    // One that gives no role is taken back by whoever may take the least.
    if !caller.may(policy::Action::Revoke(pending.role.unwrap_or(Role::Cleaner)), subject) {
        return Err(Failure::Refused);
    }
    let withdrawn = ctx.store.write(caller.author(ctx), move |tx| {
        Box::pin(async move {
            if !tx.delete_invitation(id).await? {
                return Err(Failure::NotFound);
            }
            Ok(tx.append(vec![entry(RecordKind::Invitation, id, Action::Revoke, Changes::new())]).await?)
        })
    });
    withdrawn.await
}

/// How somebody who was invited wants to sign in.
#[derive(Debug, Clone)]
pub enum Joining {
    /// With a password, and with a second factor where a role asks for one.
    Password(Login, Passphrase),
    /// With a PIN on the device that joins: cleaners alone.
    Pin(Passphrase),
}

/// What somebody who joined is told once.
#[derive(Debug)]
pub struct Joined {
    /// Their pseudonym.
    pub person: PersonId,
    /// The second factor, for an app to read.
    pub totp: Option<(Login, TotpSecret)>,
    /// The device's token, to be brought with the PIN.
    pub device: Option<Token>,
}

/// Accepts an invitation: makes the person, with their role and their way to sign in, or for somebody who is there
/// already sets up that way anew.
///
/// # Errors
/// [`Failure::NotFound`] where there is no such invitation any more; [`Failure::Invalid`] where a PIN is not enough;
/// [`Failure::Conflict`] where the login is taken.
pub async fn accept(ctx: &Ctx, token: &str, joining: Joining, request_id: &str) -> Result<Joined, Failure> {
    let token = Token::read(TokenKind::Invitation, token).ok_or(Failure::NotFound)?.hash();
    // Before the hash is made, so that strangers cannot have hashes made.
    let invitation = ctx.store.invitation(token, ctx.clock.now()).await?.ok_or(Failure::NotFound)?;
    let held = match invitation.person {
        Some(person) => ctx.store.grants(person).await?,
        None => Vec::new(),
    };
    let roles: Vec<Role> = held.iter().map(|grant| grant.role).chain(invitation.role).collect();
    let person = invitation.person.unwrap_or_else(|| PersonId(ctx.clock.new_id()));
    let mut joined = Joined { person, totp: None, device: None };
    let (kind, login, passphrase) = match joining {
        Joining::Password(login, password) => {
            if roles.iter().any(|role| role.needs_second_factor()) {
                joined.totp = Some((login.clone(), TotpSecret::new(ctx.clock.random()?)));
            }
            (IdentityKind::Password, login.as_str().to_owned(), password)
        }
        Joining::Pin(pin) if roles.iter().all(|role| *role == Role::Cleaner) => {
            let device = joined.device.insert(Token::new(ctx.clock.random()?));
            (IdentityKind::Pin, device.hash().to_hex(), pin)
        }
        Joining::Pin(_) => {
            return Err(Violation::new("pin", "needsPassword", "only cleaners sign in with a PIN").into());
        }
    };
    let hash = hashing::hash(ctx, passphrase).await?;
    let totp = joined.totp.as_ref().map(|(_, secret)| totp::seal(ctx, person, secret)).transpose()?;
    let new = NewIdentity { person, kind, login, hash, totp, realm: None };
    // In the role that they are about to have.
    let mut actor = Actor { person, grants: held }.signing(request_id);
    if let Some(role) = invitation.role.filter(|_| invitation.person.is_none()) {
        role.as_str().clone_into(&mut actor.role);
    }
    let author = Author { actor, at: ctx.clock.now() };
    ctx.store.write(author, move |tx| Box::pin(join(tx, token, new))).await?;
    Ok(joined)
}

async fn join(tx: &Tx, token: TokenHash, new: NewIdentity) -> Result<(), Failure> {
    let invitation = tx.take_invitation(token).await?.ok_or(Failure::NotFound)?;
    if invitation.bootstrap && tx.has_admin().await? {
        return Err(Failure::NotFound);
    }
    let person = new.person;
    let mut entries = vec![entry(RecordKind::Invitation, invitation.id, Action::Retire, Changes::new())];
    if invitation.person.is_some() {
        tx.delete_passphrases(person).await?;
        tx.end_sessions(person).await?;
        entries.push(entry(RecordKind::Person, person, Action::Update, field_names(&["identity"])));
    } else {
        tx.create_person(person, &invitation.name).await?;
        entries.push(entry(RecordKind::Person, person, Action::Create, field_names(&["name", "identity"])));
    }
    tx.create_identity(new).await?;
    let Invitation { role, area, operator, .. } = invitation;
    if let Some(role) = role {
        let grant = tx.create_grant(&NewGrant { person, role, area, operator }).await?;
        tx.void_renewals(person).await?;
        entries.push(given(grant, person, role));
    }
    Ok(tx.append(entries).await?)
}

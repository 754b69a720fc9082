//! The staff: who works where, inviting, joining, and taking roles away.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;

use super::permission::{require, scope};
use super::{Ctx, Failure, hashing, totp};
use crate::domain::Violation;
use crate::domain::account::{Actor, IdentityKind, Login, Member, PersonId, PersonName, Reach, Role};
use crate::domain::event::{self, Action, Changes, NewEntry, RecordKind, field_names};
use crate::domain::id::GrantId;
use crate::domain::policy::{self, Scope, Subject, may};
use crate::domain::secret::{Passphrase, Token, TokenKind, TotpSecret};
use crate::store::{Author, Invitation, NewGrant, NewIdentity, NewInvitation, Tx};

/// How long an invitation can be accepted: over a weekend.
const INVITATION: TimeDelta = TimeDelta::hours(72);

/// Who invites or revokes.
#[derive(Debug, Clone, Copy)]
pub enum Caller<'a> {
    /// Somebody with a session, in a request.
    Person(&'a Actor, &'a str),
    /// Whoever has a shell on the host, and so the database itself.
    Host,
}

impl Caller<'_> {
    fn author(self, ctx: &Ctx) -> Author {
        match self {
            Self::Person(actor, request_id) => Author { actor: actor.signing(request_id), at: ctx.clock.now() },
            Self::Host => ctx.author("staff"),
        }
    }

    fn require(self, action: policy::Action, subject: Subject<'_>) -> Result<(), Failure> {
        match self {
            Self::Person(actor, _) => require(actor, action, subject),
            Self::Host => Ok(()),
        }
    }
}

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
    let scope = match caller {
        Caller::Person(actor, _) => scope(actor, policy::Action::ReadStaff)?,
        Caller::Host => Scope::of_host(),
    };
    let mut staff = ctx.store.staff(&scope, after, limit + 1).await?;
    let more = staff.len() as u64 > limit;
    staff.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((staff, more))
}

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
    if !role.is_staff() {
        return Err(Violation::new("role", "notStaff", "visitors and citizens are not invited").into());
    }
    if let Caller::Person(actor, _) = caller {
        scope(actor, policy::Action::Grant(role))?;
    }
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
    caller.require(policy::Action::Grant(role), Subject { path, operator: reach.operator, person: None })?;
    let invited_by = match caller {
        Caller::Person(actor, _) => Some(actor.person),
        Caller::Host => None,
    };
    let area = place.map(|place| place.id);
    send(ctx, caller, |token, expires_at| NewInvitation {
        token: token.hash(),
        name,
        role,
        area,
        operator: reach.operator,
        invited_by,
        bootstrap: false,
        expires_at,
    })
    .await
}

/// Invites the first admin. An earlier invitation of this sort is void.
///
/// # Errors
/// [`Failure::Conflict`] when there is an admin already.
pub async fn bootstrap(ctx: &Ctx, name: PersonName) -> Result<(Token, DateTime<Utc>), Failure> {
    send(ctx, Caller::Host, |token, expires_at| NewInvitation {
        token: token.hash(),
        name,
        role: Role::Admin,
        area: None,
        operator: None,
        invited_by: None,
        bootstrap: true,
        expires_at,
    })
    .await
}

async fn send(
    ctx: &Ctx,
    caller: Caller<'_>,
    make: impl FnOnce(&Token, DateTime<Utc>) -> NewInvitation,
) -> Result<(Token, DateTime<Utc>), Failure> {
    let token = Token::new(ctx.clock.random()?);
    let expires_at = ctx.clock.now().trunc_subsecs(0) + INVITATION;
    let new = make(&token, expires_at);
    let written = ctx.store.write(caller.author(ctx), move |tx| {
        Box::pin(async move {
            if new.bootstrap {
                if tx.has_admin().await? {
                    return Err(Failure::Conflict("there is an admin already, who can invite others".to_owned()));
                }
                tx.delete_bootstrap_invitations().await?;
            }
            let id = tx.create_invitation(&new).await?;
            let changes = [("role".to_owned(), [Value::Null, new.role.as_str().into()])].into();
            Ok::<_, Failure>(tx.append(vec![entry(RecordKind::Invitation, id, Action::Create, changes)]).await?)
        })
    });
    written.await?;
    Ok((token, expires_at))
}

/// How somebody who was invited wants to sign in.
#[derive(Debug, Clone)]
pub enum Joining {
    /// With a password, and with a second factor where the role asks for one.
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

/// Accepts an invitation: makes the person, with their role and their way to sign in.
///
/// # Errors
/// [`Failure::NotFound`] where there is no such invitation any more; [`Failure::Invalid`] where a PIN is not enough;
/// [`Failure::Conflict`] where the login is taken.
pub async fn accept(ctx: &Ctx, token: &str, joining: Joining, request_id: &str) -> Result<Joined, Failure> {
    let token = Token::read(TokenKind::Invitation, token).ok_or(Failure::NotFound)?.hash();
    // Before the hash is made, so that strangers cannot have hashes made.
    let invitation = ctx.store.invitation(token, ctx.clock.now()).await?.ok_or(Failure::NotFound)?;
    let role = invitation.role;
    let mut joined = Joined { person: PersonId(ctx.clock.new_id()), totp: None, device: None };
    let (kind, login, passphrase) = match joining {
        Joining::Password(login, password) => {
            if role.needs_second_factor() {
                joined.totp = Some((login.clone(), TotpSecret::new(ctx.clock.random()?)));
            }
            (IdentityKind::Password, login.as_str().to_owned(), password)
        }
        Joining::Pin(pin) if role == Role::Cleaner => {
            let device = joined.device.insert(Token::new(ctx.clock.random()?));
            (IdentityKind::Pin, device.hash().to_hex(), pin)
        }
        Joining::Pin(_) => {
            return Err(Violation::new("pin", "needsPassword", "only cleaners sign in with a PIN").into());
        }
    };
    let hash = hashing::hash(ctx, passphrase).await?;
    let totp = joined.totp.as_ref().map(|(_, secret)| totp::seal(ctx, joined.person, secret)).transpose()?;
    let new = NewIdentity { person: joined.person, kind, login, hash, totp };
    let actor = event::Actor {
        name: joined.person.to_string(),
        role: role.as_str().to_owned(),
        request_id: request_id.to_owned(),
    };
    let author = Author { actor, at: ctx.clock.now() };
    ctx.store.write(author, move |tx| Box::pin(join(tx, token, new))).await?;
    Ok(joined)
}

async fn join(tx: &Tx, token: crate::domain::secret::TokenHash, new: NewIdentity) -> Result<(), Failure> {
    let Invitation { id, name, role, area, operator, bootstrap } =
        tx.take_invitation(token).await?.ok_or(Failure::NotFound)?;
    if bootstrap && tx.has_admin().await? {
        return Err(Failure::NotFound);
    }
    let person = new.person;
    tx.create_person(person, &name).await?;
    tx.create_identity(new).await?;
    let grant = tx.create_grant(&NewGrant { person, role, area, operator }).await?;
    let given = Changes::from([
        ("person".to_owned(), [Value::Null, person.to_string().into()]),
        ("role".to_owned(), [Value::Null, role.as_str().into()]),
    ]);
    let entries = vec![
        entry(RecordKind::Invitation, id, Action::Retire, Changes::new()),
        entry(RecordKind::Person, person, Action::Create, field_names(&["name", "identity"])),
        entry(RecordKind::Grant, grant, Action::Create, given),
    ];
    Ok(tx.append(entries).await?)
}

/// Takes a role from somebody, whose sessions end with it.
///
/// # Errors
/// [`Failure::NotFound`] for what is not there or out of scope, [`Failure::Refused`] for what the caller may see but not
/// take, [`Failure::Conflict`] for the last admin.
pub async fn revoke(ctx: &Ctx, caller: Caller<'_>, person: PersonId, id: GrantId) -> Result<(), Failure> {
    if let Caller::Person(actor, _) = caller {
        scope(actor, policy::Action::ReadStaff)?;
    }
    let grants = ctx.store.grants(person).await?;
    let grant = grants.into_iter().find(|grant| grant.id == id).ok_or(Failure::NotFound)?;
    let subject = Subject { path: &grant.path, operator: grant.reach.operator, person: Some(person) };
    caller.require(policy::Action::ReadStaff, subject)?;
    if let Caller::Person(actor, _) = caller
        && !may(actor, policy::Action::Revoke(grant.role), subject)
    {
        return Err(Failure::Refused);
    }
    let role = grant.role;
    let revoked = ctx.store.write(caller.author(ctx), move |tx| {
        Box::pin(async move {
            if role == Role::Admin && !tx.has_admin_without(id).await? {
                return Err(Failure::Conflict("the last admin stays".to_owned()));
            }
            if !tx.delete_grant(person, id).await? {
                return Err(Failure::NotFound);
            }
            let taken = Changes::from([
                ("person".to_owned(), [person.to_string().into(), Value::Null]),
                ("role".to_owned(), [role.as_str().into(), Value::Null]),
            ]);
            Ok(tx.append(vec![entry(RecordKind::Grant, id, Action::Revoke, taken)]).await?)
        })
    });
    revoked.await
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

fn entry(kind: RecordKind, key: impl std::fmt::Display, action: Action, changes: Changes) -> NewEntry {
    NewEntry { kind, key: key.to_string(), version: 1, action, changes }
}

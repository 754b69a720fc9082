//! Signing in and out, and who a token belongs to.

use std::fmt;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

use super::attempts::Attempt;
use super::{Ctx, Failure, hashing, totp};
use crate::domain::account::{Actor, IdentityKind, Login, Member, Session, lifetime};
use crate::domain::event::{self, Action, Changes, NewEntry, RecordKind};
use crate::domain::secret::{Passphrase, Token, TokenKind, TotpSecret};
use crate::store::{Author, NewSession, Opened, Tx};

/// A use of a session is remembered at most this often.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Who a request comes from, as far as that shows without a session.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address of the client.
    pub address: String,
    /// The name of the request.
    pub request_id: String,
}

/// What somebody brings to sign in.
#[derive(Clone)]
pub struct Credentials {
    /// In which way.
    pub kind: IdentityKind,
    /// The login, or the device's token.
    pub login: String,
    /// The password or PIN.
    pub passphrase: Passphrase,
    /// The code of the second factor.
    pub code: Option<String>,
}

/// Only the kind is printed: a login may be a device's token, or a password in the wrong field.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Opens a session; answers its token, which is told this once.
///
/// # Errors
/// [`Failure::Unauthenticated`], the same whatever was wrong; [`Failure::TooMany`] after too many failures.
pub async fn open(ctx: &Ctx, credentials: Credentials, origin: &Origin) -> Result<(Token, Session), Failure> {
    let login = known_as(&credentials);
    let identity = match &login {
        Some(login) => ctx.store.identity(credentials.kind, login).await?,
        None => None,
    };
    let counted = login.as_deref().unwrap_or(&credentials.login);
    let person = identity.as_ref().map(|identity| identity.person);
    let attempt = Attempt::of(credentials.kind, counted, person, &origin.address);
    attempt.count(ctx, nobody(origin)).await?;
    let kept = identity.as_ref().map(|identity| identity.hash.clone());
    let is_right = hashing::verify(ctx, credentials.passphrase, kept).await?;
    let Some(identity) = identity else { return Err(failed(ctx, None, origin).await?) };
    let actor = Actor { person: identity.person, grants: ctx.store.grants(identity.person).await? };
    let now = ctx.clock.now().trunc_subsecs(0);
    let totp = identity.totp.as_ref().map(|sealed| totp::open(ctx, identity.person, sealed)).transpose()?;
    let factor = second_factor(&actor, totp.as_ref(), credentials.code.as_deref(), now);
    let (true, Ok(step), false) = (is_right, factor, actor.grants.is_empty()) else {
        return Err(failed(ctx, Some(&actor), origin).await?);
    };
    let token = Token::new(ctx.clock.random()?);
    let lifetime = lifetime(actor.grants.iter().map(|grant| grant.role));
    let (id, person) = (ctx.clock.new_id(), actor.person);
    let new = NewSession { id, token: token.hash(), person, lifetime, stepped_up: true };
    let author = Author { actor: actor.signing(&origin.request_id), at: now };
    let opening = Opening { new, step: step.map(|step| (identity.id, step)), attempt };
    match ctx.store.write(author, move |tx| Box::pin(open_in(tx, opening))).await {
        Err(Failure::Unauthenticated) => Err(failed(ctx, Some(&actor), origin).await?),
        opened => Ok((token, opened?)),
    }
}

struct Opening {
    new: NewSession,
    step: Option<(i32, i64)>,
    attempt: Attempt,
}

async fn open_in(tx: &Tx, opening: Opening) -> Result<Session, Failure> {
    if let Some((identity, step)) = opening.step
        && !tx.use_totp_step(identity, step).await?
    {
        return Err(Failure::Unauthenticated);
    }
    let session = tx.create_session(opening.new).await?;
    opening.attempt.succeeded(tx).await?;
    tx.append(vec![entry(session.id.to_string(), Action::Login)]).await?;
    Ok(session)
}

/// The name under which the credentials would be kept; `None` if nothing can be kept under such a one.
fn known_as(credentials: &Credentials) -> Option<String> {
    match credentials.kind {
        IdentityKind::Password => credentials.login.parse::<Login>().ok().map(|login| login.as_str().to_owned()),
        IdentityKind::Pin => Token::read(TokenKind::Device, &credentials.login).map(|token| token.hash().to_hex()),
        // WeChat vouches for its people itself.
        IdentityKind::Wechat => None,
    }
}

/// The step whose code was brought where a role asks for one.
fn second_factor(
    actor: &Actor,
    totp: Option<&TotpSecret>,
    code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Failure> {
    if !actor.grants.iter().any(|grant| grant.role.needs_second_factor()) {
        return Ok(None);
    }
    let step = totp.zip(code).and_then(|(totp, code)| totp.step_of(code, now.timestamp()));
    step.map(Some).ok_or(Failure::Unauthenticated)
}

/// Writes into the journal that somebody failed; answers the one failure there is.
pub(super) async fn failed(ctx: &Ctx, actor: Option<&Actor>, origin: &Origin) -> Result<Failure, Failure> {
    let signed = actor.map_or_else(|| nobody(origin), |actor| actor.signing(&origin.request_id));
    let author = Author { actor: signed, at: ctx.clock.now() };
    let entry = entry("none".to_owned(), Action::LoginFailed);
    ctx.store.write(author, move |tx| Box::pin(async move { Ok::<_, Failure>(tx.append(vec![entry]).await?) })).await?;
    Ok(Failure::Unauthenticated)
}

pub(super) fn nobody(origin: &Origin) -> event::Actor {
    let (name, role) = ("nobody".to_owned(), "visitor".to_owned());
    event::Actor { name, role, request_id: origin.request_id.clone() }
}

fn entry(key: String, action: Action) -> NewEntry {
    NewEntry { kind: RecordKind::Session, key, version: 1, action, changes: Changes::new() }
}

/// Whoever holds an open session of that token.
///
/// # Errors
/// [`Failure::Unauthenticated`].
pub async fn check(ctx: &Ctx, token: &str) -> Result<Opened, Failure> {
    let token = Token::read(TokenKind::Session, token).ok_or(Failure::Unauthenticated)?;
    let now = ctx.clock.now();
    let opened = ctx.checks.open(&ctx.store, ctx.clock, token.hash()).await?.ok_or(Failure::Unauthenticated)?;
    if now - opened.last_seen >= SEEN_EVERY {
        let (id, idle) = (opened.id, opened.idle);
        let touched = ctx.store.write(ctx.author("session"), move |tx| {
            Box::pin(async move { Ok::<_, Failure>(tx.touch_session(id, idle, now - SEEN_EVERY).await?) })
        });
        touched.await?;
    }
    Ok(opened)
}

/// Ends one of the caller's own sessions.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn end(ctx: &Ctx, actor: &Actor, id: Uuid, request_id: &str) -> Result<(), Failure> {
    let author = Author { actor: actor.signing(request_id), at: ctx.clock.now() };
    let person = actor.person;
    let ended = ctx.store.write(author, move |tx| {
        Box::pin(async move {
            if !tx.delete_session(person, id).await? {
                return Err(Failure::NotFound);
            }
            Ok(tx.append(vec![entry(id.to_string(), Action::Logout)]).await?)
        })
    });
    ended.await
}

/// The caller's own open sessions, the newest first.
///
/// # Errors
/// What the store fails with.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Session>, Failure> {
    Ok(ctx.store.sessions(actor.person, ctx.clock.now()).await?)
}

/// The caller.
///
/// # Errors
/// [`Failure::NotFound`] when the person is gone since the session was checked.
pub async fn me(ctx: &Ctx, actor: &Actor) -> Result<Member, Failure> {
    ctx.store.member(actor.person).await?.ok_or(Failure::NotFound)
}

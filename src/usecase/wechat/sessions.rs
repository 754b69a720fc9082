//! Signing in with WeChat, as a citizen or as one of the staff, and accepting an invitation by it.

use std::fmt;

use chrono::SubsecRound;

use super::client;
use super::standing::Standing;
use crate::domain::account::{IdentityKind, PersonId, PersonName, Role, Session, lifetime};
use crate::domain::event::{Action, Changes, NewEntry, RecordKind, field_names};
use crate::domain::seal::Sealed;
use crate::domain::secret::{Token, TokenHash, TokenKind, TotpSecret};
use crate::domain::wechat::{Realm, Vouched};
use crate::gateway::wechat::WechatError;
use crate::store::{Author, Invitation, NewGrant, NewIdentity, NewSession, Tx};
use crate::usecase::attempts::{Attempt, count_failure, require_few};
use crate::usecase::grants::given;
use crate::usecase::sessions::{Origin, failed, nobody};
use crate::usecase::staff::entry;
use crate::usecase::{Ctx, Failure, totp};

/// What somebody brings to sign in. None of it is ever printed.
pub struct WechatLogin {
    /// The code of a `wx.login`.
    pub code: String,
    /// The invitation, to join the staff or to set up anew how one signs in.
    pub invitation: Option<String>,
    /// The present code of the second factor, for those who need one.
    pub totp: Option<String>,
}

impl fmt::Debug for WechatLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatLogin").finish_non_exhaustive()
    }
}

/// What somebody who signed in is told once.
#[derive(Debug)]
pub struct SignedIn {
    /// The session with its token. There is none for somebody who was just given a second factor: they show it first.
    pub session: Option<(Token, Session)>,
    /// The roles they hold; none is a citizen's.
    pub roles: Vec<Role>,
    /// The second factor, with the name it goes by in an authenticator app.
    pub totp: Option<(PersonId, TotpSecret)>,
}

/// Somebody whom two requests make known at once is looked up again this often.
const TRIES: u32 = 3;

/// What a citizen is called until somebody says otherwise.
const CITIZEN: &str = "微信用户";

/// Signs in. Whoever is unknown becomes a citizen; with an invitation they join the staff, a known citizen as the same
/// person. Power that needs a second factor needs one here too.
///
/// # Errors
/// [`Failure::Unauthenticated`] for a code that WeChat does not take or a wrong second factor,
/// [`Failure::SecondFactorNeeded`] where there is none, [`Failure::NotFound`] for an invitation that does not count,
/// [`Failure::Conflict`] where it is for somebody else than WeChat says, [`Failure::TooMany`], and what WeChat fails with.
pub async fn open(ctx: &Ctx, login: WechatLogin, origin: &Origin) -> Result<SignedIn, Failure> {
    let wechat = client(ctx)?;
    let invitation = match &login.invitation {
        Some(text) => Some(invited(ctx, text).await?),
        None => None,
    };
    require_few(ctx, &origin.address).await?;
    let vouched = wechat.code_to_session(&login.code, ctx.clock.now()).await;
    let vouched = believed(ctx, vouched, origin).await?;
    let brought = Brought { realm: Realm::MiniProgram, vouched, invitation, totp: login.totp };
    open_vouched(ctx, &brought, origin).await
}

/// Whom WeChat vouches for. A code that it does not take counts against the address.
pub(super) async fn believed(
    ctx: &Ctx,
    vouched: Result<Vouched, WechatError>,
    origin: &Origin,
) -> Result<Vouched, Failure> {
    match vouched {
        Err(WechatError::BadCode) => Err(strange(ctx, origin).await?),
        vouched => Ok(vouched?),
    }
}

/// Counts against an address that something was brought from there which nobody can have by right; answers the failure.
pub(super) async fn strange(ctx: &Ctx, origin: &Origin) -> Result<Failure, Failure> {
    count_failure(ctx, nobody(origin), &origin.address).await?;
    failed(ctx, None, origin).await
}

/// What was brought, as far as it is known to be right.
pub(super) struct Brought {
    /// Of which app.
    pub(super) realm: Realm,
    /// Whom WeChat vouches for.
    pub(super) vouched: Vouched,
    /// The invitation, with the hash of its token.
    pub(super) invitation: Option<(TokenHash, Invitation)>,
    /// The present code of the second factor.
    pub(super) totp: Option<String>,
}

/// The invitation of a token.
pub(super) async fn invited(ctx: &Ctx, text: &str) -> Result<(TokenHash, Invitation), Failure> {
    let token = Token::read(TokenKind::Invitation, text).ok_or(Failure::NotFound)?.hash();
    let invitation = ctx.store.invitation(token, ctx.clock.now()).await?.ok_or(Failure::NotFound)?;
    Ok((token, invitation))
}

/// Opens a session for whom WeChat vouches for.
pub(super) async fn open_vouched(ctx: &Ctx, brought: &Brought, origin: &Origin) -> Result<SignedIn, Failure> {
    for _ in 1..TRIES {
        match open_as(ctx, brought, origin).await {
            // Another request made the person, or changed what they may, since they were looked up.
            Err(Failure::Conflict(_)) => {}
            signed => return signed,
        }
    }
    open_as(ctx, brought, origin).await
}

async fn open_as(ctx: &Ctx, brought: &Brought, origin: &Origin) -> Result<SignedIn, Failure> {
    let invitation = brought.invitation.as_ref().map(|(_, invitation)| invitation);
    let standing = Standing::of(ctx, brought.realm, &brought.vouched, invitation).await?;
    let (actor, person) = (standing.actor.clone(), standing.actor.person);
    let mut roles = standing.roles.clone();
    if brought.realm == Realm::Account && roles.is_empty() {
        // The page is for the staff: whoever holds nothing is told so, and nothing is kept of them.
        strange(ctx, origin).await?;
        return Err(Failure::WechatUnknown);
    }
    let factor = factor(ctx, &standing, brought, origin).await?;
    let token = Token::new(ctx.clock.random()?);
    let identities = standing.missing(ctx)?;
    let (id, lifetime) = (ctx.clock.new_id(), lifetime(roles.iter().copied()));
    let session = NewSession { id, token: token.hash(), person, lifetime, stepped_up: true };
    let given = match &factor {
        Factor::Given(secret) => Some(totp::seal(ctx, person, secret)?),
        _ => None,
    };
    let shown = match &factor {
        Factor::Shown(identity, step, attempt) => Some((*identity, *step, attempt.clone())),
        _ => None,
    };
    let invitation = brought.invitation.as_ref().map(|(token, _)| *token);
    let opening = Opening { standing, identities, invitation, session, given, shown };
    let author = Author { actor: actor.signing(&origin.request_id), at: ctx.clock.now().trunc_subsecs(0) };
    let opened = ctx.store.write(author, move |tx| Box::pin(open_in(tx, opening)));
    let session = match opened.await {
        Err(Failure::Unauthenticated) => return Err(failed(ctx, Some(&actor), origin).await?),
        opened => opened?,
    };
    let totp = match factor {
        Factor::Given(secret) => Some((person, secret)),
        _ => None,
    };
    roles.sort_unstable();
    roles.dedup();
    Ok(SignedIn { session: session.map(|session| (token, session)), roles, totp })
}

/// How it stands with the second factor.
enum Factor {
    NotNeeded,
    /// Its code was brought: the identity it belongs to, the step, and what it was counted under.
    Shown(i32, i64, Attempt),
    /// There is none yet; this one is given.
    Given(TotpSecret),
}

async fn factor(ctx: &Ctx, standing: &Standing, brought: &Brought, origin: &Origin) -> Result<Factor, Failure> {
    if !standing.roles.iter().any(|role| role.needs_second_factor()) {
        return Ok(Factor::NotNeeded);
    }
    let person = standing.actor.person;
    let sealed = ctx.store.second_factors(person).await?;
    // Only an invitation brings one about: whoever holds the power already must have got one with it.
    let holds = standing.actor.grants.iter().any(|grant| grant.role.needs_second_factor());
    if standing.renews || brought.invitation.is_some() && sealed.is_empty() && !holds {
        return Ok(Factor::Given(TotpSecret::new(ctx.clock.random()?)));
    }
    let Some(code) = brought.totp.as_ref().filter(|_| !sealed.is_empty()) else {
        return Err(Failure::SecondFactorNeeded);
    };
    let attempt = Attempt::of(IdentityKind::Wechat, standing.login(), Some(person), &origin.address);
    attempt.count(ctx, nobody(origin)).await?;
    let now = ctx.clock.now().timestamp();
    for (identity, sealed) in &sealed {
        if let Some(step) = totp::open(ctx, person, sealed)?.step_of(code, now) {
            return Ok(Factor::Shown(*identity, step, attempt));
        }
    }
    Err(failed(ctx, Some(&standing.actor), origin).await?)
}

struct Opening {
    standing: Standing,
    identities: Vec<NewIdentity>,
    invitation: Option<TokenHash>,
    session: NewSession,
    given: Option<Sealed>,
    shown: Option<(i32, i64, Attempt)>,
}

async fn open_in(tx: &Tx, opening: Opening) -> Result<Option<Session>, Failure> {
    let standing = &opening.standing;
    standing.require(tx).await?;
    if let Some((identity, step, attempt)) = opening.shown {
        if !tx.use_totp_step(identity, step).await? {
            return Err(Failure::Unauthenticated);
        }
        attempt.succeeded(tx).await?;
    }
    let invitation = match opening.invitation {
        Some(token) => Some(take(tx, token).await?),
        None => None,
    };
    let mut entries = become_known(tx, standing, opening.identities, invitation.as_ref()).await?;
    if let Some(invitation) = invitation {
        entries.extend(join(tx, standing.actor.person, invitation).await?);
    }
    let session = match opening.given {
        Some(sealed) => {
            tx.set_second_factor(standing.identity(tx).await?, &sealed).await?;
            None
        }
        None => Some(tx.create_session(opening.session).await?),
    };
    entries.extend(session.as_ref().map(|new| entry(RecordKind::Session, new.id, Action::Login, Changes::new())));
    tx.append(entries).await?;
    Ok(session)
}

async fn take(tx: &Tx, token: TokenHash) -> Result<Invitation, Failure> {
    let invitation = tx.take_invitation(token).await?.ok_or(Failure::NotFound)?;
    if invitation.bootstrap && tx.has_admin().await? {
        return Err(Failure::NotFound);
    }
    Ok(invitation)
}

/// Sees to it that the person is there, is called what the invitation says, and is known by WeChat's names for them.
/// Sessions from before end where an invitation changes what they may.
async fn become_known(
    tx: &Tx,
    standing: &Standing,
    identities: Vec<NewIdentity>,
    invitation: Option<&Invitation>,
) -> Result<Vec<NewEntry>, Failure> {
    let person = standing.actor.person;
    let told = |action, fields: &[&str]| vec![entry(RecordKind::Person, person, action, field_names(fields))];
    let is_bound_anew = !identities.is_empty();
    let told = match (standing.known, invitation) {
        _ if standing.renews => {
            tx.delete_passphrases(person).await?;
            tx.delete_openid(person).await?;
            tx.end_sessions(person).await?;
            told(Action::Update, &["identity"])
        }
        (None, invitation) => {
            let citizen = PersonName::new(CITIZEN)?;
            tx.create_person(person, invitation.map_or(&citizen, |invitation| &invitation.name)).await?;
            told(Action::Create, &["name", "identity"])
        }
        (Some(_), Some(invitation)) => {
            tx.rename_person(person, &invitation.name).await?;
            tx.end_sessions(person).await?;
            told(Action::Update, if is_bound_anew { &["name", "identity"] } else { &["name"] })
        }
        (Some(_), None) if is_bound_anew => told(Action::Update, &["identity"]),
        (Some(_), None) => Vec::new(),
    };
    for identity in identities {
        tx.create_identity(identity).await?;
    }
    Ok(told)
}

/// Gives a person the role of an invitation, if it gives one.
async fn join(tx: &Tx, person: PersonId, invitation: Invitation) -> Result<Vec<NewEntry>, Failure> {
    let Invitation { id, role, area, operator, .. } = invitation;
    let mut entries = vec![entry(RecordKind::Invitation, id, Action::Retire, Changes::new())];
    if let Some(role) = role {
        let grant = tx.create_grant(&NewGrant { person, role, area, operator }).await?;
        tx.void_renewals(person).await?;
        entries.push(given(grant, person, role));
    }
    Ok(entries)
}

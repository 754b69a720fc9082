//! Proving anew who one is (step-up), since a session alone may be in other hands.

use std::fmt;

use chrono::SubsecRound;

use super::attempts::Attempt;
use super::{By, Ctx, Failure, hashing, totp};
use crate::domain::Violation;
use crate::domain::account::{IdentityKind, Session};
use crate::domain::event::{Action, Changes, NewEntry, RecordKind};
use crate::domain::secret::{Passphrase, Token, TokenKind};
use crate::store::{Author, Identity, Tx};

/// What somebody with a session brings to prove who they are.
#[derive(Clone)]
pub enum Proof {
    /// The present code of their second factor.
    Code(String),
    /// Their password, if they have no second factor.
    Password(Passphrase),
    /// The token of a device of theirs, and the PIN that was set on it.
    Pin(String, Passphrase),
}

/// Only the way is printed.
impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code(…)",
            Self::Password(_) => "Password(…)",
            Self::Pin(..) => "Pin(…)",
        })
    }
}

/// Takes a proof; answers the session, in which dangerous acts are then possible for a while. Counted against the same
/// limits as a sign-in.
///
/// # Errors
/// [`Failure::Invalid`] where the caller has no such way, [`Failure::StepUpNeeded`] for a wrong proof,
/// [`Failure::TooMany`] after too many failures.
pub async fn give(ctx: &Ctx, by: &By, proof: Proof, address: &str) -> Result<Session, Failure> {
    let own = ctx.store.identities(by.actor.person).await?;
    let identity = asked(&own, &proof)?;
    let attempt = Attempt::of(identity.kind, &identity.login, Some(by.actor.person), address);
    attempt.count(ctx, by.actor.signing(&by.request_id)).await?;
    // Steps of the second factor are counted by whole seconds, as times are kept.
    let now = ctx.clock.now().trunc_subsecs(0);
    let step = match proof {
        Proof::Code(code) => {
            let totp = identity.totp.as_ref().map(|sealed| totp::open(ctx, identity.person, sealed)).transpose()?;
            totp.and_then(|totp| totp.step_of(&code, now.timestamp())).map(Some)
        }
        Proof::Password(passphrase) | Proof::Pin(_, passphrase) => {
            hashing::verify(ctx, passphrase, Some(identity.hash.clone())).await?.then_some(None)
        }
    };
    let Some(step) = step else { return Err(refused(ctx, by).await?) };
    let (session, used) = (by.session, step.map(|step| (identity.id, step)));
    let author = Author { actor: by.actor.signing(&by.request_id), at: now };
    let given = ctx.store.write(author, move |tx| {
        Box::pin(async move {
            if !use_up(tx, used).await? {
                return Err(Failure::StepUpNeeded);
            }
            let session = tx.step_up_session(session).await?.ok_or(Failure::Unauthenticated)?;
            attempt.succeeded(tx).await?;
            tx.append(vec![entry(&session.id, Action::StepUp)]).await?;
            Ok(session)
        })
    });
    match given.await {
        Err(Failure::StepUpNeeded) => Err(refused(ctx, by).await?),
        given => given,
    }
}

/// The identity by which the proof is to be judged.
fn asked<'a>(own: &'a [Identity], proof: &Proof) -> Result<&'a Identity, Failure> {
    let of = |kind| own.iter().filter(move |identity| identity.kind == kind);
    let (found, missing) = match proof {
        Proof::Code(_) => {
            let factor = own.iter().find(|identity| identity.totp.is_some());
            (factor, Violation::new("code", "noSecondFactor", "this account has no second factor"))
        }
        Proof::Password(_) => {
            let password = of(IdentityKind::Password).find(|identity| identity.totp.is_none());
            let message = "this account does not prove itself by a password alone: give a code or device and pin";
            (password, Violation::new("password", "notEnough", message))
        }
        Proof::Pin(device, _) => {
            let hash = Token::read(TokenKind::Device, device).map(|token| token.hash());
            let bound = of(IdentityKind::Pin).find(|identity| hash.is_some_and(|hash| hash.matches(&identity.login)));
            (bound, Violation::new("device", "unknownDevice", "this is no device of this account"))
        }
    };
    found.ok_or_else(|| missing.into())
}

/// Uses up the code of a step; answers whether it was still to be had.
async fn use_up(tx: &Tx, used: Option<(i32, i64)>) -> Result<bool, Failure> {
    match used {
        Some((identity, step)) => Ok(tx.use_totp_step(identity, step).await?),
        None => Ok(true),
    }
}

/// Writes into the journal that a proof failed; answers the one failure there is.
async fn refused(ctx: &Ctx, by: &By) -> Result<Failure, Failure> {
    let entry = entry(&by.session, Action::LoginFailed);
    let written = ctx
        .store
        .write(by.author(ctx), move |tx| Box::pin(async move { Ok::<_, Failure>(tx.append(vec![entry]).await?) }));
    written.await?;
    Ok(Failure::StepUpNeeded)
}

fn entry(session: &uuid::Uuid, action: Action) -> NewEntry {
    let (kind, key) = (RecordKind::Session, session.to_string());
    NewEntry { kind, key, version: 1, action, changes: Changes::new() }
}

//! Attempts to prove who one is: counted before they are made, by account and by address, for all processes alike.

use std::time::Duration;

use chrono::TimeDelta;

use super::{Ctx, Failure};
use crate::domain::account::{IdentityKind, LockOut, PersonId};
use crate::domain::event::{self, Action, Changes, NewEntry, RecordKind};
use crate::domain::secret::fingerprint;
use crate::store::{Author, StoreError, Tx};

/// The windows in which the failures of an account, and of an address, are counted.
const OF_ACCOUNT: TimeDelta = TimeDelta::minutes(15);
const OF_ADDRESS: TimeDelta = TimeDelta::minutes(1);

/// Counters whose window is over so long are cleared away.
const LONG_OVER: TimeDelta = TimeDelta::days(1);

/// One attempt, by what it is counted under. Only fingerprints are kept: people type passwords into the wrong field.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    account: String,
    address: String,
    person: Option<PersonId>,
}

impl Attempt {
    /// An attempt at the account of that login, whose person may be known, from an address.
    pub(super) fn of(kind: IdentityKind, login: &str, person: Option<PersonId>, address: &str) -> Self {
        Self { account: account(kind, login), address: place(address), person }
    }

    /// Counts it before it is made.
    ///
    /// # Errors
    /// [`Failure::TooMany`] where there were too many already.
    pub(super) async fn count(&self, ctx: &Ctx, actor: event::Actor) -> Result<(), Failure> {
        let author = Author { actor, at: ctx.clock.now() };
        let (attempt, most) = (self.clone(), ctx.lock_out);
        match ctx.store.write(author, move |tx| Box::pin(async move { attempt.count_in(tx, most).await })).await? {
            wait if wait > TimeDelta::zero() => {
                Err(Failure::TooMany { retry_after: wait.to_std().unwrap_or(Duration::from_secs(1)) })
            }
            _ => Ok(()),
        }
    }

    /// How long to wait; zero where the attempt may be made.
    async fn count_in(&self, tx: &Tx, lock_out: LockOut) -> Result<TimeDelta, Failure> {
        let mut wait = TimeDelta::zero();
        let account = (&self.account, i32::from(lock_out.by_account), OF_ACCOUNT);
        let address = (&self.address, i32::from(lock_out.by_address), OF_ADDRESS);
        for (subject, most, window) in [account, address] {
            let counted = tx.count_attempt(subject, window).await?;
            if counted.number > most {
                wait = wait.max(counted.since + window - tx.at());
            }
            // Told once in a window, however long somebody goes on.
            if let (true, Some(person)) = (subject == &self.account && counted.number == most + 1, self.person) {
                let (kind, key, changes) = (RecordKind::Person, person.to_string(), Changes::new());
                tx.append(vec![NewEntry { kind, key, version: 1, action: Action::LockOut, changes }]).await?;
            }
        }
        Ok(wait)
    }

    /// Takes it back, since it succeeded, and with it the failures of the account.
    pub(super) async fn succeeded(&self, tx: &Tx) -> Result<(), StoreError> {
        tx.forget_attempts(&self.account, tx.at() - LONG_OVER).await?;
        tx.uncount_attempt(&self.address).await
    }
}

/// Refuses an address that failed too often, and counts nothing: for what cannot be guessed, such as a code of WeChat,
/// and is brought by thousands behind one address.
pub(super) async fn require_few(ctx: &Ctx, address: &str) -> Result<(), Failure> {
    let (most, now) = (i32::from(ctx.lock_out.by_address), ctx.clock.now());
    let failures = ctx.store.attempts(&place(address), now - OF_ADDRESS).await?;
    match failures.filter(|failures| failures.number >= most) {
        Some(failures) => {
            let wait = failures.since + OF_ADDRESS - now;
            Err(Failure::TooMany { retry_after: wait.to_std().unwrap_or(Duration::from_secs(1)) })
        }
        None => Ok(()),
    }
}

/// Counts a failure of an address, after it.
pub(super) async fn count_failure(ctx: &Ctx, actor: event::Actor, address: &str) -> Result<(), Failure> {
    let (author, address) = (Author { actor, at: ctx.clock.now() }, place(address));
    let counted = ctx
        .store
        .write(author, move |tx| Box::pin(async move { tx.count_attempt(&address, OF_ADDRESS).await.map(drop) }));
    counted.await.map_err(|error: StoreError| error.into())
}

/// What the failures of an address are counted under.
fn place(address: &str) -> String {
    fingerprint(&format!("address {address}"))
}

/// What the failures of an account are counted under.
pub(super) fn account(kind: IdentityKind, login: &str) -> String {
    fingerprint(&format!("{kind} {login}"))
}

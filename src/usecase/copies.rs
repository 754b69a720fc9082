//! Copies of the whole database: made while it is in use, and put back in its place.

use std::path::{Path, PathBuf};

use super::Clock;
use crate::domain::event::{Action, Actor, Changes, NewEntry, RecordKind};
use crate::store::{Author, Copied, Dumps, SqliteCopy, Store, StoreError, Tx};

/// How a restore ended.
#[derive(Debug)]
pub struct Restored {
    /// What the copy held.
    pub copied: Copied,
    /// Where the database lies that was replaced, if there was one.
    pub aside: Option<PathBuf>,
    /// How many sessions ended with it.
    pub sessions: u64,
}

/// Copies the database of a URL into a new file, as it stands at one instant.
///
/// # Errors
/// As [`Store::copy_into`] and [`Dumps::dump_into`].
pub async fn backup(url: &str, password: Option<&str>, target: &Path) -> Result<Copied, StoreError> {
    Store::require_existing(url)?;
    let store = Store::open(url, password).await?;
    let copied = match Dumps::of(url, password)? {
        Some(dumps) => dumps.dump_into(target).await,
        None => store.copy_into(target).await,
    };
    store.close().await?;
    copied
}

/// Puts a copy in the place of the database of a URL. `plain` takes one that bears no seal.
///
/// All sessions end with it: one that was revoked since the copy was made would count again.
///
/// # Errors
/// [`StoreError::Refused`] before anything is touched, where the copy is damaged, foreign or newer than this program, or
/// a server runs; what the database says where the copy cannot be brought up to this program, which leaves the database
/// of SQLite as it was.
pub async fn restore(
    url: &str,
    password: Option<&str>,
    copy: &Path,
    plain: bool,
    clock: Clock,
) -> Result<Restored, StoreError> {
    match Dumps::of(url, password)? {
        Some(dumps) => restore_dump(&dumps, (url, password), copy, plain, clock).await,
        None => restore_file(url, copy, plain, clock).await,
    }
}

async fn restore_file(url: &str, copy: &Path, plain: bool, clock: Clock) -> Result<Restored, StoreError> {
    let prepared = SqliteCopy::prepare(copy, url, plain).await?;
    let copied = prepared.copied().clone();
    // Before it is put in place, so that a copy that cannot be used replaces nothing.
    let sessions = take_over(&prepared.url(), None, clock).await?;
    let aside = prepared.put_in_place(clock.now()).await?;
    Ok(Restored { copied, aside, sessions })
}

async fn restore_dump(
    dumps: &Dumps,
    (url, password): (&str, Option<&str>),
    copy: &Path,
    plain: bool,
    clock: Clock,
) -> Result<Restored, StoreError> {
    let copied = dumps.examine(copy, plain).await?;
    let mut aside = None;
    if dumps.require_idle().await? {
        let name = format!("{}.replaced-{}", copy.display(), clock.now().format("%Y%m%dT%H%M%SZ"));
        let path = aside.insert(PathBuf::from(name));
        dumps.dump_into(path).await?;
    }
    dumps.restore(copy).await?;
    let sessions = take_over(url, password, clock).await?;
    Ok(Restored { copied, aside, sessions })
}

/// Brings a restored database up to this program and ends its sessions; answers how many there were.
async fn take_over(url: &str, password: Option<&str>, clock: Clock) -> Result<u64, StoreError> {
    let store = Store::open(url, password).await?;
    store.migrate_up().await?;
    let actor = Actor { name: "restore".to_owned(), role: "system".to_owned(), request_id: clock.new_id().to_string() };
    let author = Author { actor, at: clock.now() };
    let ended = store.write(author, |tx| Box::pin(end_sessions(tx))).await;
    store.close().await?;
    ended
}

async fn end_sessions(tx: &Tx) -> Result<u64, StoreError> {
    tx.adopt_journal().await?;
    let ended = tx.delete_all_sessions().await?;
    let (kind, key, action) = (RecordKind::Session, "all".to_owned(), Action::Revoke);
    tx.append(vec![NewEntry { kind, key, version: 1, action, changes: Changes::new() }]).await?;
    Ok(ended)
}

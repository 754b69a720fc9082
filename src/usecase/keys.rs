//! The keys of a database: found, made where they may be made, and held to be the ones it was written with.

use std::path::{Path, PathBuf};

use super::{Clock, Failure};
use crate::domain::event::{Action, Actor, Changes, NewEntry, RecordKind};
use crate::domain::key::{Key, KeyId, KeyRing, NoRing};
use crate::gateway::{self, KeyFileError};
use crate::store::{Author, Store, StoreError};

/// Why a database cannot be used with the keys there are, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A folder or file cannot be used.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// There is none, and none is made by itself.
    #[error(
        "there is no key in {}. Make one with `gongce keys create` as the user that the service runs as, give every \
         process on this database a copy of the folder, and keep another apart from the copies of the database",
        .0.display()
    )]
    Missing(PathBuf),
    /// The database was written with a key that is not there.
    #[error(
        "this database was written with the key {id}, which is not in {}: put {id}.key back from where it is kept. If it \
         is lost for good, `gongce keys forget {id} --lose-secrets` goes on without what was sealed with it",
        folder.display()
    )]
    Lost {
        /// The key.
        id: KeyId,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// The key of that name is another one.
    #[error(
        "{}/{id}.key is not the key {id} that this database was written with: all processes on one database need the \
         same keys",
        folder.display()
    )]
    Other {
        /// The key.
        id: KeyId,
        /// Where it lies.
        folder: PathBuf,
    },
    /// The keys are no ring.
    #[error("the keys in {} cannot be used together", folder.display())]
    Ring {
        /// Where they lie.
        folder: PathBuf,
        /// Why.
        #[source]
        source: NoRing,
    },
    /// The database fails.
    #[error("cannot ask the database for its keys")]
    Store(#[from] StoreError),
    /// There is no randomness.
    #[error("cannot make a key")]
    Random(#[source] Failure),
}

/// The keys in a folder, after making sure that they are those of the database. With `makes_first` a database that never
/// had a key is given its first.
///
/// # Errors
/// [`KeyError`].
pub async fn hold(store: &Store, clock: Clock, folder: &Path, makes_first: bool) -> Result<KeyRing, KeyError> {
    if makes_first && store.ring_keys().await?.is_empty() && gateway::read(folder)?.is_empty() {
        let made = gateway::create(folder, &random(clock)?, true)?;
        tracing::info!(folder = %folder.display(), ?made, "made a key; keep a copy of it apart from those of the database");
    }
    let keys = gateway::read(folder)?;
    let known = store.ring_keys().await?;
    let lost = known.iter().find(|(id, _)| keys.iter().all(|(own, _)| own != id));
    if let Some((id, _)) = lost {
        return Err(KeyError::Lost { id: *id, folder: folder.to_owned() });
    }
    let ring = KeyRing::new(keys).map_err(|source| match source {
        NoRing::Empty => KeyError::Missing(folder.to_owned()),
        NoRing::Same(..) => KeyError::Ring { folder: folder.to_owned(), source },
    })?;
    remember(store, clock, &ring).await?;
    // Asked again, since another process may have been quicker with another key.
    for (id, fingerprint) in store.ring_keys().await? {
        if ring.is_key(id, &fingerprint) != Some(true) {
            return Err(KeyError::Other { id, folder: folder.to_owned() });
        }
    }
    Ok(ring)
}

/// Writes another key into a folder: from the next start of each process on, it seals. Answers its name.
///
/// # Errors
/// [`KeyError::File`] and [`KeyError::Random`].
pub fn create(clock: Clock, folder: &Path) -> Result<KeyId, KeyError> {
    let key = random(clock)?;
    gateway::create(folder, &key, false)?.ok_or_else(|| KeyError::Missing(folder.to_owned()))
}

/// The names of the keys in a folder, the one that seals first.
///
/// # Errors
/// [`KeyError::File`], [`KeyError::Missing`] and [`KeyError::Ring`].
pub fn list(folder: &Path) -> Result<Vec<KeyId>, KeyError> {
    match KeyRing::new(gateway::read(folder)?) {
        Ok(ring) => Ok(ring.ids().collect()),
        Err(NoRing::Empty) => Err(KeyError::Missing(folder.to_owned())),
        Err(source) => Err(KeyError::Ring { folder: folder.to_owned(), source }),
    }
}

/// Goes on without a key that is lost: what was sealed with it goes too. Answers whether the database knew it.
///
/// # Errors
/// What the store fails with.
pub async fn forget(store: &Store, clock: Clock, id: KeyId) -> Result<bool, Failure> {
    let forgotten = store.write(author(clock), move |tx| {
        Box::pin(async move {
            let was_known = tx.forget_key(id).await?;
            if was_known {
                tx.append(vec![entry(id, Action::Retire)]).await?;
            }
            Ok::<_, Failure>(was_known)
        })
    });
    forgotten.await
}

async fn remember(store: &Store, clock: Clock, ring: &KeyRing) -> Result<(), KeyError> {
    let known: Vec<KeyId> = store.ring_keys().await?.into_iter().map(|(id, _)| id).collect();
    let new = ring.ids().filter(|id| !known.contains(id));
    let new: Vec<_> = new.filter_map(|id| Some((id, ring.fingerprint(id)?))).collect();
    if new.is_empty() {
        return Ok(());
    }
    let remembered = store.write(author(clock), move |tx| {
        Box::pin(async move {
            for (id, fingerprint) in new {
                if tx.remember_key(id, fingerprint).await? {
                    tx.append(vec![entry(id, Action::Create)]).await?;
                }
            }
            Ok::<_, StoreError>(())
        })
    });
    Ok(remembered.await?)
}

fn random(clock: Clock) -> Result<Key, KeyError> {
    let bytes: [u8; 32] = clock.random().map_err(KeyError::Random)?;
    // Only a broken source of randomness gives bytes that are refused.
    Key::new(&bytes).map_err(|weak| KeyError::Random(Failure::Internal(Box::new(weak))))
}

fn author(clock: Clock) -> Author {
    let (name, role, request_id) = ("keys".to_owned(), "system".to_owned(), clock.new_id().to_string());
    Author { actor: Actor { name, role, request_id }, at: clock.now() }
}

fn entry(id: KeyId, action: Action) -> NewEntry {
    NewEntry { kind: RecordKind::Key, key: id.to_string(), version: 1, action, changes: Changes::new() }
}

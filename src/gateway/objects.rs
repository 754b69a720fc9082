//! Files that are no rows: in a folder beside the database, or in a bucket.

use std::fmt;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt};

/// How a bucket's address begins.
pub const BUCKET: &str = "s3://";

/// Why files cannot be used. `Display` does not repeat the cause, which is for the log.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The folder cannot be made.
    #[error("cannot use the folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A bucket is named, and this program knows none.
    #[error("{0} is a bucket: build gongce with the feature `s3`, or name a folder")]
    NoBuckets(String),
    /// The files are out of reach, or full.
    #[error("the files cannot be used now")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A place for files, each under a key like `ab/cd.jpg`. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    place: Arc<str>,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Objects").field(&self.place).finish()
    }
}

impl Objects {
    /// The files at a place: a folder, which is made if it is not there, or `s3://BUCKET/PREFIX`.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub fn at(place: &str) -> Result<Self, ObjectError> {
        let store: Arc<dyn ObjectStore> = if place.starts_with(BUCKET) { bucket(place)? } else { folder(place)? };
        Ok(Self { store, place: place.into() })
    }

    /// Where they are.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Stores a file, in the place of one that is there; it is on the disk when this is over.
    ///
    /// # Errors
    /// [`ObjectError::Store`].
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), ObjectError> {
        self.store.put(&key.into(), Bytes::from(bytes).into()).await.map(drop).map_err(failed)
    }

    /// A file; `None` where there is none.
    ///
    /// # Errors
    /// [`ObjectError::Store`].
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, ObjectError> {
        let found = match self.store.get(&key.into()).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(failed)?,
        };
        found.bytes().await.map(Some).map_err(failed)
    }

    /// Whether there is such a file, with something in it.
    ///
    /// # Errors
    /// [`ObjectError::Store`].
    pub async fn holds(&self, key: &str) -> Result<bool, ObjectError> {
        match self.store.head(&key.into()).await {
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            found => Ok(found.map_err(failed)?.size > 0),
        }
    }

    /// Deletes a file; one that is not there is gone already.
    ///
    /// # Errors
    /// [`ObjectError::Store`].
    pub async fn delete(&self, key: &str) -> Result<(), ObjectError> {
        match self.store.delete(&key.into()).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            done => done.map_err(failed),
        }
    }
}

/// A folder of the service's own.
fn folder(place: &str) -> Result<Arc<dyn ObjectStore>, ObjectError> {
    let path = Path::new(place);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| ObjectError::Folder { path: path.to_owned(), source })?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(path).map_err(failed)?.with_fsync(true)))
}

/// A bucket. Who may use it is said by the usual variables (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, …), which belong to its
/// maker and are no settings of ours.
#[cfg(feature = "s3")]
fn bucket(place: &str) -> Result<Arc<dyn ObjectStore>, ObjectError> {
    use object_store::aws::AmazonS3Builder;
    use object_store::prefix::PrefixStore;

    // Nobody else may have chosen one: the client of WeChat brings its own.
    drop(rustls::crypto::ring::default_provider().install_default());
    let prefix = place.trim_start_matches(BUCKET).split_once('/').map_or("", |(_, prefix)| prefix);
    let store = AmazonS3Builder::from_env().with_url(place).build().map_err(failed)?;
    Ok(Arc::new(PrefixStore::new(store, prefix.trim_matches('/'))))
}

#[cfg(not(feature = "s3"))]
fn bucket(place: &str) -> Result<Arc<dyn ObjectStore>, ObjectError> {
    Err(ObjectError::NoBuckets(place.to_owned()))
}

fn failed(error: object_store::Error) -> ObjectError {
    ObjectError::Store(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_there_until_it_is_deleted() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let place = folder.path().join("deeper/photos");
        let files = Objects::at(&place.to_string_lossy())?;
        assert_eq!((files.get("ab/c.jpg").await?, files.holds("ab/c.jpg").await?), (None, false));
        files.put("ab/c.jpg", vec![1, 2]).await?;
        files.put("ab/c.jpg", vec![3]).await?;
        assert_eq!(files.get("ab/c.jpg").await?.as_deref(), Some(&[3][..]));
        assert_eq!(std::fs::read(place.join("ab/c.jpg"))?, [3]);
        std::fs::write(place.join("ab/c.jpg"), [])?;
        assert!(!files.holds("ab/c.jpg").await?, "an empty file is none");
        files.delete("ab/c.jpg").await?;
        files.delete("ab/c.jpg").await?;
        assert!(!files.holds("ab/c.jpg").await?);
        Ok(())
    }

    #[test]
    fn a_place_that_cannot_be_used_is_refused() {
        assert!(matches!(Objects::at("/dev/null/photos"), Err(ObjectError::Folder { .. })));
        #[cfg(not(feature = "s3"))]
        assert!(matches!(Objects::at("s3://bucket/photos"), Err(ObjectError::NoBuckets(_))));
    }
}

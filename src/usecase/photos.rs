//! Photos: sent once by their ids, shown by records, swept when nothing shows them.

mod checking;
mod keeping;
mod showing;
mod toilets;
mod uploading;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub(super) use checking::settle as checked;
pub use keeping::{CHECK, Swept, keep, missing, remind, sweep};
pub use showing::{Form, Served, serve};
pub(super) use showing::{citable, unknown};
pub use toilets::{ToiletPhoto, attach, detach, of_toilet};
pub use uploading::{Sent, Uploaded, allowed, upload};

use super::{Ctx, Failure};
use crate::domain::event::{Action, Changes, NewEntry, RecordKind};
use crate::domain::photo::Photo;
use crate::gateway::objects::{ObjectError, Objects};

/// The setting without which there are no photos.
const SETTING: &str = "photos";

/// Where the files of photos are, and the turns of those who want one decoded.
#[derive(Debug, Clone)]
pub struct Photos {
    files: Objects,
    turns: Arc<Semaphore>,
}

impl Photos {
    /// Photos whose files are there. One at a time is decoded: that takes a core and up to 176 MiB.
    #[must_use]
    pub fn new(files: Objects) -> Self {
        Self { files, turns: Arc::new(Semaphore::new(1)) }
    }

    /// The one turn to decode.
    #[must_use]
    pub fn turns(&self) -> &Arc<Semaphore> {
        &self.turns
    }
}

/// The photos of a service that has some.
fn photos(ctx: &Ctx) -> Result<&Photos, Failure> {
    ctx.photos.as_ref().ok_or(Failure::NotConfigured { setting: SETTING })
}

/// What the journal says of a photo.
fn entry(photo: &Photo, action: Action, changes: Changes) -> NewEntry {
    NewEntry { kind: RecordKind::Photo, key: photo.id.to_string(), version: photo.revision, action, changes }
}

impl From<ObjectError> for Failure {
    fn from(error: ObjectError) -> Self {
        Self::Unavailable { retry_after: Duration::from_secs(5), source: Some(Box::new(error)) }
    }
}

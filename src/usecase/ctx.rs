//! What every use case has at hand.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::hashing::AT_ONCE;
use super::{Clock, Failure};
use crate::domain::event::Actor;
use crate::domain::holiday::Calendars;
use crate::domain::key::KeyRing;
use crate::domain::public_url::PublicUrl;
use crate::domain::seal::{Sealed, Slot};
use crate::finder::{Finder, Render};
use crate::gateway::wechat::Wechat;
use crate::store::{Author, Store};

/// The parts of a running product. Made once, shared by all requests.
#[derive(Debug)]
pub struct Ctx {
    /// The register in the database.
    pub store: Store,
    /// The register in memory.
    pub finder: Arc<Finder>,
    /// The time, and new ids.
    pub clock: Clock,
    /// The turns of those who want a password hashed.
    pub(super) hashing: Arc<Semaphore>,
    /// The holiday calendars by which hours are judged.
    pub calendars: Arc<Calendars>,
    /// The keys that seal, and by which what is sealed is looked up.
    pub keys: Arc<KeyRing>,
    /// Where the public reaches the service, if anybody said so.
    pub public_url: Option<PublicUrl>,
    /// WeChat, if there is an app.
    pub wechat: Option<Arc<Wechat>>,
}

impl Ctx {
    /// A product around a database. `render` makes the bytes that the finder keeps of each toilet for the answers.
    #[must_use]
    pub fn new(store: Store, clock: Clock, calendars: Calendars, keys: KeyRing, render: Render) -> Self {
        let calendars = Arc::new(calendars);
        let finder = Arc::new(Finder::new(render, Arc::clone(&calendars)));
        let hashing = Arc::new(Semaphore::new(AT_ONCE));
        Self { store, finder, clock, hashing, calendars, keys: Arc::new(keys), public_url: None, wechat: None }
    }

    /// The same, reached by the public there.
    #[must_use]
    pub fn reached_at(self, public_url: Option<PublicUrl>) -> Self {
        Self { public_url, ..self }
    }

    /// The same, with WeChat.
    #[must_use]
    pub fn with_wechat(self, wechat: Option<Arc<Wechat>>) -> Self {
        Self { wechat, ..self }
    }

    /// Seals a value for its place in the database.
    ///
    /// # Errors
    /// [`Failure::Internal`].
    pub fn seal(&self, slot: Slot<'_>, plain: &[u8]) -> Result<Sealed, Failure> {
        Ok(self.keys.seal(slot, self.clock.random()?, plain)?)
    }

    /// Writes as a part of the system, now.
    #[must_use]
    pub fn author(&self, name: &str) -> Author {
        let request_id = self.clock.new_id().to_string();
        let actor = Actor { name: name.to_owned(), role: "system".to_owned(), request_id };
        Author { actor, at: self.clock.now() }
    }
}

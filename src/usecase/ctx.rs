//! What every use case has at hand.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tokio::sync::{Notify, Semaphore};

use super::checks::Checks;
use super::cleanings::Flights;
use super::events::Events;
use super::following::Followed;
use super::hashing::AT_ONCE;
use super::photos::Photos;
use super::{Clock, Failure};
use crate::domain::account::LockOut;
use crate::domain::event::Actor;
use crate::domain::holiday::Calendars;
use crate::domain::key::KeyRing;
use crate::domain::map_tiles::MapTiles;
use crate::domain::public_url::PublicUrl;
use crate::domain::seal::{Sealed, Slot};
use crate::domain::target::Targets;
use crate::finder::{Finder, Render};
use crate::gateway::outbound::Outbound;
use crate::gateway::wechat::{Account, Wechat};
use crate::geo::Crs;
use crate::store::{Author, Store, StoreError, Tx, Working};

/// The parts of a running product. Made once, shared by all requests.
#[derive(Debug)]
pub struct Ctx {
    /// The register in the database.
    pub store: Store,
    /// The register in memory.
    pub finder: Arc<Finder>,
    /// The time, and new ids.
    pub clock: Clock,
    /// How well the register in memory keeps up with the journal.
    pub followed: Followed,
    /// What is told live to those who watch.
    pub events: Events,
    /// What is logged and waits to be written together.
    pub(super) flights: Flights,
    /// Those who call and are being looked up.
    pub(super) checks: Checks,
    /// Wakes whoever settles what was logged.
    pub(super) unsettled: Notify,
    /// The turns of those who want a password hashed.
    pub(super) hashing: Arc<Semaphore>,
    /// The turn of whoever takes in a file over HTTP: it takes much memory.
    pub(super) importing: Arc<Semaphore>,
    /// The holiday calendars by which hours are judged.
    pub calendars: Arc<Calendars>,
    /// The keys that seal, and by which what is sealed is looked up.
    pub keys: Arc<KeyRing>,
    /// Where the public reaches the service, if anybody said so.
    pub public_url: Option<PublicUrl>,
    /// The only datum in which positions are published, if there is only one.
    pub public_crs: Option<Crs>,
    /// The picture under the map of the page, if there is one.
    pub map_tiles: Option<MapTiles>,
    /// Where new toilets are unless they say otherwise.
    pub home: Home,
    /// WeChat, if there is an app.
    pub wechat: Option<Arc<Wechat>>,
    /// WeChat by the official account, if there is one: people sign in with it on the page.
    pub wechat_account: Option<Arc<Account>>,
    /// Whoever sends messages to webhooks and robots.
    pub outbound: Arc<Outbound>,
    /// The photos, if there is a place for them.
    pub photos: Option<Photos>,
    /// When nobody may try any more to sign in.
    pub lock_out: LockOut,
    /// The targets that shares are held against.
    pub targets: Targets,
}

/// The time zone and the holiday calendar of toilets that name none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The zone.
    pub zone: Tz,
    /// The id of the calendar; without one, holidays are unknown.
    pub calendar: Option<String>,
}

impl Default for Home {
    fn default() -> Self {
        Self { zone: Tz::Asia__Shanghai, calendar: Some("CN".to_owned()) }
    }
}

impl Ctx {
    /// A product around a database. `render` makes the bytes that the finder keeps of each toilet for the answers.
    #[must_use]
    pub fn new(store: Store, clock: Clock, calendars: Calendars, keys: KeyRing, render: Render) -> Self {
        let calendars = Arc::new(calendars);
        let finder = Arc::new(Finder::new(render, Arc::clone(&calendars)));
        let hashing = Arc::new(Semaphore::new(AT_ONCE));
        Self {
            flights: Flights::new(store.writes_beside()),
            unsettled: Notify::new(),
            checks: Checks::default(),
            store,
            finder,
            clock,
            followed: Followed::default(),
            events: Events::default(),
            hashing,
            importing: Arc::new(Semaphore::new(1)),
            calendars,
            keys: Arc::new(keys),
            public_url: None,
            public_crs: None,
            map_tiles: None,
            wechat: None,
            wechat_account: None,
            outbound: Arc::default(),
            photos: None,
            home: Home::default(),
            lock_out: LockOut::default(),
            targets: Targets::default(),
        }
    }

    /// The same product around the same database, as if it were that instant still: what is written through it was
    /// written then. It is for histories that are made up.
    #[must_use]
    pub(super) fn as_of(&self, at: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self {
            flights: Flights::new(self.store.writes_beside()),
            unsettled: Notify::new(),
            checks: Checks::default(),
            store: self.store.clone(),
            finder: Arc::clone(&self.finder),
            clock: Clock::fixed(at),
            followed: Followed::default(),
            events: Events::default(),
            hashing: Arc::clone(&self.hashing),
            importing: Arc::clone(&self.importing),
            calendars: Arc::clone(&self.calendars),
            keys: Arc::clone(&self.keys),
            public_url: self.public_url.clone(),
            public_crs: self.public_crs,
            map_tiles: self.map_tiles.clone(),
            wechat: self.wechat.clone(),
            wechat_account: self.wechat_account.clone(),
            outbound: Arc::clone(&self.outbound),
            photos: self.photos.clone(),
            home: self.home.clone(),
            lock_out: self.lock_out,
            targets: self.targets.clone(),
        })
    }

    /// The same, reached by the public there.
    #[must_use]
    pub fn reached_at(self, public_url: Option<PublicUrl>) -> Self {
        Self { public_url, ..self }
    }

    /// The same, its page's map on these tiles.
    #[must_use]
    pub fn drawn_on(self, map_tiles: Option<MapTiles>) -> Self {
        Self { map_tiles, ..self }
    }

    /// The same, with WeChat.
    #[must_use]
    pub fn with_wechat(self, wechat: Option<Arc<Wechat>>) -> Self {
        Self { wechat, ..self }
    }

    /// The same, with WeChat by an official account.
    #[must_use]
    pub fn with_wechat_account(self, wechat_account: Option<Arc<Account>>) -> Self {
        Self { wechat_account, ..self }
    }

    /// The same, sending messages so.
    #[must_use]
    pub fn sending(self, outbound: Outbound) -> Self {
        Self { outbound: Arc::new(outbound), ..self }
    }

    /// The same, with a place for photos.
    #[must_use]
    pub fn with_photos(self, photos: Option<Photos>) -> Self {
        Self { photos, ..self }
    }

    /// The same with another bound on failures to sign in.
    #[must_use]
    pub fn locking_out(self, lock_out: LockOut) -> Self {
        Self { lock_out, ..self }
    }

    /// The same, publishing positions in that datum alone.
    #[must_use]
    pub fn publishing_in(self, public_crs: Option<Crs>) -> Self {
        Self { public_crs, ..self }
    }

    /// Seals a value for its place in the database.
    ///
    /// # Errors
    /// [`Failure::Internal`].
    pub fn seal(&self, slot: Slot<'_>, plain: &[u8]) -> Result<Sealed, Failure> {
        Ok(self.keys.seal(slot, self.clock.random()?, plain)?)
    }

    /// Runs `work` in a transaction, as [`Store::write`] does, and puts the toilets that it touched into the finder, so
    /// that the next answer of this process knows of them. Every write that touches toilets goes this way.
    ///
    /// # Errors
    /// What the work or the commit failed with.
    pub async fn write<T, E, F>(&self, author: Author, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> Working<'t, Result<T, E>> + Send + 'static,
    {
        let (value, marks) = self.store.write_telling(author, work).await?;
        self.finder.settle(marks.settled);
        if !marks.toilets.is_empty() && self.finder.is_loaded() {
            let ids: Vec<_> = marks.toilets.into_iter().collect();
            match self.store.toilets(&ids).await {
                Ok(toilets) => self.finder.apply(toilets, 0),
                // It is written all the same; the follower of the journal will tell of it.
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "cannot read what was written"),
            }
        }
        Ok(value)
    }

    /// The same product with other targets than none.
    #[must_use]
    pub fn with_targets(self, targets: Targets) -> Self {
        Self { targets, ..self }
    }

    /// Writes as a part of the system, now.
    #[must_use]
    pub fn author(&self, name: &str) -> Author {
        let request_id = self.clock.new_id().to_string();
        let actor = Actor { name: name.to_owned(), role: "system".to_owned(), request_id };
        Author { actor, at: self.clock.now() }
    }
}

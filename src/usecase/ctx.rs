//! What every use case has at hand.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::Clock;
use super::hashing::AT_ONCE;
use crate::domain::event::Actor;
use crate::domain::holiday::Calendars;
use crate::finder::{Finder, Render};
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
}

impl Ctx {
    /// A product around a database. `render` makes the bytes that the finder keeps of each toilet for the answers.
    #[must_use]
    pub fn new(store: Store, clock: Clock, calendars: Calendars, render: Render) -> Self {
        let calendars = Arc::new(calendars);
        let finder = Arc::new(Finder::new(render, Arc::clone(&calendars)));
        Self { store, finder, clock, hashing: Arc::new(Semaphore::new(AT_ONCE)), calendars }
    }

    /// Writes as a part of the system, now.
    #[must_use]
    pub fn author(&self, name: &str) -> Author {
        let request_id = self.clock.new_id().to_string();
        let actor = Actor { name: name.to_owned(), role: "system".to_owned(), request_id };
        Author { actor, at: self.clock.now() }
    }
}

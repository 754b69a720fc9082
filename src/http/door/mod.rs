//! The front door: what every request passes before it is handled, and what is done to every answer.

mod admission;
mod body;
mod cors;
mod gzip;
mod limits;
mod networks;
mod rates;
mod streams;

use std::collections::hash_map::RandomState;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

pub use body::{BodyLimit, BodyLimited};
pub use limits::{LIMITS, Limit, Limits};
pub use networks::Network;

use super::meters::Meters;
pub(super) use admission::{Admitting, allow_photo};
pub(super) use cors::{Visitor, preflight};
pub(super) use gzip::{Packed, Packing};
pub(super) use networks::{household, is_trusted, noted};
use rates::Rates;
pub(super) use streams::StreamPlace;
use streams::Streams;

use crate::domain::account::PersonId;

/// The state of the front door: one for a process, shared by the accept loop and the routes.
#[derive(Debug)]
pub struct Door {
    pub(super) limits: Limits,
    /// Searches of each address.
    searches: Rates<IpAddr>,
    /// Searches of each session that was brought, by a hash of its token.
    session_searches: Rates<u64>,
    hasher: RandomState,
    /// Writes of each person.
    writes: Rates<PersonId>,
    /// Scanned plates are counted apart, so that who guesses at them does not take the searches of a whole network.
    plates: Rates<IpAddr>,
    /// Places for requests under way.
    places: Semaphore,
    /// Of these, the places that are not kept for searches.
    unreserved: Semaphore,
    exports: Arc<Semaphore>,
    uploads: Semaphore,
    streams: Streams,
    leaving: watch::Sender<bool>,
    /// What is counted here.
    pub(super) meters: Meters,
}

impl Door {
    /// A door with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Arc<Self> {
        let places = |number: u32| Semaphore::new(usize::try_from(number).unwrap_or(Semaphore::MAX_PERMITS));
        let meters = Meters::new();
        Arc::new(Self {
            searches: Rates::new(limits.search_rate, limits.search_burst),
            plates: Rates::new(limits.search_rate, limits.search_burst),
            session_searches: Rates::new(limits.session_search_rate, limits.session_search_burst),
            hasher: RandomState::new(),
            writes: Rates::new(limits.write_rate, limits.write_burst),
            places: places(limits.in_flight),
            unreserved: places(limits.in_flight.saturating_sub(limits.in_flight_for_search)),
            exports: Arc::new(places(limits.exports)),
            uploads: places(limits.uploads),
            leaving: watch::Sender::new(false),
            streams: Streams::new(&limits, meters.streams.clone()),
            meters,
            limits,
        })
    }

    /// From now on the service says that it is not ready, and serves on until it is told to end.
    pub(super) fn leave(&self) {
        self.leaving.send_replace(true);
    }

    /// How many requests are under way.
    pub(super) fn in_flight(&self) -> usize {
        let all = usize::try_from(self.limits.in_flight).unwrap_or(Semaphore::MAX_PERMITS);
        all.saturating_sub(self.places.available_permits())
    }

    pub(super) fn is_leaving(&self) -> bool {
        *self.leaving.borrow()
    }

    /// How many live streams have begun, to tell one from the next.
    pub(super) fn streams_begun(&self) -> u64 {
        self.streams.begun()
    }

    /// Resolves when the service is about to stop.
    pub(super) async fn left(&self) {
        drop(self.leaving.subscribe().wait_for(|leaving| *leaving).await);
    }
}

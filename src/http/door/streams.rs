//! The live streams that are open: so many in all, so many of one client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::metrics::gauge::Gauge;

use super::limits::Limits;

/// Which place there is none of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// None at all.
    All,
    /// None for this client.
    Client,
}

/// The places of a process.
#[derive(Debug)]
pub(super) struct Streams {
    open: Arc<Mutex<Open>>,
    most: u32,
    most_of_client: u32,
    gauge: Gauge,
    begun: AtomicU64,
}

#[derive(Debug, Default)]
struct Open {
    all: u32,
    of: HashMap<IpAddr, u32>,
}

impl Streams {
    pub(super) fn new(limits: &Limits, gauge: Gauge) -> Self {
        // Whoever streams must leave room for whoever searches.
        let most = limits.streams.min(limits.connections / 2).max(1);
        Self { open: Arc::default(), most, most_of_client: limits.streams_per_address, gauge, begun: AtomicU64::new(0) }
    }

    /// How many places were ever taken.
    pub(super) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Takes a place for a client; one that came by no socket is not counted as any.
    pub(super) fn enter(&self, client: Option<IpAddr>) -> Result<StreamPlace, Full> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= self.most {
            return Err(Full::All);
        }
        if let Some(client) = client {
            let count = open.of.entry(client).or_default();
            if *count >= self.most_of_client {
                return Err(Full::Client);
            }
            *count += 1;
        }
        open.all += 1;
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.gauge.inc();
        Ok(StreamPlace(Arc::new(Taken { client, open: Arc::clone(&self.open), gauge: self.gauge.clone() })))
    }
}

/// A place that is given back with the last of its copies.
#[derive(Debug, Clone)]
pub(in crate::http) struct StreamPlace(#[expect(dead_code, reason = "it is held, not read")] Arc<Taken>);

#[derive(Debug)]
struct Taken {
    client: Option<IpAddr>,
    open: Arc<Mutex<Open>>,
    gauge: Gauge,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        self.gauge.dec();
        let Some(client) = self.client else { return };
        if let Some(count) = open.of.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                open.of.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back_with_its_last_copy() {
        let limits = Limits { streams: 3, streams_per_address: 2, ..Limits::default() };
        let streams = Streams::new(&limits, Gauge::default());
        let [here, there] = [1, 2].map(|last| Some(IpAddr::from([192, 0, 2, last])));
        let first = streams.enter(here);
        let copy = first.clone();
        let second = streams.enter(here);
        assert_eq!(streams.enter(here).err(), Some(Full::Client));
        let third = streams.enter(there);
        assert_eq!(streams.enter(there).err(), Some(Full::All));
        drop((second, third));
        drop(first);
        assert!(streams.enter(there).is_ok());
        assert_eq!(streams.gauge.get(), 1, "the copy holds the place");
        drop(copy);
        assert_eq!(streams.gauge.get(), 0);
    }
}

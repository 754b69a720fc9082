//! How many connections each client has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::door::{Limits, household, is_trusted};

/// The connections of each client; as many entries as there are clients with connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Callers(Arc<Mutex<HashMap<IpAddr, u32>>>);

/// One connection that is counted until it ends.
#[derive(Debug)]
pub(super) struct Caller {
    counted: Option<IpAddr>,
    callers: Callers,
}

impl Callers {
    /// Counts a connection; nothing if the client has as many as it may.
    pub(super) fn enter(&self, address: IpAddr, limits: &Limits) -> Option<Caller> {
        if is_trusted(&limits.trusted_proxies, address) {
            return Some(Caller { counted: None, callers: self.clone() });
        }
        let client = household(address);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(client).or_default();
        if *count >= limits.connections_per_address {
            return None;
        }
        *count += 1;
        Some(Caller { counted: Some(client), callers: self.clone() })
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let Some(client) = self.counted else { return };
        let mut counts = self.callers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&client);
            }
        }
    }
}

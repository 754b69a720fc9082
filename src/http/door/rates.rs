//! Token buckets for each client, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many clients one generation remembers: two generations take about 8 MB.
const REMEMBERED: usize = 50_000;

/// A bucket of tokens for each client; one request takes one token.
#[derive(Debug)]
pub(super) struct Rates<K> {
    /// Tokens a second.
    rate: f64,
    /// Tokens in a full bucket.
    burst: f64,
    remembered: usize,
    buckets: Mutex<Generations<K>>,
}

/// Who asked lately. When `now` is full it becomes `before`, and what was not asked for since is forgotten: that gives
/// a client a full bucket again, and costs no search through all of them while somebody floods.
#[derive(Debug)]
struct Generations<K> {
    now: HashMap<K, Bucket>,
    before: HashMap<K, Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl<K: Eq + Hash> Rates<K> {
    pub(super) fn new(rate: u32, burst: u32) -> Self {
        let buckets = Mutex::new(Generations { now: HashMap::new(), before: HashMap::new() });
        Self { rate: rate.into(), burst: burst.into(), remembered: REMEMBERED, buckets }
    }

    /// Takes a token from the client's bucket at an instant.
    ///
    /// # Errors
    /// How long it takes until there is one.
    pub(super) fn take(&self, client: K, now: Instant) -> Result<(), Duration> {
        let mut generations = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = generations.now.get_mut(&client) {
            return self.take_from(bucket, now);
        }
        let known = generations.before.get(&client).copied();
        let mut bucket = known.unwrap_or(Bucket { tokens: self.burst, filled_at: now });
        let taken = self.take_from(&mut bucket, now);
        if generations.now.len() >= self.remembered {
            generations.before = std::mem::take(&mut generations.now);
        }
        generations.now.insert(client, bucket);
        taken
    }

    fn take_from(&self, bucket: &mut Bucket, now: Instant) -> Result<(), Duration> {
        let gained = now.saturating_duration_since(bucket.filled_at).as_secs_f64() * self.rate;
        *bucket = Bucket { tokens: (bucket.tokens + gained).min(self.burst), filled_at: now };
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.tokens) / self.rate));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    #[test]
    fn a_bucket_empties_and_fills() {
        let (rates, start) = (Rates::new(10, 3), Instant::now());
        let client = IpAddr::from([192, 0, 2, 1]);
        let taken = (0..5).filter(|_| rates.take(client, start).is_ok()).count();
        assert_eq!(taken, 3);
        assert!(rates.take(IpAddr::from([192, 0, 2, 2]), start).is_ok(), "another client has a bucket of its own");
        assert!(rates.take(client, start + Duration::from_millis(150)).is_ok(), "ten a second come back");
        assert!(rates.take(client, start + Duration::from_millis(160)).is_err());
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory() {
        let rates = Rates { remembered: 100, ..Rates::new(1, 1) };
        let start = Instant::now();
        for number in 0..10_000_u32 {
            let _answered = rates.take(IpAddr::from(number.to_be_bytes()), start);
        }
        let generations = rates.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(generations.now.len() + generations.before.len() <= 200);
    }
}

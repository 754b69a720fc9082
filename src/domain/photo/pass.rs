//! What lets WeChat fetch a photo that nobody else may see yet.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;

use super::PhotoId;
use crate::domain::key::{KeyRing, mac};

/// What the mark is made over before the rest.
const LABEL: &[u8] = b"gongce photo pass\0";

/// Leave to fetch one photo for an hour. Nobody can make one up, and it opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass;

impl Pass {
    /// For how long it counts. WeChat fetches what it is asked to check within half an hour.
    pub const COUNTS: TimeDelta = TimeDelta::hours(1);

    /// A pass for a photo, to be put into its address; `None` without a key.
    #[must_use]
    pub fn issue(ring: &KeyRing, photo: PhotoId, now: DateTime<Utc>) -> Option<String> {
        let until = (now + Self::COUNTS).timestamp();
        Some(format!("{until}.{}", BASE64URL_NOPAD.encode(&mark(&ring.newest()?.photos, photo, until))))
    }

    /// Whether this is a pass for that photo which still counts. Compared in constant time.
    #[must_use]
    pub fn is_good(ring: &KeyRing, photo: PhotoId, text: &str, now: DateTime<Utc>) -> bool {
        let Some((until, given)) = text.split_once('.') else { return false };
        let (Ok(until), Ok(given)) = (until.parse::<i64>(), BASE64URL_NOPAD.decode(given.as_bytes())) else {
            return false;
        };
        let fits = |key: &[u8; 32]| bool::from(mark(key, photo, until).ct_eq(given.as_slice()));
        now.timestamp() < until && ring.all().iter().any(|key| fits(&key.photos))
    }
}

fn mark(key: &[u8; 32], photo: PhotoId, until: i64) -> [u8; 32] {
    mac(key, &[LABEL, photo.uuid().as_bytes(), &until.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::key::{Key, KeyId};

    fn ring(ids: &str) -> KeyRing {
        let keys = ids.chars().filter_map(|name| {
            let bytes: Vec<u8> = (0..32_u8).map(|at| at.wrapping_mul(at).wrapping_mul(37) ^ (name as u8)).collect();
            Some((KeyId::read(name)?, Key::new(&bytes).ok()?))
        });
        KeyRing::new(keys).unwrap_or_else(|wrong| unreachable!("{wrong}"))
    }

    #[test]
    fn it_opens_one_photo_for_an_hour() {
        let id = |last: char| format!("0192f0c1-0000-7000-8000-00000000000{last}").parse::<PhotoId>();
        let (Ok(own), Ok(other)) = (id('1'), id('2')) else { unreachable!() };
        let now = DateTime::UNIX_EPOCH;
        let pass = Pass::issue(&ring("1"), own, now).unwrap_or_default();
        assert!(Pass::is_good(&ring("1"), own, &pass, now) && Pass::is_good(&ring("12"), own, &pass, now));
        assert!(!Pass::is_good(&ring("1"), other, &pass, now), "another photo");
        assert!(!Pass::is_good(&ring("1"), own, &pass, now + Pass::COUNTS), "too late");
        assert!(!Pass::is_good(&ring("2"), own, &pass, now), "a key of somebody else");
        let later = pass.replacen("3600", "9999", 1);
        for wrong in ["", ".", "x.y", &later, &pass[..pass.len() - 1]] {
            assert!(!Pass::is_good(&ring("1"), own, wrong, now), "{wrong}");
        }
    }
}

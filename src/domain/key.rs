//! Keys (密钥): the secrets from which whatever is sealed, looked up or signed takes its own.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::Violation;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// The name of a key in its ring: `1` to `9`, then `a` to `z`, in this order, so that a newer key has a later name. One
/// character, since it stands on every plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u8);

impl KeyId {
    /// The name of the first key of a ring.
    pub const FIRST: Self = Self(b'1');

    /// The key of that name; `None` for what is no name of a key.
    #[must_use]
    pub const fn read(character: char) -> Option<Self> {
        match character {
            '1'..='9' | 'a'..='z' => Some(Self(character as u8)),
            _ => None,
        }
    }

    /// Its character.
    #[must_use]
    pub const fn as_char(self) -> char {
        self.0 as char
    }

    /// The name of the key that follows; `None` after `z`.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self.0 {
            b'9' => Some(Self(b'a')),
            b'z' => None,
            byte => Some(Self(byte + 1)),
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_char().fmt(f)
    }
}

impl FromStr for KeyId {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        let mut characters = text.chars();
        let id = characters.next().and_then(Self::read).filter(|_| characters.next().is_none());
        id.ok_or_else(|| Violation::new("key", "badKeyId", "a key is called by one of 1 to 9 or a to z"))
    }
}

/// Why bytes are no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakKey {
    /// There are more or fewer of them.
    #[error("a key has exactly 32 bytes, and this has {0}: it was cut off, or is no key")]
    Length(usize),
    /// They look like a text, a pattern or an example. Random bytes do so once in more than 10¹³ times.
    #[error("its bytes are not random: it looks like a text, a pattern or an example")]
    Plain,
}

/// 32 random bytes. Nothing uses them but to take a key of its own from them, for one purpose each.
#[derive(Clone)]
pub struct Key([u8; KEY_BYTES]);

impl Key {
    /// A key of random bytes.
    ///
    /// # Errors
    /// [`WeakKey`] for what cannot be one.
    pub fn new(bytes: &[u8]) -> Result<Self, WeakKey> {
        let key: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| WeakKey::Length(bytes.len()))?;
        if is_plain(&key) { Err(WeakKey::Plain) } else { Ok(Self(key)) }
    }

    /// Its bytes, to be kept in a file.
    #[must_use]
    pub fn reveal(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key for one purpose: HKDF-Expand (RFC 5869, 2.3) of one block. The bytes are random already, so there is
    /// nothing to extract (3.3).
    fn derive(&self, purpose: &[u8]) -> [u8; KEY_BYTES] {
        mac(&self.0, &[purpose, &[1]])
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Whether bytes look made by a person: few different ones, nothing but printable characters, always the same step from
/// one to the next, or one half twice.
fn is_plain(bytes: &[u8; KEY_BYTES]) -> bool {
    let mut different = *bytes;
    different.sort_unstable();
    let kinds = 1 + different.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let step = bytes[1].wrapping_sub(bytes[0]);
    kinds < KEY_BYTES / 2
        || bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        || bytes.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step)
        || bytes[..KEY_BYTES / 2] == bytes[KEY_BYTES / 2..]
}

/// HMAC-SHA-256 of the parts, one after the other.
pub(super) fn mac(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; KEY_BYTES] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Every key that is in use: the newest one seals and signs, the older ones open and verify what they did before.
#[derive(Clone)]
pub struct KeyRing(Vec<Derived>);

/// What was taken from a key, each for its purpose.
#[derive(Clone)]
pub(super) struct Derived {
    pub(super) id: KeyId,
    pub(super) sealing: [u8; KEY_BYTES],
    pub(super) indexing: [u8; KEY_BYTES],
    pub(super) plates: [u8; KEY_BYTES],
    pub(super) photos: [u8; KEY_BYTES],
    fingerprint: [u8; KEY_BYTES],
}

/// Why keys are no ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRing {
    /// There are none.
    #[error("there is no key")]
    Empty,
    /// Two of them have the same bytes: one was copied where a new one was meant.
    #[error("the keys {0} and {1} are the same")]
    Same(KeyId, KeyId),
}

impl KeyRing {
    /// A ring of keys with their names.
    ///
    /// # Errors
    /// [`NoRing`].
    pub fn new(keys: impl IntoIterator<Item = (KeyId, Key)>) -> Result<Self, NoRing> {
        let mut ring: Vec<Derived> = keys.into_iter().map(|(id, key)| Derived::of(id, &key)).collect();
        ring.sort_unstable_by_key(|key| std::cmp::Reverse(key.id));
        for (place, key) in ring.iter().enumerate() {
            if let Some(same) = ring[place + 1..].iter().find(|other| other.fingerprint == key.fingerprint) {
                return Err(NoRing::Same(same.id, key.id));
            }
        }
        if ring.is_empty() { Err(NoRing::Empty) } else { Ok(Self(ring)) }
    }

    /// The names of its keys, the newest first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.0.iter().map(|key| key.id)
    }

    /// By what a key is known again, in hexadecimal. It tells nothing of the key.
    #[must_use]
    pub fn fingerprint(&self, id: KeyId) -> Option<String> {
        self.find(id).map(|key| HEXLOWER.encode(&key.fingerprint))
    }

    /// Whether this is the fingerprint of the key of that name; `None` where there is no such key.
    #[must_use]
    pub fn is_key(&self, id: KeyId, fingerprint: &str) -> Option<bool> {
        self.fingerprint(id).map(|own| own.as_bytes().ct_eq(fingerprint.as_bytes()).into())
    }

    /// The key that seals and signs.
    pub(super) fn newest(&self) -> Option<&Derived> {
        self.0.first()
    }

    /// All keys, the newest first.
    pub(super) fn all(&self) -> &[Derived] {
        &self.0
    }

    pub(super) fn find(&self, id: KeyId) -> Option<&Derived> {
        self.0.iter().find(|key| key.id == id)
    }
}

impl Derived {
    fn of(id: KeyId, key: &Key) -> Self {
        Self {
            id,
            sealing: key.derive(b"gongce sealing"),
            indexing: key.derive(b"gongce indexing"),
            plates: key.derive(b"gongce plates"),
            photos: key.derive(b"gongce photos"),
            fingerprint: key.derive(b"gongce fingerprint"),
        }
    }
}

/// Tells the names alone.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: String = self.ids().map(KeyId::as_char).collect();
        f.debug_tuple("KeyRing").field(&ids).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_are_those_of_the_standard() {
        // RFC 5869, A.3 begins with this pseudo-random key; its output with an empty purpose.
        let bytes =
            HEXLOWER.decode(b"19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04").unwrap_or_default();
        let derived = Key::new(&bytes).map(|key| HEXLOWER.encode(&key.derive(b"")));
        assert_eq!(derived.as_deref(), Ok("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let random: Vec<u8> = (0..32_u8).map(|place| place.wrapping_mul(place).wrapping_mul(37) ^ 0xa5).collect();
        assert!(Key::new(&random).is_ok());
        assert_eq!(Key::new(&random[..31]).err(), Some(WeakKey::Length(31)));
        assert_eq!(Key::new(&[&random[..], b"\n"].concat()).err(), Some(WeakKey::Length(33)));
        let steps: Vec<u8> = (0..32_u8).collect();
        let halves = [&random[..16], &random[..16]].concat();
        for plain in
            [&[0; 32][..], b"change-me-change-me-please-do-it", b"kT9$wQ2!zL5&xV8@nM4#bC7^jH1*gF6%", &steps, &halves]
        {
            assert_eq!(Key::new(plain).err(), Some(WeakKey::Plain), "{plain:?}");
        }
    }

    #[test]
    fn names_go_on_from_digits_to_letters() {
        let all: String = std::iter::successors(Some(KeyId::FIRST), |id| id.next()).map(KeyId::as_char).collect();
        assert_eq!(all, "123456789abcdefghijklmnopqrstuvwxyz");
        assert!(["", "0", "A", "12", "é"].iter().all(|text| text.parse::<KeyId>().is_err()));
    }
}

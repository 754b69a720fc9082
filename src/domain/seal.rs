//! Sealing: values that the database keeps and only whoever holds the keys can read, and looking them up all the same.

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

use super::key::{KeyId, KeyRing, mac};

/// Random bytes that each sealing takes. So many may be drawn at random without ever being the same twice.
pub const NONCE_BYTES: usize = 24;

/// A sealed value as the database keeps it: the name of its key, then nonce, ciphertext and tag in Base64 (RFC 4648, 5)
/// without padding. A value of n bytes takes 1 + ⌈(n + 40) × 4 ⁄ 3⌉ characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// A value from the database; whether it can be opened shows when it is.
    #[must_use]
    pub fn kept(text: String) -> Self {
        Self(text)
    }

    /// As the database keeps it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// Where a sealed value belongs. It cannot be opened anywhere else: whoever can write to the database still cannot move
/// one person's secret to another, or to another column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot<'a> {
    /// Table and column, such as `identity.totp`.
    pub column: &'static str,
    /// What tells its row from all others and never changes.
    pub row: &'a str,
}

/// Why a value cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is longer than the cipher takes, or there is no key.
    #[error("the value cannot be sealed")]
    CannotSeal,
    /// It was sealed with a key that is not in the ring.
    #[error("it was sealed with the key {0}, which is not among the keys")]
    NoSuchKey(KeyId),
    /// It was changed, moved from where it belongs, or never sealed.
    #[error("it was not sealed with these keys in this place")]
    Broken,
}

impl KeyRing {
    /// Seals a value with the newest key (XChaCha20-Poly1305). The nonce must be fresh random bytes.
    ///
    /// # Errors
    /// [`SealError::CannotSeal`].
    pub fn seal(&self, slot: Slot<'_>, nonce: [u8; NONCE_BYTES], plain: &[u8]) -> Result<Sealed, SealError> {
        let key = self.newest().ok_or(SealError::CannotSeal)?;
        let aad = slot.bytes();
        let sealed = cipher(&key.sealing).encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad });
        let sealed = sealed.map_err(|_| SealError::CannotSeal)?;
        Ok(Sealed(format!("{}{}", key.id, BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat()))))
    }

    /// Opens a value in the place where it was sealed.
    ///
    /// # Errors
    /// [`SealError::NoSuchKey`] or [`SealError::Broken`].
    pub fn open(&self, slot: Slot<'_>, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        let mut characters = sealed.0.chars();
        let id = characters.next().and_then(KeyId::read).ok_or(SealError::Broken)?;
        let key = self.find(id).ok_or(SealError::NoSuchKey(id))?;
        let bytes = BASE64URL_NOPAD.decode(characters.as_str().as_bytes()).map_err(|_| SealError::Broken)?;
        let (nonce, msg) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Broken)?;
        let aad = slot.bytes();
        let plain = cipher(&key.sealing).decrypt(&XNonce::from(*nonce), Payload { msg, aad: &aad });
        plain.map_err(|_| SealError::Broken)
    }

    /// What to look a sealed value up by, in each key's form (64 hexadecimal digits each), the newest key's first. A new
    /// row is given the first; a search asks for any of them, since an older row keeps that of its own time.
    #[must_use]
    pub fn index(&self, column: &'static str, plain: &[u8]) -> Vec<String> {
        let of = |key: &[u8; 32]| HEXLOWER.encode(&mac(key, &[column.as_bytes(), &[0], plain]));
        self.all().iter().map(|key| of(&key.indexing)).collect()
    }
}

impl Slot<'_> {
    /// No column's name holds a NUL, so that no two slots have the same bytes.
    fn bytes(self) -> Vec<u8> {
        [self.column.as_bytes(), &[0], self.row.as_bytes()].concat()
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(*key).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::key::Key;

    const HERE: Slot<'static> = Slot { column: "identity.totp", row: "a" };

    /// A ring of keys whose bytes follow from their names.
    fn ring(ids: &str) -> KeyRing {
        let keys = ids.chars().filter_map(|name| {
            let bytes: Vec<u8> =
                (0..32_u8).map(|place| place.wrapping_mul(place).wrapping_mul(37) ^ (name as u8)).collect();
            Some((KeyId::read(name)?, Key::new(&bytes).ok()?))
        });
        KeyRing::new(keys).unwrap_or_else(|wrong| unreachable!("{wrong}"))
    }

    fn seal(ring: &KeyRing, nonce: [u8; NONCE_BYTES], plain: &[u8]) -> Sealed {
        ring.seal(HERE, nonce, plain).unwrap_or_else(|wrong| unreachable!("{wrong}"))
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_in_its_place_alone(plain: Vec<u8>, nonce: [u8; NONCE_BYTES]) {
            let ring = ring("12");
            let sealed = seal(&ring, nonce, &plain);
            prop_assert_eq!(sealed.as_str().len(), 1 + ((plain.len() + 40) * 4).div_ceil(3));
            prop_assert_eq!(ring.open(HERE, &sealed), Ok(plain));
            for elsewhere in [Slot { row: "b", ..HERE }, Slot { column: "identity.openid", ..HERE }, Slot { row: "", ..HERE }] {
                prop_assert_eq!(ring.open(elsewhere, &sealed), Err(SealError::Broken));
            }
        }

        #[test]
        fn one_character_changed_breaks_the_seal(plain: Vec<u8>, nonce: [u8; NONCE_BYTES], at: prop::sample::Index, other in "[0-9A-Za-z_-]") {
            let ring = ring("12");
            let mut text = seal(&ring, nonce, &plain).as_str().to_owned();
            let place = at.index(text.len());
            prop_assume!(text[place..=place] != other);
            text.replace_range(place..=place, &other);
            prop_assert!(ring.open(HERE, &Sealed::kept(text)).is_err());
        }
    }

    #[test]
    fn an_older_key_opens_and_a_newer_one_seals() {
        let old = seal(&ring("1"), [7; NONCE_BYTES], b"secret");
        let both = ring("21");
        assert_eq!(both.open(HERE, &old), Ok(b"secret".to_vec()));
        let new = seal(&both, [7; NONCE_BYTES], b"secret");
        assert!(new.as_str().starts_with('2'), "{}", new.as_str());
        assert_eq!(ring("1").open(HERE, &new), Err(SealError::NoSuchKey(KeyId::FIRST.next().unwrap_or(KeyId::FIRST))));
        for text in ["", "1", "0AAAA", "1!", "公"] {
            assert_eq!(both.open(HERE, &Sealed::kept(text.to_owned())), Err(SealError::Broken), "{text}");
        }
    }

    #[test]
    fn an_index_is_the_same_for_the_same_value_in_the_same_column_alone() {
        let (old, both) = (ring("1"), ring("12"));
        let index = both.index("identity.openid", b"o6_bmj");
        assert_eq!(index.len(), 2);
        assert!(index.iter().all(|text| text.len() == 64));
        assert_eq!(old.index("identity.openid", b"o6_bmj")[0], index[1], "the older key's comes last");
        assert_ne!(both.index("identity.openid", b"o6_bmk"), index);
        assert_ne!(both.index("identity.unionid", b"o6_bmj"), index);
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let ring = ring("12");
        let sealed = seal(&ring, [7; NONCE_BYTES], b"secret");
        assert_eq!(format!("{ring:?} {sealed:?}"), "KeyRing(\"21\") Sealed(…)");
    }
}

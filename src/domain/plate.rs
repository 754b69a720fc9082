//! QR plates (二维码牌): the metal sign at a toilet, and the token on it that nobody can make up.

use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;

use super::Violation;
use super::codes::codes;
use super::id::ToiletId;
use super::key::{KeyId, KeyRing, mac};

codes!(
    /// For whom a plate is.
    PlateKind {
        /// 保洁牌: a cleaner scans it to show that she was there. It hangs where the public does not go.
        Staff = "staff",
        /// 公众牌: anyone scans it for what the register says, and to report something.
        Citizen = "citizen",
    }
);

impl PlateKind {
    /// What a mark is made over before the token's first part, so that a plate of one kind never passes for the other.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Staff => b"gongce plate staff\0",
            Self::Citizen => b"gongce plate citizen\0",
        }
    }
}

/// The how-manieth plate of its kind at a toilet, from 1. A new one puts those before it out of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(u16);

impl Serial {
    /// The first plate's.
    pub const FIRST: Self = Self(1);
    /// The greatest that two characters hold.
    pub const LAST: Self = Self(62 * 62 - 1);

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The one that follows; `None` after the last.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        (self < Self::LAST).then(|| Self(self.0 + 1))
    }
}

impl TryFrom<i32> for Serial {
    type Error = Violation;
    fn try_from(number: i32) -> Result<Self, Violation> {
        let serial = u16::try_from(number).ok().map(Self).filter(|serial| (Self::FIRST..=Self::LAST).contains(serial));
        serial.ok_or_else(|| Violation::new("serial", "badSerial", format!("must be 1 to {}", Self::LAST.0)))
    }
}

/// What a plate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plate {
    /// For whom it is.
    pub kind: PlateKind,
    /// At which toilet it hangs.
    pub toilet: ToiletId,
    /// The how-manieth it is there.
    pub serial: Serial,
}

/// Characters of a token, as many as WeChat's `scene` takes: id (7), serial (2), key (1), mark (22).
pub const TOKEN_CHARACTERS: usize = 32;

/// Characters of the id and of the serial, in base 62.
const ID: usize = 7;
const SERIAL: usize = 2;
/// Characters before the mark.
const SAID: usize = ID + SERIAL + 1;
/// Bytes of the mark: 128 bits.
const MARK: usize = 16;

/// Digits of base 62, in the order of their values.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Why a token is no plate's. Strangers are told none of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlate {
    /// It does not have the form of a token.
    #[error("it is no plate's token")]
    Garbled,
    /// It names a key that is not in the ring.
    #[error("it was made with the key {0}, which is not among the keys")]
    NoSuchKey(KeyId),
    /// The mark is not one of ours.
    #[error("its mark was not made with these keys")]
    Forged,
}

impl Plate {
    /// The token that stands on it, marked with the newest key. `None` for a toilet whose id no plate can hold.
    #[must_use]
    pub fn token(self, ring: &KeyRing) -> Option<String> {
        let key = ring.newest()?;
        let id = u64::try_from(self.toilet.0).ok().filter(|id| *id > 0)?;
        let said = format!("{}{}{}", written::<ID>(id), written::<SERIAL>(self.serial.0.into()), key.id);
        let mark = BASE64URL_NOPAD.encode(&mark(&key.plates, self.kind, &said));
        Some(said + &mark)
    }

    /// Reads a token, with the key that marked it. The marks of both kinds are made and compared whatever comes out, so
    /// that the time taken tells nothing of how near a made-up token came.
    ///
    /// # Errors
    /// [`NoPlate`].
    pub fn verify(ring: &KeyRing, token: &str) -> Result<(Self, KeyId), NoPlate> {
        let (said, given) = token.split_at_checked(SAID).ok_or(NoPlate::Garbled)?;
        let (id, serial, key_id) = parts(said).ok_or(NoPlate::Garbled)?;
        if token.len() != TOKEN_CHARACTERS {
            return Err(NoPlate::Garbled);
        }
        let given = BASE64URL_NOPAD.decode(given.as_bytes()).map_err(|_| NoPlate::Garbled)?;
        let key = ring.find(key_id).ok_or(NoPlate::NoSuchKey(key_id))?;
        let fits = |kind| mark(&key.plates, kind, said).ct_eq(given.as_slice());
        let (staff, citizen) = (fits(PlateKind::Staff), fits(PlateKind::Citizen));
        let kind = match (bool::from(staff), bool::from(citizen)) {
            (true, _) => PlateKind::Staff,
            (false, true) => PlateKind::Citizen,
            (false, false) => return Err(NoPlate::Forged),
        };
        Ok((Self { kind, toilet: id, serial }, key_id))
    }
}

fn mark(key: &[u8; 32], kind: PlateKind, said: &str) -> [u8; MARK] {
    let whole = mac(key, &[kind.label(), said.as_bytes()]);
    whole.first_chunk().copied().unwrap_or_default()
}

/// What stands before the mark.
fn parts(said: &str) -> Option<(ToiletId, Serial, KeyId)> {
    let (id, rest) = said.split_at_checked(ID)?;
    let (serial, key) = rest.split_at_checked(SERIAL)?;
    let id = i32::try_from(read(id)?).ok().filter(|id| *id > 0)?;
    let serial = i32::try_from(read(serial)?).ok()?.try_into().ok()?;
    Some((ToiletId(id), serial, KeyId::from_str(key).ok()?))
}

/// A number in base 62 with so many digits.
fn written<const N: usize>(number: u64) -> String {
    let digit = |place: u32| char::from(DIGITS[usize::try_from(number / 62_u64.pow(place) % 62).unwrap_or(0)]);
    (0..N).rev().filter_map(|place| u32::try_from(place).ok()).map(digit).collect()
}

fn read(digits: &str) -> Option<u64> {
    digits.bytes().try_fold(0_u64, |number, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        Some(number * 62 + u64::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::key::Key;

    /// A ring of keys whose bytes follow from their names, and from a number that tells rings apart.
    fn ring(ids: &str, number: u8) -> KeyRing {
        let keys = ids.chars().filter_map(|name| {
            let byte = |place: u8| place.wrapping_mul(place).wrapping_mul(37) ^ (name as u8) ^ number;
            let bytes: Vec<u8> = (0..32_u8).map(byte).collect();
            Some((KeyId::read(name)?, Key::new(&bytes).ok()?))
        });
        KeyRing::new(keys).unwrap_or_else(|wrong| unreachable!("{wrong}"))
    }

    fn any_plate() -> impl Strategy<Value = Plate> {
        let kind = prop_oneof![Just(PlateKind::Staff), Just(PlateKind::Citizen)];
        (kind, 1..=i32::MAX, 1..=Serial::LAST.0).prop_map(|(kind, id, serial)| Plate {
            kind,
            toilet: ToiletId(id),
            serial: Serial(serial),
        })
    }

    fn token(plate: Plate, ring: &KeyRing) -> String {
        plate.token(ring).unwrap_or_default()
    }

    proptest! {
        #[test]
        fn what_was_made_is_read_again(plate in any_plate()) {
            let ring = ring("12", 0);
            let token = token(plate, &ring);
            prop_assert_eq!(token.len(), TOKEN_CHARACTERS);
            prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
            prop_assert_eq!(Plate::verify(&ring, &token).map(|(plate, key)| (plate, key.as_char())), Ok((plate, '2')));
        }

        #[test]
        fn any_character_changed_is_refused(plate in any_plate(), place in 0..TOKEN_CHARACTERS, other in "[0-9A-Za-z_-]") {
            let ring = ring("12", 0);
            let mut token = token(plate, &ring);
            prop_assume!(token[place..=place] != other);
            token.replace_range(place..=place, &other);
            prop_assert!(Plate::verify(&ring, &token).is_err(), "{}", token);
        }

        #[test]
        fn a_plate_of_one_kind_never_passes_for_the_other(plate in any_plate()) {
            let ring = ring("1", 0);
            let other = Plate { kind: if plate.kind == PlateKind::Staff { PlateKind::Citizen } else { PlateKind::Staff }, ..plate };
            let (one, two) = (token(plate, &ring), token(other, &ring));
            prop_assert_eq!(&one[..SAID], &two[..SAID], "they say the same but for the mark");
            prop_assert_ne!(&one, &two);
            prop_assert_eq!(Plate::verify(&ring, &one).map(|(read, _)| read.kind), Ok(plate.kind));
        }

        #[test]
        fn another_key_refuses_and_an_old_one_still_verifies(plate in any_plate()) {
            let old = token(plate, &ring("1", 0));
            prop_assert_eq!(Plate::verify(&ring("1", 1), &old).err(), Some(NoPlate::Forged));
            prop_assert_eq!(Plate::verify(&ring("123", 0), &old).map(|(read, _)| read), Ok(plate));
            prop_assert_eq!(Plate::verify(&ring("2", 0), &old).err(), Some(NoPlate::NoSuchKey(KeyId::FIRST)));
        }

        #[test]
        fn no_text_makes_it_fail_otherwise(text in ".{0,40}") {
            prop_assert!(Plate::verify(&ring("1", 0), &text).is_err());
        }
    }

    #[test]
    fn ids_and_serials_have_their_bounds() {
        let ring = ring("1", 0);
        let at = |id| Plate { kind: PlateKind::Staff, toilet: ToiletId(id), serial: Serial::LAST }.token(&ring);
        assert!(at(i32::MAX).is_some_and(|token| token.starts_with("02LKcb1zz1")), "{:?}", at(i32::MAX));
        assert!(at(1).is_some_and(|token| token.starts_with("0000001zz1")));
        assert_eq!((at(0), at(-1)), (None, None));
        assert_eq!(Serial::LAST.next(), None);
        assert!([0, 3844, -1].into_iter().all(|number| Serial::try_from(number).is_err()));
        // One more than the greatest id, and the serial 0: both with marks that would fit.
        for said in ["02LKcb2011", "0000001001", "0000000011"] {
            let mark = ring.newest().map(|key| BASE64URL_NOPAD.encode(&mark(&key.plates, PlateKind::Staff, said)));
            let token = format!("{said}{}", mark.unwrap_or_default());
            assert_eq!(Plate::verify(&ring, &token).err(), Some(NoPlate::Garbled), "{token}");
        }
    }
}

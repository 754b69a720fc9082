//! Numbers that look random and are the same on every machine and in every year.

use uuid::{Builder, Uuid};

use crate::geo::{EARTH_RADIUS_METRES, Wgs84};

/// The generator `SplitMix64` (Steele, Lea and Flood, 2014), seeded with a text.
pub(super) struct Draws(u64);

/// Tries before a place counts as too crowded.
const TRIES: u32 = 1000;

/// Cosine of 34.8° N, the middle of the county: how much shorter a degree of longitude is there.
const SHRINK: f64 = 0.821_15;

impl Draws {
    /// The draws that belong to a text, hashed by FNV-1a.
    pub(super) fn of(seed: &str) -> Self {
        let mix = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(seed.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
    }

    /// A number below `bound`; its bias is below `bound` in 65,536.
    pub(super) fn below(&mut self, bound: u16) -> u16 {
        let [high, low, ..] = self.next();
        let scaled = u32::from(u16::from_be_bytes([high, low])) * u32::from(bound);
        let [high, low, ..] = scaled.to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// Whether something comes true that does so many times in a thousand.
    pub(super) fn in_thousand(&mut self, chance: u16) -> bool {
        self.below(1000) < chance
    }

    /// One of several, each as often as the others; `None` of none.
    pub(super) fn one_of<'t, T>(&mut self, several: &'t [T]) -> Option<&'t T> {
        several.get(usize::from(self.below(u16::try_from(several.len()).unwrap_or(u16::MAX))))
    }

    /// A UUID of version 7 that says that it was made at that millisecond.
    pub(super) fn uuid(&mut self, milliseconds: i64) -> Uuid {
        let (first, second) = (self.next(), self.next());
        let mut bytes = [0; 10];
        bytes.iter_mut().zip(first.into_iter().chain(second)).for_each(|(byte, drawn)| *byte = drawn);
        let milliseconds = u64::try_from(milliseconds).unwrap_or_default();
        Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
    }

    /// A place at most `reach` metres from the centre (up to the flatness of the county) that fits; `None` when none
    /// is found.
    pub(super) fn near(&mut self, centre: Wgs84, reach: f64, fits: impl Fn(Wgs84) -> bool) -> Option<Wgs84> {
        (0..TRIES).find_map(|_| {
            let (east, north) = (self.fraction(), self.fraction());
            if east * east + north * north > 1.0 {
                return None;
            }
            let degrees = (reach / EARTH_RADIUS_METRES).to_degrees();
            let latitude = centre.latitude() + north * degrees;
            let longitude = centre.longitude() + east * degrees / SHRINK;
            let place = Wgs84::new(latitude, longitude).ok()?.rounded();
            fits(place).then_some(place)
        })
    }

    /// A number from −1 to below 1.
    fn fraction(&mut self) -> f64 {
        let [a, b, c, d, ..] = self.next();
        f64::from(u32::from_be_bytes([a, b, c, d])) / 2_147_483_648.0 - 1.0
    }

    fn next(&mut self) -> [u8; 8] {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // The first outputs of the reference implementation for the seed 1234567.
        let mut draws = Draws(1_234_567);
        let first = [(); 3].map(|()| u64::from_be_bytes(draws.next()));
        let reference = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(first, reference);
    }

    #[test]
    fn draws_stay_below_their_bound_and_reach_all_of_it() {
        let mut draws = Draws::of("U-001");
        let mut seen = [false; 7];
        (0..500).for_each(|_| seen[usize::from(draws.below(7))] = true);
        assert_eq!(seen, [true; 7]);
    }
}

//! A register that was never built: toilets that lie as settlements do, many together and most of the land empty, the same
//! for the same seed. What they have is strewn among them, or goes by settlement.

#![allow(dead_code, reason = "each bench takes what it needs")]

use chrono::{DateTime, Utc};
use gongce::domain::attested::Attested;
use gongce::domain::facility::{Facility, Fact};
use gongce::domain::hours::Hours;
use gongce::domain::id::ToiletId;
use gongce::domain::place::Place;
use gongce::domain::text::Name;
use gongce::domain::toilet::Kind;
use gongce::domain::{Draft, Toilet};
use gongce::geo::{Crs, Wgs84};

/// When all of it is judged: half past four in the afternoon in China.
pub(crate) const NOW: &str = "2026-11-23T08:30:00Z";

/// An instant, RFC 3339.
pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

/// Numbers that look as if they were drawn (Marsaglia's xorshift).
#[derive(Debug, Clone)]
pub(crate) struct Drawn(u64);

impl Drawn {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.bits() >> 1).unwrap_or(0) % bound.max(1)
    }

    /// Around 0, with a deviation of 1 (Box and Muller).
    fn normal(&mut self) -> f64 {
        let (a, b) = (self.unit().max(1e-300), self.unit());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }
}

/// A settlement: where, how far it reaches in degrees, and whether it is one of those in which everything is to be had.
#[derive(Debug, Clone, Copy)]
struct Settlement {
    latitude: f64,
    longitude: f64,
    reach: f64,
    has_families: bool,
    has_water: bool,
}

/// The land: between 18 and 53 degrees north, 75 and 133 east.
#[derive(Debug, Clone)]
pub(crate) struct Land {
    drawn: Drawn,
    settlements: Vec<Settlement>,
}

impl Land {
    /// A land for so many toilets.
    pub(crate) fn new(toilets: usize) -> Self {
        let mut drawn = Drawn::new(7);
        let settlements = (0..(toilets / 200).max(3)).map(|_| Settlement {
            latitude: 18.0 + drawn.unit() * 35.0,
            longitude: 75.0 + drawn.unit() * 58.0,
            reach: 10_f64.powf(-3.0 + drawn.unit() * 1.8),
            has_families: drawn.unit() < 0.1,
            has_water: drawn.unit() < 0.01,
        });
        let settlements = settlements.collect();
        Self { drawn, settlements }
    }

    /// Large settlements have more of everything.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    fn settlement(&mut self) -> Settlement {
        let place = self.drawn.unit() * self.drawn.unit() * self.settlements.len() as f64;
        self.settlements[place as usize]
    }

    /// Somewhere in a settlement, or not far from it.
    pub(crate) fn place(&mut self) -> Wgs84 {
        let settlement = self.settlement();
        self.within(settlement, 1.5)
    }

    fn within(&mut self, settlement: Settlement, spread: f64) -> Wgs84 {
        let latitude = settlement.latitude + self.drawn.normal() * settlement.reach * spread;
        let longitude = settlement.longitude + self.drawn.normal() * settlement.reach * spread;
        Wgs84::new(latitude.clamp(-90.0, 90.0), longitude.clamp(-180.0, 180.0))
            .unwrap_or_else(|error| unreachable!("{error}"))
    }

    /// The next toilet. One in ten has wheelchair access and one in a hundred a shower, anywhere; one settlement in ten
    /// has family rooms throughout, and one in a hundred drinking water.
    pub(crate) fn toilet(&mut self, id: i32) -> Toilet {
        let settlement = self.settlement();
        let position = self.within(settlement, 1.0);
        let name = Name::new(&format!("{id}号公厕")).unwrap_or_else(|error| unreachable!("{error}"));
        let mut fact = Draft::new(name, chrono_tz::Asia::Shanghai);
        fact.position = Some(Place::new(position, Crs::Wgs84, true));
        fact.kind = Kind::ALL.get(self.drawn.below(Kind::ALL.len())).copied();
        let hours = ["24/7", "06:00-22:00", "06:00-22:00", "05:30-21:30", "Mo-Fr 08:00-16:00"];
        fact.hours = Hours::parse(hours[self.drawn.below(hours.len())]).ok();
        fact.calendar = Some("CN".to_owned());
        let mut has = |facility, has: bool| fact.facilities.set(facility, Some(if has { Fact::Yes } else { Fact::No }));
        has(Facility::Wheelchair, self.drawn.unit() < 0.1);
        has(Facility::Shower, self.drawn.unit() < 0.01);
        has(Facility::FamilyToilet, settlement.has_families);
        has(Facility::DrinkingWater, settlement.has_water);
        Toilet {
            id: ToiletId(id),
            fact,
            area: None,
            tenures: Vec::new(),
            outages: Vec::new(),
            grades: Vec::new(),
            stations: Vec::new(),
            photos: Vec::new(),
            attested: Attested::default(),
            source: None,
            revision: 1,
            updated_at: instant(NOW),
        }
    }

    /// So many toilets.
    pub(crate) fn toilets(mut self, count: usize) -> impl Iterator<Item = Toilet> {
        (1..).take(count).map(move |id| self.toilet(id))
    }
}

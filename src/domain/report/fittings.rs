//! What is inside (人性化): facilities known and unknown, and whether women wait longer than men.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::is_in_service;
use crate::domain::Toilet;
use crate::domain::facility::{Answer, Need};
use crate::domain::id::ToiletId;
use crate::domain::share::Share;
use crate::domain::stalls::Stalls;

/// A thing that toilets should have: a facility, no fee, or open doors around the clock.
pub type Thing = Need;

/// What is known of one thing over all toilets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Toilets that are known to have it.
    pub yes: u64,
    /// Toilets that are known not to have it.
    pub no: u64,
    /// Toilets where it is limited, or nobody knows.
    pub unsure: u64,
}

impl Known {
    /// Toilets known to have it ÷ toilets in service, those where nobody knows included.
    #[must_use]
    pub fn share(self) -> Share {
        Share { numerator: self.yes, denominator: self.yes + self.no + self.unsure }
    }
}

/// The fittings of the toilets in service on one day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fittings {
    /// What is known of each thing.
    pub things: BTreeMap<Thing, Known>,
    /// The stalls.
    pub ratios: StallRatios,
}

/// Stalls for women against stalls and urinals for men: 3:2 at least, 2:1 in busy places (CJJ 14-2016, 4.1).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StallRatios {
    /// Toilets at 3:2 or better ÷ toilets where both sides are counted.
    pub three_to_two: Share,
    /// Toilets at 2:1 or better ÷ toilets where both sides are counted.
    pub two_to_one: Share,
    /// Toilets in service where a side is not counted, or men have nothing.
    pub not_counted: u64,
    /// All stalls for women of the counted toilets.
    pub women: u64,
    /// All stalls and urinals for men of the counted toilets.
    pub men_and_urinals: u64,
    /// The toilets below 3:2, the worst first.
    pub below: Vec<Ratio>,
}

/// The stalls of one toilet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ratio {
    /// The toilet.
    pub id: ToiletId,
    /// Its name.
    pub name: String,
    /// Stalls for women.
    pub women: u16,
    /// Stalls and urinals for men, one at least.
    pub men_and_urinals: u16,
}

impl Ratio {
    /// Women ÷ (men + urinals).
    #[must_use]
    pub fn value(&self) -> f64 {
        f64::from(self.women) / f64::from(self.men_and_urinals)
    }

    /// Whether there are at least `women` for each `men` on the other side.
    #[must_use]
    pub fn reaches(&self, women: u32, men: u32) -> bool {
        u32::from(self.women) * men >= u32::from(self.men_and_urinals) * women
    }
}

impl Fittings {
    /// Counts a toilet.
    pub fn add(&mut self, toilet: &Toilet, day: NaiveDate) {
        if !is_in_service(toilet, day) {
            return;
        }
        for thing in Need::all() {
            let known = self.things.entry(thing).or_default();
            match thing.answer(&toilet.fact) {
                Answer::Met => known.yes += 1,
                Answer::Unmet => known.no += 1,
                Answer::Unsure => known.unsure += 1,
            }
        }
        self.ratios.add(toilet);
    }
}

impl StallRatios {
    fn add(&mut self, toilet: &Toilet) {
        let Some((women, men_and_urinals)) = sides(&toilet.fact.stalls) else {
            self.not_counted += 1;
            return;
        };
        let ratio = Ratio { id: toilet.id, name: toilet.fact.name.to_string(), women, men_and_urinals };
        self.women += u64::from(women);
        self.men_and_urinals += u64::from(men_and_urinals);
        self.two_to_one.count(ratio.reaches(2, 1));
        let is_enough = ratio.reaches(3, 2);
        self.three_to_two.count(is_enough);
        if !is_enough {
            let place = self
                .below
                .partition_point(|one| one.value().total_cmp(&ratio.value()).then(one.id.cmp(&ratio.id)).is_lt());
            self.below.insert(place, ratio);
        }
    }
}

/// Both sides, where both were counted. Urinals that nobody counted are not none.
fn sides(stalls: &Stalls) -> Option<(u16, u16)> {
    let men_and_urinals = stalls.men?.saturating_add(stalls.urinals?);
    stalls.women.zip(Some(men_and_urinals).filter(|count| *count > 0))
}

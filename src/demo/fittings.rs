//! What a made-up toilet holds: better grades hold more, and of some nothing is known.

use serde::Deserialize;

use super::draws::Draws;
use super::table;
use crate::domain::Violation;
use crate::domain::facility::{Facilities, Facility, Fact};
use crate::domain::stalls::Stalls;

/// The fittings of toilets by grade.
pub(super) struct Tiers(Vec<Tier>);

/// The tier of toilets without a grade.
const UNGRADED: &str = "none";

/// From this many stalls for women on, a toilet has two stalls for wheelchair users.
const LARGE: u16 = 12;

/// How toilets of one grade are fitted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tier {
    grade: String,
    /// The least stalls for women.
    #[serde(rename = "women_least")]
    least: u16,
    /// The most stalls for women.
    #[serde(rename = "women_most")]
    most: u16,
    /// How many in a hundred had their stalls counted.
    counted: u16,
    wheelchair: Odds,
    family_toilet: Odds,
    baby_changing: Odds,
    paper: Odds,
    hand_washing: Odds,
    drinking_water: Odds,
    shower: Odds,
}

/// How many in a hundred have a facility, have it in part, and lack it, written `75/10/5`; of the rest it is unknown.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Odds {
    yes: u16,
    limited: u16,
    no: u16,
}

impl Tiers {
    pub(super) fn load() -> Result<Self, Violation> {
        table::rows("tiers.csv", include_str!("data/tiers.csv")).map(Self)
    }

    /// Facilities and stalls of a toilet of that grade.
    pub(super) fn fit(&self, grade: Option<&str>, draws: &mut Draws) -> Result<(Facilities, Stalls), Violation> {
        let wanted = grade.unwrap_or(UNGRADED);
        let Some(tier) = self.0.iter().find(|tier| tier.grade == wanted) else {
            return Err(Violation::new("tiers.csv", "unknownGrade", format!("there is no tier {wanted}")));
        };
        let facilities = tier.facilities(draws);
        Ok((facilities, tier.stalls(&facilities, draws)))
    }
}

impl Tier {
    fn facilities(&self, draws: &mut Draws) -> Facilities {
        let mut facilities = Facilities::default();
        facilities.set(Facility::Women, Some(Fact::Yes));
        facilities.set(Facility::Men, Some(Fact::Yes));
        for (facility, odds) in [
            (Facility::Wheelchair, self.wheelchair),
            (Facility::FamilyToilet, self.family_toilet),
            (Facility::BabyChanging, self.baby_changing),
            (Facility::Paper, self.paper),
            (Facility::HandWashing, self.hand_washing),
            (Facility::DrinkingWater, self.drinking_water),
            (Facility::Shower, self.shower),
        ] {
            facilities.set(facility, odds.draw(draws));
        }
        facilities
    }

    /// Stalls in the ratio of CJJ 14-2016, women ÷ (men + urinals): 2:1 in large toilets, since those stand in busy
    /// places, else 3:2.
    fn stalls(&self, facilities: &Facilities, draws: &mut Draws) -> Stalls {
        if draws.below(100) >= self.counted {
            return Stalls::default();
        }
        let women = self.least + draws.below(self.most - self.least + 1);
        let for_men = if women >= LARGE { women / 2 } else { women * 2 / 3 };
        let men = for_men.div_ceil(2);
        let rooms = |facility, count| match facilities.get(facility) {
            Some(Fact::Yes) => Some(count),
            Some(Fact::No) => Some(0),
            _ => None,
        };
        Stalls {
            total: None,
            women: Some(women),
            men: Some(men),
            urinals: Some(for_men - men),
            accessible: rooms(Facility::Wheelchair, if women >= LARGE { 2 } else { 1 }),
            family: rooms(Facility::FamilyToilet, 1),
        }
    }
}

impl Odds {
    fn draw(self, draws: &mut Draws) -> Option<Fact> {
        let hundredth = draws.below(100);
        let facts = [(self.yes, Fact::Yes), (self.limited, Fact::Limited), (self.no, Fact::No)];
        let mut bound = 0;
        facts.into_iter().find_map(|(share, fact)| {
            bound += share;
            (hundredth < bound).then_some(fact)
        })
    }
}

impl TryFrom<String> for Odds {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let shares: Result<Vec<u16>, _> = text.split('/').map(str::parse).collect();
        match shares.as_deref() {
            Ok(&[yes, limited, no]) if yes <= 100 && limited <= 100 && no <= 100 && yes + limited + no <= 100 => {
                Ok(Self { yes, limited, no })
            }
            _ => Err(format!("“{text}” is not three shares of a hundred such as 75/10/5")),
        }
    }
}

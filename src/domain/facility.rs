//! What is inside a toilet: facts that are known, or are left out.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::codes::codes;
use super::{Draft, Violation};

codes!(
    /// What is known of a fact. *Unknown* is the absence of a `Fact` and never means no.
    Fact {
        /// It is there and works.
        Yes = "yes",
        /// It is there in part or at times.
        Limited = "limited",
        /// It is known not to be there.
        No = "no",
    }
);

codes!(
    /// A thing that a toilet may have.
    Facility {
        /// A stall that a wheelchair user can use.
        Wheelchair = "wheelchair",
        /// A family (“third”) room, 第三卫生间.
        FamilyToilet = "familyToilet",
        /// A table to change a baby on.
        BabyChanging = "babyChanging",
        /// A part for women.
        Women = "women",
        /// A part for men.
        Men = "men",
        /// Rooms for everyone.
        Unisex = "unisex",
        /// Toilet paper.
        Paper = "paper",
        /// A place to wash hands.
        HandWashing = "handWashing",
        /// A shower.
        Shower = "shower",
        /// Drinking water.
        DrinkingWater = "drinkingWater",
    }
);

/// The known facts about all facilities of one toilet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Facilities([Option<Fact>; Facility::ALL.len()]);

impl Facilities {
    /// What is known of a facility; `None` is unknown.
    #[must_use]
    pub fn get(&self, facility: Facility) -> Option<Fact> {
        self.0.get(facility as usize).copied().flatten()
    }

    /// Records what is known of a facility.
    pub fn set(&mut self, facility: Facility, fact: Option<Fact>) {
        if let Some(place) = self.0.get_mut(facility as usize) {
            *place = fact;
        }
    }

    /// The known facts in declared order.
    pub fn known(&self) -> impl Iterator<Item = (Facility, Fact)> + '_ {
        Facility::ALL.iter().filter_map(|&facility| Some((facility, self.get(facility)?)))
    }
}

impl Serialize for Facilities {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.known())
    }
}

impl<'de> Deserialize<'de> for Facilities {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let known = std::collections::BTreeMap::<Facility, Fact>::deserialize(deserializer)?;
        let mut facilities = Self::default();
        for (facility, fact) in known {
            facilities.set(facility, Some(fact));
        }
        Ok(facilities)
    }
}

/// What someone who searches cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A facility that must be there.
    Facility(Facility),
    /// No fee.
    Free,
    /// Open around the clock on every day.
    AllDay,
}

/// How a toilet answers a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Known to be met.
    Met,
    /// Not known, or met in part or at times only.
    Unsure,
    /// Known not to be met.
    Unmet,
}

impl Need {
    /// Every need, in the order of the API's list.
    pub fn all() -> impl Iterator<Item = Self> {
        Facility::ALL.iter().map(|&facility| Self::Facility(facility)).chain([Self::Free, Self::AllDay])
    }

    /// The one spelling of this need.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Facility(facility) => facility.as_str(),
            Self::Free => "free",
            Self::AllDay => "allDay",
        }
    }

    /// How a toilet answers this need. A *limited* facility is no promise: it answers `Unsure`, so that a search for a
    /// wheelchair stall does not send someone to a step.
    #[must_use]
    pub fn answer(self, toilet: &Draft) -> Answer {
        match self {
            Self::Facility(facility) => of_fact(toilet.facilities.get(facility), Fact::Yes),
            Self::Free => of_fact(toilet.fee, Fact::No),
            Self::AllDay => match &toilet.hours {
                None => Answer::Unsure,
                Some(hours) if hours.is_unknowable() => Answer::Unsure,
                Some(hours) if hours.is_always() => Answer::Met,
                Some(_) => Answer::Unmet,
            },
        }
    }
}

fn of_fact(fact: Option<Fact>, wanted: Fact) -> Answer {
    match fact {
        None | Some(Fact::Limited) => Answer::Unsure,
        Some(fact) if fact == wanted => Answer::Met,
        Some(_) => Answer::Unmet,
    }
}

impl FromStr for Need {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::all().find(|need| need.as_str() == text).ok_or_else(|| {
            let allowed: Vec<_> = Self::all().map(Self::as_str).collect();
            Violation::new("need", "unknownValue", format!("“{text}” is not one of {}", allowed.join(", ")))
        })
    }
}

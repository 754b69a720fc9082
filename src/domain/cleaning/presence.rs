//! What shows that somebody was there: graded, never a gate.

use chrono::{DateTime, Utc};

use super::event::Fix;
use crate::domain::codes::codes;
use crate::domain::id::ToiletId;
use crate::domain::key::KeyId;
use crate::domain::place::Place;
use crate::domain::plate::{Plate, PlateKind, Serial};
use crate::geo::great_circle;

codes!(
    /// How well it is shown that somebody was there.
    Presence {
        /// Nothing shows it.
        E0 = "E0",
        /// The plate for the staff was scanned.
        E1 = "E1",
        /// And the phone was there.
        E2 = "E2",
        /// And the plate showed a code that changes with time. No plate does so yet, and so no record is at this level.
        E3 = "E3",
    }
);

impl Presence {
    /// Whether anything shows it.
    #[must_use]
    pub fn verifies(self) -> bool {
        self > Self::E0
    }
}

/// A position counts within this distance, in metres, or twice its accuracy.
const NEAR: f64 = 100.0;

/// A position never counts beyond this distance, in metres.
const FAR: f64 = 300.0;

/// The worst accuracy, in metres, of a position that counts.
const WORST_ACCURACY: f64 = 150.0;

/// Which plate for the staff hangs at a toilet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hanging {
    /// The how-manieth it is.
    pub serial: Serial,
    /// Marks of older keys do not count.
    pub oldest_key: KeyId,
    /// Since when it hangs there; the first is as old as its toilet.
    pub since: Option<DateTime<Utc>>,
}

/// Whether a plate whose token was found genuine shows that somebody was at that toilet then: the one that hangs there,
/// or the one before it up to the moment at which it was replaced, which a phone without signal may tell of later.
#[must_use]
pub fn shows((plate, key): (Plate, KeyId), toilet: ToiletId, hanging: &Hanging, at: DateTime<Utc>) -> bool {
    if plate.kind != PlateKind::Staff || plate.toilet != toilet || key < hanging.oldest_key {
        return false;
    }
    let hung_before = plate.serial.next() == Some(hanging.serial) && hanging.since.is_some_and(|since| at < since);
    plate.serial == hanging.serial || hung_before
}

/// The level of presence. A position alone shows nothing, since a phone says whatever it is told to; underground there
/// is none, and the plate alone is never held against anybody.
#[must_use]
pub fn verdict(has_plate: bool, fix: Option<&Fix>, toilet: Option<&Place>) -> Presence {
    match (has_plate, fix, toilet) {
        (false, ..) => Presence::E0,
        (true, Some(fix), Some(toilet)) if is_near(fix, toilet) => Presence::E2,
        _ => Presence::E1,
    }
}

fn is_near(fix: &Fix, toilet: &Place) -> bool {
    let exact = fix.accuracy.filter(|accuracy| *accuracy > 0.0 && *accuracy <= WORST_ACCURACY);
    let (Some(accuracy), Ok(place)) = (exact, fix.place(toilet.shifted)) else { return false };
    great_circle(place.position, toilet.position) <= (2.0 * accuracy).clamp(NEAR, FAR)
}

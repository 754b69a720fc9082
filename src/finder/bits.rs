//! What a toilet is, as bits that the tree carries upwards: facts that stand until its record changes, and what holds at a
//! time.

use super::entry::Entry;
use super::filter::{Filter, GradeFilter, Unknown};
use super::needs::NeedSet;
use super::tree::Wanted;
use crate::domain::grade::{Grade, Standard};
use crate::domain::toilet::Kind;

/// Where the needs stand that it meets; those below are not known to be unmet.
const MET: u32 = 16;

/// Where the kinds stand.
const KINDS: u32 = 32;

/// Where the grades stand that are held.
const GRADES: u32 = 37;

/// What a grade must be for the public to rely on it; those of 2003 are history.
const HELD: [Grade; 8] =
    [Grade::A, Grade::Aa, Grade::Aaa, Grade::I, Grade::Ii, Grade::Class1, Grade::Class2, Grade::Class3];

/// It is part of the public register.
pub(super) const KEPT: u64 = 1 << 45;

/// Somebody from the street can use it, for all that is known.
pub(super) const DOOR: u64 = 1 << 46;

/// Its hours are known.
pub(super) const SURE: u64 = 1 << 47;

/// No toilet is this.
const NEVER: u64 = 1 << 48;

/// It has changed since: whoever comes by has to look at what it is now.
pub(super) const CHANGED: u64 = 1 << 63;

/// Whatever is wanted may be there.
pub(super) const ANYTHING: u64 = u64::MAX;

/// Bits that hold at a time.
pub(super) const TIMED: u64 = KEPT | DOOR | SURE | (((1 << HELD.len()) - 1) << GRADES);

/// What it is as long as its record does not change.
pub(super) fn standing(entry: &Entry) -> u64 {
    let answers = u64::from(entry.answers.possible().bits()) | (u64::from(entry.answers.met().bits()) << MET);
    answers | entry.kind.map_or(0, kind)
}

fn kind(kind: Kind) -> u64 {
    1 << (KINDS + kind as u32)
}

/// The bit of a grade, if it can be held.
pub(super) fn grade(grade: Grade) -> u64 {
    (GRADES..).zip(HELD).find(|(_, held)| *held == grade).map_or(0, |(place, _)| 1 << place)
}

fn grades(filter: GradeFilter) -> u64 {
    let bits = match filter {
        GradeFilter::Exactly(exactly) => grade(exactly),
        GradeFilter::Rated => Standard::ALL
            .iter()
            .filter(|standard| standard.is_tourist())
            .flat_map(|standard| standard.grades())
            .fold(0, |bits, held| bits | grade(*held)),
    };
    if bits == 0 { NEVER } else { bits }
}

/// What is wanted of a toilet that a search is to find: what stands, and where the bits hold at its time also what must hold
/// then; `usable` says whether it has to be usable.
pub(super) fn wanted(filter: &Filter, usable: Option<bool>) -> Wanted {
    let Filter { needs, unknown, kinds, grades: graded, .. } = filter;
    let needs = u64::from(needs.bits());
    let mut all = if *unknown == Unknown::Exclude { needs << MET } else { needs };
    let mut any = [kinds.iter().fold(0, |bits, wanted| bits | kind(*wanted)), 0];
    if let Some(usable) = usable {
        all |= if usable { DOOR } else { KEPT };
        any[1] = graded.iter().fold(0, |bits, filter| bits | grades(*filter));
    }
    Wanted { all, any }
}

/// The needs that a toilet is not known to meet.
pub(super) fn unsure(needs: NeedSet, bits: u64) -> NeedSet {
    #[expect(clippy::cast_possible_truncation, reason = "those sixteen are meant")]
    let met = (bits >> MET) as u16;
    needs.without(met)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facility::Need;

    #[test]
    fn all_have_room() {
        assert!(Need::all().count() <= MET as usize);
        assert!(Kind::ALL.len() <= (GRADES - KINDS) as usize);
        assert_eq!(TIMED & ((1 << GRADES) - 1), 0);
        assert!(TIMED.count_ones() == 3 + 8 && TIMED < NEVER);
    }

    #[test]
    fn every_grade_that_is_held_has_its_own_bit_and_others_are_never_found() {
        let bits: Vec<u64> = HELD.iter().map(|held| grade(*held)).collect();
        assert_eq!(bits.iter().fold(0, |all, bit| all | bit).count_ones(), 8);
        assert_eq!(grades(GradeFilter::Exactly(Grade::Star3)), NEVER);
        assert_eq!(grades(GradeFilter::Rated).count_ones(), 5);
    }
}

//! Needs as bits, so that a toilet's answers to all of them are two words.

use crate::domain::Draft;
use crate::domain::facility::{Answer, Facility, Need};

/// A set of needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NeedSet(u16);

impl NeedSet {
    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the need belongs to the set.
    #[must_use]
    pub fn contains(self, need: Need) -> bool {
        self.0 & bit(need) != 0
    }

    /// The set as bits.
    pub(super) fn bits(self) -> u16 {
        self.0
    }

    /// The needs of the set but for those of these bits.
    pub(super) fn without(self, bits: u16) -> Self {
        Self(self.0 & !bits)
    }

    /// The needs of the set, in the order of the API's list.
    pub fn iter(self) -> impl Iterator<Item = Need> {
        Need::all().filter(move |&need| self.contains(need))
    }
}

impl FromIterator<Need> for NeedSet {
    fn from_iter<I: IntoIterator<Item = Need>>(needs: I) -> Self {
        Self(needs.into_iter().fold(0, |bits, need| bits | bit(need)))
    }
}

/// How one toilet answers every need.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answers {
    met: NeedSet,
    unmet: NeedSet,
}

impl Answers {
    /// The answers of a toilet of which this is known.
    pub(super) fn of(toilet: &Draft) -> Self {
        let that = |wanted| Need::all().filter(|need| need.answer(toilet) == wanted).collect();
        Self { met: that(Answer::Met), unmet: that(Answer::Unmet) }
    }

    /// The needs that it meets.
    pub(super) fn met(self) -> NeedSet {
        self.met
    }

    /// The needs that it is not known to leave unmet.
    pub(super) fn possible(self) -> NeedSet {
        Need::all().collect::<NeedSet>().without(self.unmet.0)
    }

    /// The needs among `wanted` of which nobody knows whether they are met; `None` when one is known not to be.
    pub(super) fn unsure(self, wanted: NeedSet) -> Option<NeedSet> {
        (wanted.0 & self.unmet.0 == 0).then_some(NeedSet(wanted.0 & !self.met.0))
    }
}

fn bit(need: Need) -> u16 {
    let place = match need {
        Need::Facility(facility) => facility as usize,
        Need::Free => Facility::ALL.len(),
        Need::AllDay => Facility::ALL.len() + 1,
    };
    1 << place
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::domain::facility::Fact;
    use crate::domain::text::Name;

    #[test]
    fn every_need_has_its_own_bit() {
        let all: NeedSet = Need::all().collect();
        assert_eq!(all.iter().count(), Need::all().count());
    }

    #[test]
    fn limited_and_unknown_are_unsure_and_no_is_no() {
        let mut toilet = Draft::new(Name::new("公厕").unwrap(), chrono_tz::Asia::Shanghai);
        toilet.facilities.set(Facility::Wheelchair, Some(Fact::Yes));
        toilet.facilities.set(Facility::Paper, Some(Fact::Limited));
        toilet.facilities.set(Facility::Shower, Some(Fact::No));
        let answers = Answers::of(&toilet);
        let unsure = |needs: &[Facility]| {
            let wanted = needs.iter().map(|&facility| Need::Facility(facility)).collect();
            answers.unsure(wanted).map(|unsure| unsure.iter().map(Need::as_str).collect::<Vec<_>>())
        };
        assert_eq!(unsure(&[Facility::Wheelchair]), Some(vec![]));
        assert_eq!(unsure(&[Facility::Paper, Facility::Women]), Some(vec!["women", "paper"]));
        assert_eq!(unsure(&[Facility::Wheelchair, Facility::Shower]), None);
    }
}

//! What a search can ask of a toilet apart from where it is.

use chrono::{DateTime, TimeDelta, Utc};

use super::entry::Entry;
use super::needs::NeedSet;
use super::unsure::Unsure;
use crate::domain::grade::{Grade, NewGrade};
use crate::domain::toilet::Kind;

/// The conditions on facts. An empty list asks nothing; several values of a list are alternatives, while all needs
/// must be met.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// What must be there.
    pub needs: NeedSet,
    /// What becomes of toilets of which a need is not known to be met or unmet.
    pub unknown: Unknown,
    /// The kinds that will do.
    pub kinds: Vec<Kind>,
    /// The grades that will do.
    pub grades: Vec<GradeFilter>,
    /// How long ago they must have been cleaned last.
    pub cleaned: Option<Cleaned>,
}

/// A condition on when a toilet was last cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleaned {
    /// How long before the instant of the search at most.
    pub within: TimeDelta,
    /// What becomes of those that are not known to have been.
    pub uncleaned: Uncleaned,
}

/// What becomes of toilets that are not known to have been cleaned within the time that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Uncleaned {
    /// They are left out, but that those of which no cleaning is known are a matter of [`Unknown`].
    #[default]
    Exclude,
    /// They come after all others.
    Last,
}

/// What becomes of toilets of which a needed fact is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// They are left out.
    #[default]
    Exclude,
    /// They are listed, and marked.
    Include,
}

/// A condition on the grades that a toilet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GradeFilter {
    /// Any grade of a tourist standard, due for assessment or not.
    Rated,
    /// Exactly this grade; no conversion between standards is implied.
    Exactly(Grade),
}

impl Filter {
    /// What nobody knows of what is asked for here; `None` when the toilet will not do.
    pub(super) fn admits(&self, entry: &Entry, at: DateTime<Utc>) -> Option<Unsure> {
        if !self.kinds.is_empty() && !entry.kind.is_some_and(|kind| self.kinds.contains(&kind)) {
            return None;
        }
        let unsure =
            Unsure { needs: entry.answers.unsure(self.needs)?, cleaned: self.cleaned(entry, at)?, hours: false };
        if self.unknown == Unknown::Exclude && !unsure.is_empty() {
            return None;
        }
        self.grades_fit(entry, at).then_some(unsure)
    }

    /// Whether nobody knows that it was cleaned as lately as it must have been; `None` when it was not.
    fn cleaned(&self, entry: &Entry, at: DateTime<Utc>) -> Option<bool> {
        let Some(Cleaned { within, uncleaned: Uncleaned::Exclude }) = self.cleaned else { return Some(false) };
        match entry.cleaned_within(at, within) {
            Some(false) => None,
            known => Some(known.is_none()),
        }
    }

    /// Whether it comes after all others though it will do.
    pub(super) fn is_last(&self, entry: &Entry, at: DateTime<Utc>) -> bool {
        let Some(Cleaned { within, uncleaned: Uncleaned::Last }) = self.cleaned else { return false };
        entry.cleaned_within(at, within) != Some(true)
    }

    fn grades_fit(&self, entry: &Entry, at: DateTime<Utc>) -> bool {
        if self.grades.is_empty() {
            return true;
        }
        let today = entry.day(at);
        let mut held = entry.grades.iter().filter(|record| record.is_held(today));
        held.any(|record| self.grades.iter().any(|wanted| wanted.fits(record)))
    }
}

impl GradeFilter {
    fn fits(self, held: &NewGrade) -> bool {
        match self {
            Self::Rated => held.standard().is_tourist(),
            Self::Exactly(grade) => held.grade() == grade,
        }
    }
}

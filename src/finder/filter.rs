//! What a search can ask of a toilet apart from where it is.

use chrono::{DateTime, Utc};

use super::entry::Entry;
use super::needs::NeedSet;
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
    /// The needs of which nobody knows whether this toilet meets them; `None` when the toilet will not do.
    pub(super) fn admits(&self, entry: &Entry, at: DateTime<Utc>) -> Option<NeedSet> {
        if !self.kinds.is_empty() && !entry.kind.is_some_and(|kind| self.kinds.contains(&kind)) {
            return None;
        }
        let unsure = entry.answers.unsure(self.needs)?;
        if self.unknown == Unknown::Exclude && !unsure.is_empty() {
            return None;
        }
        self.grades_fit(entry, at).then_some(unsure)
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

//! What superiors ask for once a month.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Census, Fittings, Grading, Month, Within, Works};
use crate::domain::Toilet;
use crate::domain::grade::Standard;
use crate::domain::report::Wanted;

/// The report on a month: every tally over the same toilets, gone through once.
///
/// Grades, closures, bodies and dates of opening are judged as of [`Monthly::day`]; facts that bear no date (facilities,
/// stalls) are those of `as_of`.
#[derive(Debug, Clone, PartialEq)]
pub struct Monthly {
    /// The month.
    pub month: Month,
    /// The day it is judged on: the last of the month, or today if the month is not over.
    pub day: NaiveDate,
    /// When the register was read.
    pub as_of: DateTime<Utc>,
    /// How many, of which sort, and whose.
    pub census: Census,
    /// One for each standard in use: who holds any of its grades.
    pub gradings: Vec<Grading>,
    /// What is inside.
    pub fittings: Fittings,
    /// What was built and closed.
    pub works: Works,
}

impl Monthly {
    /// The standards that the report tells apart, the first one for what they share.
    pub const STANDARDS: [Standard; 3] = [Standard::GbT2022, Standard::GbT2016, Standard::Cjj2016];

    /// A report on a month as it stands at `as_of`, which is the day `today` where the report is made.
    #[must_use]
    pub fn new(month: Month, today: NaiveDate, as_of: DateTime<Utc>) -> Self {
        Self {
            month,
            day: month.last().min(today),
            as_of,
            census: Census::default(),
            gradings: Self::STANDARDS.into_iter().filter_map(Wanted::any_of).map(Grading::new).collect(),
            fittings: Fittings::default(),
            works: Works::new(month, as_of),
        }
    }

    /// Counts a toilet.
    pub fn add(&mut self, toilet: &Toilet, within: &Within) {
        self.census.add(toilet, within, self.day);
        for grading in &mut self.gradings {
            grading.add(toilet, within, self.day);
        }
        self.fittings.add(toilet, self.day);
        self.works.add(toilet);
    }
}

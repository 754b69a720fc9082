//! The plans of the demonstration: a template for each class of toilets.

use serde::Deserialize;

use crate::domain::Violation;
use crate::domain::grade::{Grade, NewGrade};
use crate::domain::plan::Windows;
use crate::domain::statement::Statement;
use crate::domain::text::{Name, Remark};
use crate::domain::toilet::Kind;

/// A template, and the class that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ClassPlan {
    /// What the template is called.
    pub name: Name,
    /// What is said of it.
    pub note: Remark,
    /// Its windows.
    pub windows: Windows,
    kind: Kind,
    /// The grades that it is for; any or none if empty.
    grades: Vec<Grade>,
}

/// The templates. A toilet gets the first that is for it.
///
/// # Errors
/// A [`Violation`] names the embedded table; the tests of this module show that it is sound.
pub fn class_plans() -> Result<Vec<ClassPlan>, Violation> {
    let plans = serde_json::from_str(include_str!("data/plans.json"));
    plans.map_err(|error| Violation::new("plans.json", "badRow", error.to_string()))
}

impl ClassPlan {
    /// Whether a toilet is of the class, by its kind and the grade that it was given last.
    #[must_use]
    pub fn is_for(&self, toilet: &Statement) -> bool {
        let grade = toilet.grades.last().map(NewGrade::grade);
        let of_grade = self.grades.is_empty() || grade.is_some_and(|grade| self.grades.contains(&grade));
        toilet.draft.kind == Some(self.kind) && of_grade
    }
}

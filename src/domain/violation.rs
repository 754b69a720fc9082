//! What is wrong with an input: one error type for every rule of the domain.

use std::fmt;

/// One broken rule: which field, a stable code, and a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Violation {
    /// The field in the API's spelling, such as `nameEn` or `stalls.women`.
    pub field: String,
    /// A stable code in camelCase, such as `tooLong`.
    pub code: &'static str,
    /// What is wrong and what would be right, for a person.
    pub message: String,
}

impl Violation {
    /// Names a broken rule of `field`.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }

    /// The same rule, broken in another field: for types that do not know which field they fill.
    #[must_use]
    pub fn in_field(self, field: impl Into<String>) -> Self {
        Self { field: field.into(), ..self }
    }

    /// The same rule, broken in a member of an input: what `hours` breaks of `facts` breaks `facts.hours`.
    #[must_use]
    pub fn within(self, member: &str) -> Self {
        let field = if self.field.is_empty() { member.to_owned() } else { format!("{member}.{}", self.field) };
        self.in_field(field)
    }
}

/// All broken rules of one input, so that a person can mend them in one go. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// The same rules, broken in a member of an input.
    #[must_use]
    pub fn within(self, member: &str) -> Self {
        Self(self.0.into_iter().map(|violation| violation.within(member)).collect())
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, violation) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

//! Fields of a body that changes something: what is left out stays, `null` clears, anything else is read.

use poem_openapi::types::MaybeUndefined;

use crate::domain::{Violation, Violations};
use crate::usecase::Failure;

/// The fields of one body as they are read, with all that is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Reading(Vec<Violation>);

impl Reading {
    /// What is to become of a field: `None` if it stays, an inner `None` if it is cleared.
    #[expect(clippy::option_option, reason = "absent, cleared and given are three, as in the use cases that take it")]
    pub(super) fn change<T, U>(
        &mut self,
        field: &str,
        given: MaybeUndefined<T>,
        read: impl FnOnce(T) -> Result<U, Violation>,
    ) -> Option<Option<U>> {
        match given {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(value) => Some(self.field(field, Some(value), read)),
        }
    }

    /// What a field says, if it says anything.
    pub(super) fn field<T, U>(
        &mut self,
        field: &str,
        given: Option<T>,
        read: impl FnOnce(T) -> Result<U, Violation>,
    ) -> Option<U> {
        given.and_then(|value| read(value).map_err(|violation| self.0.push(violation.in_field(field))).ok())
    }

    /// Takes what was made of the fields, if nothing was wrong with them.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with all that is wrong.
    pub(super) fn done<T>(self, made: T) -> Result<T, Failure> {
        if self.0.is_empty() { Ok(made) } else { Err(Failure::Invalid(Violations(self.0))) }
    }
}

//! Asking whether a caller may, and telling them no more than they may know.

use super::Failure;
use crate::domain::account::Actor;
use crate::domain::policy::{Action, Scope, Subject, may};

/// What the caller's roles let them do that to.
///
/// # Errors
/// [`Failure::Refused`] where they let them do it nowhere.
pub fn scope(actor: &Actor, action: Action) -> Result<Scope, Failure> {
    Scope::of(actor, action).ok_or(Failure::Refused)
}

/// Goes on only if the caller may.
///
/// # Errors
/// [`Failure::Refused`] where no role of theirs allows it anywhere or it is barred for them alone, and
/// [`Failure::NotFound`], exactly as for what is not there, where it lies out of their scope.
pub fn require(actor: &Actor, action: Action, subject: Subject<'_>) -> Result<(), Failure> {
    if !scope(actor, action)?.covers(subject.path, subject.operator) {
        return Err(Failure::NotFound);
    }
    if may(actor, action, subject) { Ok(()) } else { Err(Failure::Refused) }
}

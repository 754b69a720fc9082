//! Who asks for something: somebody in a session, or whoever has the host.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Ctx, Failure, permission};
use crate::domain::account::{Actor, PersonId};
use crate::domain::policy::{Action, Scope, Subject, counts, may, needs_proof};
use crate::store::Author;

/// Somebody with a session, in one request.
#[derive(Debug, Clone)]
pub struct By {
    /// Who, with all that is granted to them at this moment.
    pub actor: Actor,
    /// The session's public id.
    pub session: Uuid,
    /// The name of the request.
    pub request_id: String,
    /// When they last proved in this session who they are.
    pub stepped_up_at: Option<DateTime<Utc>>,
}

impl By {
    /// As the author of what they write.
    #[must_use]
    pub fn author(&self, ctx: &Ctx) -> Author {
        Author { actor: self.actor.signing(&self.request_id), at: ctx.clock.now() }
    }

    /// Goes on only if the action asks for no proof of who is calling, or the last one still counts.
    ///
    /// # Errors
    /// [`Failure::StepUpNeeded`].
    pub fn prove(&self, ctx: &Ctx, action: Action) -> Result<(), Failure> {
        if needs_proof(action) && !counts(self.stepped_up_at, ctx.clock.now()) {
            return Err(Failure::StepUpNeeded);
        }
        Ok(())
    }
}

/// Who asks, where the host may ask too.
#[derive(Debug, Clone, Copy)]
pub enum Caller<'a> {
    /// Somebody with a session.
    Person(&'a By),
    /// Whoever has a shell on the host, and so the database itself.
    Host,
}

impl Caller<'_> {
    pub(super) fn author(self, ctx: &Ctx) -> Author {
        match self {
            Self::Person(by) => by.author(ctx),
            Self::Host => ctx.author("staff"),
        }
    }

    /// The person, if it is one.
    pub(super) fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(by) => Some(by.actor.person),
            Self::Host => None,
        }
    }

    /// What they may do that to.
    pub(super) fn scope(self, action: Action) -> Result<Scope, Failure> {
        match self {
            Self::Person(by) => permission::scope(&by.actor, action),
            Self::Host => Ok(Scope::of_host()),
        }
    }

    /// Whether they may.
    pub(super) fn may(self, action: Action, subject: Subject<'_>) -> bool {
        match self {
            Self::Person(by) => may(&by.actor, action, subject),
            Self::Host => true,
        }
    }

    /// Goes on only if they may; see [`permission::require`].
    pub(super) fn require(self, action: Action, subject: Subject<'_>) -> Result<(), Failure> {
        match self {
            Self::Person(by) => permission::require(&by.actor, action, subject),
            Self::Host => Ok(()),
        }
    }

    /// Goes on only if no proof is wanting; see [`By::prove`]. It is asked for last, so that nobody proves who they are
    /// for what they may not do.
    pub(super) fn prove(self, ctx: &Ctx, action: Action) -> Result<(), Failure> {
        match self {
            Self::Person(by) => by.prove(ctx, action),
            Self::Host => Ok(()),
        }
    }
}

//! The one home of time and randomness, so that everything else can be tested as a function of its arguments.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Failure;

/// Tells the time and makes ids; stands still in tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    fixed: Option<DateTime<Utc>>,
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that stands still.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self { fixed: Some(at) }
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the home of the time")]
    pub fn now(&self) -> DateTime<Utc> {
        self.fixed.unwrap_or_else(Utc::now)
    }

    /// A new id.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the home of ids")]
    pub fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }

    /// Random bytes from the system, for tokens and salts.
    ///
    /// # Errors
    /// [`Failure::Internal`] where the system has none to give.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], Failure> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(|error| Failure::Internal(Box::new(error)))?;
        Ok(bytes)
    }
}

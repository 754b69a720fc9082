//! What a use case can fail with, in terms that know nothing of HTTP or of a database.

use std::error::Error;
use std::time::Duration;

use crate::domain::id::ToiletId;
use crate::domain::seal::SealError;
use crate::domain::text::Name;
use crate::domain::{Violation, Violations};
use crate::gateway::wechat::WechatError;
use crate::store::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It is not there, or not for this caller to see: the two are told alike.
    #[error("there is no such record")]
    NotFound,
    /// The caller may see it, but not do this.
    #[error("this is not allowed for the caller's role")]
    Refused,
    /// The caller may do this, but must prove anew who they are first.
    #[error("this needs a fresh proof of who is calling")]
    StepUpNeeded,
    /// Nobody is known to be calling: no session, or not what it takes to open one.
    #[error("the caller is not signed in")]
    Unauthenticated,
    /// The caller is known, but this takes the present code of their second factor as well.
    #[error("the second factor is missing")]
    SecondFactorNeeded,
    /// WeChat bars the person for a risk.
    #[error("WeChat bars the person")]
    WechatBarred,
    /// The page is only looked at within WeChat, which then makes somebody up.
    #[error("the page is only looked at within WeChat")]
    WechatPreview,
    /// Nobody of the staff signs in with this WeChat.
    #[error("nobody of the staff signs in with this WeChat")]
    WechatUnknown,
    /// No app is configured, or not the part that this needs.
    #[error("WeChat is not configured")]
    WechatNotConfigured,
    /// WeChat cannot be asked now.
    #[error("WeChat cannot be asked now")]
    WechatUnavailable {
        /// When to try again.
        retry_after: Duration,
        /// Why, for the log alone.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// It was tried too often.
    #[error("this was tried too often")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// The record was changed since the caller read it.
    #[error("the record stands at revision {revision}")]
    Stale {
        /// The revision that it has now.
        revision: i32,
    },
    /// The key was used for something else before.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// What is to be made seems to be there already.
    #[error("this seems to be there already")]
    Duplicate(Vec<Candidate>),
    /// It does not fit the state that the record is in.
    #[error("{0}")]
    Conflict(String),
    /// The input breaks rules of the domain.
    #[error("the input breaks rules")]
    Invalid(#[source] Violations),
    /// The input is of a kind that is not taken.
    #[error("the input is of a kind that is not taken")]
    Unsupported(#[source] Violations),
    /// Something that is needed is not there now; the same request may succeed later.
    #[error("something that is needed is not available now")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
        /// What is missing, for the log alone.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// Nobody has set up what this needs.
    #[error("the setting {setting} is needed for this and is not set")]
    NotConfigured {
        /// Which setting.
        setting: &'static str,
    },
    /// A fault of ours. Its text is for the log and never leaves the process.
    #[error("the request failed inside")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

/// A toilet that may be the one that somebody wants to add.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its id.
    pub id: ToiletId,
    /// Its name.
    pub name: Name,
    /// How far away it stands, in metres, where both places are known.
    pub distance_metres: Option<f64>,
}

impl Failure {
    /// The same, where what is wrong stands in a member of the input.
    #[must_use]
    pub fn within(self, member: &str) -> Self {
        match self {
            Self::Invalid(violations) => Self::Invalid(violations.within(member)),
            other => other,
        }
    }
}

impl From<Violation> for Failure {
    fn from(violation: Violation) -> Self {
        Self::Invalid(violation.into())
    }
}

impl From<Violations> for Failure {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

/// A value of ours that cannot be opened: the database was changed by another program, or a key is gone.
impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::Internal(Box::new(error))
    }
}

/// What WeChat says of a person is told; what is wrong with WeChat, or with the app's set-up, is for the log.
impl From<WechatError> for Failure {
    fn from(error: WechatError) -> Self {
        match error {
            WechatError::BadCode => Self::Unauthenticated,
            WechatError::TooOften => Self::TooMany { retry_after: Duration::from_mins(1) },
            WechatError::Barred => Self::WechatBarred,
            WechatError::NobodyReal => Self::WechatPreview,
            WechatError::NoConsent => Self::Conflict("the person takes no such message".to_owned()),
            WechatError::Resting => {
                Self::WechatUnavailable { retry_after: Duration::from_secs(30), source: Some(Box::new(error)) }
            }
            error => Self::WechatUnavailable { retry_after: Duration::from_secs(5), source: Some(Box::new(error)) },
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            error @ StoreError::Unavailable(_) => {
                Self::Unavailable { retry_after: Duration::from_secs(2), source: Some(Box::new(error)) }
            }
            StoreError::Conflict { .. } => Self::Conflict(error.to_string()),
            error => Self::Internal(Box::new(error)),
        }
    }
}

//! What can come of a call to WeChat.

use std::error::Error;

/// Why WeChat did not do what was asked. No text of it repeats an address, a secret, or what WeChat said: WeChat's own
/// messages name people.
#[derive(Debug, thiserror::Error)]
pub enum WechatError {
    /// The code that somebody brought is made up, used or too old (40029, 40163).
    #[error("WeChat does not take the code")]
    BadCode,
    /// Somebody asks too often (45011).
    #[error("WeChat says that somebody asks too often")]
    TooOften,
    /// WeChat holds the person for a risk (40226).
    #[error("WeChat bars the person")]
    Barred,
    /// The page is only looked at (快照页), and the person that WeChat names is made up for that.
    #[error("WeChat shows the page to nobody in particular")]
    NobodyReal,
    /// The access token does not count any more (40001, 40014, 42001).
    #[error("WeChat does not take the access token")]
    DeadToken,
    /// The person takes no such message (43101).
    #[error("the person has not consented to the message")]
    NoConsent,
    /// WeChat is busy (-1), also when asked again.
    #[error("WeChat is busy")]
    Busy,
    /// Another code: something is wrong with the app's set-up, or with the call.
    #[error("WeChat refused with code {0}")]
    Refused(i64),
    /// WeChat failed so often lately that it is not asked now.
    #[error("WeChat failed too often lately and is not asked now")]
    Resting,
    /// No connection could be made.
    #[error("WeChat cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// It took too long, or the connection broke: WeChat may have done it or not.
    #[error("the answer of WeChat was lost")]
    Lost(#[source] Box<dyn Error + Send + Sync>),
    /// What came back cannot be understood.
    #[error("WeChat answered with nonsense: {0}")]
    Nonsense(&'static str),
}

impl WechatError {
    /// What an `errcode` other than 0 means.
    pub(super) fn of_code(code: i64) -> Self {
        match code {
            -1 => Self::Busy,
            40029 | 40163 => Self::BadCode,
            45011 => Self::TooOften,
            40226 => Self::Barred,
            40001 | 40014 | 42001 => Self::DeadToken,
            43101 => Self::NoConsent,
            other => Self::Refused(other),
        }
    }

    /// Whether WeChat surely did not do it.
    #[must_use]
    pub fn did_nothing(&self) -> bool {
        !matches!(self, Self::Busy | Self::Lost(_) | Self::Nonsense(_))
    }

    /// Whether it is WeChat, or the way to it, that fails, rather than this call.
    pub(super) fn is_outage(&self) -> bool {
        matches!(self, Self::Busy | Self::Unreachable(_) | Self::Lost(_) | Self::Nonsense(_))
    }
}

//! What WeChat names: people by an openid, message templates, checks of pictures; and how it signs what it pushes.
//! `Realm` says of which app such a name of a person is.

mod push;
mod templates;

use std::fmt;
use std::str::FromStr;

use super::Violation;
use super::codes::codes;

pub use push::{PushToken, Pushed, Signature};
pub use templates::{ConsentResult, MessageTemplate, MessageTemplates};

/// Whom WeChat means, within one app. Personal: it is never printed, and kept only sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenId(String);

impl OpenId {
    /// The openid itself, for WeChat and for the index.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OpenId {
    type Err = Violation;
    fn from_str(text: &str) -> Result<Self, Violation> {
        if !is_plain(text, 64) {
            return Err(Violation::new("openid", "badOpenId", "an openid has 1 to 64 letters, digits, - or _"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for OpenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenId(…)")
    }
}

codes!(
    /// Within what WeChat's name for somebody holds: each app knows them by another.
    Realm {
        /// The mini program.
        MiniProgram = "miniProgram",
        /// The official account, by which people sign in on the page.
        Account = "account",
        /// All apps of one body that are bound together (an unionid).
        Union = "union",
    }
);

/// Whom WeChat vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// As the app that asked knows them.
    pub openid: OpenId,
    /// As all apps of the same body know them, where WeChat tells.
    pub unionid: Option<OpenId>,
}

/// A phone number with its country's code, such as `+86 13800000000`. Personal, as an openid is.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    country: String,
    number: String,
}

impl PhoneNumber {
    /// A number as WeChat tells it: the country's code without a plus, and the rest.
    ///
    /// # Errors
    /// `badPhone`; the message does not repeat it.
    pub fn new(country: &str, number: &str) -> Result<Self, Violation> {
        let digits =
            |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(country, 3) || !digits(number, 14) || number.len() < 4 {
            return Err(Violation::new("phone", "badPhone", "a phone number has a country's code and 4 to 14 digits"));
        }
        Ok(Self { country: country.to_owned(), number: number.to_owned() })
    }

    /// The number in full, as it is sealed and dialled: `+86 13800000000`.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("+{} {}", self.country, self.number)
    }

    /// Enough for its owner to know it again: its last four digits.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("+{} {}", self.country, masked(&self.number))
    }
}

impl FromStr for PhoneNumber {
    type Err = Violation;
    /// Reads what [`PhoneNumber::reveal`] wrote.
    fn from_str(text: &str) -> Result<Self, Violation> {
        let parts = text.strip_prefix('+').and_then(|text| text.split_once(' '));
        let (country, number) = parts.unwrap_or_default();
        Self::new(country, number)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

fn masked(number: &str) -> String {
    let hidden = number.len().saturating_sub(4);
    let last = number.get(hidden..).unwrap_or_default();
    format!("{}{last}", "*".repeat(hidden))
}

codes!(
    /// How a check of a picture by WeChat stands.
    CheckState {
        /// It was asked for; WeChat tells the outcome within half an hour.
        Pending = "pending",
        /// Nothing is wrong with it.
        Passed = "passed",
        /// It is against the law, or a person would have to look at it.
        Refused = "refused",
    }
);

codes!(
    /// What a text is for, which WeChat judges it by.
    Scene {
        /// What somebody says of themselves.
        Profile = "profile",
        /// A comment or report.
        Comment = "comment",
        /// A public place for many.
        Forum = "forum",
        /// A chat.
        Social = "social",
    }
);

/// Whether a text is a name of WeChat's making: letters, digits, `-` and `_`, so many at most.
#[must_use]
pub fn is_plain(text: &str, most: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=most).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_reads_back_and_hides() {
        let phone = PhoneNumber::new("86", "13800138000");
        assert_eq!(phone.as_ref().map(PhoneNumber::masked), Ok("+86 *******8000".to_owned()));
        assert_eq!(phone.clone().and_then(|phone| phone.reveal().parse()), phone);
        assert_eq!(format!("{phone:?}"), "Ok(PhoneNumber(…))");
        for (country, number) in [("", "13800138000"), ("86", "123"), ("86", "１３８"), ("+86", "13800138000")] {
            assert!(PhoneNumber::new(country, number).is_err(), "{country} {number}");
        }
    }

    #[test]
    fn an_openid_never_prints() {
        let openid: Result<OpenId, _> = "oABC-def_123".parse();
        assert_eq!(format!("{openid:?}"), "Ok(OpenId(…))");
        for wrong in ["", "o\n", "o b", &"o".repeat(65)] {
            assert!(wrong.parse::<OpenId>().is_err(), "{wrong:?}");
        }
    }
}

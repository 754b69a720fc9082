//! What WeChat pushes: whether it signed it, and what it says.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use super::super::Violation;
use super::{CheckState, is_plain};

/// The word that this service and WeChat share, and sign pushes with.
#[derive(Clone)]
pub struct PushToken(String);

impl PushToken {
    /// Reads a token: 3 to 32 letters and digits, as WeChat's console takes it, and 16 at least, since it is all that
    /// keeps strangers from deciding checks.
    ///
    /// # Errors
    /// A sentence that does not repeat it.
    pub fn new(text: &str) -> Result<Self, String> {
        if !(16..=32).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err("a push token has 16 to 32 letters and digits".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for PushToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushToken(…)")
    }
}

/// How a push is signed: three parameters of its query.
#[derive(Debug, Clone)]
pub struct Signature {
    /// SHA-1 in hexadecimal of token, timestamp and nonce, sorted as texts and joined.
    pub signature: String,
    /// When WeChat signed, in Unix seconds.
    pub timestamp: String,
    /// Anything.
    pub nonce: String,
}

impl Signature {
    /// How far from now a signature may be: WeChat tries again for seconds only, but clocks may be off.
    pub const WINDOW: TimeDelta = TimeDelta::minutes(10);

    /// Whether WeChat made it, and lately. Compared in constant time.
    #[must_use]
    pub fn is_good(&self, token: &PushToken, now: DateTime<Utc>) -> bool {
        let made_at = self.timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let is_late = made_at.is_none_or(|at| (now - at).abs() > Self::WINDOW);
        let is_ours = bool::from(sign(token, &self.timestamp, &self.nonce).as_bytes().ct_eq(self.signature.as_bytes()));
        is_ours && !is_late
    }
}

fn sign(token: &PushToken, timestamp: &str, nonce: &str) -> String {
    let mut parts = [token.0.as_str(), timestamp, nonce];
    parts.sort_unstable();
    HEXLOWER.encode(&Sha1::digest(parts.concat().as_bytes()))
}

/// What a push says, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// A check of a picture has an outcome; `None` where WeChat could not check it.
    MediaChecked {
        /// The check, as WeChat named it when it was asked for.
        trace: String,
        /// The outcome.
        state: Option<CheckState>,
    },
    /// Something else.
    Other,
}

impl Pushed {
    /// Reads a push to the app of that id in WeChat's JSON format, plain mode.
    ///
    /// # Errors
    /// What it is instead; in particular XML, or sealed.
    pub fn read(body: &[u8], app_id: &str) -> Result<Self, Violation> {
        let wrong = |message: &str| Violation::new("body", "badPush", message);
        let message: Value = serde_json::from_slice(body)
            .map_err(|_| wrong("is not JSON: set the data format of the message push to JSON"))?;
        if message.get("Encrypt").is_some() {
            return Err(wrong("is encrypted: set the message push to plain mode"));
        }
        let text = |name: &str| message.get(name).and_then(Value::as_str);
        if text("appid").is_some_and(|app| app != app_id) {
            return Err(wrong("is for another app"));
        }
        if text("Event") != Some("wxa_media_check") {
            return Ok(Self::Other);
        }
        let trace = text("trace_id").filter(|trace| is_plain(trace, 128)).ok_or_else(|| wrong("has no trace_id"))?;
        let failed = message.get("errcode").and_then(Value::as_i64).is_some_and(|code| code != 0);
        // A picture that a person would have to look at is not shown either: nobody here could release it.
        let state = match message.pointer("/result/suggest").and_then(Value::as_str) {
            _ if failed => None,
            Some("pass") => Some(CheckState::Passed),
            Some("risky" | "review") => Some(CheckState::Refused),
            _ => None,
        };
        Ok(Self::MediaChecked { trace: trace.to_owned(), state })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "canaryPushToken1234";

    fn signature(signature: &str, timestamp: &str, nonce: &str) -> Signature {
        let own = |text: &str| text.to_owned();
        Signature { signature: own(signature), timestamp: own(timestamp), nonce: own(nonce) }
    }

    #[test]
    fn only_what_was_signed_lately_with_the_token_is_good() {
        let (Ok(token), Ok(other)) = (PushToken::new(TOKEN), PushToken::new("anotherPushToken9876")) else {
            unreachable!("both are tokens")
        };
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap_or_default();
        // printf %s 1700000000 7 canaryPushToken1234 | sha1sum, in sorted order
        let right = "ad1912208531fa92dbbb8646012b7ec34c69289a";
        let good = sign(&token, "1700000000", "7");
        assert_eq!(good, right);
        assert!(signature(right, "1700000000", "7").is_good(&token, now));
        assert!(signature(right, "1700000000", "7").is_good(&token, now + Signature::WINDOW));
        assert!(!signature(right, "1700000000", "7").is_good(&token, now + Signature::WINDOW + TimeDelta::seconds(1)));
        assert!(!signature(right, "1700000000", "7").is_good(&token, now - Signature::WINDOW - TimeDelta::seconds(1)));
        assert!(!signature(right, "1700000000", "7").is_good(&other, now));
        assert!(!signature(right, "1700000001", "7").is_good(&token, now));
        assert!(!signature(right, "1700000000", "8").is_good(&token, now));
        assert!(!signature("", "1700000000", "7").is_good(&token, now));
        for never in ["", "x", "99999999999999999999"] {
            assert!(!signature(&sign(&token, never, "7"), never, "7").is_good(&token, now), "{never}");
        }
    }

    #[test]
    fn a_push_is_read_and_what_is_none_is_told() {
        let read = |text: &str| Pushed::read(text.as_bytes(), "wx1").map_err(|wrong| wrong.message);
        let of = |state| Ok(Pushed::MediaChecked { trace: "t-1".to_owned(), state });
        let event =
            |rest: &str| format!(r#"{{"Event": "wxa_media_check", "appid": "wx1", "trace_id": "t-1", {rest}}}"#);
        assert_eq!(read(&event(r#""result": {"suggest": "pass"}"#)), of(Some(CheckState::Passed)));
        assert_eq!(read(&event(r#""result": {"suggest": "risky"}"#)), of(Some(CheckState::Refused)));
        assert_eq!(read(&event(r#""result": {"suggest": "review"}"#)), of(Some(CheckState::Refused)));
        assert_eq!(read(&event(r#""errcode": -1008, "result": {"suggest": "pass"}"#)), of(None));
        assert_eq!(read(&event(r#""result": "pass""#)), of(None));
        assert_eq!(read(r#"{"Event": "subscribe_msg_popup_event"}"#), Ok(Pushed::Other));
        for wrong in ["<xml/>", "{", "", r#"{"Encrypt": "x"}"#, r#"{"Event": "wxa_media_check", "appid": "wx2"}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read(r#"{"Event": "wxa_media_check", "trace_id": "a b"}"#).is_err());
    }
}

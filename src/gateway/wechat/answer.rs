//! What WeChat answered, read leniently: a number may come as a text, and anything may be missing.

use serde_json::Value;

use super::WechatError;

/// The bytes of an answer, and what they say if they are JSON.
pub(super) struct Answer {
    /// As it came.
    pub(super) bytes: Vec<u8>,
    json: Option<Value>,
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    /// What its `errcode` means.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, WechatError> {
        let json = serde_json::from_slice(&bytes).ok().filter(Value::is_object);
        let answer = Self { bytes, json };
        match answer.number("/errcode") {
            None | Some(0) => Ok(answer),
            Some(code) => Err(WechatError::of_code(code)),
        }
    }

    /// Whether it is a JSON object at all.
    pub(super) fn is_json(&self) -> bool {
        self.json.is_some()
    }

    /// The text there, if there is one.
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.json.as_ref()?.pointer(pointer)?.as_str()
    }

    /// The whole number there, also as a text.
    pub(super) fn number(&self, pointer: &str) -> Option<i64> {
        let value = self.json.as_ref()?.pointer(pointer)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }
}

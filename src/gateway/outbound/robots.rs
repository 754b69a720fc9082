//! Robots of groups: 企业微信 (developer.work.weixin.qq.com, 91770) and 钉钉 (open.dingtalk.com, custom robots).

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde_json::{Value, json};

use super::{Outbound, SendError, ask};
use crate::domain::Violation;
use crate::domain::webhook::dingtalk_sign;

/// A robot of one group, known by a key that lets anybody speak there.
#[derive(Clone, PartialEq, Eq)]
pub enum Robot {
    /// Of a group of 企业微信: its `key`.
    Wecom(String),
    /// Of a group of 钉钉: its `access_token`, and the secret with which it takes signed messages, if it does.
    Dingtalk(String, Option<String>),
}

impl std::fmt::Debug for Robot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Robot(…)")
    }
}

impl Robot {
    /// Reads a key or secret of a robot: what may stand in a query as it is.
    ///
    /// # Errors
    /// A violation in that field that does not repeat it.
    pub fn key(field: &'static str, text: &str) -> Result<String, Violation> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (16..=128).contains(&text.len()) && text.bytes().all(plain) {
            return Ok(text.to_owned());
        }
        Err(Violation::new(
            field,
            "badKey",
            "must be the key from the robot's address: 16 to 128 letters, digits and hyphens",
        ))
    }
}

impl Outbound {
    /// Says something in a group: a title, and lines of Markdown.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send_robot(&self, robot: &Robot, at: DateTime<Utc>, title: &str, text: &str) -> Result<(), SendError> {
        let (base, query, body) = match robot {
            Robot::Wecom(key) => {
                let body = json!({"msgtype": "markdown", "markdown": {"content": text}});
                (&self.settings.wecom_url, vec![("key", key.clone())], body)
            }
            Robot::Dingtalk(token, secret) => {
                let mut query = vec![("access_token", token.clone())];
                if let Some(secret) = secret {
                    query.push(("timestamp", at.timestamp_millis().to_string()));
                    query.push(("sign", dingtalk_sign(secret, at)));
                }
                let body = json!({"msgtype": "markdown", "markdown": {"title": title, "text": text}});
                (&self.settings.dingtalk_url, query, body)
            }
        };
        let mut url = Url::parse(base).map_err(|_| SendError::Forbidden("its address is none"))?;
        url.query_pairs_mut().extend_pairs(query);
        let request = self.client(None)?.post(url).header("content-type", "application/json");
        let answer = ask(request.body(body.to_string())).await?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|_| SendError::Nonsense("no JSON"))?;
        // Both say what went wrong in a code, with status 200.
        match answer["errcode"].as_i64() {
            Some(0) => Ok(()),
            // The robot was taken out of its group, or its key never was one.
            Some(93_000 | 300_001) => Err(SendError::Gone),
            Some(_) => Err(SendError::Refused(200)),
            None => Err(SendError::Nonsense("no code")),
        }
    }
}

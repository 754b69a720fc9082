//! How messages go out: every setting with its bounds.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Url;

use crate::gateway::setting::{Setting, file, given, is_safe, proxy, seconds};

/// How messages go out.
#[derive(Clone)]
pub struct Settings {
    /// How long it may take to send one.
    pub time: Duration,
    /// The proxy on the way; it may hold a password.
    pub proxy: Option<Url>,
    /// The certificates that are believed instead of those of the public authorities.
    pub ca_file: Option<PathBuf>,
    /// Whether messages may go to this machine itself, over http: for tests.
    pub loopback: bool,
    /// Where the robots of 企业微信 are.
    pub wecom_url: String,
    /// Where the robots of 钉钉 are.
    pub dingtalk_url: String,
    /// For how long a message is tried.
    pub give_up: TimeDelta,
    /// After how long without any message that got there a subscription is paused.
    pub pause: TimeDelta,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(10),
            proxy: None,
            ca_file: None,
            loopback: false,
            wecom_url: WECOM.to_owned(),
            dingtalk_url: DINGTALK.to_owned(),
            give_up: TimeDelta::hours(24),
            pause: TimeDelta::hours(72),
        }
    }
}

/// The proxy is left out, since it may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("time", &self.time).field("loopback", &self.loopback).finish_non_exhaustive()
    }
}

const WECOM: &str = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send";
const DINGTALK: &str = "https://oapi.dingtalk.com/robot/send";

/// Every setting.
pub const SETTINGS: [Setting<Settings>; 8] = [
    Setting {
        key: "outbox_seconds",
        default: "10",
        meaning: "seconds that a message to a webhook or robot may take (0.05 to 60)",
        set: |settings, text| {
            settings.time = seconds(text, 60.0)?;
            Ok(())
        },
    },
    Setting {
        key: "outbox_proxy",
        default: "",
        meaning: "the HTTP proxy on the way to webhooks and robots: http://HOST:PORT; it then looks names up, and must refuse inner ones",
        set: |settings, text| {
            settings.proxy = given(text, proxy)?;
            Ok(())
        },
    },
    Setting {
        key: "outbox_ca_file",
        default: "",
        meaning: "a PEM file with the authorities that are believed for webhooks and robots, instead of the public ones",
        set: |settings, text| {
            settings.ca_file = given(text, file)?;
            Ok(())
        },
    },
    Setting {
        key: "outbox_loopback",
        default: "no",
        meaning: "whether webhooks may lead to this machine itself, over http: yes or no; yes is for tests",
        set: |settings, text| {
            settings.loopback = match text {
                "yes" => true,
                "no" => false,
                _ => return Err("say yes or no".to_owned()),
            };
            Ok(())
        },
    },
    Setting {
        key: "outbox_wecom_url",
        default: WECOM,
        meaning: "where the robots of 企业微信 are: https, or http on loopback",
        set: |settings, text| {
            settings.wecom_url = address(text)?;
            Ok(())
        },
    },
    Setting {
        key: "outbox_dingtalk_url",
        default: DINGTALK,
        meaning: "where the robots of 钉钉 are: https, or http on loopback",
        set: |settings, text| {
            settings.dingtalk_url = address(text)?;
            Ok(())
        },
    },
    Setting {
        key: "outbox_give_up_hours",
        default: "24",
        meaning: "hours for which a message is tried again (1 to 168)",
        set: |settings, text| {
            settings.give_up = hours(text, 168)?;
            Ok(())
        },
    },
    Setting {
        key: "outbox_pause_hours",
        default: "72",
        meaning: "hours without any message that got there, after which a subscription is paused (1 to 720)",
        set: |settings, text| {
            settings.pause = hours(text, 720)?;
            Ok(())
        },
    },
];

fn hours(text: &str, most: i64) -> Result<TimeDelta, String> {
    let hours = text.parse().ok().filter(|hours| (1..=most).contains(hours));
    hours.map(TimeDelta::hours).ok_or_else(|| format!("give whole hours from 1 to {most}"))
}

fn address(text: &str) -> Result<String, String> {
    let wrong = || "give https://HOST/PATH, or http://127.0.0.1:PORT/PATH, without a query".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    if is_safe(&url) { Ok(url.into()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_what_it_says_and_nonsense_is_refused() {
        let mut settings = Settings::default();
        for setting in SETTINGS {
            assert_eq!(setting.read(&mut settings, setting.default), Ok(()), "{}", setting.key);
        }
        let default = Settings::default();
        assert_eq!((settings.time, settings.give_up, settings.pause), (default.time, default.give_up, default.pause));
        assert_eq!((settings.wecom_url, settings.dingtalk_url), (default.wecom_url, default.dingtalk_url));
        assert!(!settings.loopback);
        for (key, text) in [
            ("outbox_seconds", "0"),
            ("outbox_seconds", "NaN"),
            ("outbox_proxy", "socks5://me:canary@10.0.0.1"),
            ("outbox_ca_file", "/nonexistent/file"),
            ("outbox_loopback", "perhaps"),
            ("outbox_wecom_url", "http://qyapi.weixin.qq.com/"),
            ("outbox_dingtalk_url", "https://me:canary@a/"),
            ("outbox_give_up_hours", "0"),
            ("outbox_pause_hours", "721"),
        ] {
            let mut settings = Settings::default();
            let setting = SETTINGS.iter().find(|setting| setting.key == key);
            let wrong = setting.and_then(|setting| setting.read(&mut settings, text).err()).unwrap_or_default();
            assert!(wrong.starts_with(key) && !wrong.contains("canary"), "{key} = {text}: {wrong}");
        }
    }
}

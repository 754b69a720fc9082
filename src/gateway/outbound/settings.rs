//! How messages go out: every setting with its bounds.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Url;

use super::is_loopback;

/// One setting: its key, and what it means with its bounds.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its key in a file.
    pub key: &'static str,
    /// What it is when nobody says; empty is unset.
    pub default: &'static str,
    /// What it means, with its bounds.
    pub meaning: &'static str,
    set: fn(&mut Settings, &str) -> Result<(), String>,
}

impl Setting {
    /// Reads its value into `settings`.
    ///
    /// # Errors
    /// What is wrong with the text, beginning with the key. The text itself is not repeated: it may hold a password.
    pub fn read(&self, settings: &mut Settings, text: &str) -> Result<(), String> {
        (self.set)(settings, text.trim()).map_err(|wrong| format!("{}: {wrong}", self.key))
    }
}

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
pub const SETTINGS: [Setting; 8] = [
    Setting {
        key: "outbox_seconds",
        default: "10",
        meaning: "seconds that a message to a webhook or robot may take (0.05 to 60)",
        set: |settings, text| {
            let seconds = text.parse().ok().filter(|seconds| (0.05..=60.0).contains(seconds));
            settings.time = seconds.map(Duration::from_secs_f64).ok_or("give seconds from 0.05 to 60")?;
            Ok(())
        },
    },
    Setting {
        key: "outbox_proxy",
        default: "",
        meaning: "the HTTP proxy on the way to webhooks and robots: http://HOST:PORT; it then looks names up, and must refuse inner ones",
        set: |settings, text| {
            settings.proxy = if text.is_empty() { None } else { Some(proxy(text)?) };
            Ok(())
        },
    },
    Setting {
        key: "outbox_ca_file",
        default: "",
        meaning: "a PEM file with the authorities that are believed for webhooks and robots, instead of the public ones",
        set: |settings, text| {
            let file = Some(PathBuf::from(text)).filter(|_| !text.is_empty());
            if file.as_ref().is_some_and(|file| !file.is_file()) {
                return Err(format!("{text} is no file"));
            }
            settings.ca_file = file;
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
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let is_safe = url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url);
    if is_plain && is_safe && url.fragment().is_none() { Ok(url.into()) } else { Err(wrong()) }
}

fn proxy(text: &str) -> Result<Url, String> {
    let wrong = || "give http://HOST:PORT".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if url.scheme() == "http" && url.host_str().is_some() && is_plain { Ok(url) } else { Err(wrong()) }
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

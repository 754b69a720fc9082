//! How WeChat is reached, and as which app: every setting with its bounds.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use crate::domain::wechat::MessageTemplates;
use crate::gateway::setting::{Setting, file, given, is_safe, proxy, seconds};

/// How WeChat is reached. Without an app WeChat is not asked for anything.
#[derive(Clone)]
pub struct Settings {
    /// The app's id.
    pub app_id: Option<String>,
    /// The file with the app's secret.
    pub secret_file: Option<PathBuf>,
    /// The official account's id.
    pub account_app_id: Option<String>,
    /// The file with the official account's secret.
    pub account_secret_file: Option<PathBuf>,
    /// Where browsers are sent to sign in by the official account.
    pub authorize_url: String,
    /// Where WeChat's server interface is, with a slash at its end.
    pub base_url: String,
    /// The proxy on the way there; it may hold a password.
    pub proxy: Option<Url>,
    /// The certificates that are believed instead of those of the public authorities.
    pub ca_file: Option<PathBuf>,
    /// How long a call may take.
    pub time: Duration,
    /// The file with the token that WeChat signs its pushes with.
    pub push_token_file: Option<PathBuf>,
    /// The messages that people may ask for.
    pub templates: MessageTemplates,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            app_id: None,
            secret_file: None,
            account_app_id: None,
            account_secret_file: None,
            authorize_url: AUTHORIZE_URL.to_owned(),
            base_url: BASE_URL.to_owned(),
            proxy: None,
            ca_file: None,
            time: Duration::from_secs(3),
            push_token_file: None,
            templates: MessageTemplates::default(),
        }
    }
}

/// The proxy is left out, since it may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("app_id", &self.app_id)
            .field("account_app_id", &self.account_app_id)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

const BASE_URL: &str = "https://api.weixin.qq.com/";
const AUTHORIZE_URL: &str = "https://open.weixin.qq.com/connect/oauth2/authorize";

/// Every setting.
pub const SETTINGS: [Setting<Settings>; 11] = [
    Setting {
        key: "wechat_app_id",
        default: "",
        meaning: "the mini program's AppID; without one nobody signs in with WeChat",
        set: |settings, text| {
            settings.app_id = given(text, app_id)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_secret_file",
        default: "",
        meaning: "a file with the mini program's AppSecret",
        set: |settings, text| {
            settings.secret_file = given(text, file)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_account_app_id",
        default: "",
        meaning: "the official account's AppID (服务号), by which staff sign in on the page within WeChat; needs public_url",
        set: |settings, text| {
            settings.account_app_id = given(text, app_id)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_account_secret_file",
        default: "",
        meaning: "a file with the official account's AppSecret",
        set: |settings, text| {
            settings.account_secret_file = given(text, file)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_authorize_url",
        default: AUTHORIZE_URL,
        meaning: "where browsers are sent to sign in by the official account: https, or http on loopback",
        set: |settings, text| {
            settings.authorize_url = safe(text)?.into();
            Ok(())
        },
    },
    Setting {
        key: "wechat_base_url",
        default: BASE_URL,
        meaning: "where WeChat's server interface is: https, or http on loopback",
        set: |settings, text| {
            settings.base_url = address(text)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_proxy",
        default: "",
        meaning: "the HTTP proxy on the way to WeChat: http://HOST:PORT, or with USER:PASSWORD@ before the host",
        set: |settings, text| {
            settings.proxy = given(text, proxy)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_ca_file",
        default: "",
        meaning: "a PEM file with the authorities that are believed for WeChat, instead of the public ones",
        set: |settings, text| {
            settings.ca_file = given(text, file)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_seconds",
        default: "3",
        meaning: "seconds that a call to WeChat may take (0.05 to 30)",
        set: |settings, text| {
            settings.time = seconds(text, 30.0)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_push_token_file",
        default: "",
        meaning: "a file with the Token of the message push: 16 to 32 letters and digits",
        set: |settings, text| {
            settings.push_token_file = given(text, file)?;
            Ok(())
        },
    },
    Setting {
        key: "wechat_templates",
        default: "",
        meaning: "the messages that people may ask for: name=templateId,…",
        set: |settings, text| {
            settings.templates = text.parse()?;
            Ok(())
        },
    },
];

impl Settings {
    /// What does not go together, in sentences.
    #[must_use]
    pub fn contradictions(&self) -> Vec<String> {
        let has_app = self.app_id.is_some();
        let rules = [
            (
                self.account_app_id.is_some() == self.account_secret_file.is_some(),
                "wechat_account_app_id and wechat_account_secret_file go together: give both or none",
            ),
            (
                has_app == self.secret_file.is_some(),
                "wechat_app_id and wechat_secret_file go together: give both or none",
            ),
            (has_app || self.push_token_file.is_none(), "wechat_push_token_file needs wechat_app_id"),
            (has_app || self.templates.all().is_empty(), "wechat_templates needs wechat_app_id"),
        ];
        rules.into_iter().filter(|(holds, _)| !holds).map(|(_, rule)| rule.to_owned()).collect()
    }
}

/// The secret that the app shares with WeChat.
#[derive(Clone)]
pub struct AppSecret(String);

impl AppSecret {
    /// Reads a secret: 32 hexadecimal digits as WeChat gives them, and not all of them the same.
    ///
    /// # Errors
    /// A sentence that does not repeat it.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let first = text.chars().next();
        if text.len() != 32
            || !text.bytes().all(|byte| byte.is_ascii_hexdigit())
            || text.chars().all(|c| Some(c) == first)
        {
            return Err("an AppSecret has 32 hexadecimal digits".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppSecret(…)")
    }
}

fn app_id(text: &str) -> Result<String, String> {
    let is_id = text.len() == 18 && text.starts_with("wx") && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_id { Ok(text.to_owned()) } else { Err("an AppID is wx and 16 letters or digits".to_owned()) }
}

/// A place to which nothing goes in the clear, unless it is this machine.
fn safe(text: &str) -> Result<Url, String> {
    let wrong = || "give https://HOST, or http://127.0.0.1:PORT; nothing but a path may follow".to_owned();
    Url::parse(text).ok().filter(is_safe).ok_or_else(wrong)
}

/// The secret stands in the query of a call, so it never goes in the clear to another machine.
fn address(text: &str) -> Result<String, String> {
    let mut url = safe(text)?;
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(key: &str, text: &str) -> Result<Settings, String> {
        let mut settings = Settings::default();
        let setting = SETTINGS.iter().find(|setting| setting.key == key).ok_or("no such setting")?;
        setting.read(&mut settings, text).map(|()| settings)
    }

    #[test]
    fn every_default_is_what_it_says() {
        let default = Settings::default();
        for setting in SETTINGS {
            let read = read(setting.key, setting.default).map(|it| (it.base_url, it.authorize_url, it.time));
            let expected = (default.base_url.clone(), default.authorize_url.clone(), default.time);
            assert_eq!(read, Ok(expected), "{}", setting.key);
        }
        assert!(default.contradictions().is_empty());
    }

    #[test]
    fn what_is_unsafe_or_no_value_is_refused_without_repeating_it() {
        for (key, text) in [
            ("wechat_app_id", "canary"),
            ("wechat_app_id", "wx0123456789abcde!"),
            ("wechat_secret_file", "/nonexistent/canary"),
            ("wechat_account_app_id", "canary"),
            ("wechat_account_secret_file", "/nonexistent/canary"),
            ("wechat_authorize_url", "http://open.weixin.qq.com/connect"),
            ("wechat_authorize_url", "https://a/?canary=c"),
            ("wechat_base_url", "http://api.weixin.qq.com"),
            ("wechat_base_url", "http://127.0.0.1.example"),
            ("wechat_base_url", "https://a/?b=c"),
            ("wechat_base_url", "https://me:canary@a/"),
            ("wechat_base_url", "file:///etc/passwd"),
            ("wechat_base_url", ""),
            ("wechat_proxy", "socks5://me:canary@10.0.0.1"),
            ("wechat_proxy", "10.0.0.1:3128"),
            ("wechat_seconds", "0"),
            ("wechat_seconds", "NaN"),
            ("wechat_seconds", "31"),
            ("wechat_templates", "a"),
        ] {
            let wrong = read(key, text).err().unwrap_or_default();
            assert!(wrong.starts_with(key), "{key} = {text}");
            assert!(key.ends_with("secret_file") || !wrong.contains("canary"), "{wrong}");
        }
        for url in ["http://127.0.0.1:9", "http://localhost:9/x", "http://[::1]:9", "https://wechat.example/base"] {
            assert!(read("wechat_base_url", url).is_ok_and(|settings| settings.base_url.ends_with('/')), "{url}");
        }
        let with_password =
            read("wechat_proxy", "http://me:canary@10.0.0.1:3128").map(|settings| format!("{settings:?}"));
        assert!(with_password.is_ok_and(|shown| !shown.contains("canary")));
    }

    #[test]
    fn what_belongs_together_is_asked_for_together() {
        let alone = read("wechat_app_id", "wx0123456789abcdef").map(|settings| settings.contradictions().len());
        assert_eq!(alone, Ok(1));
        let account =
            read("wechat_account_app_id", "wx0123456789abcdef").map(|settings| settings.contradictions().len());
        assert_eq!(account, Ok(1));
        let templates = read("wechat_templates", "slotDue=x").map(|settings| settings.contradictions().len());
        assert_eq!(templates, Ok(1));
    }

    #[test]
    fn a_secret_is_thirty_two_digits_and_never_printed() {
        let secret = AppSecret::new(" 0123456789abcdef0123456789abcdef\n");
        assert_eq!(format!("{secret:?}"), "Ok(AppSecret(…))");
        for wrong in ["", "0123456789abcdef", "00000000000000000000000000000000", "canary6789abcdef0123456789abcdef"] {
            assert!(AppSecret::new(wrong).is_err_and(|told| !told.contains("canary")), "{wrong}");
        }
    }
}

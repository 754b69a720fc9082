//! The official account (服务号), by which people sign in on the page within WeChat's own browser (网页授权).

use std::fmt;

use chrono::{DateTime, Utc};
use reqwest::Url;

use super::client::{Setup, SetupError, Wechat};
use super::error::WechatError;
use crate::domain::wechat::Vouched;

/// WeChat, as the official account sees it. It has a breaker of its own.
pub struct Account {
    wechat: Wechat,
    authorize: Url,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("wechat", &self.wechat).finish_non_exhaustive()
    }
}

impl Account {
    /// A client; the app of the setup is the account.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        let authorize = Url::parse(&setup.settings.authorize_url);
        let authorize = authorize.map_err(|error| SetupError::Client(Box::new(error)))?;
        Ok(Self { wechat: Wechat::new(setup)?, authorize })
    }

    /// Where to send a browser, so that it comes `back` with a code and the same `state`. WeChat takes the parameters in
    /// no other order, and asks nobody: `snsapi_base` tells an openid and nothing more.
    #[must_use]
    pub fn authorize_url(&self, back: &str, state: &str) -> String {
        let mut url = self.authorize.clone();
        url.query_pairs_mut()
            .append_pair("appid", self.wechat.app_id())
            .append_pair("redirect_uri", back)
            .append_pair("response_type", "code")
            .append_pair("scope", "snsapi_base")
            .append_pair("state", state);
        url.set_fragment(Some("wechat_redirect"));
        url.into()
    }

    /// Whom WeChat means by the code with which a browser came back. It counts once, for five minutes.
    ///
    /// # Errors
    /// [`WechatError`].
    pub async fn code_to_person(&self, code: &str, now: DateTime<Utc>) -> Result<Vouched, WechatError> {
        self.wechat.vouched("sns/oauth2/access_token", ("code", code), now).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::{AppSecret, Settings};
    use super::*;

    #[test]
    fn the_way_there_is_written_as_wechat_wants_it() {
        let secret = AppSecret::new("0123456789abcdef0123456789abcdee");
        let made = secret.map(|secret| {
            let app_id = "wx00112233445566bb".to_owned();
            Account::new(Setup { app_id, secret, push_token: None, settings: Settings::default() })
        });
        let url = made.map(|account| account.map(|it| it.authorize_url("https://toilets.example/staff", "0a")));
        assert_eq!(
            url.ok().and_then(Result::ok).as_deref(),
            Some(
                "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx00112233445566bb\
                 &redirect_uri=https%3A%2F%2Ftoilets.example%2Fstaff&response_type=code&scope=snsapi_base&state=0a\
                 #wechat_redirect"
            )
        );
    }
}

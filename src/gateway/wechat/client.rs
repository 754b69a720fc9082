//! The client: one HTTP request for each call, within its time, counted and believed in nothing.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{RequestBuilder, StatusCode, Url, redirect, retry};
use serde_json::json;

use super::answer::Answer;
use super::breaker::Breaker;
use super::call::{Call, JSON_BYTES};
use super::error::WechatError;
use super::settings::{AppSecret, Settings};
use crate::domain::wechat::{MessageTemplates, PushToken, Vouched};
use crate::gateway::tls::{self, TlsError};

/// A token with which calls are made, for two hours at most.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// WeChat asks for room for 512 characters.
    const LONGEST: usize = 512;

    /// Reads a token.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let is_token = (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_token.then(|| Self(text.to_owned()))
    }

    /// The token itself, to be sealed.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// A token that WeChat gave just now.
#[derive(Debug, Clone)]
pub struct FreshToken {
    /// The token.
    pub token: AccessToken,
    /// For how long it counts: at most two hours, whatever WeChat says.
    pub lasts: TimeDelta,
}

/// Everything that is needed to talk to WeChat.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The app's id.
    pub app_id: String,
    /// Its secret.
    pub secret: AppSecret,
    /// What WeChat signs its pushes with, if it pushes.
    pub push_token: Option<PushToken>,
    /// How it is reached.
    pub settings: Settings,
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The authorities cannot be read.
    #[error("wechat_ca_file holds no certificate that can be used")]
    Authorities,
    /// The client cannot be made.
    #[error("the client for WeChat cannot be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// WeChat, as one app sees it.
pub struct Wechat {
    http: reqwest::Client,
    base: Url,
    setup: Setup,
    breaker: Mutex<Breaker>,
}

impl fmt::Debug for Wechat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wechat").field("setup", &self.setup).finish_non_exhaustive()
    }
}

impl Wechat {
    /// A client.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        let wrong = |error: reqwest::Error| SetupError::Client(Box::new(error.without_url()));
        let settings = &setup.settings;
        let tls = tls::config(settings.ca_file.as_deref()).map_err(|error| match error {
            TlsError::Authorities => SetupError::Authorities,
            TlsError::Provider(error) => SetupError::Client(Box::new(error)),
        })?;
        // Neither a redirect, which could take the secret elsewhere, nor a proxy of the environment.
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .timeout(settings.time);
        if let Some(proxy) = &settings.proxy {
            http = http.proxy(reqwest::Proxy::all(proxy.clone()).map_err(wrong)?);
        }
        let base = Url::parse(&settings.base_url).map_err(|error| SetupError::Client(Box::new(error)))?;
        Ok(Self { http: http.build().map_err(wrong)?, base, setup, breaker: Mutex::default() })
    }

    /// The app's id.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.setup.app_id
    }

    /// What WeChat signs its pushes with.
    #[must_use]
    pub fn push_token(&self) -> Option<&PushToken> {
        self.setup.push_token.as_ref()
    }

    /// The messages that people may ask for.
    #[must_use]
    pub fn templates(&self) -> &MessageTemplates {
        &self.setup.settings.templates
    }

    /// Whom WeChat means by the code of a `wx.login`, which counts once. The session key that comes with it is thrown
    /// away: nothing here needs it.
    ///
    /// # Errors
    /// [`WechatError`].
    pub async fn code_to_session(&self, code: &str, now: DateTime<Utc>) -> Result<Vouched, WechatError> {
        self.vouched("sns/jscode2session", ("js_code", code), now).await
    }

    /// Whom WeChat means by a code, asked for at that path with the app's secret. Whatever else comes with it, tokens
    /// among that, is thrown away.
    pub(super) async fn vouched(
        &self,
        path: &str,
        code: (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<Vouched, WechatError> {
        let app = [("appid", self.app_id()), ("secret", self.setup.secret.reveal())];
        let query = [app[0], app[1], code, ("grant_type", "authorization_code")];
        self.ask(|| self.http.get(self.url(path, &query)), JSON_BYTES, vouched, now).await
    }

    /// The token that all servers of the app share. WeChat gives the same one until shortly before it runs out; a new
    /// one is never forced, since that would take it from the others.
    ///
    /// # Errors
    /// [`WechatError`].
    pub async fn stable_token(&self, now: DateTime<Utc>) -> Result<FreshToken, WechatError> {
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.app_id(),
            "secret": self.setup.secret.reveal(),
            "force_refresh": false,
        });
        self.ask(|| self.post("cgi-bin/stable_token", &[], &body), JSON_BYTES, fresh_token, now).await
    }

    /// Makes a call with a token.
    ///
    /// # Errors
    /// [`WechatError`].
    pub async fn call<T>(&self, token: &AccessToken, call: &Call<T>, now: DateTime<Utc>) -> Result<T, WechatError> {
        let query = [("access_token", token.reveal())];
        self.ask(|| self.post(call.path, &query, &call.body), call.most, call.read, now).await
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        let path = format!("{}{path}", url.path());
        url.set_path(&path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn post(&self, path: &str, query: &[(&str, &str)], body: &serde_json::Value) -> RequestBuilder {
        let request = self.http.post(self.url(path, query));
        request.header("content-type", "application/json").body(body.to_string())
    }

    /// Asks, and once more where WeChat is busy; tells the breaker how it went.
    async fn ask<T>(
        &self,
        request: impl Fn() -> RequestBuilder,
        most: usize,
        read: impl Fn(&Answer) -> Result<T, WechatError>,
        now: DateTime<Utc>,
    ) -> Result<T, WechatError> {
        if !self.breaker().allows(now) {
            return Err(WechatError::Resting);
        }
        let answer = match once(request(), most).await {
            Err(WechatError::Busy) => once(request(), most).await,
            answer => answer,
        };
        let answer = answer.and_then(|answer| read(&answer));
        match &answer {
            Err(error) if error.is_outage() => self.breaker().failed(now),
            _ => self.breaker().succeeded(),
        }
        answer
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn vouched(answer: &Answer) -> Result<Vouched, WechatError> {
    // Of a page that is only looked at, WeChat makes somebody up.
    if answer.number("/is_snapshotuser") == Some(1) {
        return Err(WechatError::NobodyReal);
    }
    let openid = answer.text("/openid").and_then(|id| id.parse().ok()).ok_or(WechatError::Nonsense("no openid"))?;
    Ok(Vouched { openid, unionid: answer.text("/unionid").and_then(|id| id.parse().ok()) })
}

fn fresh_token(answer: &Answer) -> Result<FreshToken, WechatError> {
    let token = answer.text("/access_token").and_then(AccessToken::read);
    let token = token.ok_or(WechatError::Nonsense("no access_token"))?;
    // Without a word it counts for a little, so that it is not asked for with every call.
    let seconds = answer.number("/expires_in").unwrap_or(600).clamp(60, 7200);
    Ok(FreshToken { token, lasts: TimeDelta::seconds(seconds) })
}

async fn once(request: RequestBuilder, most: usize) -> Result<Answer, WechatError> {
    let lost = |error: reqwest::Error| {
        let reached = !error.is_connect();
        // The address holds the secret.
        let error = Box::new(error.without_url());
        if reached { WechatError::Lost(error) } else { WechatError::Unreachable(error) }
    };
    let mut response = request.send().await.map_err(lost)?;
    if response.status() != StatusCode::OK {
        return Err(WechatError::Nonsense("a status other than 200"));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if bytes.len() + chunk.len() > most {
            return Err(WechatError::Nonsense("too many bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    let answer = Answer::read(bytes)?;
    if most == JSON_BYTES && !answer.is_json() {
        return Err(WechatError::Nonsense("no JSON object"));
    }
    Ok(answer)
}

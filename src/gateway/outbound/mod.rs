//! Messages to other people's services: their webhooks, whose addresses nobody here has chosen, and the robots of groups.
//!
//! An address that somebody typed in must not become a way into the network in which this service stands. So a name is
//! looked up here, an address that is not a public one is refused, the connection goes to exactly the address that was
//! looked at, and nobody is followed anywhere else.

mod robots;
mod settings;
mod webhooks;

use std::error::Error;
use std::net::SocketAddr;

use reqwest::{Client, RequestBuilder, StatusCode, redirect, retry};
use rustls::ClientConfig;

pub use robots::Robot;
pub use settings::{SETTINGS, Settings};
pub use webhooks::{Destination, Signed, is_public};

use super::tls::{self, TlsError};
use crate::domain::subscription::Trouble;

/// Most bytes of an answer that are read.
const ANSWER_BYTES: usize = 64 * 1024;

/// Why a message did not get there. No text of it repeats an address: it may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Nothing is sent to such an address.
    #[error("nothing is sent to this address: {0}")]
    Forbidden(&'static str),
    /// No connection could be made.
    #[error("it cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// It took too long, or the connection broke: the other side may have it or not.
    #[error("the answer was lost")]
    Lost(#[source] Box<dyn Error + Send + Sync>),
    /// It answered with this status.
    #[error("it answered with status {0}")]
    Refused(u16),
    /// It says that nobody is there any more (410).
    #[error("it is gone")]
    Gone,
    /// What came back cannot be understood.
    #[error("it answered with nonsense: {0}")]
    Nonsense(&'static str),
}

impl SendError {
    /// As it is kept and shown.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Forbidden(_) => Trouble::Forbidden,
            Self::Unreachable(_) | Self::Lost(_) => Trouble::Unreachable,
            Self::Refused(_) => Trouble::Refused,
            Self::Gone => Trouble::Gone,
            Self::Nonsense(_) => Trouble::Nonsense,
        }
    }
}

/// Why nothing can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The authorities cannot be read.
    #[error("outbox_ca_file holds no certificate that can be used")]
    Authorities,
    /// The client cannot be made.
    #[error("the client for messages cannot be made")]
    Client(#[source] Box<dyn Error + Send + Sync>),
}

/// Whoever sends messages; made by default, it sends none.
#[derive(Debug, Default)]
pub struct Outbound {
    tls: Option<ClientConfig>,
    settings: Settings,
}

impl Outbound {
    /// One with these settings.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let tls = tls::config(settings.ca_file.as_deref()).map_err(|error| match error {
            TlsError::Authorities => SetupError::Authorities,
            TlsError::Provider(error) => SetupError::Client(Box::new(error)),
        })?;
        let outbound = Self { tls: Some(tls), settings };
        outbound.client(None).map_err(|error| SetupError::Client(Box::new(error)))?;
        Ok(outbound)
    }

    /// How it does so.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A client for one message. Where a name and its addresses are given, that name is connected to at these alone.
    fn client(&self, pinned: Option<(&str, &[SocketAddr])>) -> Result<Client, SendError> {
        let unusable = |error: reqwest::Error| SendError::Unreachable(Box::new(error.without_url()));
        let Some(tls) = self.tls.clone() else { return Err(SendError::Forbidden("nothing is sent at all")) };
        // Neither a redirect, which could lead anywhere, nor a proxy of the environment.
        let mut client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(self.settings.time);
        if let Some((name, addresses)) = pinned {
            client = client.resolve_to_addrs(name, addresses);
        }
        if let Some(proxy) = &self.settings.proxy {
            client = client.proxy(reqwest::Proxy::all(proxy.clone()).map_err(unusable)?);
        }
        client.build().map_err(unusable)
    }
}

/// Sends, and reads the answer by counting. Anything but 2xx is a refusal.
async fn ask(request: RequestBuilder) -> Result<Vec<u8>, SendError> {
    let mut answer = request.send().await.map_err(lost)?;
    match answer.status() {
        status if status.is_success() => {}
        StatusCode::GONE => return Err(SendError::Gone),
        status => return Err(SendError::Refused(status.as_u16())),
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(lost)? {
        if bytes.len() + chunk.len() > ANSWER_BYTES {
            return Err(SendError::Nonsense("too many bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn lost(error: reqwest::Error) -> SendError {
    let reached = !error.is_connect();
    let error = Box::new(error.without_url());
    if reached { SendError::Lost(error) } else { SendError::Unreachable(error) }
}

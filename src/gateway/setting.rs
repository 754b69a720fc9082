//! A setting of a gateway: its key, what it means, and how its text is read.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

/// One of the settings that `S` gathers.
#[derive(Debug)]
pub struct Setting<S> {
    /// Its key in a file.
    pub key: &'static str,
    /// What it is when nobody says; empty is unset.
    pub default: &'static str,
    /// What it means, with its bounds.
    pub meaning: &'static str,
    pub(super) set: fn(&mut S, &str) -> Result<(), String>,
}

impl<S> Setting<S> {
    /// Reads its value into `settings`.
    ///
    /// # Errors
    /// What is wrong with the text, beginning with the key. The text itself is not repeated: it may hold a password.
    pub fn read(&self, settings: &mut S, text: &str) -> Result<(), String> {
        (self.set)(settings, text.trim()).map_err(|wrong| format!("{}: {wrong}", self.key))
    }
}

/// What need not be given: an empty text is none.
pub(super) fn given<T>(text: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

/// A file that is there.
pub(super) fn file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_file() { Ok(path) } else { Err(format!("{text} is no file")) }
}

/// Seconds from 0.05 to so many.
pub(super) fn seconds(text: &str, most: f64) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.05..=most).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| format!("give seconds from 0.05 to {most}"))
}

/// An HTTP proxy.
pub(super) fn proxy(text: &str) -> Result<Url, String> {
    let wrong = || "give http://HOST:PORT".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if url.scheme() == "http" && url.host_str().is_some() && is_plain { Ok(url) } else { Err(wrong()) }
}

/// Whether an address names nothing but a place, and nobody can read on the way what is sent there: it is of https, or of
/// http and on this machine itself.
pub(super) fn is_safe(url: &Url) -> bool {
    let is_plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let is_secret = url.scheme() == "https" || url.scheme() == "http" && is_loopback(url);
    url.host_str().is_some() && is_plain && is_secret
}

/// Whether a name or address means this machine itself.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

//! Where the public reaches the service: what stands on plates, and the only origin whose pages may act for somebody.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::Violation;

/// The origin of the service as browsers write it: scheme, host and, where it is not the usual one, port. `https`, or
/// `http` on loopback: elsewhere browsers drop the session's cookie, and cameras and positions stay shut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    is_https: bool,
}

impl PublicUrl {
    /// The longest host (RFC 1035, 2.3.4).
    const LONGEST: usize = 253;

    /// The origin, without a slash at its end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is reached through TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl FromStr for PublicUrl {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        let wrong = |message: &str| Violation::new("public_url", "badUrl", message);
        let lower = text.to_ascii_lowercase();
        let (is_https, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(wrong("must begin with https://")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split(authority).ok_or_else(|| wrong("must be a host, such as https://toilets.example"))?;
        if !is_https && !is_loopback(host) {
            return Err(wrong("must be https, except on loopback: browsers drop the session's cookie on plain http"));
        }
        let usual = if is_https { 443 } else { 80 };
        let port = port.filter(|port| *port != usual).map(|port| format!(":{port}")).unwrap_or_default();
        let scheme = if is_https { "https" } else { "http" };
        Ok(Self { origin: format!("{scheme}://{host}{port}"), is_https })
    }
}

/// Host and port of an authority that holds nothing else.
fn split(authority: &str) -> Option<(&str, Option<u16>)> {
    let end = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at_checked(end)?;
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port > 0)?)
        }
        None if port.is_empty() => None,
        _ => return None,
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => host.len() <= PublicUrl::LONGEST && host.split('.').all(is_label),
    };
    is_host.then_some((host, port))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_browsers_write_it() {
        for (text, origin) in [
            ("https://Toilets.Example", "https://toilets.example"),
            ("https://toilets.example:443/", "https://toilets.example"),
            ("https://xn--2qu50j.example:8443", "https://xn--2qu50j.example:8443"),
            ("https://10.1.2.3", "https://10.1.2.3"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:80", "http://localhost"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            let read: Result<PublicUrl, _> = text.parse();
            assert_eq!(read.as_ref().map(PublicUrl::origin), Ok(origin), "{text}");
        }
    }

    #[test]
    fn what_is_no_safe_origin_is_refused() {
        for text in [
            "",
            "toilets.example",
            "http://toilets.example",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://user@a",
            "https://a:0",
            "https://a:65536",
            "https://a:+1",
            "https://a:",
            "https://公厕.example",
            "https://[::1",
            "https://[zz]",
            "https://a b",
            "ftp://a",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}

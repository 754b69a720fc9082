//! Webhooks (Standard Webhooks 1.0): to where somebody says, if that is a public address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use chrono::{DateTime, Utc};
use reqwest::Url;
use tokio::net::lookup_host;

use super::{Outbound, SendError, ask};
use crate::domain::Violation;
use crate::domain::webhook::WebhookSecret;
use crate::gateway::setting::is_loopback;

/// Most bytes of an address.
const LONGEST: usize = 2_048;

/// An address to which messages may go, as far as that shows without looking up its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination(Url);

/// The address may hold a secret.
impl std::fmt::Debug for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Destination({})", self.host())
    }
}

/// What is sent, and by what it is known.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The message's id, the same however often it is sent.
    pub id: &'a str,
    /// When it is sent this time.
    pub at: DateTime<Utc>,
    /// The message, JSON.
    pub body: &'a str,
    /// The secret that is shared with the other side.
    pub secret: &'a WebhookSecret,
}

impl Destination {
    /// Reads an address: https, without user and fragment, to a public host. Where `loopback` says so, http to this
    /// machine will do as well, which is for tests.
    ///
    /// # Errors
    /// A violation that does not repeat it.
    pub fn parse(text: &str, loopback: bool) -> Result<Self, Violation> {
        let wrong = |message: &str| Violation::new("url", "badAddress", message);
        let url = Some(text).filter(|text| text.len() <= LONGEST).and_then(|text| Url::parse(text).ok());
        let url = url.ok_or_else(|| wrong("must be an address such as https://hooks.example/gongce"))?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(wrong("must have neither a user nor a fragment"));
        }
        if loopback && is_loopback(&url) {
            return Ok(Self(url));
        }
        if url.scheme() != "https" {
            return Err(wrong("must begin with https://"));
        }
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        let is_forbidden = match host.trim_matches(['[', ']']).parse() {
            Ok(address) => !is_public(address),
            // A name without a dot, or one of those that never leave a network (RFC 6761, 6762, 8375).
            Err(_) => {
                !host.contains('.')
                    || [".localhost", ".local", ".internal", ".home.arpa", ".test", ".invalid"]
                        .iter()
                        .any(|end| host.ends_with(end))
            }
        };
        if is_forbidden { Err(wrong("must be a public host")) } else { Ok(Self(url)) }
    }

    /// Its host.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl Outbound {
    /// Sends a signed message.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send_webhook(&self, to: &Destination, message: Signed<'_>) -> Result<(), SendError> {
        // It was looked at when it was given; settings may have changed since.
        let to = Destination::parse(to.0.as_str(), self.settings.loopback);
        let to = to.map_err(|_| SendError::Forbidden("it is no public host"))?.0;
        let addresses = self.look_up(&to).await?;
        let pinned = addresses.as_deref().map(|addresses| (to.host_str().unwrap_or_default(), addresses));
        let client = self.client(pinned)?;
        let Signed { id, at, body, secret } = message;
        let request = client
            .post(to.clone())
            .header("content-type", "application/json")
            .header("user-agent", concat!("gongce/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", id)
            .header("webhook-timestamp", at.timestamp().to_string())
            .header("webhook-signature", secret.sign(id, at, body))
            .body(body.to_owned());
        ask(request).await.map(drop)
    }

    /// The addresses of a host, all of them public; none where a proxy looks it up, or it is an address itself.
    async fn look_up(&self, to: &Url) -> Result<Option<Vec<SocketAddr>>, SendError> {
        let host = to.host_str().unwrap_or_default();
        let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        // Behind a proxy there often is no name service, and the connection is the proxy's.
        if is_address || self.settings.proxy.is_some() || self.settings.loopback && is_loopback(to) {
            return Ok(None);
        }
        let found =
            tokio::time::timeout(self.settings.time, lookup_host((host, to.port_or_known_default().unwrap_or(443))));
        let found = found.await.map_err(|late| SendError::Unreachable(Box::new(late)))?;
        let found = found.map_err(|error| SendError::Unreachable(Box::new(error)))?;
        all_public(found.collect()).map(Some)
    }
}

/// All addresses of a name, if all of them are public: one that answers with both is up to something.
fn all_public(found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, SendError> {
    if found.is_empty() {
        return Err(SendError::Forbidden("its name has no address"));
    }
    if !found.iter().all(|address| is_public(address.ip())) {
        return Err(SendError::Forbidden("its name leads to an address that is not public"));
    }
    Ok(found)
}

/// Whether an address is one of the public internet: none of the special ones of the IANA registries (RFC 6890 and
/// those after it), among which are private networks, carriers' ones, this machine and the metadata of clouds.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        // This network, private (10/8), loopback, multicast and what is reserved, broadcast included.
        (0 | 10 | 127 | 224.., ..)
            // Carriers (100.64/10), among them the metadata of Alibaba's cloud (100.100.100.200).
            | (100, 64..=127, _)
            // Link-local, among them the metadata of most clouds (169.254.169.254); private (172.16/12, 192.168/16).
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            // Protocol assignments, documentation, relays of 6to4, AS112.
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 31, 196)
            | (192, 52, 193)
            | (192, 175, 48)
            // Measurement of networks (198.18/15), documentation.
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // NAT64 and 6to4 lead to the IPv4 address within.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Teredo and other protocol assignments, ORCHID, benchmarking (2001::/23), documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast is 2000::/3; everything else, IPv4-mapped addresses, link-local and private ones among it, is not.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for (address, public) in [
            ("8.8.8.8", true),
            ("1.1.1.1", true),
            ("172.15.0.1", true),
            ("172.32.0.1", true),
            ("100.63.255.255", true),
            ("100.128.0.1", true),
            ("192.0.1.1", true),
            ("223.5.5.5", true),
            ("0.0.0.0", false),
            ("10.0.0.1", false),
            ("100.64.0.1", false),
            ("100.100.100.200", false),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.0.0.192", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700::1111", true),
            ("2400:3200::1", true),
            ("::", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", false),
            ("::7f00:1", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b::808:808", true),
            ("2002:7f00:1::", false),
            ("2002:a9fe:a9fe::", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(address.parse().map(is_public), Ok(public), "{address}");
        }
    }

    #[test]
    fn a_name_must_lead_to_public_addresses_alone() {
        let leads =
            |addresses: &[&str]| all_public(addresses.iter().filter_map(|text| text.parse().ok()).collect()).is_ok();
        assert!(leads(&["8.8.8.8:443", "[2606:4700::1111]:443"]));
        for addresses in [&[][..], &["127.0.0.1:443"], &["8.8.8.8:443", "10.0.0.1:443"], &["8.8.8.8:443", "[::1]:443"]]
        {
            assert!(!leads(addresses), "{addresses:?}");
        }
    }

    #[test]
    fn an_address_that_leads_inside_is_no_destination() {
        for text in [
            "",
            "hooks.example",
            "http://hooks.example/",
            "ftp://hooks.example/",
            "file:///etc/passwd",
            "https://me:secret@hooks.example/",
            "https://hooks.example/#x",
            "https://localhost/",
            "https://intranet/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://metadata.google.internal./",
            "https://127.0.0.1/",
            // The same, as only browsers and this parser read it.
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://100.100.100.200/",
            "https://10.1.2.3:8443/",
        ] {
            assert!(Destination::parse(text, false).is_err(), "{text}");
        }
        for text in ["https://hooks.example/a?b=c", "https://hooks.example:8443/", "https://8.8.8.8/"] {
            assert!(Destination::parse(text, false).is_ok(), "{text}");
        }
        assert!(Destination::parse("http://127.0.0.1:9/", true).is_ok(), "the control: where that is allowed");
        assert!(Destination::parse("http://10.0.0.1/", true).is_err(), "which allows nothing else");
    }
}

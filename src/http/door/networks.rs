//! Who is at the other end: networks, and the client behind proxies that are trusted.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use poem::Request;
use poem::http::HeaderMap;

/// Addresses with a common beginning (CIDR, RFC 4632); a single address is a network of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether an address belongs to it. An IPv4 address in its IPv6 form counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (bits, others, width) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (u128::from(own.to_bits()), u128::from(other.to_bits()), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        (bits ^ others).checked_shr(width - u32::from(self.prefix)).unwrap_or(0) == 0
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is neither an address nor a network such as 10.0.0.0/8");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), str::parse).map_err(|_| wrong())?;
        if prefix <= width { Ok(Self { address, prefix }) } else { Err(wrong()) }
    }
}

/// Whether an address is one of the proxies.
pub(in crate::http) fn is_trusted(proxies: &[Network], address: IpAddr) -> bool {
    proxies.iter().any(|proxy| proxy.contains(address))
}

/// The address of the client: the connection's, or, where that is a trusted proxy, the right-most hop of
/// `X-Forwarded-For` that is none. Nothing for a request that came by no socket.
pub(super) fn client(request: &Request, proxies: &[Network]) -> Option<IpAddr> {
    let connected = request.remote_addr().as_socket_addr()?.ip().to_canonical();
    Some(behind(connected, request.headers(), proxies))
}

fn behind(connected: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    if proxies.is_empty() {
        return connected;
    }
    let values: Vec<_> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let mut hops = values.iter().rev().flat_map(|value| value.rsplit(',')).map(|hop| hop.trim().parse::<IpAddr>());
    let mut client = connected;
    while is_trusted(proxies, client) {
        // What a trusted proxy did not write as an address ends the trail with that proxy.
        let Some(Ok(hop)) = hops.next() else { break };
        client = hop.to_canonical();
    }
    client
}

/// Whom the door counted a request for; laid into the request, so that all limits mean the same client.
#[derive(Debug, Clone, Copy)]
struct Client(IpAddr);

/// Notes the client in the request.
pub(super) fn note(request: &mut Request, client: IpAddr) {
    request.set_data(Client(household(client)));
}

/// The client that the door noted, as it is counted; requests that came by no socket share a name.
pub(in crate::http) fn noted(request: &Request) -> String {
    request.data::<Client>().map_or_else(|| "local".to_owned(), |client| client.0.to_string())
}

/// What is counted as one client: an IPv4 address, or the /64 that one subscriber of IPv6 has to himself.
pub(in crate::http) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::HeaderValue;

    #[test]
    fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
        let proxies: Vec<Network> =
            ["10.0.0.0/8", "fd00::1"].iter().filter_map(|network| network.parse().ok()).collect();
        for (connected, forwarded, client) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.1.2.3", "198.51.100.1, 10.9.9.9", "198.51.100.1"),
            ("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("fd00::1", "2001:db8::7", "2001:db8::7"),
            ("fd00::2", "2001:db8::7", "fd00::2"),
            ("10.1.2.3", "198.51.100.1, nonsense", "10.1.2.3"),
            ("10.1.2.3", "", "10.1.2.3"),
            ("10.1.2.3", "10.4.4.4", "10.4.4.4"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
            let found = connected.parse().map(|connected| behind(connected, &headers, &proxies).to_string());
            assert_eq!(found.as_deref(), Ok(client), "{connected} for {forwarded}");
        }
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_client() {
        let of = |text: &str| text.parse().map(household).ok();
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    #[test]
    fn a_network_of_no_bits_holds_its_whole_family() {
        let all: Result<Network, _> = "0.0.0.0/0".parse();
        assert!(all.is_ok_and(|all| "203.0.113.9".parse().is_ok_and(|address| all.contains(address))));
    }
}

//! How much a client may take before it is refused: every number of the front door, with its bounds.

use std::time::Duration;

use super::networks::Network;

/// One limit as a setting: its key, and what it means with its bounds.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Its key in a file.
    pub key: &'static str,
    /// What it is when nobody says.
    pub default: &'static str,
    /// What it means, with its bounds.
    pub meaning: &'static str,
    set: fn(&mut Limits, &str) -> Result<(), String>,
}

impl Limit {
    /// Reads its value into `limits`.
    ///
    /// # Errors
    /// What is wrong with the text, beginning with the key.
    pub fn read(&self, limits: &mut Limits, text: &str) -> Result<(), String> {
        (self.set)(limits, text.trim()).map_err(|wrong| format!("{} is “{text}”: {wrong}", self.key))
    }
}

/// Declares the numbers once, so that the struct, the settings and their bounds cannot differ.
macro_rules! limits {
    ($($(#[doc = $meaning:literal])+ $key:ident: $type:ty = $default:literal, $low:literal to $high:literal;)+) => {
        /// How much a client may take. Durations are settings in seconds.
        #[derive(Debug, Clone)]
        pub struct Limits {
            $($(#[doc = $meaning])+ pub $key: $type,)+
            /// The proxies whose `X-Forwarded-For` is believed.
            pub trusted_proxies: Vec<Network>,
            /// The origins whose pages may read answers.
            pub cors_origins: Vec<String>,
        }

        impl Default for Limits {
            fn default() -> Self {
                let (trusted_proxies, cors_origins) = (Vec::new(), Vec::new());
                Self { $($key: <$type>::of($default),)+ trusted_proxies, cors_origins }
            }
        }

        /// Every limit as a setting.
        pub const LIMITS: &[Limit] = &[
            $(Limit {
                key: stringify!($key),
                default: stringify!($default),
                meaning: concat!($($meaning,)+ " (", stringify!($low), " to ", stringify!($high), ")"),
                set: |limits, text| {
                    limits.$key = <$type>::read(text, $low, $high)?;
                    Ok(())
                },
            },)+
            Limit {
                key: "trusted_proxies",
                default: "",
                meaning: " proxies whose X-Forwarded-For is believed: addresses or networks, 10.0.0.2,fd00::/8",
                set: |limits, text| {
                    limits.trusted_proxies = listed(text).map(str::parse).collect::<Result<_, _>>()?;
                    Ok(())
                },
            },
            Limit {
                key: "cors_origins",
                default: "",
                meaning: " origins whose pages may read answers: https://map.example,http://127.0.0.1:5173",
                set: |limits, text| {
                    limits.cors_origins = listed(text).map(origin).collect::<Result<_, _>>()?;
                    Ok(())
                },
            },
        ];
    };
}

limits! {
    /// seconds from a connection to its first byte
    first_byte_seconds: Duration = 5, 0.05 to 3600;
    /// seconds from the first byte of a request to the end of its head
    head_seconds: Duration = 5, 0.05 to 3600;
    /// seconds that a connection may be idle between requests
    idle_seconds: Duration = 30, 0.05 to 3600;
    /// seconds for which a client may not take any byte of an answer that waits for it
    stalled_reader_seconds: Duration = 30, 0.05 to 3600;
    /// requests on one connection
    connection_requests: u32 = 1000, 1 to 1_000_000;
    /// seconds after which a connection is closed between two requests
    connection_age_seconds: Duration = 600, 0.05 to 86400;
    /// connections in all; fewer if the process may not open as many files
    connections: u32 = 1024, 1 to 100_000;
    /// connections of one address, or of one /64 in IPv6; trusted proxies are exempt
    connections_per_address: u32 = 128, 1 to 100_000;
    /// file descriptors kept for the database and files
    spare_descriptors: u32 = 64, 0 to 10000;
    /// header fields of a request
    head_fields: u32 = 64, 8 to 1000;
    /// bytes of the head of a request
    head_bytes: u32 = 32768, 8192 to 1_048_576;
    /// bytes of path and query
    url_bytes: u32 = 4096, 256 to 65000;
    /// bytes of a JSON body; operations that take more say so
    body_bytes: u32 = 65536, 1024 to 67_108_864;
    /// KiB of a photo with the form around it
    photo_kib: u32 = 8192, 64 to 32768;
    /// KiB of a batch of cleanings that a phone without signal has saved up
    batch_kib: u32 = 1024, 64 to 8192;
    /// KiB of a file that is uploaded to be taken in
    import_kib: u32 = 32768, 1 to 65536;
    /// bytes a second that a body must bring, seen over `body_window_seconds`
    body_rate: u32 = 4096, 1 to 1_000_000;
    /// seconds over which the rate of a body is seen
    body_window_seconds: Duration = 5, 0.05 to 3600;
    /// seconds for a search
    search_seconds: Duration = 2, 0.05 to 600;
    /// seconds for any other request
    request_seconds: Duration = 10, 0.05 to 600;
    /// seconds for a request that sends a photo, or uploads or applies a file
    upload_seconds: Duration = 60, 0.05 to 3600;
    /// requests under way at a time; more are answered 503
    in_flight: u32 = 256, 1 to 100_000;
    /// of these, kept for searches; fewer than `in_flight`
    in_flight_for_search: u32 = 64, 0 to 100_000;
    /// photos on their way at a time, each in memory; more are answered 503
    uploads: u32 = 8, 1 to 64;
    /// exports under way at a time, each with a connection to the database; more are answered 503
    exports: u32 = 2, 1 to 3;
    /// live streams and waiting lists at a time, never more than half of `connections`; more are answered 503
    streams: u32 = 512, 1 to 100_000;
    /// of one address, or of one /64 in IPv6
    streams_per_address: u32 = 8, 1 to 100_000;
    /// seconds after which a live stream ends, to be taken up again where it ended
    stream_age_seconds: Duration = 600, 0.05 to 86400;
    /// seconds after which a live stream that has nothing to tell says that it is there
    heartbeat_seconds: Duration = 15, 0.05 to 300;
    /// searches a second of one address, or of one /64 in IPv6; carriers put thousands of people behind one
    search_rate: u32 = 100, 1 to 1_000_000;
    /// searches that an address may save up
    search_burst: u32 = 1000, 1 to 1_000_000;
    /// searches a second of one session, beside those of its address
    session_search_rate: u32 = 10, 1 to 1_000_000;
    /// searches that a session may save up
    session_search_burst: u32 = 100, 1 to 1_000_000;
    /// writes a second of one person
    write_rate: u32 = 2, 1 to 1_000_000;
    /// writes that a person may save up: a phone that was without signal for a shift sends them together
    write_burst: u32 = 400, 1 to 1_000_000;
    /// seconds of being not ready, but serving, before a stop, so that balancers look elsewhere
    stop_delay_seconds: Duration = 5, 0.0 to 600;
    /// seconds that requests under way may take to end in a stop
    drain_seconds: Duration = 25, 0.05 to 600;
}

impl Limits {
    /// What does not go together, in sentences.
    #[must_use]
    pub fn contradictions(&self) -> Vec<String> {
        let rules = [
            (self.in_flight_for_search < self.in_flight, "in_flight_for_search must be smaller than in_flight"),
            (self.url_bytes < self.head_bytes, "url_bytes must be smaller than head_bytes"),
        ];
        rules.into_iter().filter(|(holds, _)| !holds).map(|(_, rule)| rule.to_owned()).collect()
    }
}

/// A kind of number that can be a limit.
trait Number: Sized {
    fn of(default: u32) -> Self;
    fn read(text: &str, low: impl Into<f64>, high: impl Into<f64>) -> Result<Self, String>;
}

impl Number for Duration {
    fn of(default: u32) -> Self {
        Self::from_secs(default.into())
    }

    fn read(text: &str, low: impl Into<f64>, high: impl Into<f64>) -> Result<Self, String> {
        let (low, high) = (low.into(), high.into());
        let seconds = text.parse().ok().filter(|seconds| (low..=high).contains(seconds));
        seconds.map(Self::from_secs_f64).ok_or_else(|| format!("give seconds from {low} to {high}"))
    }
}

impl Number for u32 {
    fn of(default: u32) -> Self {
        default
    }

    fn read(text: &str, low: impl Into<f64>, high: impl Into<f64>) -> Result<Self, String> {
        let (low, high) = (low.into(), high.into());
        let number = text.parse().ok().filter(|number| (low..=high).contains(&Self::into(*number)));
        number.ok_or_else(|| format!("give a whole number from {low} to {high}"))
    }
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// An origin as browsers send it (RFC 6454, 6.2): no wildcard, no path, lower case.
fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
    match host {
        Some(host) if !host.is_empty() && host.bytes().all(plain) => Ok(text.to_owned()),
        _ => Err(format!("{text} is no origin such as https://map.example; a wildcard is never taken")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(key: &str, text: &str) -> Result<Limits, String> {
        let mut limits = Limits::default();
        let limit = LIMITS.iter().find(|limit| limit.key == key).ok_or("no such limit")?;
        limit.read(&mut limits, text).map(|()| limits)
    }

    #[test]
    fn every_default_is_within_its_bounds_and_is_the_default() {
        for limit in LIMITS {
            let read = read(limit.key, limit.default).map(|limits| format!("{limits:?}"));
            assert_eq!(read, Ok(format!("{:?}", Limits::default())), "{}", limit.key);
        }
        assert!(Limits::default().contradictions().is_empty());
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        for (key, text) in [
            ("head_seconds", "0"),
            ("head_seconds", "NaN"),
            ("head_seconds", "1e9"),
            ("connections", "0"),
            ("connections", "-1"),
            ("connections", "1.5"),
            ("cors_origins", "*"),
            ("cors_origins", "https://*.example"),
            ("cors_origins", "https://map.example/"),
            ("cors_origins", "map.example"),
            ("trusted_proxies", "10.0.0.0/33"),
            ("trusted_proxies", "proxy.example"),
        ] {
            assert!(read(key, text).is_err_and(|wrong| wrong.starts_with(key)), "{key} = {text}");
        }
    }
}

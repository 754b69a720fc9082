//! Smaller answers for whoever takes gzip: whole texts only, never streams or pictures.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::Body as _;
use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use poem::{Body, Response};

/// Below this a body fits into one packet anyway.
const WORTH_IT: u64 = 1_000;

/// Above this, packing takes milliseconds and leaves the threads that answer others.
const LONG: u64 = 64 * 1_024;

/// The types that shrink.
const TYPES: [&str; 10] = [
    "application/json",
    "application/manifest+json",
    "application/problem+json",
    "application/geo+json",
    "text/html",
    "text/javascript",
    "text/css",
    "text/csv",
    "text/plain",
    "image/svg+xml",
];

/// Where the packed form of bytes that never change is kept, put into the extensions of their answers.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct Packed(Arc<OnceLock<Bytes>>);

impl Packed {
    /// The packed form, made now and as small as gzip makes it: for what is sent to everybody.
    pub(in crate::http) fn made_of(plain: &[u8]) -> Self {
        Self(Arc::new(gzip(plain, Compression::best()).map(OnceLock::from).unwrap_or_default()))
    }
}

/// Whether the client takes gzip (RFC 9110, 12.5.3).
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Packing(bool);

impl Packing {
    /// Reads `Accept-Encoding`.
    pub(in crate::http) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let mut named = None;
        let mut any = false;
        for range in values.flat_map(|value| value.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let coding = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
            match coding {
                _ if coding.eq_ignore_ascii_case("gzip") => named = Some(weight > 0.0),
                "*" => any = weight > 0.0,
                _ => {}
            }
        }
        Self(named.unwrap_or(any))
    }

    /// The answer, packed where that is taken and worth it. The packed bytes are another representation, so the entity
    /// tag becomes a weak one: `If-None-Match` compares weakly and finds either form.
    pub(in crate::http) async fn pack(self, mut response: Response) -> Response {
        if response.status() == StatusCode::NOT_MODIFIED {
            vary(&mut response);
        }
        if !shrinks(&response) {
            return response;
        }
        if !self.0 {
            // What a client that does take gzip would get, whatever the length: nobody needs to look at the body.
            vary(&mut response);
            return response;
        }
        let body: BoxBody<Bytes, std::io::Error> = response.take_body().into();
        let size = body.size_hint().exact();
        if size.is_none_or(|size| size < WORTH_IT) {
            response.set_body(Body::from(body));
            return response;
        }
        vary(&mut response);
        // A whole body is in memory and cannot fail.
        let plain = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let kept = response.data::<Packed>().cloned();
        if let Some(packed) = packed(plain.clone(), kept).await {
            response.set_body(packed);
            mark(response.headers_mut());
        } else {
            response.set_body(plain);
        }
        response
    }
}

fn shrinks(response: &Response) -> bool {
    let essence = response.content_type().and_then(|kind| kind.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| TYPES.contains(&essence))
        && !response.headers().contains_key(header::CONTENT_ENCODING)
        && response.status() != StatusCode::PARTIAL_CONTENT
}

fn vary(response: &mut Response) {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
}

fn mark(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.remove(header::CONTENT_LENGTH);
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).filter(|tag| tag.starts_with('"'));
    if let Some(weak) = tag.and_then(|tag| HeaderValue::from_str(&format!("W/{tag}")).ok()) {
        headers.insert(header::ETAG, weak);
    }
}

/// The packed bytes, from where they are kept if they are; nothing if packing failed, which writing to memory never does.
async fn packed(plain: Bytes, kept: Option<Packed>) -> Option<Bytes> {
    if let Some(packed) = kept.as_ref().and_then(|kept| kept.0.get()) {
        return Some(packed.clone());
    }
    let is_long = u64::try_from(plain.len()).is_ok_and(|length| length > LONG);
    let packed = if is_long {
        tokio::task::spawn_blocking(move || quickly(&plain)).await.ok().flatten()?
    } else {
        quickly(&plain)?
    };
    if let Some(kept) = kept {
        let _already = kept.0.set(packed.clone());
    }
    Some(packed)
}

fn quickly(plain: &[u8]) -> Option<Bytes> {
    gzip(plain, Compression::fast())
}

fn gzip(plain: &[u8], how: Compression) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), how);
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_only_where_it_is_asked_for() {
        for (accepted, takes) in [
            ("gzip", true),
            ("gzip, deflate, br", true),
            ("deflate, GZIP;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("*, gzip;q=0", false),
            ("*;q=0", false),
            ("br", false),
            ("identity", false),
            ("", false),
            ("gzip;q=x", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            assert_eq!(Packing::of(&headers).0, takes, "{accepted}");
        }
    }
}

//! What a request brings to show whose session it is: the token in `Authorization`, or the page's cookie.

use chrono::TimeDelta;
use poem::http::{HeaderMap, Method, header};
use poem::{Request, Result};

use super::problem::Problem;
use super::problem_code::ProblemCode;
use crate::domain::public_url::PublicUrl;

/// The cookie on `https`: by its name browsers see to it that it is `Secure`, of this host alone and for every path
/// (RFC 6265bis, 4.1.3.2).
pub(super) const COOKIE: &str = "__Host-gongce";

/// The cookie on plain `http`, which is served on loopback alone: there not every browser keeps a `Secure` one.
pub(super) const LOOPBACK_COOKIE: &str = "gongce";

/// The cookie of who is away at WeChat, on `https`.
const PASS: &str = "__Host-gongce-wechat";

/// The same on plain `http`.
const LOOPBACK_PASS: &str = "gongce-wechat";

/// A token as it was brought.
#[derive(Clone, Copy)]
pub(super) enum Credential<'a> {
    /// In `Authorization: Bearer`, by whoever knows it.
    Bearer(&'a str),
    /// In the cookie, by a browser that sends it on its own.
    Cookie(&'a str),
}

impl<'a> Credential<'a> {
    /// What a request brings. `Authorization` alone counts where both are brought, valid or not: who names a session
    /// means that one.
    pub(super) fn of(request: &'a Request) -> Option<Self> {
        let headers = request.headers();
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let (scheme, token) = value.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
            return Some(Self::Bearer(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" }));
        }
        cookie(headers, [COOKIE, LOOPBACK_COOKIE]).map(Self::Cookie)
    }

    /// The token.
    pub(super) fn token(self) -> &'a str {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }
}

fn cookie<'a>(headers: &'a HeaderMap, names: [&str; 2]) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| names.contains(name)).map(|(_, token)| token)
}

/// Goes on only if a request that is made with the cookie, or asks for it, comes from the service's own pages. Browsers
/// send the cookie along with whatever page made the request; they say which one it was, and no page can make them lie.
///
/// # Errors
/// `foreignOrigin`.
pub(super) fn from_own_page(request: &Request, own: Option<&PublicUrl>) -> Result<(), Problem> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_own = match (text("origin"), text("sec-fetch-site")) {
        (Some(origin), _) => own.is_some_and(|own| origin == own.origin()),
        (None, site) => site == Some("same-origin"),
    };
    if is_own {
        return Ok(());
    }
    Err(Problem::new(
        ProblemCode::ForeignOrigin,
        "The cookie counts only for requests of the pages at GONGCE_PUBLIC_URL.",
    ))
}

/// Whether a request changes nothing, so that nobody gains by having a browser make it.
pub(super) fn only_reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The `Set-Cookie` that gives the page its session. It ends with the browser; the session's own lifetime is the
/// service's to watch.
pub(super) fn given(own: &PublicUrl, token: &str) -> String {
    let (name, secure) = if own.is_https() { (COOKIE, "; Secure") } else { (LOOPBACK_COOKIE, "") };
    format!("{name}={token}; Path=/{secure}; HttpOnly; SameSite=Strict")
}

/// The `Set-Cookie` that takes it away.
pub(super) fn taken(own: &PublicUrl) -> String {
    format!("{}; Max-Age=0", given(own, ""))
}

/// What a browser keeps that is away at WeChat.
pub(super) fn pass(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, [PASS, LOOPBACK_PASS])
}

/// The `Set-Cookie` that has the browser keep that for a while.
pub(super) fn pass_given(own: &PublicUrl, pass: &str, keep: TimeDelta) -> String {
    let (name, secure) = if own.is_https() { (PASS, "; Secure") } else { (LOOPBACK_PASS, "") };
    format!("{name}={pass}; Path=/; Max-Age={}{secure}; HttpOnly; SameSite=Lax", keep.num_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&str, &str)]) -> Option<(bool, String)> {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let request = request.finish();
        let found = Credential::of(&request)?;
        Some((matches!(found, Credential::Cookie(_)), found.token().to_owned()))
    }

    #[test]
    fn authorization_goes_before_the_cookie_and_leaves_nothing_to_it() {
        let cookie = ("cookie", "a=b; __Host-gongce=gct_1; c=d");
        assert_eq!(read(&[cookie]), Some((true, "gct_1".to_owned())));
        assert_eq!(read(&[("cookie", "gongce=gct_2")]), Some((true, "gct_2".to_owned())));
        assert_eq!(read(&[("authorization", "bearer gct_3"), cookie]), Some((false, "gct_3".to_owned())));
        assert_eq!(read(&[("authorization", "Basic x"), cookie]), Some((false, String::new())), "no way round");
        assert_eq!(read(&[("cookie", "xgongce=gct_2; gongce")]), None);
        assert_eq!(read(&[]), None);
    }
}

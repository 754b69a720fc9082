//! The security schemes: an opaque session token, brought by whoever knows it or by the page's cookie.

use std::sync::Arc;

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::credential::{COOKIE, Credential, from_own_page, only_reads};
use super::door::Door;
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::request_id::name_of;
use crate::domain::account::Actor;
use crate::usecase::{By, Caller, Ctx, Failure, sessions};

/// Whoever calls. As the **first** argument of a handler it is asked for before anything else of the request is read.
/// There is no fallback scheme: that would make a visitor of somebody whose token is not valid.
pub(super) struct Signed(By);

impl Signed {
    pub(super) fn by(&self) -> &By {
        &self.0
    }

    /// As the use cases that write want it: a write goes on when the request is gone.
    pub(super) fn writer(&self) -> By {
        self.0.clone()
    }

    /// As the use cases of the staff want it.
    pub(super) fn caller(&self) -> Caller<'_> {
        Caller::Person(&self.0)
    }
}

/// Whoever calls an operation that visitors may call as well. Where a token is brought it must be valid, so that nobody is
/// made a visitor of by a session that has ended. It comes **first** too.
pub(super) struct Guest(Option<By>);

impl Guest {
    /// Who it is, if they said so.
    pub(super) fn actor(&self) -> Option<&Actor> {
        self.0.as_ref().map(|by| &by.actor)
    }

    /// As the use cases that write want it; nothing for a visitor.
    pub(super) fn writer(self) -> Option<By> {
        self.0
    }
}

/// The names of the schemes in the document; either will do.
const SCHEMES: [&str; 2] = ["Session", "SessionCookie"];

impl<'a> ApiExtractor<'a> for Signed {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let [session, cookie] = SCHEMES;
        registry.create_security_scheme(session, scheme("http", "The token that a sign-in told."));
        registry.create_security_scheme(cookie, scheme("apiKey", "The cookie that a sign-in of the page gave."));
    }

    fn security_schemes() -> Vec<&'static str> {
        SCHEMES.to_vec()
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> poem::Result<Self> {
        Ok(Self(check(request).await?))
    }
}

impl<'a> ApiExtractor<'a> for Guest {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        Signed::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        SCHEMES.to_vec()
    }

    /// Of the document alone: that none of the schemes will do as well.
    fn has_security_fallback() -> bool {
        true
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> poem::Result<Self> {
        match Credential::of(request) {
            Some(_) => Ok(Self(Some(check(request).await?))),
            None => Ok(Self(None)),
        }
    }
}

fn scheme(ty: &'static str, description: &'static str) -> MetaSecurityScheme {
    let is_cookie = ty == "apiKey";
    MetaSecurityScheme {
        ty,
        description: Some(description),
        name: is_cookie.then_some(COOKIE),
        key_in: is_cookie.then_some("cookie"),
        scheme: (!is_cookie).then_some("bearer"),
        bearer_format: (!is_cookie).then_some("gct_ and 64 hexadecimal digits"),
        flows: None,
        openid_connect_url: None,
    }
}

async fn check(request: &Request) -> Result<By, Problem> {
    let (Some(ctx), Some(door)) = (request.data::<Arc<Ctx>>(), request.data::<Arc<Door>>()) else {
        return Err(Problem::new(ProblemCode::Internal, "The sessions are out of reach."));
    };
    let credential = Credential::of(request).ok_or(Failure::Unauthenticated)?;
    let writes = !only_reads(request.method());
    if writes && matches!(credential, Credential::Cookie(_)) {
        from_own_page(request, ctx.public_url.as_ref())?;
    }
    let opened = sessions::check(ctx, credential.token()).await?;
    if writes {
        door.count_write(opened.actor.person)?;
    }
    let (session, stepped_up_at) = (opened.id, opened.stepped_up_at);
    Ok(By { actor: opened.actor, session, request_id: name_of(request), stepped_up_at })
}

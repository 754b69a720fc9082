//! Signing in and out.

use std::sync::Arc;

use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::bearer::Signed;
use super::body::Body;
use super::credential::{Credential, from_own_page, given, taken};
use super::door::noted;
use super::people_view::{Made, SessionView};
use super::problem::Problem;
use super::query::Params;
use super::request_id::name_of;
use super::secret::Secret;
use super::tag::Tag;
use crate::domain::Violation;
use crate::domain::account::IdentityKind;
use crate::domain::public_url::PublicUrl;
use crate::domain::secret::{Passphrase, TokenKind};
use crate::usecase::proofs::Proof;
use crate::usecase::sessions::{Credentials, Origin};
use crate::usecase::{Ctx, Failure, proofs, sessions};

/// Every operation on the paths below `/api/v1/sessions`.
pub(super) struct SessionsApi(pub(super) Arc<Ctx>);

/// What somebody signs in with: `login` and `password`, and `code` where the role asks for one; or `device` and `pin`.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewSession {
    /// The login.
    #[oai(validator(max_length = 64))]
    login: Option<String>,
    /// The password.
    password: Option<Secret>,
    /// The present code of the second factor.
    code: Option<Secret>,
    /// The token of the device on which the PIN was set.
    device: Option<Secret>,
    /// The PIN.
    pin: Option<Secret>,
    /// For the service's own page: the token comes in a cookie that no script can read, and not in the body.
    #[oai(default)]
    cookie: bool,
}

impl TryFrom<NewSession> for Credentials {
    type Error = Failure;
    fn try_from(new: NewSession) -> Result<Self, Failure> {
        let code = new.code.map(Secret::into_text);
        let (kind, login, passphrase) = match (new.login, new.password, new.device, new.pin) {
            (Some(login), Some(password), None, None) => (IdentityKind::Password, login, password),
            (None, None, Some(device), Some(pin)) => (IdentityKind::Pin, device.into_text(), pin),
            _ => {
                let message = "give login and password, or device and pin";
                return Err(Violation::new("login", "incomplete", message).into());
            }
        };
        Ok(Self { kind, login, passphrase: Passphrase::typed(passphrase.into_text()), code })
    }
}

/// What somebody with a session brings to prove who they are: `code` where they have a second factor, else `password`,
/// or `device` and `pin`.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewProof {
    /// The present code of the second factor.
    code: Option<Secret>,
    /// The password.
    password: Option<Secret>,
    /// The token of the device on which the PIN was set.
    device: Option<Secret>,
    /// The PIN.
    pin: Option<Secret>,
}

impl TryFrom<NewProof> for Proof {
    type Error = Failure;
    fn try_from(new: NewProof) -> Result<Self, Failure> {
        let typed = |secret: Secret| Passphrase::typed(secret.into_text());
        match (new.code, new.password, new.device, new.pin) {
            (Some(code), None, None, None) => Ok(Self::Code(code.into_text())),
            (None, Some(password), None, None) => Ok(Self::Password(typed(password))),
            (None, None, Some(device), Some(pin)) => Ok(Self::Pin(device.into_text(), typed(pin))),
            _ => Err(Violation::new("code", "incomplete", "give code, or password, or device and pin").into()),
        }
    }
}

/// A session that was opened just now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct OpenedSession {
    /// The token for `Authorization: Bearer`, told this once; left out where it is in the cookie.
    token: Option<String>,
    /// The session.
    session: SessionView,
}

/// The answer to a sign-in.
#[derive(ApiResponse)]
enum Opened {
    /// Made.
    #[oai(status = 201)]
    Made(
        Json<OpenedSession>,
        /// The cookie with the session, where it was asked for.
        #[oai(header = "Set-Cookie")]
        Option<String>,
    ),
}

/// The answer to a sign-out.
#[derive(ApiResponse)]
enum Closed {
    /// Done.
    #[oai(status = 204)]
    Done(
        /// Takes the cookie away, where one was brought.
        #[oai(header = "Set-Cookie")]
        Option<String>,
    ),
}

#[OpenApi]
impl SessionsApi {
    /// Sign in
    ///
    /// Whatever was wrong, the answer is the same 401. After five failures of an account in 15 minutes, or twenty from
    /// an address in one, it is 429. The page asks for its session as a `cookie`; writing with it counts only from the
    /// service's own pages (`Origin`).
    #[oai(path = "/api/v1/sessions", method = "post", operation_id = "create_session", tag = "Tag::Sessions")]
    async fn create_session(
        &self,
        request: &Request,
        query: Params<()>,
        body: Body<NewSession>,
    ) -> Result<Opened, Problem> {
        let Params(()) = query;
        let own = self.page(request, body.0.cookie)?;
        let origin = Origin { address: noted(request), request_id: name_of(request) };
        let (token, session) = sessions::open(&self.0, body.0.try_into()?, &origin).await?;
        let session = SessionView::of(&session, session.id);
        let token = token.reveal(TokenKind::Session);
        Ok(match own {
            Some(own) => Opened::Made(Json(OpenedSession { token: None, session }), Some(given(own, &token))),
            None => Opened::Made(Json(OpenedSession { token: Some(token), session }), None),
        })
    }

    /// Prove anew who is calling
    ///
    /// Dangerous acts, which answer 403 `stepUpNeeded` otherwise, are then possible in this session for ten minutes, as
    /// they are after a sign-in. Failures count as those of a sign-in do.
    #[oai(
        path = "/api/v1/sessions/current/proof",
        method = "post",
        operation_id = "create_proof",
        tag = "Tag::Sessions"
    )]
    async fn create_proof(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<()>,
        body: Body<NewProof>,
    ) -> Result<Made<SessionView>, Problem> {
        let (Params(()), by) = (query, signed.by());
        let session = proofs::give(&self.0, by, body.0.try_into()?, &noted(request)).await?;
        Ok(Made::Made(Json(SessionView::of(&session, by.session))))
    }

    /// Sign out
    ///
    /// Ends the session that asks, on every process at once.
    #[oai(
        path = "/api/v1/sessions/current",
        method = "delete",
        operation_id = "delete_current_session",
        tag = "Tag::Sessions"
    )]
    async fn delete_current_session(
        &self,
        signed: Signed,
        request: &Request,
        query: Params<()>,
    ) -> Result<Closed, Problem> {
        let (Params(()), by) = (query, signed.by());
        sessions::end(&self.0, &by.actor, by.session, &by.request_id).await?;
        let by_cookie = matches!(Credential::of(request), Some(Credential::Cookie(_)));
        Ok(Closed::Done(self.0.public_url.as_ref().filter(|_| by_cookie).map(taken)))
    }
}

impl SessionsApi {
    /// Whose page a cookie is for, where one is wanted.
    fn page(&self, request: &Request, wanted: bool) -> Result<Option<&PublicUrl>, Problem> {
        if !wanted {
            return Ok(None);
        }
        let own = self.0.public_url.as_ref();
        from_own_page(request, own)?;
        let unset =
            || Violation::new("cookie", "noPublicUrl", "needs GONGCE_PUBLIC_URL, which says whose page it is for");
        Ok(Some(own.ok_or_else(|| Failure::from(unset()))?))
    }
}

//! Signing in and out, and one's own account.

use std::sync::Arc;

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::bearer::Signed;
use super::door::noted;
use super::people_view::{Done, Made, MemberView, SessionView};
use super::problem::Problem;
use super::query::Params;
use super::request_id::name_of;
use super::secret::Secret;
use super::tag::Tag;
use crate::domain::Violation;
use crate::domain::account::IdentityKind;
use crate::domain::secret::{Passphrase, TokenKind};
use crate::usecase::proofs::Proof;
use crate::usecase::sessions::{Credentials, Origin};
use crate::usecase::{Ctx, Failure, proofs, sessions};

/// Every operation on the paths `/api/v1/sessions` and `/api/v1/me`.
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
#[oai(rename_all = "camelCase")]
struct OpenedSession {
    /// The token for `Authorization: Bearer`. It is told this once.
    token: String,
    /// The session.
    session: SessionView,
}

/// The caller's open sessions.
#[derive(Debug, Object)]
#[oai(rename = "SessionList", rename_all = "camelCase")]
struct SessionListView {
    /// The newest first.
    items: Vec<SessionView>,
}

#[OpenApi]
impl SessionsApi {
    /// Sign in
    ///
    /// Whatever was wrong, the answer is the same 401. After five failures of an account in 15 minutes, or twenty from
    /// an address in one, it is 429.
    #[oai(path = "/api/v1/sessions", method = "post", operation_id = "create_session", tag = "Tag::Sessions")]
    async fn create_session(
        &self,
        request: &Request,
        query: Params<()>,
        body: Json<NewSession>,
    ) -> Result<Made<OpenedSession>, Problem> {
        let Params(()) = query;
        let origin = Origin { address: noted(request), request_id: name_of(request) };
        let (token, session) = sessions::open(&self.0, body.0.try_into()?, &origin).await?;
        let session = SessionView::of(&session, session.id);
        Ok(Made::Made(Json(OpenedSession { token: token.reveal(TokenKind::Session), session })))
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
        body: Json<NewProof>,
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
    async fn delete_current_session(&self, signed: Signed, query: Params<()>) -> Result<Done, Problem> {
        let (Params(()), by) = (query, signed.by());
        sessions::end(&self.0, &by.actor, by.session, &by.request_id).await?;
        Ok(Done::Done)
    }

    /// Tell who is calling
    ///
    /// The caller with all their grants.
    #[oai(path = "/api/v1/me", method = "get", operation_id = "get_me", tag = "Tag::Sessions")]
    async fn get_me(&self, signed: Signed, query: Params<()>) -> Result<Json<MemberView>, Problem> {
        let Params(()) = query;
        Ok(Json(sessions::me(&self.0, &signed.by().actor).await?.into()))
    }

    /// List one's own sessions
    ///
    /// The caller's open sessions, the newest first.
    #[oai(path = "/api/v1/me/sessions", method = "get", operation_id = "list_my_sessions", tag = "Tag::Sessions")]
    async fn list_my_sessions(&self, signed: Signed, query: Params<()>) -> Result<Json<SessionListView>, Problem> {
        let (Params(()), by) = (query, signed.by());
        let own = sessions::list(&self.0, &by.actor).await?;
        Ok(Json(SessionListView { items: own.iter().map(|own| SessionView::of(own, by.session)).collect() }))
    }

    /// End one of one's own sessions
    ///
    /// On a phone that was lost, say.
    #[oai(
        path = "/api/v1/me/sessions/:id",
        method = "delete",
        operation_id = "delete_my_session",
        tag = "Tag::Sessions"
    )]
    async fn delete_my_session(
        &self,
        signed: Signed,
        /// The session's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Done, Problem> {
        let (Params(()), by) = (query, signed.by());
        sessions::end(&self.0, &by.actor, id.0, &by.request_id).await?;
        Ok(Done::Done)
    }
}

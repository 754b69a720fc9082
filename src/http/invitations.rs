//! Invitations: sending, seeing and taking back, and joining by one.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::Request;
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::instant::Instant;
use super::people_view::{Done, Made};
use super::problem::Problem;
use super::query::Declared;
use super::query::{Given, Group, Integer, Params, Text};
use super::request_id::name_of;
use super::revision::once;
use super::secret::Secret;
use super::staff::reach;
use super::tag::Tag;
use super::words::Word;
use super::written::Created;
use crate::domain::Violation;
use crate::domain::account::{Login, PersonId, PersonName, Reach, Role};
use crate::domain::id::InvitationId;
use crate::domain::secret::{Passphrase, Token, TokenKind};
use crate::usecase::invitations::{self, Joined, Joining, Pending};
use crate::usecase::once::KeptAnswer;
use crate::usecase::{Ctx, Failure};

/// Every operation on the paths of invitations.
pub(super) struct InvitationsApi(pub(super) Arc<Ctx>);

/// Who is invited to what.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewInvitation {
    /// What the person is called: 1 to 64 characters.
    #[oai(validator(max_length = 64))]
    name: String,
    /// The role.
    role: Word<Role>,
    /// The code of the area in whose whole subtree it counts; left out for the whole register.
    #[oai(validator(max_length = 24))]
    area: Option<String>,
    /// The id of the only body for whose toilets it counts.
    operator: Option<i32>,
}

/// An invitation that was made just now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct Invitation {
    /// What the person gives to join. It is told this once (and again to the same request), and counts once.
    invitation: String,
    /// Until when it counts.
    expires_at: Instant,
}

/// The answer about an invitation that was made just now. Its tag follows from its id alone, so that nothing of the secret
/// is kept beside the answer.
fn told(id: InvitationId, token: &Token, expires_at: DateTime<Utc>) -> KeptAnswer {
    let view = Invitation { invitation: token.reveal(TokenKind::Invitation), expires_at: Instant(expires_at) };
    let (body, id) = (view.to_json_string().into_bytes(), id.to_string());
    let whole = body.len();
    let answer = Answer::<Invitation>::tagged_from(body, whole, [id.as_bytes(), b"invitation"]);
    answer.kept(StatusCode::CREATED, Some(format!("/api/v1/staff/invitations/{id}")))
}

/// How somebody who is there already is invited: to sign in anew, and to a further role if one is named.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewRenewal {
    /// The further role.
    role: Option<Word<Role>>,
    /// The code of the area in whose whole subtree the role counts; left out for the whole register.
    #[oai(validator(max_length = 24))]
    area: Option<String>,
    /// The id of the only body for whose toilets the role counts.
    operator: Option<i32>,
}

impl NewRenewal {
    fn more(self) -> Result<Option<(Role, Reach)>, Failure> {
        match self.role {
            Some(role) => Ok(Some((role.0, reach(self.area, self.operator)?))),
            None if self.area.is_none() && self.operator.is_none() => Ok(None),
            None => Err(Violation::new("role", "missing", "is required with an area or a body").into()),
        }
    }
}

/// An invitation that waits to be accepted.
#[derive(Debug, Object)]
#[oai(rename = "PendingInvitation", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct PendingView {
    /// Its id.
    id: i32,
    /// What the person is called.
    name: String,
    /// The id of the person, if they are there already.
    person: Option<Uuid>,
    /// The role it gives; left out where it only lets somebody sign in anew.
    role: Option<Word<Role>>,
    /// The code of the area where it counts; left out for the whole register.
    area: Option<String>,
    /// The id of the only body for whose toilets it counts; left out for all.
    operator: Option<i32>,
    /// The id of whoever invites; left out for the host.
    invited_by: Option<Uuid>,
    /// Until when it counts.
    expires_at: Instant,
}

impl From<Pending> for PendingView {
    fn from(pending: Pending) -> Self {
        Self {
            id: pending.id.0,
            name: pending.name.into(),
            person: pending.person.map(|person| person.0),
            role: pending.role.map(Word),
            area: pending.reach.area.map(String::from),
            operator: pending.reach.operator.map(|id| id.0),
            invited_by: pending.invited_by.map(|person| person.0),
            expires_at: Instant(pending.expires_at),
        }
    }
}

/// A page of invitations.
#[derive(Debug, Object)]
#[oai(rename = "InvitationPage", rename_all = "camelCase", skip_serializing_if_is_none)]
struct InvitationPageView {
    /// The invitations on it.
    items: Vec<PendingView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

struct InvitationParams {
    after: Option<InvitationId>,
    limit: usize,
}

const CURSOR: Text =
    Text { name: "cursor", about: "The `next` of the page before. Its form may change at any time.", longest: 64 };
const LIMIT: Integer = Integer { name: "limit", about: "How many at most on a page.", range: (1, 100), default: 20 };

impl Group for InvitationParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let cursor = given.take(&CURSOR).flatten();
        let read =
            |text: String| text.parse().map_err(|_| Violation::new("", "unreadable", "is no cursor of this list"));
        let after = cursor.and_then(|text| read(text).map_err(|violation| given.fault(&CURSOR, violation)).ok());
        Some(Self { after: after.map(InvitationId), limit: given.take(&LIMIT)? })
    }
}

/// How somebody who was invited will sign in: with `login` and `password`, or as a cleaner with a `pin`.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct Acceptance {
    /// The invitation.
    invitation: Secret,
    /// The login: 3 to 32 letters, digits and `._-`.
    #[oai(validator(max_length = 64))]
    login: Option<String>,
    /// The password: 12 to 128 characters.
    password: Option<Secret>,
    /// The PIN: six digits, on this device alone.
    pin: Option<Secret>,
}

impl Acceptance {
    fn joining(self) -> Result<Joining, Failure> {
        match (self.login, self.password, self.pin) {
            (Some(login), Some(password), None) => {
                let login: Login = login.parse()?;
                let password = Passphrase::password(password.into_text(), login.as_str())?;
                Ok(Joining::Password(login, password))
            }
            (None, None, Some(pin)) => Ok(Joining::Pin(Passphrase::pin(pin.into_text())?)),
            _ => Err(Violation::new("login", "incomplete", "give login and password, or pin").into()),
        }
    }
}

/// What somebody who joined is told once.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Acceptation {
    /// The person's pseudonym.
    person: Uuid,
    /// The second factor as an address that an authenticator app reads, where the role asks for one.
    totp: Option<String>,
    /// The device's token, to be kept on it and brought with the PIN.
    device: Option<String>,
}

impl From<Joined> for Acceptation {
    fn from(joined: Joined) -> Self {
        Self {
            person: joined.person.0,
            totp: joined.totp.map(|(login, secret)| secret.uri(login.as_str())),
            device: joined.device.map(|token| token.reveal(TokenKind::Device)),
        }
    }
}

#[OpenApi(tag = "Tag::Staff")]
impl InvitationsApi {
    /// Invite somebody
    ///
    /// To a role below the caller's own (an admin also to their own), within the caller's area. An area out of it is
    /// answered as one that is not there.
    #[oai(path = "/api/v1/staff/invitations", method = "post", operation_id = "create_invitation")]
    async fn create_invitation(
        &self,
        signed: Signed,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewInvitation>,
    ) -> Result<Created<Invitation>, Problem> {
        let (Params(()), Body(new), by) = (query, body, signed.by());
        let asked = ["create_invitation", &format!("{new:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let name = PersonName::new(&new.name).map_err(|wrong| Failure::from(wrong.in_field("name")))?;
        let to = (name, new.role.0, reach(new.area, new.operator)?);
        Ok(Created::kept(invitations::invite_once(&self.0, by, to, once, told).await?))
    }

    /// List invitations
    ///
    /// Those within the caller's area that nobody has accepted yet, page by page.
    #[oai(path = "/api/v1/staff/invitations", method = "get", operation_id = "list_invitations")]
    async fn list_invitations(
        &self,
        signed: Signed,
        query: Params<InvitationParams>,
    ) -> Result<Json<InvitationPageView>, Problem> {
        let Params(InvitationParams { after, limit }) = query;
        let (pending, more) = invitations::list(&self.0, signed.caller(), after, limit as u64).await?;
        let next = pending.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(Json(InvitationPageView { items: pending.into_iter().map(PendingView::from).collect(), next }))
    }

    /// Take back an invitation
    ///
    /// By whoever could have sent it. One that was accepted meanwhile is 404.
    #[oai(path = "/api/v1/staff/invitations/:id", method = "delete", operation_id = "delete_invitation")]
    async fn delete_invitation(
        &self,
        signed: Signed,
        /// The invitation's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Done, Problem> {
        let Params(()) = query;
        invitations::withdraw(&self.0, signed.caller(), InvitationId(id.0)).await?;
        Ok(Done::Done)
    }

    /// Invite somebody to sign in anew
    ///
    /// For a lost phone or a forgotten PIN, and to give a further role to somebody who lacks the second factor that it
    /// asks for. On acceptance their former password, PINs and second factor are void and their sessions end. It takes
    /// the right to give every role that they hold.
    #[oai(path = "/api/v1/staff/:id/invitations", method = "post", operation_id = "create_renewal")]
    async fn create_renewal(
        &self,
        signed: Signed,
        /// The person's id.
        id: Path<Uuid>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewRenewal>,
    ) -> Result<Created<Invitation>, Problem> {
        let (Params(()), Body(new), by) = (query, body, signed.by());
        let asked = ["create_renewal", &id.0.to_string(), &format!("{new:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let to = (PersonId(id.0), new.more()?);
        Ok(Created::kept(invitations::renew_once(&self.0, by, to, once, told).await?))
    }

    /// Accept an invitation
    ///
    /// Makes the account, or sets up anew how somebody signs in. An invitation that was used, has run out or never was is 404.
    #[oai(path = "/api/v1/invitations/accept", method = "post", operation_id = "accept_invitation")]
    async fn accept_invitation(
        &self,
        request: &Request,
        query: Params<()>,
        body: Body<Acceptance>,
    ) -> Result<Made<Acceptation>, Problem> {
        let (Params(()), Body(acceptance)) = (query, body);
        let token = acceptance.invitation.clone().into_text();
        let joined = invitations::accept(&self.0, &token, acceptance.joining()?, &name_of(request)).await?;
        Ok(Made::Made(Json(joined.into())))
    }
}

//! The staff: who works where, inviting, joining, and taking roles away.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::bearer::Signed;
use super::people_view::{Done, Made, MemberView};
use super::problem::Problem;
use super::query::Declared;
use super::query::{Given, Group, Integer, Params, Text};
use super::request_id::name_of;
use super::secret::Secret;
use super::tag::Tag;
use super::words::Word;
use crate::domain::Violation;
use crate::domain::account::{Login, PersonId, PersonName, Reach, Role};
use crate::domain::area::AreaCode;
use crate::domain::id::{GrantId, OperatorId};
use crate::domain::secret::{Passphrase, TokenKind};
use crate::usecase::staff::{self, Joined, Joining};
use crate::usecase::{Ctx, Failure};

/// Every operation on the paths below `/api/v1/staff` and `/api/v1/invitations`.
pub(super) struct StaffApi(pub(super) Arc<Ctx>);

/// A page of the staff.
#[derive(Debug, Object)]
#[oai(rename = "StaffPage", rename_all = "camelCase", skip_serializing_if_is_none)]
struct StaffPageView {
    /// The people on it.
    items: Vec<MemberView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

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
    /// What the person gives to join. It is told this once, and counts once.
    invitation: String,
    /// Until when it counts.
    expires_at: DateTime<Utc>,
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

struct StaffParams {
    after: Option<PersonId>,
    limit: usize,
}

const CURSOR: Text =
    Text { name: "cursor", about: "The `next` of the page before. Its form may change at any time.", longest: 64 };
const LIMIT: Integer = Integer { name: "limit", about: "How many at most on a page.", range: (1, 100), default: 20 };

impl Group for StaffParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let cursor = given.take(&CURSOR).flatten();
        let after = cursor.and_then(|text| text.parse().map_err(|violation| given.fault(&CURSOR, violation)).ok());
        Some(Self { after, limit: given.take(&LIMIT)? })
    }
}

#[OpenApi(tag = "Tag::Staff")]
impl StaffApi {
    /// List the staff
    ///
    /// The people who hold a role within the caller's area, page by page; of each only the grants that lie within it.
    #[oai(path = "/api/v1/staff", method = "get", operation_id = "list_staff")]
    async fn list_staff(&self, signed: Signed, query: Params<StaffParams>) -> Result<Json<StaffPageView>, Problem> {
        let Params(StaffParams { after, limit }) = query;
        let (staff, more) = staff::list(&self.0, signed.caller(), after, limit as u64).await?;
        let next = staff.last().filter(|_| more).map(|member| member.id.to_string());
        Ok(Json(StaffPageView { items: staff.into_iter().map(MemberView::from).collect(), next }))
    }

    /// Invite somebody
    ///
    /// To a role below the caller's own (an admin also to their own), within the caller's area. An area out of it is
    /// answered as one that is not there.
    #[oai(path = "/api/v1/staff/invitations", method = "post", operation_id = "create_invitation")]
    async fn create_invitation(
        &self,
        signed: Signed,
        query: Params<()>,
        body: Json<NewInvitation>,
    ) -> Result<Made<Invitation>, Problem> {
        let (Params(()), Json(new)) = (query, body);
        let name = PersonName::new(&new.name).map_err(|wrong| Failure::from(wrong.in_field("name")))?;
        let area: Option<AreaCode> = new.area.map(|code| code.parse()).transpose().map_err(Failure::from)?;
        let reach = Reach { area, operator: new.operator.map(OperatorId) };
        let (token, expires_at) = staff::invite(&self.0, signed.caller(), name, new.role.0, reach).await?;
        Ok(Made::Made(Json(Invitation { invitation: token.reveal(TokenKind::Invitation), expires_at })))
    }

    /// Take a role from somebody
    ///
    /// All their sessions end at once. The last admin stays.
    #[oai(path = "/api/v1/staff/:id/grants/:grant", method = "delete", operation_id = "delete_grant")]
    async fn delete_grant(
        &self,
        signed: Signed,
        /// The person's id.
        id: Path<Uuid>,
        /// The grant's id.
        grant: Path<i32>,
        query: Params<()>,
    ) -> Result<Done, Problem> {
        let Params(()) = query;
        staff::revoke(&self.0, signed.caller(), PersonId(id.0), GrantId(grant.0)).await?;
        Ok(Done::Done)
    }

    /// Accept an invitation
    ///
    /// Makes the account. An invitation that was used, has run out or never was is 404.
    #[oai(path = "/api/v1/invitations/accept", method = "post", operation_id = "accept_invitation")]
    async fn accept_invitation(
        &self,
        request: &Request,
        query: Params<()>,
        body: Json<Acceptance>,
    ) -> Result<Made<Acceptation>, Problem> {
        let (Params(()), Json(acceptance)) = (query, body);
        let token = acceptance.invitation.clone().into_text();
        let joined = staff::accept(&self.0, &token, acceptance.joining()?, &name_of(request)).await?;
        Ok(Made::Made(Json(joined.into())))
    }
}

//! The staff: who works where, giving roles and taking them away.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::people_view::{Done, GrantView, MemberView};
use super::problem::Problem;
use super::query::Declared;
use super::query::{Given, Group, Integer, Params, Text};
use super::revision::once;
use super::tag::Tag;
use super::words::Word;
use super::written::Created;
use crate::domain::account::{Grant, PersonId, Reach, Role};
use crate::domain::id::{GrantId, OperatorId};
use crate::usecase::{Ctx, Failure, grants, staff};

/// Every operation on the paths below `/api/v1/staff`, but for invitations.
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

/// A role to be given somewhere.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", deny_unknown_fields)]
struct NewGrant {
    /// The role.
    role: Word<Role>,
    /// The code of the area in whose whole subtree it counts; left out for the whole register.
    #[oai(validator(max_length = 24))]
    area: Option<String>,
    /// The id of the only body for whose toilets it counts.
    operator: Option<i32>,
}

/// Where a role is to count.
pub(super) fn reach(area: Option<String>, operator: Option<i32>) -> Result<Reach, Failure> {
    let area = area.map(|code| code.parse()).transpose()?;
    Ok(Reach { area, operator: operator.map(OperatorId) })
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

    /// Get somebody of the staff
    ///
    /// With the grants that lie within the caller's area; whoever holds none there is answered as not there.
    #[oai(path = "/api/v1/staff/:id", method = "get", operation_id = "get_member")]
    async fn get_member(
        &self,
        signed: Signed,
        /// The person's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Json<MemberView>, Problem> {
        let Params(()) = query;
        Ok(Json(staff::get(&self.0, signed.caller(), PersonId(id.0)).await?.into()))
    }

    /// End somebody's sessions
    ///
    /// All of them, on every process at once: their phone is lost, say.
    #[oai(path = "/api/v1/staff/:id/sessions", method = "delete", operation_id = "delete_member_sessions")]
    async fn delete_member_sessions(
        &self,
        signed: Signed,
        /// The person's id.
        id: Path<Uuid>,
        query: Params<()>,
    ) -> Result<Done, Problem> {
        let Params(()) = query;
        staff::end_sessions(&self.0, signed.caller(), PersonId(id.0)).await?;
        Ok(Done::Done)
    }

    /// Give somebody a further role
    ///
    /// Somebody of the caller's area, a role that the caller may give. All their sessions end at once. A role that asks
    /// for a second factor is given only to who has one; others are invited to it.
    #[oai(path = "/api/v1/staff/:id/grants", method = "post", operation_id = "create_grant")]
    async fn create_grant(
        &self,
        signed: Signed,
        /// The person's id.
        id: Path<Uuid>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewGrant>,
    ) -> Result<Created<GrantView>, Problem> {
        let (Params(()), Body(new), by) = (query, body, signed.by());
        let asked = ["create_grant", &id.0.to_string(), &format!("{new:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let what = (new.role.0, reach(new.area, new.operator)?);
        let person = id.0;
        let tell = move |grant: &Grant| {
            let location = format!("/api/v1/staff/{person}/grants/{}", grant.id);
            Answer::of(&GrantView::from(grant.clone())).kept(StatusCode::CREATED, Some(location))
        };
        Ok(Created::kept(grants::give_once(&self.0, by, PersonId(person), what, once, tell).await?))
    }

    /// Take a role from somebody
    ///
    /// All their sessions end at once, and the invitations they made are void. The last admin stays.
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
        grants::revoke(&self.0, signed.caller(), PersonId(id.0), GrantId(grant.0)).await?;
        Ok(Done::Done)
    }
}

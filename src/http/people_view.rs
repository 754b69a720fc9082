//! Persons, grants and sessions as answers show them.

use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object};
use uuid::Uuid;

use super::instant::Instant;
use super::words::Word;
use crate::domain::account::{Grant, Member, Role, Session};

/// A role that somebody holds somewhere.
#[derive(Debug, Object)]
#[oai(rename = "Grant", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct GrantView {
    /// The grant's id.
    id: i32,
    /// The role.
    role: Word<Role>,
    /// The code of the area in whose whole subtree it counts; left out for the whole register.
    area: Option<String>,
    /// The id of the only body for whose toilets it counts; left out for all.
    operator: Option<i32>,
}

impl From<Grant> for GrantView {
    fn from(grant: Grant) -> Self {
        Self {
            id: grant.id.0,
            role: Word(grant.role),
            area: grant.reach.area.map(String::from),
            operator: grant.reach.operator.map(|id| id.0),
        }
    }
}

/// A person of the staff.
#[derive(Debug, Object)]
#[oai(rename = "Member", rename_all = "camelCase")]
pub(super) struct MemberView {
    /// The person's pseudonym, under which other records know them.
    id: Uuid,
    /// What they are called.
    name: String,
    /// Their grants, as far as the caller may see them.
    grants: Vec<GrantView>,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        let grants = member.grants.into_iter().map(GrantView::from).collect();
        Self { id: member.id.0, name: member.name.into(), grants }
    }
}

/// One of the caller's sessions.
#[derive(Debug, Object)]
#[oai(rename = "Session", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct SessionView {
    /// Its id, which is not the token.
    id: Uuid,
    /// When it was opened.
    opened_at: Instant,
    /// When it was used last, to the minute.
    last_seen: Instant,
    /// When it ends unless it is used before.
    idle_until: Instant,
    /// When it ends whatever happens.
    ends_at: Instant,
    /// When whoever holds it last proved who they are; left out where they never did.
    stepped_up_at: Option<Instant>,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionView {
    /// A session as somebody in the session `asking` sees it.
    pub(super) fn of(session: &Session, asking: Uuid) -> Self {
        let Session { id, opened_at, last_seen, idle_until, ends_at, stepped_up_at } = *session;
        Self {
            id,
            opened_at: Instant(opened_at),
            last_seen: Instant(last_seen),
            idle_until: Instant(idle_until),
            ends_at: Instant(ends_at),
            stepped_up_at: stepped_up_at.map(Instant),
            current: id == asking,
        }
    }
}

/// Done, and nothing to say.
#[derive(ApiResponse)]
pub(super) enum Done {
    /// Done.
    #[oai(status = 204)]
    Done,
}

/// Made, with what is told once.
#[derive(ApiResponse)]
pub(super) enum Made<T: poem_openapi::types::ToJSON> {
    /// Made.
    #[oai(status = 201)]
    Made(Json<T>),
}

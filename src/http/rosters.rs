//! Rosters: which shifts there are where, and whose turn it is.

use std::sync::Arc;

use chrono::NaiveDate;
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::people_view::Done;
use super::plans::Page;
use super::problem::Problem;
use super::query::{Day, Declared, Given, Group, Params};
use super::revision::{expected, once};
use super::roster_view::{
    DaysChanged, DaysInput, OwnRosterView, OwnShiftView, RosterDetail, RosterInput, RosterPage, RosterView, SwapFacts,
    TurnInput, TurnView,
};
use super::tag::Tag;
use super::written::Created;
use crate::domain::account::PersonId;
use crate::domain::id::{RosterId, TurnId};
use crate::domain::roster::{Roster, Turn};
use crate::usecase::Ctx;
use crate::usecase::rosters;

/// Every operation on rosters.
pub(super) struct RostersApi(pub(super) Arc<Ctx>);

#[OpenApi(tag = "Tag::Cleaning")]
impl RostersApi {
    /// Make a roster
    ///
    /// For supervisors and admins, of toilets within their area.
    #[oai(path = "/api/v1/rosters", method = "post", operation_id = "create_roster")]
    async fn create_roster(
        &self,
        signed: Signed,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<RosterInput>,
    ) -> Result<Created<RosterView>, Problem> {
        let (Params(()), by, new) = (query, signed.writer(), body.0.read()?);
        let once = once(key.as_deref(), by.actor.person, &["create_roster", &format!("{new:?}")])?;
        let tell = |made: &Roster| {
            let path = format!("/api/v1/rosters/{}", made.id);
            Answer::of(&RosterView::from(made)).of_revision(made.revision).kept(StatusCode::CREATED, Some(path))
        };
        Ok(Created::kept(rosters::create(&self.0, by, new, once, tell).await?))
    }

    /// List rosters
    ///
    /// Those whose toilets all lie within the caller's area, past ones too, for the staff.
    #[oai(path = "/api/v1/rosters", method = "get", operation_id = "list_rosters")]
    async fn list_rosters(&self, signed: Signed, query: Params<Page>) -> Result<Json<RosterPage>, Problem> {
        let Params(Page { after, limit }) = query;
        let (found, more) = rosters::list(&self.0, &signed.by().actor, RosterId(after), limit).await?;
        let next = found.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(Json(RosterPage { items: found.iter().map(RosterView::from).collect(), next }))
    }

    /// Get a roster
    ///
    /// With the turns that last until yesterday or longer, and the days from then on that are other than planned.
    #[oai(path = "/api/v1/rosters/:id", method = "get", operation_id = "get_roster")]
    async fn get_roster(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Answer<RosterDetail>, Problem> {
        let Params(()) = query;
        let found = rosters::current(&self.0, &signed.by().actor, RosterId(id.0)).await?;
        Ok(Answer::of(&RosterDetail::from(&found)).of_revision(found.plan.roster.revision))
    }

    /// End a roster
    ///
    /// Today is the last day on which a shift of it begins, and the turns on it end with it. One that was to begin today or
    /// later never does.
    #[oai(path = "/api/v1/rosters/:id", method = "delete", operation_id = "delete_roster")]
    async fn delete_roster(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        query: Params<()>,
        /// The revision of the roster that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        rosters::end(&self.0, signed.writer(), RosterId(id.0), expected).await?;
        Ok(Done::Done)
    }

    /// Give somebody a turn
    ///
    /// For supervisors and admins, within their area. A person has one turn at a time, on one roster: the one that they
    /// have on this roster is over the day before.
    #[oai(path = "/api/v1/rosters/:id/turns", method = "post", operation_id = "create_roster_turn")]
    async fn create_roster_turn(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<TurnInput>,
    ) -> Result<Created<TurnView>, Problem> {
        let (Params(()), by, new) = (query, signed.writer(), body.0.read()?);
        let asked = ["create_roster_turn", &id.0.to_string(), &format!("{new:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let path = format!("/api/v1/rosters/{}", id.0);
        let tell = |made: &Turn| {
            Answer::of(&TurnView::of(made, None)).of_revision(made.revision).kept(StatusCode::CREATED, Some(path))
        };
        Ok(Created::kept(rosters::turn(&self.0, by, RosterId(id.0), new, once, tell).await?))
    }

    /// End somebody's turn
    ///
    /// Today is the last day. One that was to begin today or later never does.
    #[oai(path = "/api/v1/rosters/:id/turns/:turn", method = "delete", operation_id = "delete_roster_turn")]
    async fn delete_roster_turn(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        /// The turn's id.
        turn: Path<i32>,
        query: Params<()>,
        /// The revision of the turn that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        rosters::end_turn(&self.0, signed.writer(), (RosterId(id.0), TurnId(turn.0)), expected).await?;
        Ok(Done::Done)
    }

    /// Say what persons do on single days
    ///
    /// Instead of what their turns plan; all of it or nothing. The same again changes nothing. What is past stays.
    #[oai(path = "/api/v1/rosters/:id/days", method = "put", operation_id = "record_roster_days")]
    async fn record_roster_days(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        query: Params<()>,
        body: Body<DaysInput>,
    ) -> Result<Json<DaysChanged>, Problem> {
        let (Params(()), by, wishes) = (query, signed.writer(), body.0.read());
        let changed = rosters::change(&self.0, by, RosterId(id.0), wishes).await?;
        Ok(Json(DaysChanged { changed: u32::try_from(changed).unwrap_or(u32::MAX) }))
    }

    /// Have two persons swap a day (换班)
    ///
    /// Each does on that day what the other does as it stands.
    #[oai(path = "/api/v1/rosters/:id/swaps", method = "post", operation_id = "create_roster_swap")]
    async fn create_roster_swap(
        &self,
        signed: Signed,
        /// The roster's id.
        id: Path<i32>,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<SwapFacts>,
    ) -> Result<Created<SwapFacts>, Problem> {
        let (Params(()), by, swap) = (query, signed.writer(), body.0);
        let asked = ["create_roster_swap", &id.0.to_string(), &format!("{swap:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let path = format!("/api/v1/rosters/{}", id.0);
        let told = Answer::of(&swap).kept(StatusCode::CREATED, Some(path));
        let two = (PersonId(swap.person), PersonId(swap.with));
        Ok(Created::kept(rosters::swap(&self.0, by, RosterId(id.0), swap.day, two, once, told).await?))
    }

    /// Get one's own shifts
    ///
    /// On a span of days, 62 at most.
    #[oai(path = "/api/v1/me/roster", method = "get", operation_id = "get_my_roster")]
    async fn get_my_roster(&self, signed: Signed, query: Params<OwnParams>) -> Result<Json<OwnRosterView>, Problem> {
        let Params(OwnParams { from, to }) = query;
        let own = rosters::own(&self.0, &signed.by().actor, (from, to)).await?;
        Ok(Json(OwnRosterView { items: own.iter().map(OwnShiftView::from).collect() }))
    }
}

/// Which of one's shifts.
#[derive(Debug)]
struct OwnParams {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

const FROM: Day = Day { name: "from", about: "The first day on which they begin; today if left out." };
const TO: Day = Day { name: "to", about: "The last such day; thirteen days after the first if left out." };

impl Group for OwnParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&FROM, &TO];

    fn read(given: &mut Given) -> Option<Self> {
        let (from, to) = (given.take(&FROM), given.take(&TO));
        Some(Self { from: from?, to: to? })
    }
}

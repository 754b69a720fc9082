//! Closing toilets, and opening them again.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::changes::Reading;
use super::instant::Instant;
use super::json::Json as Writing;
use super::people_view::Done;
use super::problem::Problem;
use super::query::{Declared, Given, Group, OneOf, Params};
use super::revision::{expected, once};
use super::tag::Tag;
use super::toilet_facts::instant;
use super::toilet_json::Reader;
use super::toilet_params::{CURSOR, LIMIT, ToiletParams};
use super::toilet_view::NearToiletView;
use super::words::Word;
use super::written::{Changed, Created};
use crate::domain::id::{OutageId, ToiletId};
use crate::domain::outage::{Outage, OutageReason, OutageState};
use crate::domain::text::Remark;
use crate::domain::{Toilet, Violation};
use crate::geo::Crs;
use crate::usecase::outages::{self, Change, Opening};
use crate::usecase::toilets;
use crate::usecase::{Ctx, Failure};

/// Every operation on closures.
pub(super) struct OutagesApi(pub(super) Arc<Ctx>);

/// A closure to be opened.
#[derive(Debug, Object)]
#[oai(rename = "NewOutage", rename_all = "camelCase", deny_unknown_fields)]
struct NewOutage {
    /// Why.
    reason: Word<OutageReason>,
    /// From when; now if left out. A cleaner closes at once.
    from: Option<Instant>,
    /// When it ends by itself. A cleaner may close for 24 hours at most, and does so if this is left out.
    until: Option<Instant>,
    /// Until when it is hoped to last. That alone does not end it.
    expected_until: Option<Instant>,
    /// What is said of it to the public: 1 to 1,000 characters.
    note: Option<String>,
}

/// What is to be changed of a closure. What is left out stays as it is; `null` clears.
#[derive(Debug, Object)]
#[oai(rename = "OutagePatch", rename_all = "camelCase", deny_unknown_fields)]
struct OutagePatch {
    /// Why.
    reason: Option<Word<OutageReason>>,
    /// When it ends by itself.
    until: MaybeUndefined<Instant>,
    /// Until when it is hoped to last.
    expected_until: MaybeUndefined<Instant>,
    /// What is said of it to the public: 1 to 1,000 characters.
    note: MaybeUndefined<String>,
    /// `confirmed` or `rejected`, by a supervisor who did not open it. A rejected closure no longer counts.
    state: Option<Word<OutageState>>,
}

/// A closure on record, as the staff sees it.
#[derive(Debug, Object)]
#[oai(rename = "OutageRecord", rename_all = "camelCase", skip_serializing_if_is_none)]
struct OutageRecordView {
    /// Its id.
    id: i32,
    /// The toilet that it closes.
    toilet: i32,
    /// Why.
    reason: Word<OutageReason>,
    /// From when.
    from: Instant,
    /// When it ends by itself, or ended.
    until: Option<Instant>,
    /// Until when it is hoped to last.
    expected_until: Option<Instant>,
    /// What is said of it.
    note: Option<String>,
    /// What is thought of it.
    state: Word<OutageState>,
    /// Who opened it here, by their pseudonym; left out for what a source states.
    by: Option<Uuid>,
    /// The revision of the toilet, for `If-Match`.
    revision: i32,
}

/// A closure that was opened just now, with where else to go.
#[derive(Debug, Object)]
#[oai(rename = "OutageMade")]
struct OutageMadeView {
    /// The datum of all positions.
    crs: Word<Crs>,
    /// The closure.
    outage: OutageRecordView,
    /// The three nearest toilets that can be used when it begins (now, if it has begun) and, where the closed one has a
    /// stall for wheelchair users, the nearest that has one too.
    alternatives: Vec<NearToiletView>,
}

/// Closures, in the order of their ids.
#[derive(Debug, Object)]
#[oai(rename = "OutageList", skip_serializing_if_is_none)]
struct OutageListView {
    /// The closures.
    items: Vec<OutageRecordView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

/// What a list of closures takes.
#[derive(Debug)]
struct OutageParams {
    state: OutageState,
    after: OutageId,
    limit: usize,
}

const STATE: OneOf<OutageState> = OneOf {
    name: "state",
    about: "What is thought of them.",
    default: Some(OutageState::Unconfirmed),
    missing: "missing",
};

impl Group for OutageParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&STATE, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (state, cursor, limit) = (given.take(&STATE), given.take(&CURSOR).flatten(), given.take(&LIMIT));
        let after = match cursor.map(|text| text.parse().ok().filter(|id| *id > 0)) {
            None => 0,
            Some(Some(id)) => id,
            Some(None) => {
                given.fault(&CURSOR, Violation::new("", "unreadable", "must be the `next` of the page before"));
                return None;
            }
        };
        Some(Self { state: state?, after: OutageId(after), limit: limit? })
    }
}

#[OpenApi(tag = "Tag::Outages")]
impl OutagesApi {
    /// Close a toilet
    ///
    /// For supervisors and admins, within their area; the answer tells where else to go. A cleaner may close her own
    /// toilet at once, for 24 hours at most: it counts at once, and stands at `unconfirmed` until a supervisor has
    /// looked at it.
    #[oai(path = "/api/v1/toilets/:id/outages", method = "post", operation_id = "create_outage")]
    async fn create_outage(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<ToiletParams>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewOutage>,
    ) -> Result<Created<OutageMadeView>, Problem> {
        let (by, opening) = (signed.writer(), body.0.read()?);
        let crs = toilets::public_crs(&self.0, query.0.crs)?;
        let asked = ["create_outage", &id.0.to_string(), crs.as_str(), &format!("{opening:?}")];
        let once = once(key.as_deref(), by.actor.person, &asked)?;
        let (ctx, now) = (Arc::clone(&self.0), self.now());
        let tell = move |toilet: &Toilet, outage: &Outage| {
            let location = format!("/api/v1/toilets/{}/outages/{}", toilet.id, outage.id);
            made(&ctx, crs, now, toilet, outage).kept(StatusCode::CREATED, Some(location))
        };
        Ok(Created::kept(outages::open(&self.0, by, ToiletId(id.0), opening, once, tell).await?))
    }

    /// List the closures of a toilet
    ///
    /// All of them, past and to come, for the staff of its area.
    #[oai(path = "/api/v1/toilets/:id/outages", method = "get", operation_id = "list_toilet_outages")]
    async fn list_toilet_outages(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Json<OutageListView>, Problem> {
        let Params(()) = query;
        let toilet = outages::of_toilet(&self.0, &signed.by().actor, ToiletId(id.0)).await?;
        let items = toilet.outages.iter().map(|outage| OutageRecordView::of(&toilet, outage)).collect();
        Ok(Json(OutageListView { items, next: None }))
    }

    /// List closures to look at
    ///
    /// Those within the caller's area that stand at `unconfirmed`, or at another state.
    #[oai(path = "/api/v1/outages", method = "get", operation_id = "list_outages")]
    async fn list_outages(&self, signed: Signed, query: Params<OutageParams>) -> Result<Json<OutageListView>, Problem> {
        let Params(OutageParams { state, after, limit }) = query;
        let (found, more) = outages::list(&self.0, &signed.by().actor, state, after, limit).await?;
        let next = found.last().filter(|_| more).map(|(_, outage)| outage.id.to_string());
        let items = found.iter().map(|(toilet, outage)| OutageRecordView::of(toilet, outage)).collect();
        Ok(Json(OutageListView { items, next }))
    }

    /// Change or review a closure
    ///
    /// A cleaner may change what she opened herself; a supervisor any, and say what is thought of one that somebody else
    /// opened. `If-Match` names the revision of the toilet.
    #[oai(path = "/api/v1/toilets/:id/outages/:outage", method = "patch", operation_id = "update_outage")]
    async fn update_outage(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The closure's id.
        outage: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision of the toilet that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<OutagePatch>,
    ) -> Result<Changed<OutageRecordView>, Problem> {
        let Params(()) = query;
        self.change(signed, (id.0, outage.0), revision.as_deref(), body.0).await
    }

    /// Change or review a closure, for clients without PATCH
    ///
    /// Does exactly what PATCH does.
    #[oai(path = "/api/v1/toilets/:id/outages/:outage", method = "post", operation_id = "apply_outage_patch")]
    async fn apply_outage_patch(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The closure's id.
        outage: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision of the toilet that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<OutagePatch>,
    ) -> Result<Changed<OutageRecordView>, Problem> {
        let Params(()) = query;
        self.change(signed, (id.0, outage.0), revision.as_deref(), body.0).await
    }

    /// End a closure
    ///
    /// Now. One that has not begun is taken back.
    #[oai(path = "/api/v1/toilets/:id/outages/:outage", method = "delete", operation_id = "delete_outage")]
    async fn delete_outage(
        &self,
        signed: Signed,
        /// The toilet's id.
        id: Path<i32>,
        /// The closure's id.
        outage: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision of the toilet that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
    ) -> Result<Done, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        outages::end(&self.0, signed.writer(), (ToiletId(id.0), OutageId(outage.0)), expected).await?;
        Ok(Done::Done)
    }
}

impl OutagesApi {
    async fn change(
        &self,
        signed: Signed,
        (id, outage): (i32, i32),
        revision: Option<&str>,
        body: OutagePatch,
    ) -> Result<Changed<OutageRecordView>, Problem> {
        let (expected, change, outage) = (expected(revision)?, body.read()?, OutageId(outage));
        let toilet = outages::change(&self.0, signed.writer(), (ToiletId(id), outage), expected, change).await?;
        let found = toilet.outages.iter().find(|one| one.id == outage).ok_or(Failure::NotFound)?;
        let view = OutageRecordView::of(&toilet, found);
        Ok(Changed::now(Answer::of(&view).of_revision(toilet.revision)))
    }

    fn now(&self) -> DateTime<Utc> {
        self.0.clock.now().trunc_subsecs(0)
    }
}

impl OutageRecordView {
    fn of(toilet: &Toilet, outage: &Outage) -> Self {
        Self {
            id: outage.id.0,
            toilet: toilet.id.0,
            reason: Word(outage.fact.reason),
            from: Instant(outage.fact.span.from()),
            until: outage.fact.span.until().map(Instant),
            expected_until: outage.expected_until.map(Instant),
            note: outage.fact.note.as_ref().map(ToString::to_string),
            state: Word(outage.state),
            by: outage.by.map(|person| person.0),
            revision: toilet.revision,
        }
    }
}

/// The answer about a closure that was opened just now.
fn made(ctx: &Ctx, crs: Crs, now: DateTime<Utc>, toilet: &Toilet, outage: &Outage) -> Answer<OutageMadeView> {
    let at = outage.fact.span.from().max(now);
    let reader = Reader { calendars: &ctx.calendars, crs, at };
    let mut json = Writing::default();
    json.open(b'{');
    json.text_field("crs", crs.as_str());
    json.key("outage");
    json.written(&record(toilet, outage));
    json.key("alternatives");
    json.open(b'[');
    if let Some(query) = outages::search(toilet, at) {
        for hit in &outages::alternatives(ctx, toilet, at) {
            reader.hit(&mut json, &query, hit);
        }
    }
    json.close(b']');
    json.close(b'}');
    Answer::whole(json.into_bytes()).of_revision(toilet.revision)
}

fn record(toilet: &Toilet, outage: &Outage) -> Vec<u8> {
    use poem_openapi::types::ToJSON;
    OutageRecordView::of(toilet, outage).to_json_string().into_bytes()
}

impl NewOutage {
    fn read(self) -> Result<Opening, Problem> {
        let mut reading = Reading::default();
        let at = |at: Instant| instant(at.0);
        let opening = Opening {
            reason: self.reason.0,
            from: reading.field("from", self.from, at),
            until: reading.field("until", self.until, at),
            expected_until: reading.field("expectedUntil", self.expected_until, at),
            note: reading.field("note", self.note, |text| Remark::new(&text)),
        };
        Ok(reading.done(opening)?)
    }
}

impl OutagePatch {
    fn read(self) -> Result<Change, Problem> {
        let mut reading = Reading::default();
        let at = |at: Instant| instant(at.0);
        let change = Change {
            reason: self.reason.map(|word| word.0),
            until: reading.change("until", self.until, at),
            expected_until: reading.change("expectedUntil", self.expected_until, at),
            note: reading.change("note", self.note, |text| Remark::new(&text)),
            state: reading.field("state", self.state, |word| reviewed(word.0)),
        };
        Ok(reading.done(change)?)
    }
}

fn reviewed(state: OutageState) -> Result<OutageState, Violation> {
    if state == OutageState::Unconfirmed {
        let message = "say confirmed or rejected: nothing is made unconfirmed again";
        return Err(Violation::new("state", "notHere", message));
    }
    Ok(state)
}

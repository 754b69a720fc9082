//! Excuses for slots.

use std::sync::Arc;

use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::answer::Answer;
use super::bearer::Signed;
use super::body::Body;
use super::instant::Instant;
use super::plans::Page;
use super::problem::Problem;
use super::query::{Declared, Given, Group, OneOf, Params};
use super::revision::{expected, once};
use super::tag::Tag;
use super::toilet_params::{CURSOR, LIMIT};
use super::words::Word;
use super::written::{Changed, Created};
use crate::domain::Violation;
use crate::domain::excuse::{ExcuseRecord, ExcuseState};
use crate::domain::id::ExcuseId;
use crate::domain::slot::{ExcuseReason, SlotKey};
use crate::domain::text::Remark;
use crate::usecase::excuses::{self, Decision, NewExcuse};
use crate::usecase::{Ctx, Failure};

/// Which excuses somebody wants.
#[derive(Debug)]
struct ExcuseParams {
    state: ExcuseState,
    page: Page,
}

const STATE: OneOf<ExcuseState> =
    OneOf { name: "state", about: "How they stand.", default: Some(ExcuseState::Open), missing: "missing" };

impl Group for ExcuseParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&STATE, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (state, page) = (given.take(&STATE), Page::read(given));
        Some(Self { state: state?, page: page? })
    }
}

/// Every operation on excuses.
pub(super) struct ExcusesApi(pub(super) Arc<Ctx>);

/// Slots to be excused: all of them for one reason, or none.
#[derive(Debug, Object)]
#[oai(rename = "NewExcuse", deny_unknown_fields)]
struct ExcuseInput {
    /// The keys of 1 to 100 slots, from 31 days past to seven days ahead.
    #[oai(validator(min_items = 1, max_items = 100))]
    slots: Vec<String>,
    /// Why they cannot be done, or could not.
    reason: Word<ExcuseReason>,
    /// What else is to be said: 1 to 1,000 characters.
    note: Option<String>,
}

/// How an excuse is decided.
#[derive(Debug, Object)]
#[oai(rename = "ExcuseDecision", deny_unknown_fields)]
struct DecisionInput {
    /// Whether the slot is excused.
    approved: bool,
    /// What is to be said of it: 1 to 1,000 characters.
    answer: Option<String>,
}

/// Why a slot could not be done, and what somebody else thinks of it.
#[derive(Debug, Object)]
#[oai(rename = "Excuse", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ExcuseView {
    /// Its id.
    id: i32,
    /// The toilet's id.
    toilet: i32,
    /// The key of the slot.
    slot: String,
    /// The slot's time.
    slot_at: Instant,
    /// Why it could not be done.
    reason: Word<ExcuseReason>,
    /// What else was said.
    note: Option<String>,
    /// How it stands.
    state: Word<ExcuseState>,
    /// The pseudonym of who asked.
    asked_by: String,
    /// When.
    asked_at: Instant,
    /// The pseudonym of who decided.
    decided_by: Option<String>,
    /// When.
    decided_at: Option<Instant>,
    /// What they said.
    answer: Option<String>,
    /// Counts the writes to it.
    revision: i32,
}

/// The excuses that were asked for.
#[derive(Debug, Object)]
#[oai(rename = "Excuses")]
struct ExcusesView {
    /// One for each slot, in the order of their keys.
    items: Vec<ExcuseView>,
}

/// A page of excuses, in the order of their ids.
#[derive(Debug, Object)]
#[oai(rename = "ExcusePage", skip_serializing_if_is_none)]
struct ExcusePage {
    /// The excuses.
    items: Vec<ExcuseView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

#[OpenApi(tag = "Tag::Cleaning")]
impl ExcusesApi {
    /// Ask for slots to be excused
    ///
    /// For cleaners, supervisors and admins: somebody else decides. A slot that is excused counts neither as done nor as
    /// missed.
    #[oai(path = "/api/v1/excuses", method = "post", operation_id = "create_excuses")]
    async fn create_excuses(
        &self,
        signed: Signed,
        query: Params<()>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week has no
        /// further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<ExcuseInput>,
    ) -> Result<Created<ExcusesView>, Problem> {
        let (Params(()), by, new) = (query, signed.writer(), body.0.read()?);
        let once = once(key.as_deref(), by.actor.person, &["create_excuses", &format!("{new:?}")])?;
        let tell = |asked: &[ExcuseRecord]| {
            let items = asked.iter().map(ExcuseView::from).collect();
            Answer::of(&ExcusesView { items }).kept(StatusCode::CREATED, None)
        };
        Ok(Created::kept(excuses::ask(&self.0, by, new, once, tell).await?))
    }

    /// List excuses
    ///
    /// Those for toilets of the caller's area, for the staff.
    #[oai(path = "/api/v1/excuses", method = "get", operation_id = "list_excuses")]
    async fn list_excuses(&self, signed: Signed, query: Params<ExcuseParams>) -> Result<Json<ExcusePage>, Problem> {
        let Params(ExcuseParams { state, page: Page { after, limit } }) = query;
        let (found, more) = excuses::list(&self.0, &signed.by().actor, state, ExcuseId(after), limit).await?;
        let next = found.last().filter(|_| more).map(|excuse| excuse.id.to_string());
        Ok(Json(ExcusePage { items: found.iter().map(ExcuseView::from).collect(), next }))
    }

    /// Get an excuse
    #[oai(path = "/api/v1/excuses/:id", method = "get", operation_id = "get_excuse")]
    async fn get_excuse(
        &self,
        signed: Signed,
        /// The excuse's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Answer<ExcuseView>, Problem> {
        let Params(()) = query;
        Ok(answer(&excuses::get(&self.0, &signed.by().actor, ExcuseId(id.0)).await?))
    }

    /// Decide an excuse
    ///
    /// For supervisors and admins, never for the one who asked.
    #[oai(path = "/api/v1/excuses/:id/decision", method = "put", operation_id = "record_excuse_decision")]
    async fn record_excuse_decision(
        &self,
        signed: Signed,
        /// The excuse's id.
        id: Path<i32>,
        query: Params<()>,
        /// The revision of the excuse that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<DecisionInput>,
    ) -> Result<Changed<ExcuseView>, Problem> {
        let (Params(()), expected, decision) = (query, expected(revision.as_deref())?, body.0.read()?);
        let decided = excuses::decide(&self.0, signed.writer(), ExcuseId(id.0), expected, decision).await?;
        Ok(Changed::now(answer(&decided)))
    }
}

fn answer(excuse: &ExcuseRecord) -> Answer<ExcuseView> {
    Answer::of(&ExcuseView::from(excuse)).of_revision(excuse.revision)
}

fn remark(field: &str, text: Option<String>) -> Result<Option<Remark>, Violation> {
    text.map(|text| Remark::new(&text)).transpose().map_err(|wrong| wrong.in_field(field))
}

impl ExcuseInput {
    fn read(self) -> Result<NewExcuse, Failure> {
        let key = |(place, text): (usize, String)| {
            text.parse::<SlotKey>().map_err(|wrong| wrong.in_field(format!("slots.{place}")))
        };
        let slots = self.slots.into_iter().enumerate().map(key).collect::<Result<_, _>>()?;
        Ok(NewExcuse { slots, reason: self.reason.0, note: remark("note", self.note)? })
    }
}

impl DecisionInput {
    fn read(self) -> Result<Decision, Failure> {
        Ok(Decision { approves: self.approved, answer: remark("answer", self.answer)? })
    }
}

impl From<&ExcuseRecord> for ExcuseView {
    fn from(excuse: &ExcuseRecord) -> Self {
        Self {
            id: excuse.id.0,
            toilet: excuse.toilet.0,
            slot: excuse.slot.to_string(),
            slot_at: Instant(excuse.slot_at),
            reason: Word(excuse.reason),
            note: excuse.note.as_ref().map(ToString::to_string),
            state: Word(excuse.state),
            asked_by: excuse.asked_by.to_string(),
            asked_at: Instant(excuse.asked_at),
            decided_by: excuse.decided_by.map(|person| person.to_string()),
            decided_at: excuse.decided_at.map(Instant),
            answer: excuse.answer.as_ref().map(ToString::to_string),
            revision: excuse.revision,
        }
    }
}

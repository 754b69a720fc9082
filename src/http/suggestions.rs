//! What the public suggests, and what becomes of it.

use std::sync::Arc;

use poem::Request;
use poem::http::StatusCode;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::bearer::{Guest, Signed};
use super::body::Body;
use super::door::noted;
use super::history::ChangeView;
use super::instant::Instant;
use super::problem::Problem;
use super::query::{Declared, Given, Group, OneOf, Params};
use super::request_id::name_of;
use super::revision::{expected, key_of};
use super::tag::Tag;
use super::toilet_facts::ToiletPatch;
use super::toilet_params::{CURSOR, LIMIT, WriteParams};
use super::words::Word;
use super::written::{Changed, Created};
use crate::domain::Violation;
use crate::domain::draft::Fields;
use crate::domain::id::{SuggestionId, ToiletId};
use crate::domain::place::Place;
use crate::domain::suggestion::{Proposal, Suggestion, SuggestionKind, SuggestionState};
use crate::domain::text::Remark;
use crate::geo::Crs;
use crate::usecase::once::KeptAnswer;
use crate::usecase::sessions::Origin;
use crate::usecase::suggestions::{self, About, Acceptance, Sender};
use crate::usecase::{Ctx, Failure};

/// Every operation on suggestions.
pub(super) struct SuggestionsApi(pub(super) Arc<Ctx>);

/// What somebody suggests: `missing` with `facts`, `wrong` with `toilet` and `facts`, `gone` with `toilet`.
#[derive(Debug, Object)]
#[oai(rename = "NewSuggestion", deny_unknown_fields)]
struct NewSuggestion {
    /// What is suggested.
    kind: Word<SuggestionKind>,
    /// The id of the toilet that it is about.
    toilet: Option<i32>,
    /// What is right, as a change of a toilet says it. Of a missing toilet at least `name` and `position`. Who runs a
    /// toilet, its zone, calendar, stage of life, times of service and confirmation are not for the public to say.
    facts: Option<ToiletPatch>,
    /// What is said besides, for those who decide: 1 to 1,000 characters.
    remark: Option<String>,
}

/// How a suggestion is taken up.
#[derive(Debug, Object)]
#[oai(rename = "SuggestionAcceptance", deny_unknown_fields)]
struct AcceptanceInput {
    /// What is written beside what was suggested, or instead of it.
    facts: Option<ToiletPatch>,
    /// What of the suggestion is not taken up: fields of its `changes`, by the names that they have there.
    without: Option<Vec<String>>,
    /// That a missing toilet is no other one, though it stands by one or bears its name.
    confirmed: Option<bool>,
}

/// Why a suggestion is turned down.
#[derive(Debug, Object)]
#[oai(rename = "SuggestionRejection", deny_unknown_fields)]
struct RejectionInput {
    /// Why, for whoever sent it: 1 to 1,000 characters.
    reason: String,
}

/// A suggestion that was kept.
#[derive(Debug, Object)]
#[oai(rename = "SuggestionReceipt", rename_all = "camelCase", skip_serializing_if_is_none)]
struct ReceiptView {
    /// Its id.
    id: i32,
    /// What is suggested.
    kind: Word<SuggestionKind>,
    /// The toilet that it is about.
    toilet: Option<i32>,
    /// How it stands.
    state: Word<SuggestionState>,
    /// When it was sent.
    sent_at: Instant,
    /// Its revision.
    revision: i32,
}

/// A suggestion.
#[derive(Debug, Object)]
#[oai(rename = "Suggestion", rename_all = "camelCase", skip_serializing_if_is_none)]
pub(super) struct SuggestionView {
    /// Its id.
    id: i32,
    /// What is suggested.
    kind: Word<SuggestionKind>,
    /// The toilet that it is about; of a missing one, once it is made.
    toilet: Option<i32>,
    /// The code of the area in which a missing toilet lies.
    area: Option<String>,
    /// What is suggested field by field; for the staff with what the register says now.
    changes: Vec<ChangeView>,
    /// What is said besides.
    remark: Option<String>,
    /// How it stands.
    state: Word<SuggestionState>,
    /// Why it was turned down.
    reason: Option<String>,
    /// When it was sent.
    sent_at: Instant,
    /// When it was decided.
    decided_at: Option<Instant>,
    /// The revision of the toilet that was written by taking it up; left out where that changed nothing.
    toilet_revision: Option<i32>,
    /// For the staff: who sent it, by their pseudonym; left out for a visitor.
    by: Option<Uuid>,
    /// For the staff: who decided it, by their pseudonym.
    decided_by: Option<Uuid>,
    /// For the staff: whether WeChat found nothing against its words; left out where it was not asked.
    checked: Option<bool>,
    /// Its revision, for `If-Match`.
    revision: i32,
}

/// A page of suggestions.
#[derive(Debug, Object)]
#[oai(rename = "SuggestionList", skip_serializing_if_is_none)]
struct SuggestionListView {
    /// The suggestions.
    items: Vec<SuggestionView>,
    /// The `cursor` of the next page, if there is more.
    next: Option<String>,
}

const STATE: OneOf<SuggestionState> =
    OneOf { name: "state", about: "How they stand.", default: Some(SuggestionState::Open), missing: "missing" };

/// What a list of suggestions takes.
#[derive(Debug)]
struct SuggestionParams {
    state: SuggestionState,
    page: OwnParams,
}

/// What a list of one's own suggestions takes.
#[derive(Debug)]
struct OwnParams {
    from: Option<SuggestionId>,
    limit: usize,
}

impl Group for SuggestionParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&STATE, &CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (state, page) = (given.take(&STATE), OwnParams::read(given));
        Some(Self { state: state?, page: page? })
    }
}

impl Group for OwnParams {
    const PARAMETERS: &'static [&'static dyn Declared] = &[&CURSOR, &LIMIT];

    fn read(given: &mut Given) -> Option<Self> {
        let (cursor, limit) = (given.take(&CURSOR).flatten(), given.take(&LIMIT));
        let from = match cursor.map(|text| text.parse().ok().filter(|id| *id > 0)) {
            None => None,
            Some(Some(id)) => Some(SuggestionId(id)),
            Some(None) => {
                given.fault(&CURSOR, Violation::new("", "unreadable", "must be the `next` of the page before"));
                return None;
            }
        };
        Some(Self { from, limit: limit? })
    }
}

#[OpenApi(tag = "Tag::Suggestions")]
impl SuggestionsApi {
    /// Suggest what the register should say
    ///
    /// For anybody: a missing toilet, a wrong fact, a toilet that is closed for good. Visitors may send five a day from an
    /// address, citizens five a day; then it is 429. Nothing changes before somebody of the staff has taken it up.
    #[oai(path = "/api/v1/suggestions", method = "post", operation_id = "create_suggestion")]
    async fn create_suggestion(
        &self,
        guest: Guest,
        request: &Request,
        query: Params<WriteParams>,
        /// A name of the client's own for this request, 1 to 64 characters. The same request again within a week (a
        /// visitor's within the day) has no further effect and gets the same answer.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        body: Body<NewSuggestion>,
    ) -> Result<Created<ReceiptView>, Problem> {
        let origin = || Origin { address: noted(request), request_id: name_of(request) };
        let sender = guest.writer().map_or_else(|| Sender::Visitor(origin()), Sender::Person);
        let (proposal, remark) = body.0.read(query.0.crs)?;
        let asked = format!("{proposal:?} {remark:?}");
        let once = key_of(key.as_deref())?.map(|key| sender.once(&self.0, key, &["create_suggestion", &asked]));
        Ok(Created::kept(suggestions::send(&self.0, sender, proposal, remark, once, receipt).await?))
    }

    /// List suggestions
    ///
    /// Those within the caller's area that wait to be decided, or stand otherwise, the oldest first: for inspectors,
    /// supervisors, admins and auditors.
    #[oai(path = "/api/v1/suggestions", method = "get", operation_id = "list_suggestions")]
    async fn list_suggestions(
        &self,
        signed: Signed,
        query: Params<SuggestionParams>,
    ) -> Result<Json<SuggestionListView>, Problem> {
        let Params(SuggestionParams { state, page: OwnParams { from, limit } }) = query;
        let after = from.unwrap_or(SuggestionId(0));
        let (found, more) = suggestions::list(&self.0, &signed.by().actor, state, after, limit).await?;
        let next = found.last().filter(|_| more).map(|(last, _)| last.id.to_string());
        Ok(Json(SuggestionListView { items: found.iter().map(SuggestionView::staffed).collect(), next }))
    }

    /// Get a suggestion
    ///
    /// For those who may list it, and for whoever sent it.
    #[oai(path = "/api/v1/suggestions/:id", method = "get", operation_id = "get_suggestion")]
    async fn get_suggestion(
        &self,
        signed: Signed,
        /// The suggestion's id.
        id: Path<i32>,
        query: Params<()>,
    ) -> Result<Answer<SuggestionView>, Problem> {
        let (Params(()), actor) = (query, &signed.by().actor);
        let about = suggestions::get(&self.0, actor, SuggestionId(id.0)).await?;
        let is_own = about.0.by == Some(actor.person);
        let view = if is_own { SuggestionView::own(&about.0) } else { SuggestionView::staffed(&about) };
        Ok(Answer::of(&view).of_revision(view.revision))
    }

    /// Take a suggestion up
    ///
    /// For supervisors and admins, within their area: makes, changes or retires the toilet in one go, with all that was
    /// suggested but what is named in `without`, and with `facts` beside it or instead. The history of the
    /// toilet tells that it goes back to the suggestion. A missing toilet that seems to be there is refused with 409 and
    /// the `candidates`, unless it is `confirmed`. `If-Match` names the revision of the suggestion.
    #[oai(path = "/api/v1/suggestions/:id/accept", method = "post", operation_id = "accept_suggestion")]
    async fn accept_suggestion(
        &self,
        signed: Signed,
        /// The suggestion's id.
        id: Path<i32>,
        query: Params<WriteParams>,
        /// The entity tag or the revision of the suggestion that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<AcceptanceInput>,
    ) -> Result<Changed<SuggestionView>, Problem> {
        let (expected, AcceptanceInput { facts, without, confirmed }) = (expected(revision.as_deref())?, body.0);
        let facts = facts.map(|facts| facts.read_as("facts", query.0.crs)).transpose()?.unwrap_or_default();
        let (without, confirmed) = (without.unwrap_or_default(), confirmed.unwrap_or(false));
        let how = Acceptance { facts, without, confirmed };
        Ok(decided(&suggestions::accept(&self.0, signed.writer(), SuggestionId(id.0), expected, how).await?))
    }

    /// Turn a suggestion down
    ///
    /// For supervisors and admins, within their area. Whoever sent it, if they are signed in, can read the reason.
    #[oai(path = "/api/v1/suggestions/:id/reject", method = "post", operation_id = "reject_suggestion")]
    async fn reject_suggestion(
        &self,
        signed: Signed,
        /// The suggestion's id.
        id: Path<i32>,
        query: Params<()>,
        /// The entity tag or the revision of the suggestion that was read.
        #[oai(name = "If-Match")]
        revision: Header<Option<String>>,
        body: Body<RejectionInput>,
    ) -> Result<Changed<SuggestionView>, Problem> {
        let (Params(()), expected) = (query, expected(revision.as_deref())?);
        let reason = Remark::new(&body.0.reason).map_err(|wrong| Failure::from(wrong.in_field("reason")))?;
        Ok(decided(&suggestions::reject(&self.0, signed.writer(), SuggestionId(id.0), expected, reason).await?))
    }

    /// List one's own suggestions
    ///
    /// Those that the caller sent, with what became of them, the newest first.
    #[oai(path = "/api/v1/me/suggestions", method = "get", operation_id = "list_my_suggestions")]
    async fn list_my_suggestions(
        &self,
        signed: Signed,
        query: Params<OwnParams>,
    ) -> Result<Json<SuggestionListView>, Problem> {
        let Params(OwnParams { from, limit }) = query;
        let (found, more) = suggestions::own(&self.0, signed.by().actor.person, from, limit).await?;
        let next = found.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(Json(SuggestionListView { items: found.iter().map(SuggestionView::own).collect(), next }))
    }
}

impl NewSuggestion {
    fn read(self, crs: Option<Crs>) -> Result<(Proposal, Option<Remark>), Problem> {
        let incomplete = |message: &str| Failure::from(Violation::new("kind", "incomplete", message));
        let facts = self.facts.map(|facts| facts.read_as("facts", crs)).transpose()?;
        let proposal = match (self.kind.0, self.toilet.map(ToiletId), facts) {
            (SuggestionKind::Missing, None, Some(facts)) => Proposal::missing(facts),
            (SuggestionKind::Wrong, Some(toilet), Some(facts)) => Proposal::wrong(toilet, facts),
            (SuggestionKind::Gone, Some(toilet), None) => Ok(Proposal::gone(toilet)),
            (SuggestionKind::Missing, ..) => return Err(incomplete("missing takes facts, and no toilet").into()),
            (SuggestionKind::Wrong, ..) => return Err(incomplete("wrong takes toilet and facts").into()),
            (SuggestionKind::Gone, ..) => return Err(incomplete("gone takes toilet, and no facts").into()),
        };
        let remark = self.remark.map(|text| Remark::new(&text)).transpose();
        let remark = remark.map_err(|wrong| Failure::from(wrong.in_field("remark")))?;
        Ok((proposal.map_err(|wrong| Failure::from(wrong.within("facts")))?, remark))
    }
}

/// The answer to a new suggestion. It does not repeat what was said: it is kept for a week.
fn receipt(made: &Suggestion) -> KeptAnswer {
    let view = ReceiptView {
        id: made.id.0,
        kind: Word(made.proposal.kind),
        toilet: made.proposal.toilet.map(|id| id.0),
        state: Word(made.state),
        sent_at: Instant(made.sent_at),
        revision: made.revision,
    };
    let location = format!("/api/v1/suggestions/{}", made.id);
    Answer::of(&view).of_revision(view.revision).kept(StatusCode::CREATED, Some(location))
}

fn decided(about: &About) -> Changed<SuggestionView> {
    let view = SuggestionView::staffed(about);
    Changed::now(Answer::of(&view).of_revision(view.revision))
}

impl SuggestionView {
    /// As whoever sent it sees it.
    pub(super) fn own(suggestion: &Suggestion) -> Self {
        Self {
            id: suggestion.id.0,
            kind: Word(suggestion.proposal.kind),
            toilet: suggestion.proposal.toilet.map(|id| id.0),
            area: suggestion.area.as_ref().map(|area| area.code.to_string()),
            changes: changes(&suggestion.proposal, &Fields::new()),
            remark: suggestion.remark.as_ref().map(ToString::to_string),
            state: Word(suggestion.state),
            reason: suggestion.reason.as_ref().map(ToString::to_string),
            sent_at: Instant(suggestion.sent_at),
            decided_at: suggestion.decided_at.map(Instant),
            toilet_revision: suggestion.written,
            by: None,
            decided_by: None,
            checked: None,
            revision: suggestion.revision,
        }
    }

    /// As those who decide see it.
    fn staffed((suggestion, toilet): &About) -> Self {
        let now = toilet.as_ref().map(|toilet| toilet.fact.fields()).unwrap_or_default();
        Self {
            changes: changes(&suggestion.proposal, &now),
            by: suggestion.by.map(|person| person.0),
            decided_by: suggestion.decided_by.map(|person| person.0),
            checked: suggestion.checked.then_some(true),
            ..Self::own(suggestion)
        }
    }
}

/// What is proposed field by field, beside what the register says now. Both positions stand in the datum in which the
/// new one was given.
fn changes(proposal: &Proposal, now: &Fields) -> Vec<ChangeView> {
    let crs = proposal.place().map_or(Crs::Wgs84, |place| place.given);
    let change = |(field, to): (&String, &Option<Value>)| {
        let values = [now.get(field).cloned().unwrap_or_default(), to.clone().unwrap_or_default()];
        let values = if field == "position" { values.map(|value| placed(value, crs)) } else { values };
        ChangeView::of(field, &values, &|_| None)
    };
    proposal.facts.fields.iter().map(change).collect()
}

fn placed(value: Value, crs: Crs) -> Value {
    let Ok(place) = serde_json::from_value::<Place>(value) else { return Value::Null };
    let (latitude, longitude) = place.in_crs(crs);
    json!({"latitude": latitude, "longitude": longitude, "crs": crs.as_str()})
}

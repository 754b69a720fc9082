//! Suggestions of the public: sent by anybody, decided by those who keep the register.

use chrono::{DateTime, SubsecRound, Utc};

use super::permission::{require, scope};
use super::registering::{self, Expected, NewToilet, blank, standing, subject};
use super::staff::entry;
use super::{By, Ctx, Failure};
use crate::domain::account::{Actor, PersonId};
use crate::domain::event::{self, Changes, NewEntry, RecordKind, field_names};
use crate::domain::id::SuggestionId;
use crate::domain::patch::Patch;
use crate::domain::policy::{Action, Subject};
use crate::domain::suggestion::{Proposal, Suggestion, SuggestionKind, SuggestionState};
use crate::domain::text::Remark;
use crate::domain::{Toilet, Violation};
use crate::store::Tx;

mod sending;

pub use sending::{Sender, send};

/// A suggestion with the toilet that it is about, if there is one.
pub type About = (Suggestion, Option<Toilet>);

/// How a suggestion is taken up.
#[derive(Debug, Clone, Default)]
pub struct Acceptance {
    /// What is written beside what was suggested, or instead of it.
    pub facts: Patch,
    /// Fields of what was suggested that are not taken up.
    pub without: Vec<String>,
    /// That a missing toilet is no other one, though it seems so.
    pub confirmed: bool,
}

/// Takes a suggestion up: makes, changes or retires the toilet as whoever decides would have done themselves, and
/// remembers to whom the register owes it.
///
/// # Errors
/// [`Failure::Conflict`] for one that was decided already; [`Failure::Stale`]; [`Failure::Duplicate`] where a missing
/// toilet seems to be there; [`Failure::Invalid`]; [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn accept(
    ctx: &Ctx,
    by: By,
    id: SuggestionId,
    expected: Expected,
    how: Acceptance,
) -> Result<About, Failure> {
    scope(&by.actor, Action::ReviewSuggestion)?;
    registering::check_calendar(ctx, &how.facts).map_err(of_facts)?;
    let home = ctx.home.clone();
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = waiting(tx, &by.actor, id, &expected).await?;
            let mut suggestion = before.clone();
            let facts = taken(&suggestion.proposal, how.facts, &how.without)?;
            let (toilet, written) = match (suggestion.proposal.kind, suggestion.proposal.toilet) {
                (SuggestionKind::Missing, _) | (_, None) => {
                    let proposal = Proposal { facts: facts.clone(), ..suggestion.proposal.clone() };
                    let name = proposal.name().ok_or_else(|| Violation::new("facts.name", "required", "is missing"))?;
                    let new = NewToilet { name, patch: facts, confirmed: how.confirmed };
                    let made = registering::create_in(tx, &by.actor, &blank(&home, &new.name), &new, None).await;
                    let made = made.map_err(of_facts)?;
                    let revision = made.revision;
                    (made, Some(revision))
                }
                (kind, Some(toilet)) => {
                    let stood = standing(tx, &by.actor, Action::EditToilet, toilet).await?;
                    let after = match kind {
                        SuggestionKind::Gone => registering::retire_in(tx, &by.actor, &stood).await?,
                        _ => registering::update_in(tx, &by.actor, &stood, &facts, None).await.map_err(of_facts)?,
                    };
                    let written = Some(after.revision).filter(|revision| *revision != stood.revision);
                    (after, written)
                }
            };
            suggestion.proposal.toilet = Some(toilet.id);
            suggestion.written = written;
            suggestion.state = SuggestionState::Accepted;
            decide(tx, &by.actor, &before, suggestion).await.map(|decided| (decided, Some(toilet)))
        })
    });
    written.await
}

/// The facts that are taken up: what was suggested without those fields, and others beside it or instead.
fn taken(proposal: &Proposal, others: Patch, without: &[String]) -> Result<Patch, Violation> {
    let mut suggested = proposal.facts.clone();
    for (place, field) in without.iter().enumerate() {
        if suggested.fields.remove(field).is_none() {
            let message = "is no field of this suggestion, or was named before";
            return Err(Violation::new(format!("without.{place}"), "unknownField", message));
        }
    }
    let facts = suggested.with(others);
    if proposal.kind == SuggestionKind::Wrong && facts.is_empty() {
        return Err(Violation::new("without", "nothingLeft", "leaves nothing to take up: turn the suggestion down"));
    }
    Ok(facts)
}

/// What is wrong with the facts with which a suggestion is taken up, named as the request names them.
fn of_facts(failure: Failure) -> Failure {
    failure.within("facts")
}

/// Turns a suggestion down, with a reason that its sender can read.
///
/// # Errors
/// [`Failure::Conflict`] for one that was decided already; [`Failure::Stale`], [`Failure::Refused`] and
/// [`Failure::NotFound`].
pub async fn reject(ctx: &Ctx, by: By, id: SuggestionId, expected: Expected, reason: Remark) -> Result<About, Failure> {
    scope(&by.actor, Action::ReviewSuggestion)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = waiting(tx, &by.actor, id, &expected).await?;
            let after = Suggestion { state: SuggestionState::Rejected, reason: Some(reason), ..before.clone() };
            let decided = decide(tx, &by.actor, &before, after).await?;
            let toilet = toilet_of(tx, &decided).await?;
            Ok((decided, toilet))
        })
    });
    written.await
}

/// The suggestion, if it waits for the caller to decide it. Whoever else wants to waits for this transaction to end.
async fn waiting(tx: &Tx, actor: &Actor, id: SuggestionId, expected: &Expected) -> Result<Suggestion, Failure> {
    let suggestion = tx.suggestion(id).await?.ok_or(Failure::NotFound)?;
    let toilet = toilet_of(tx, &suggestion).await?;
    require(actor, Action::ReviewSuggestion, lies(&suggestion, toilet.as_ref(), tx.at()))?;
    expected.check(suggestion.revision)?;
    if suggestion.state != SuggestionState::Open {
        return Err(Failure::Conflict(format!("the suggestion was {} already", suggestion.state)));
    }
    Ok(suggestion)
}

async fn toilet_of(tx: &Tx, suggestion: &Suggestion) -> Result<Option<Toilet>, Failure> {
    match suggestion.proposal.toilet {
        Some(id) => Ok(tx.toilets(&[id]).await?.pop()),
        None => Ok(None),
    }
}

async fn decide(tx: &Tx, actor: &Actor, before: &Suggestion, after: Suggestion) -> Result<Suggestion, Failure> {
    let decided = Suggestion {
        decided_by: Some(actor.person),
        decided_at: Some(tx.at().trunc_subsecs(0)),
        revision: before.revision + 1,
        ..after
    };
    tx.decide_suggestion(&decided).await?;
    let mut changes = event::changes(&before.fields(), &decided.fields());
    if decided.reason.is_some() {
        changes.extend(field_names(&["reason"]));
    }
    let action = match decided.state {
        SuggestionState::Accepted => event::Action::Accept,
        _ => event::Action::Reject,
    };
    tx.append(vec![journaled(decided.id, decided.revision, action, changes)]).await?;
    Ok(decided)
}

fn journaled(id: SuggestionId, version: i32, action: event::Action, changes: Changes) -> NewEntry {
    NewEntry { version, ..entry(RecordKind::Suggestion, id, action, changes) }
}

/// Where a suggestion lies: where its toilet does, or where the one that is missing would.
fn lies<'a>(suggestion: &'a Suggestion, toilet: Option<&'a Toilet>, at: DateTime<Utc>) -> Subject<'a> {
    if let Some(toilet) = toilet {
        return subject(toilet, at);
    }
    let path = suggestion.area.as_ref().map(|area| area.path.as_slice()).unwrap_or_default();
    Subject { path, operator: None, person: None }
}

/// A suggestion, for those who answer for where it lies and for whoever sent it; with the toilet for the former.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`].
pub async fn get(ctx: &Ctx, actor: &Actor, id: SuggestionId) -> Result<About, Failure> {
    let found = ctx.store.suggestion(id).await?;
    if let Some(own) = found.as_ref().filter(|found| found.by == Some(actor.person)) {
        return Ok((own.clone(), None));
    }
    scope(actor, Action::ReadSuggestions)?;
    let suggestion = found.ok_or(Failure::NotFound)?;
    let toilet = match suggestion.proposal.toilet {
        Some(id) => ctx.store.toilets(&[id]).await?.pop(),
        None => None,
    };
    require(actor, Action::ReadSuggestions, lies(&suggestion, toilet.as_ref(), ctx.clock.now()))?;
    Ok((suggestion, toilet))
}

/// Suggestions looked at in one step of a list.
const STEP: u64 = 200;

/// A page of the suggestions in that state within the caller's area, in the order of their ids, and whether there is
/// more.
///
/// # Errors
/// [`Failure::Refused`].
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    state: SuggestionState,
    after: SuggestionId,
    limit: usize,
) -> Result<(Vec<About>, bool), Failure> {
    let scope = scope(actor, Action::ReadSuggestions)?;
    let (mut found, mut after, now) = (Vec::new(), after, ctx.clock.now());
    loop {
        let step = ctx.store.suggestions_in(state, after, STEP).await?;
        let Some(last) = step.last() else { return Ok((found, false)) };
        after = last.id;
        let mut ids: Vec<_> = step.iter().filter_map(|suggestion| suggestion.proposal.toilet).collect();
        ids.sort_unstable();
        ids.dedup();
        let toilets = ctx.store.toilets(&ids).await?;
        for suggestion in step {
            let about = toilets.iter().find(|toilet| suggestion.proposal.toilet == Some(toilet.id));
            let lies = lies(&suggestion, about, now);
            if !scope.covers(lies.path, lies.operator) {
                continue;
            }
            if found.len() == limit {
                return Ok((found, true));
            }
            let toilet = about.cloned();
            found.push((suggestion, toilet));
        }
    }
}

/// A page of the caller's own suggestions, the newest first, and whether there are older ones.
///
/// # Errors
/// What the store fails with.
pub async fn own(
    ctx: &Ctx,
    person: PersonId,
    before: Option<SuggestionId>,
    limit: usize,
) -> Result<(Vec<Suggestion>, bool), Failure> {
    let mut found = ctx.store.suggestions_by(person, before, limit as u64 + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// Makes a person's suggestions those of nobody; answers what the journal is to tell.
pub(super) async fn forget(tx: &Tx, person: PersonId) -> Result<Vec<NewEntry>, Failure> {
    let forgotten = tx.forget_sender(person).await?.into_iter();
    let told = |(id, revision)| journaled(id, revision, event::Action::Update, field_names(&["by", "remark"]));
    Ok(forgotten.map(told).collect())
}

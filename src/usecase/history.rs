//! What became of a record: for the staff of its area, who know each other by pseudonyms.

use std::collections::BTreeMap;

use super::permission::{require, scope};
use super::registering::subject;
use super::{Ctx, Failure};
use crate::domain::account::Actor;
use crate::domain::event::RecordKind;
use crate::domain::history::Entry;
use crate::domain::id::{SuggestionId, ToiletId};
use crate::domain::policy::Action;

/// A page of a history.
#[derive(Debug)]
pub struct Page {
    /// What happened, the newest first.
    pub entries: Vec<Entry>,
    /// The suggestions to which it owes changes, by the revisions at which it stood then.
    pub credits: BTreeMap<i32, SuggestionId>,
    /// The names of the bodies that are spoken of, by their ids.
    pub bodies: BTreeMap<i64, String>,
    /// Whether there is more.
    pub more: bool,
}

/// A page of what became of a toilet, from before that number of the journal.
///
/// # Errors
/// [`Failure::Refused`], and [`Failure::NotFound`] for what is not there or out of the caller's scope.
pub async fn of_toilet(
    ctx: &Ctx,
    actor: &Actor,
    id: ToiletId,
    before: Option<i64>,
    limit: usize,
) -> Result<Page, Failure> {
    scope(actor, Action::ReadHistory)?;
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    require(actor, Action::ReadHistory, subject(&toilet, ctx.clock.now()))?;
    let key = id.to_string();
    let mut entries = ctx.store.history(RecordKind::Toilet, &key, before, limit as u64 + 1).await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let told = entries.iter().flat_map(|entry| entry.changes.values().flatten());
    let ids = told.filter_map(|value| i32::try_from(value.get("operator")?.as_i64()?).ok()).collect();
    let bodies = ctx.store.operators(ids).await?;
    let bodies = bodies.into_iter().map(|body| (i64::from(body.id.0), body.name.to_string())).collect();
    let credits = ctx.store.credits(id).await?;
    Ok(Page { entries, credits, bodies, more })
}

//! Finding toilets. Everyone may, so there is no caller to ask about.

use std::sync::Arc;

use super::areas::resolve;
use super::{Ctx, Failure};
use crate::domain::area::AreaCode;
use crate::domain::id::ToiletId;
use crate::finder::{Entry, Hit, ListQuery, NearestQuery, Page};

/// The nearest toilets that will do, sorted by distance, then id.
#[must_use]
pub fn nearest(ctx: &Ctx, query: &NearestQuery) -> Vec<Hit> {
    ctx.finder.snapshot().nearest(query)
}

/// One page of the toilets that will do, in the order of their ids. `areas` are codes of today or older ones.
///
/// # Errors
/// [`Failure::Invalid`] when no area has or had one of the codes: an empty list would hide a slip of the keyboard.
pub fn list(ctx: &Ctx, areas: &[AreaCode], query: ListQuery) -> Result<Page, Failure> {
    let snapshot = ctx.finder.snapshot();
    let areas = if areas.is_empty() { None } else { Some(resolve(&snapshot, "area", areas)?) };
    Ok(snapshot.list(&ListQuery { areas, ..query }))
}

/// The toilet of that id, retired or not.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn get(ctx: &Ctx, id: ToiletId) -> Result<Arc<Entry>, Failure> {
    ctx.finder.snapshot().get(id).cloned().ok_or(Failure::NotFound)
}

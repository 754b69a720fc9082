//! Looking up areas. Everyone may.

use std::sync::Arc;

use super::{Ctx, Failure};
use crate::domain::Violation;
use crate::domain::area::{Area, AreaCode, Boundary};
use crate::domain::id::AreaId;
use crate::finder::{AreaPage, AreaQuery, Snapshot};

/// One page of the areas that will do, in the order of their codes. The parents are codes of today or older ones.
///
/// # Errors
/// [`Failure::Invalid`] when no area has or had the code of a parent.
pub fn list(ctx: &Ctx, query: AreaQuery) -> Result<AreaPage, Failure> {
    let snapshot = ctx.finder.snapshot();
    let parents = resolve(&snapshot, "parent", &query.parents)?;
    Ok(snapshot.areas().list(&AreaQuery { parents, ..query }))
}

/// The codes of today for codes of any time, given in that field.
pub(super) fn resolve(snapshot: &Snapshot, field: &'static str, codes: &[AreaCode]) -> Result<Vec<AreaCode>, Failure> {
    Ok(find(snapshot, field, codes)?.iter().map(|area| area.fact.code.clone()).collect())
}

/// The areas that codes of any time mean today, given in that field.
pub(super) fn find(snapshot: &Snapshot, field: &'static str, codes: &[AreaCode]) -> Result<Vec<Arc<Area>>, Failure> {
    let mut areas = Vec::with_capacity(codes.len());
    for code in codes {
        let found = snapshot.areas().find(code);
        if found.is_empty() {
            return Err(Violation::new(field, "unknownArea", format!("no area has or had the code {code}")).into());
        }
        areas.extend(found);
    }
    Ok(areas)
}

/// The area that has this code today or, if none has, the first one that had it.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn get(ctx: &Ctx, code: &AreaCode) -> Result<Arc<Area>, Failure> {
    ctx.finder.snapshot().areas().find(code).into_iter().next().ok_or(Failure::NotFound)
}

/// Where an area ends, if that is known.
///
/// # Errors
/// What the store fails with.
pub async fn boundary(ctx: &Ctx, area: AreaId) -> Result<Option<Boundary>, Failure> {
    Ok(ctx.store.boundary(area).await?)
}

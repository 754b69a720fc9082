//! Looking up areas. Everyone may.

use std::sync::Arc;

use super::{Ctx, Failure};
use crate::domain::area::{Area, AreaCode};
use crate::finder::{AreaPage, AreaQuery};

/// One page of the areas that will do, in the order of their codes.
#[must_use]
pub fn list(ctx: &Ctx, query: &AreaQuery) -> AreaPage {
    ctx.finder.snapshot().areas().list(query)
}

/// The area that has this code today or, if none has, the first one that had it.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn get(ctx: &Ctx, code: &AreaCode) -> Result<Arc<Area>, Failure> {
    ctx.finder.snapshot().areas().find(code).into_iter().next().ok_or(Failure::NotFound)
}

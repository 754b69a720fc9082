//! Finding toilets. Everyone may, so there is no caller to ask about.

use std::sync::Arc;

use super::areas::find;
use super::{Ctx, Failure};
use crate::domain::Violation;
use crate::domain::area::{Area, AreaCode};
use crate::domain::id::ToiletId;
use crate::finder::{AlongQuery, Cluster, ClusterQuery, Entry, Hit, ListQuery, NearestQuery, Page, Passage, TooMany};
use crate::geo::Crs;

/// The nearest toilets that will do, sorted by distance, then id; those across a barrier say so.
#[must_use]
pub fn nearest(ctx: &Ctx, query: &NearestQuery) -> Vec<Hit> {
    ctx.finder.glance().nearest(query)
}

/// The same with those across a barrier after all others.
#[must_use]
pub fn nearest_avoiding(ctx: &Ctx, query: &NearestQuery) -> Vec<Hit> {
    ctx.finder.glance().nearest_avoiding(query)
}

/// The toilets along a way that will do, in the order in which one comes by them.
#[must_use]
pub fn along(ctx: &Ctx, query: &AlongQuery) -> Passage {
    ctx.finder.snapshot().along(query)
}

/// The toilets of a part of a map, those that are near together as one.
///
/// # Errors
/// [`Failure::Invalid`] where the part is too large for its zoom.
pub fn clusters(ctx: &Ctx, query: &ClusterQuery) -> Result<Vec<Cluster>, Failure> {
    ctx.finder.snapshot().clusters(query).map_err(|TooMany(cells)| {
        let message =
            format!("has {cells} cells at this zoom, and an answer at most 4096: ask for less, or from farther away");
        Violation::new("bbox", "tooWide", message).into()
    })
}

/// One page of the toilets that will do, in the order of their ids, with the areas of today that `areas` means: codes of
/// today or older ones.
///
/// # Errors
/// [`Failure::Invalid`] when no area has or had one of the codes: an empty list would hide a slip of the keyboard.
pub fn list(ctx: &Ctx, areas: &[AreaCode], query: ListQuery) -> Result<(Page, Vec<Arc<Area>>), Failure> {
    let snapshot = ctx.finder.snapshot();
    let meant = find(&snapshot, "area", areas)?;
    let areas = (!areas.is_empty()).then(|| meant.iter().map(|area| area.fact.code.clone()).collect());
    Ok((snapshot.list(&ListQuery { areas, ..query }), meant))
}

/// The toilet of that id, retired or not.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn get(ctx: &Ctx, id: ToiletId) -> Result<Arc<Entry>, Failure> {
    ctx.finder.glance().get(id).cloned().ok_or(Failure::NotFound)
}

/// The datum of an answer to anyone: the one that was asked for, WGS-84 if none was. Where the register publishes
/// positions in one datum alone (`public_crs`), it is that one.
///
/// # Errors
/// [`Failure::Invalid`] when another was asked for than the one that is published.
pub fn public_crs(ctx: &Ctx, asked: Option<Crs>) -> Result<Crs, Failure> {
    let Some(only) = ctx.public_crs else { return Ok(asked.unwrap_or(Crs::Wgs84)) };
    if asked.is_some_and(|asked| asked != only) {
        let message = format!("this register publishes positions in {} alone", only.as_str());
        return Err(Violation::new("crs", "notPublic", message).into());
    }
    Ok(only)
}

//! The journal as audit: who did what when, and what happened to a record.

use super::{Caller, Ctx, Failure};
use crate::domain::account::PersonId;
use crate::domain::area::AreaCode;
use crate::domain::event::{Entry, RecordKind, Wanted};
use crate::domain::id::ToiletId;
use crate::domain::policy::{Action, Scope};

/// A page of the journal, the newest entries first, and whether there are older ones.
///
/// Whoever may read the whole register's journal may ask for anything. With less, one may ask for a toilet, an area or a
/// person that lies within the scope entirely: what somebody did elsewhere is not told.
///
/// # Errors
/// [`Failure::Refused`], and [`Failure::NotFound`] for what is not there or out of scope.
pub async fn list(
    ctx: &Ctx,
    caller: Caller<'_>,
    wanted: &Wanted,
    before: Option<i64>,
    limit: u64,
) -> Result<(Vec<Entry>, bool), Failure> {
    let scope = caller.scope(Action::ReadAudit)?;
    if !scope.covers(&[], None) {
        within(ctx, &scope, wanted).await?;
    }
    let mut trail = ctx.store.trail(wanted, before, limit + 1).await?;
    let more = trail.len() as u64 > limit;
    trail.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((trail, more))
}

/// Goes on only if all that is wanted lies within a scope that is less than everything.
async fn within(ctx: &Ctx, scope: &Scope, wanted: &Wanted) -> Result<(), Failure> {
    if wanted.record.is_none() && wanted.person.is_none() {
        return Err(Failure::Refused);
    }
    if let Some((kind, key)) = &wanted.record {
        let path = path(ctx, *kind, key).await?.ok_or(Failure::NotFound)?;
        // No body is looked up: a scope that is limited to one covers no record here.
        if !scope.covers(&path, None) {
            return Err(Failure::NotFound);
        }
    }
    match wanted.person {
        Some(person) => belongs(ctx, scope, person).await,
        None => Ok(()),
    }
}

/// The area where a record lies, for those kinds that lie in one.
async fn path(ctx: &Ctx, kind: RecordKind, key: &str) -> Result<Option<Vec<AreaCode>>, Failure> {
    match kind {
        RecordKind::Toilet => {
            let Ok(id) = key.parse() else { return Ok(None) };
            let snapshot = ctx.finder.snapshot();
            Ok(snapshot.get(ToiletId(id)).map(|entry| entry.path().to_vec()))
        }
        RecordKind::Area => {
            let Ok(code) = key.parse() else { return Ok(None) };
            Ok(ctx.store.area_place(&code).await?.map(|place| place.path))
        }
        _ => Ok(None),
    }
}

/// Goes on only if a person works within the scope and nowhere else.
async fn belongs(ctx: &Ctx, scope: &Scope, person: PersonId) -> Result<(), Failure> {
    let grants = ctx.store.grants(person).await?;
    let all = grants.iter().all(|grant| scope.covers(&grant.path, grant.reach.operator));
    if all && !grants.is_empty() { Ok(()) } else { Err(Failure::NotFound) }
}

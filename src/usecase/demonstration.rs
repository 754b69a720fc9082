//! Putting the demonstration county into an empty register.

use super::barriers::put;
use super::boundaries::outlined;
use super::imports::Batch;
use super::{Ctx, Failure};
use crate::demo;
use crate::domain::area::{AreaCode, Boundary, NewArea};
use crate::domain::barrier::Barrier;
use crate::domain::draft::Fields;
use crate::domain::event::{Action, NewEntry, RecordKind, changes};
use crate::store::{StoreError, Tx};

/// Fills an empty register with the demonstration county, whole or not at all; answers how many toilets it made. A
/// register that holds anything already is left as it is.
///
/// # Errors
/// [`Failure::Internal`] when the county breaks a rule of the domain, or what the store fails with.
pub async fn fill(ctx: &Ctx) -> Result<usize, Failure> {
    if !ctx.store.is_empty().await? {
        return Ok(0);
    }
    let county = demo::county().map_err(|violation| Failure::Internal(Box::new(violation)))?;
    let made = county.statements.len();
    let batch = Batch::synthetic(demo::NAME, demo::ATTRIBUTION, county.statements);
    let (areas, outlines, barriers) = (county.areas, county.boundaries, county.barriers);
    let written = ctx.write(ctx.author("demo"), move |tx| Box::pin(write(tx, areas, outlines, barriers, batch)));
    written.await?;
    Ok(made)
}

async fn write(
    tx: &Tx,
    areas: Vec<NewArea>,
    boundaries: Vec<(AreaCode, Boundary)>,
    barriers: Vec<Barrier>,
    batch: Batch,
) -> Result<(), Failure> {
    make_areas(tx, &areas, &boundaries).await?;
    put(tx, barriers, false).await?;
    batch.settle(tx).await.map(drop)
}

async fn make_areas(tx: &Tx, areas: &[NewArea], boundaries: &[(AreaCode, Boundary)]) -> Result<(), StoreError> {
    let mut entries = Vec::with_capacity(areas.len());
    for area in areas {
        let id = tx.create_area(area).await?;
        let (kind, key, action) = (RecordKind::Area, area.code.to_string(), Action::Create);
        entries.push(NewEntry { kind, key, version: 1, action, changes: changes(&Fields::new(), &area.fields()) });
        for (code, boundary) in boundaries.iter().filter(|(code, _)| *code == area.code) {
            tx.put_boundary(id, boundary).await?;
            entries.push(outlined(code, None, boundary));
        }
    }
    tx.append(entries).await
}

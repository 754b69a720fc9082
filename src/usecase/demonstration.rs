//! Putting the demonstration county into an empty register.

use super::imports::{Batch, Settled, settle};
use super::{Ctx, Failure};
use crate::demo;
use crate::domain::draft::Fields;
use crate::domain::event::{Action, NewEntry, RecordKind, changes};
use crate::store::{ROWS, StoreError};

/// Fills an empty register with the demonstration county; answers how many toilets it made. A register that holds a
/// source or an area already is left as it is.
///
/// # Errors
/// [`Failure::Internal`] when the county breaks a rule of the domain, or what the store fails with.
pub async fn fill(ctx: &Ctx) -> Result<usize, Failure> {
    if !ctx.store.areas().await?.is_empty() || ctx.store.source(demo::NAME).await?.is_some() {
        return Ok(0);
    }
    let county = demo::county().map_err(|violation| Failure::Internal(Box::new(violation)))?;
    let areas = county.areas;
    let written = ctx.store.write(ctx.author("demo"), move |tx| {
        Box::pin(async move {
            let mut entries = Vec::with_capacity(areas.len());
            for area in &areas {
                tx.create_area(area).await?;
                let name = [("name".to_owned(), area.name.as_str().into())];
                let changes = changes(&Fields::new(), &Fields::from(name));
                let key = area.code.to_string();
                entries.push(NewEntry { kind: RecordKind::Area, key, version: 1, action: Action::Create, changes });
            }
            tx.append(entries).await
        })
    });
    written.await.map_err(|error: StoreError| Failure::from(error))?;
    let mut made = 0;
    let mut statements = county.statements;
    while !statements.is_empty() {
        let rest = statements.split_off(statements.len().min(ROWS));
        let batch = Batch::synthetic(demo::NAME, demo::ATTRIBUTION, std::mem::replace(&mut statements, rest));
        let settled = settle(ctx, ctx.author("demo"), batch).await?;
        made +=
            settled.iter().filter(|settled| matches!(settled, Settled { action: Some(Action::Create), .. })).count();
    }
    Ok(made)
}

//! Taking in lines that a walker cannot cross.

use super::imports::{Input, Report};
use super::{Ctx, Failure};
use crate::domain::Violation;
use crate::domain::barrier::Barrier;
use crate::domain::event::{Action, Changes, NewEntry, RecordKind, changes};
use crate::domain::text::Name;
use crate::intake::barriers::{Options, barriers};
use crate::store::Tx;

/// Takes in barriers, each in the place of the one of its name. The report counts features as read and rejected, and the
/// rest by what became of their barriers, whose further features are `repeated`.
///
/// # Errors
/// [`Failure::Invalid`] where the file cannot be read at all, otherwise what the store fails with.
pub async fn import(ctx: &Ctx, file: &Input, options: &Options, dry_run: bool) -> Result<Report, Failure> {
    let (found, told) = barriers(&file.bytes, options)
        .map_err(|error| Violation::new(&file.name, "unreadableFile", error.to_string()))?;
    let mut report = Report { source: file.name.clone(), dry_run, ..Report::default() };
    report.read = told.len() as u64;
    for (line, read) in told {
        if let Err(notice) = read {
            report.rejected += 1;
            report.tell(&file.name, line, "rejected", notice);
        }
    }
    report.repeated = report.read - report.rejected - found.len() as u64;
    let done = ctx.store.write(ctx.author("import"), move |tx| Box::pin(put(tx, found, dry_run))).await?;
    for action in done {
        report.take(&file.name, 0, action, Vec::new());
    }
    Ok(report)
}

/// Takes a barrier away.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn remove(ctx: &Ctx, name: Name) -> Result<(), Failure> {
    let removed = ctx.store.write(ctx.author("import"), move |tx| {
        Box::pin(async move {
            if !tx.delete_barrier(&name).await? {
                return Err(Failure::NotFound);
            }
            Ok(tx.append(vec![entry(&name, Action::Retire, Changes::new())]).await?)
        })
    });
    removed.await
}

/// Puts barriers in the place of those of their names; answers what became of each.
pub(super) async fn put(tx: &Tx, barriers: Vec<Barrier>, dry_run: bool) -> Result<Vec<Option<Action>>, Failure> {
    let standing = tx.barriers().await?;
    let (mut done, mut entries) = (Vec::new(), Vec::new());
    for barrier in barriers {
        let before = standing.iter().find(|standing| standing.name == barrier.name);
        let action = match before {
            None => Some(Action::Create),
            Some(before) if *before == barrier => None,
            Some(_) => Some(Action::Update),
        };
        if let Some(action) = action.filter(|_| !dry_run) {
            tx.put_barrier(&barrier).await?;
            let stood = before.map(Barrier::fields).unwrap_or_default();
            entries.push(entry(&barrier.name, action, changes(&stood, &barrier.fields())));
        }
        done.push(action);
    }
    tx.append(entries).await?;
    Ok(done)
}

/// An entry of the journal about a barrier.
fn entry(name: &Name, action: Action, changes: Changes) -> NewEntry {
    NewEntry { kind: RecordKind::Barrier, key: name.to_string(), version: 1, action, changes }
}

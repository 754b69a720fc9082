//! Confirming a cleaning, by somebody who did not log it.

use chrono::SubsecRound;

use super::logging::entry;
use crate::domain::cleaning::{CleaningId, Verified};
use crate::domain::event::{self, changes};
use crate::domain::policy::{Action, Subject};
use crate::store::KeptCleaning;
use crate::usecase::permission::{require, scope};
use crate::usecase::registering::subject;
use crate::usecase::{By, Ctx, Failure};

/// Confirms a record. The first who does stays on record; whoever confirms it again changes nothing.
///
/// # Errors
/// [`Failure::Refused`] for whoever did or recorded it, and whose role does not allow it; [`Failure::NotFound`];
/// [`Failure::Conflict`] for a record that does not count.
pub async fn verify(ctx: &Ctx, by: By, id: CleaningId) -> Result<KeptCleaning, Failure> {
    scope(&by.actor, Action::VerifyCleaning)?;
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let mut kept = tx.kept_cleanings(&[id]).await?.pop().ok_or(Failure::NotFound)?;
            let cleaning = &kept.cleaning;
            let toilet = tx.toilets(&[cleaning.toilet()]).await?.pop().ok_or(Failure::NotFound)?;
            for person in [cleaning.performed_by, cleaning.recorded_by] {
                let subject = Subject { person: Some(person), ..subject(&toilet, tx.at()) };
                require(&by.actor, Action::VerifyCleaning, subject)?;
            }
            if kept.corrected_by.is_some() || cleaning.is_void() {
                return Err(Failure::Conflict("this record does not count: another corrects it".to_owned()));
            }
            let verified = Verified { by: by.actor.person, at: tx.at().trunc_subsecs(3) };
            if kept.verified.is_none() && tx.verify_cleaning(id, &verified).await? {
                let (before, mut after) = (cleaning.fields(), cleaning.fields());
                after.extend(verified.fields());
                tx.append(vec![entry(id, 2, event::Action::Update, changes(&before, &after))]).await?;
                kept.verified = Some(verified);
                return Ok(kept);
            }
            tx.kept_cleanings(&[id]).await?.pop().ok_or(Failure::NotFound)
        })
    });
    written.await
}

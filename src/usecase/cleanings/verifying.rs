//! Confirming a cleaning, by somebody who did not log it.

use chrono::SubsecRound;

use super::listing::{Told, get};
use super::logging::entry;
use crate::domain::cleaning::{CleaningId, Verified};
use crate::domain::event::{self, changes};
use crate::domain::policy::{Action, Subject};
use crate::usecase::permission::{require, scope};
use crate::usecase::registering::subject;
use crate::usecase::{By, Ctx, Failure};

/// Confirms a record; answers how it stands then. The first who does stays on record; whoever confirms it again changes
/// nothing.
///
/// # Errors
/// [`Failure::Refused`] for whoever did or recorded it, and whose role does not allow it; [`Failure::NotFound`];
/// [`Failure::Conflict`] for a record that does not count.
pub async fn verify(ctx: &Ctx, by: By, id: CleaningId) -> Result<Told, Failure> {
    scope(&by.actor, Action::VerifyCleaning)?;
    let actor = by.actor.clone();
    let written = ctx.store.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let kept = tx.kept_cleanings(&[id]).await?.pop().ok_or(Failure::NotFound)?;
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
            }
            Ok::<_, Failure>(())
        })
    });
    written.await?;
    get(ctx, &actor, id).await
}

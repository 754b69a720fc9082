//! Where a toilet stands, as a phone at its door says.

use chrono::SubsecRound;

use super::permission::scope;
use super::registering::{Expected, settle, standing};
use super::{By, Ctx, Failure};
use crate::domain::attested::Attestation;
use crate::domain::id::ToiletId;
use crate::domain::place::Place;
use crate::domain::policy::{Action, Subject, may};
use crate::domain::{Draft, Toilet, Violation};
use crate::geo::great_circle;

/// The worst accuracy, in metres, of a fix that may replace a position.
const WORST_ACCURACY: f64 = 100.0;

/// A fix this far, in metres, from where the toilet is registered is more likely in the wrong datum than right: in
/// China the datums lie some 500 to 600 m apart.
const FAR: f64 = 300.0;

/// A fix.
#[derive(Debug, Clone, Copy)]
pub struct Fix {
    /// Where.
    pub place: Place,
    /// How exact it is, in metres.
    pub accuracy: f64,
    /// That it is right, though it is far from where the toilet is registered.
    pub confirmed: bool,
}

/// Puts a toilet where a phone at its door says it stands, and remembers who said so and when.
///
/// # Errors
/// [`Failure::Invalid`] for a fix that is not exact enough; [`Failure::Conflict`] for one that is far from where the
/// toilet is registered, unless somebody who may edit it confirms it; [`Failure::Stale`], [`Failure::Refused`],
/// [`Failure::NotFound`].
pub async fn put(ctx: &Ctx, by: By, id: ToiletId, expected: Expected, fix: Fix) -> Result<Toilet, Failure> {
    scope(&by.actor, Action::PlaceToilet)?;
    if !(fix.accuracy > 0.0 && fix.accuracy <= WORST_ACCURACY) {
        let message = format!("is the radius in metres, above 0 and at most {WORST_ACCURACY}: wait for a better fix");
        return Err(Violation::new("accuracy", "outOfRange", message).into());
    }
    let written = ctx.write(by.author(ctx), move |tx| {
        Box::pin(async move {
            let before = standing(tx, &by.actor, Action::PlaceToilet, id).await?;
            expected.check(before.revision)?;
            let is_unshifted = before.fact.position.is_some_and(|place| !place.shifted);
            let place = if is_unshifted { fix.place.unshifted() } else { fix.place };
            let subject = super::registering::subject(&before, tx.at());
            check_jump(&before, place, fix.confirmed && may(&by.actor, Action::EditToilet, Subject { ..subject }))?;
            let (at, accuracy) = (tx.at().trunc_subsecs(0), Some(fix.accuracy));
            let mut attested = before.attested.clone();
            attested.0.insert("position".to_owned(), Attestation { at, by: by.actor.person, accuracy });
            let draft = Draft { position: Some(place), ..before.fact.clone() };
            settle(tx, &by.actor, &before, draft, attested).await
        })
    });
    written.await
}

fn check_jump(toilet: &Toilet, place: Place, confirmed: bool) -> Result<(), Failure> {
    let distance = toilet.fact.position.map(|registered| great_circle(registered.position, place.position));
    match distance {
        Some(distance) if distance > FAR && !confirmed => Err(Failure::Conflict(format!(
            "this is {distance:.0} m from where the toilet is registered: is the datum right? A supervisor can confirm it"
        ))),
        _ => Ok(()),
    }
}

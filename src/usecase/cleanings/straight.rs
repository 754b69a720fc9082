//! The short way of what is logged: where nothing has to be looked up, a flight is written as one text.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::logging::{Delivery, Outcome, created};
use super::roster::OnDuty;
use crate::domain::cleaning::Cleaning;
use crate::store::{Author, Straight};
use crate::usecase::{Ctx, Failure};

/// A flight with what becomes of it if nothing stands in its way.
pub(super) struct Short {
    /// The write.
    pub(super) straight: Straight,
    /// What becomes of the items of each delivery then.
    pub(super) outcomes: Vec<Vec<Outcome>>,
}

/// The short way of these deliveries, in the order in which the longer one writes; none where something is a correction,
/// names a photo, is not taken or comes twice.
pub(super) fn short(
    ctx: &Ctx,
    author: &Author,
    deliveries: &[Arc<Delivery>],
    on_duty: &OnDuty,
) -> Result<Option<Short>, Failure> {
    let mut new: BTreeMap<_, (&Author, (Cleaning, String))> = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let mut told = Vec::with_capacity(delivery.items.len());
        for item in &delivery.items {
            if item.event.correction.is_some() || !item.event.photos.is_empty() {
                return Ok(None);
            }
            let Ok(made) = delivery.weighed.cleaning(&delivery.actor, item, on_duty) else { return Ok(None) };
            let answer = (delivery.tell)(&made);
            told.push(Outcome::Created { answer: answer.clone() });
            if new.insert(item.id, (&delivery.author, (made, answer))).is_some() {
                return Ok(None);
            }
        }
        outcomes.push(told);
    }
    let (authors, new): (Vec<&Author>, Vec<(Cleaning, String)>) = new.into_values().unzip();
    let signed: Vec<_> = authors.into_iter().zip(&new).map(|(author, (made, _))| (author, created(made))).collect();
    let straight = ctx.store.straight(author, &new, &signed)?;
    Ok(straight.map(|straight| Short { straight, outcomes }))
}

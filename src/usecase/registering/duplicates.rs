//! Whether a toilet that somebody wants to add is there already.

use super::{Candidate, Draft, Failure, Name, ToiletId, Tx};
use crate::domain::toilet::Status;
use crate::finder::plain;
use crate::geo::great_circle;

/// Two toilets this close, in metres, are probably one: a phone under trees is off by as much.
const SAME_PLACE: f64 = 30.0;

/// Two toilets of one name this close, in metres, are probably one.
const SAME_NAME: f64 = 500.0;

/// A degree of latitude is nowhere shorter than this, in metres.
const METRES_PER_DEGREE: f64 = 110_000.0;

/// Goes on only if nothing that stands here looks like it.
///
/// # Errors
/// [`Failure::Duplicate`] with what does.
pub(super) async fn refuse(tx: &Tx, new: &Draft) -> Result<(), Failure> {
    let standing = match new.position {
        Some(place) => {
            let (latitude, margin) = (place.position.latitude(), SAME_NAME / METRES_PER_DEGREE);
            tx.toilets_near(latitude - margin, latitude + margin, &new.name).await?
        }
        None => tx.toilets_named(&new.name).await?,
    };
    let in_use = standing.into_iter().filter(|(_, draft)| draft.serves(tx.at()) != Status::Retired);
    let candidates: Vec<_> = in_use.filter_map(|(id, draft)| resembles(new, id, draft)).collect();
    if candidates.is_empty() { Ok(()) } else { Err(Failure::Duplicate(candidates)) }
}

fn resembles(new: &Draft, id: ToiletId, draft: Draft) -> Option<Candidate> {
    let places = new.position.zip(draft.position);
    let distance_metres = places.map(|(new, old)| great_circle(new.position, old.position));
    let same_name = |a: &Name, b: &Name| plain(a.as_str()) == plain(b.as_str());
    let is_one = match distance_metres {
        Some(distance) if distance <= SAME_PLACE => true,
        Some(distance) => distance <= SAME_NAME && same_name(&new.name, &draft.name),
        None => same_name(&new.name, &draft.name) && new.area == draft.area,
    };
    is_one.then_some(Candidate { id, name: draft.name, distance_metres })
}

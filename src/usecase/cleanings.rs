//! Cleanings (保洁记录): logged one by one or in batches, corrected, confirmed and read.

mod backfilling;
mod corrections;
mod flights;
mod listing;
mod logging;
mod photos;
mod roster;
mod straight;
mod verifying;
mod weighing;

pub(super) use backfilling::{Delivery, Settling, backfill};
pub(super) use flights::Flights;
pub use listing::{Asked, Page, Told, get, list, of_toilet};
pub use logging::{Conflict, Item, Outcome, Rejection, log};
pub(super) use photos::arrived;
pub use verifying::verify;

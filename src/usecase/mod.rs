//! What can be asked of the product: one file for each concept, with the permission, the one transaction and the flow.

pub mod areas;
mod attempts;
pub mod batches;
pub mod caller;
pub mod clock;
pub mod copies;
pub mod ctx;
pub mod demonstration;
pub mod demonstration_staff;
pub mod deployments;
pub mod failure;
pub mod following;
pub mod grants;
mod hashing;
pub mod history;
pub mod imports;
pub mod invitations;
pub mod keys;
pub mod loading;
pub mod once;
pub mod outages;
pub mod permission;
pub mod positions;
pub mod proofs;
pub mod registering;
pub mod sessions;
pub mod staff;
pub mod toilets;
mod totp;
pub mod watching;

pub use caller::{By, Caller};
pub use clock::Clock;
pub use ctx::Ctx;
pub use failure::{Candidate, Failure};

//! What can be asked of the product: one file for each concept, with the permission, the one transaction and the flow.

pub mod areas;
pub mod clock;
pub mod ctx;
pub mod demonstration;
pub mod failure;
pub mod following;
mod hashing;
pub mod imports;
pub mod keys;
pub mod loading;
pub mod permission;
pub mod sessions;
pub mod staff;
pub mod toilets;
mod totp;

pub use clock::Clock;
pub use ctx::Ctx;
pub use failure::Failure;

//! Other people's files → statements about toilets.
//!
//! A [`Profile`] (TOML, see `docs/profiles.md`) says how to read a publisher's file; an [`Intake`] reads files under
//! it, row by row. Nothing is guessed and nothing is lost: every row is stated, rejected, repeated or skipped, and
//! what could not be read of it is told and kept beside.

pub mod barriers;
mod bodies;
mod builtin;
mod clean;
mod dates;
pub mod demand;
pub mod divisions;
mod fields;
pub mod format;
mod keys;
mod locate;
mod mapping;
mod notice;
mod outline;
mod own;
mod position;
mod profile;
mod profile_error;
mod recipe;
mod roster;
mod run;
mod template;
mod transform;
mod typed;

#[cfg(test)]
mod tests;

pub use notice::Notice;
pub use profile::{Profile, SourceInfo};
pub use profile_error::ProfileError;
pub use roster::{Filled, roster_table};
pub use run::{Intake, IntakeError, RowOutcome, RowResult};
pub use template::{TemplateError, template};

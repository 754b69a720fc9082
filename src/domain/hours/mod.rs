//! Opening hours: parsed once from OpenStreetMap's `opening_hours` text, evaluated at an instant in a time zone, and
//! read from the forms that publishers' files use.

#[expect(clippy::module_inception, reason = "the folder is the subject, the file is its type")]
mod hours;
mod opening;
mod reading;
mod rules;
#[cfg(test)]
mod tests;
mod timeline;
mod written;

pub use hours::{Hours, HoursError};
pub use opening::Opening;
pub use reading::{Reading, read};
pub use timeline::State;

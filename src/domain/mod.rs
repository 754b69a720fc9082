//! What the product is about, as pure values: no input or output, no clock, no randomness, no framework.
//!
//! A value of a type of this floor is legal by construction: text is normalised and bounded, a grade fits its standard,
//! an outage does not end before it begins.

pub mod account;
pub mod area;
pub mod assignment;
pub mod attested;
pub mod barrier;
pub mod cleaning;
pub mod codes;
pub mod contact;
pub mod deployment;
pub mod draft;
pub mod event;
pub mod events;
pub mod excuse;
pub mod facility;
pub mod figures;
pub mod gap;
pub mod grade;
pub mod history;
pub mod holiday;
pub mod hours;
pub mod id;
pub mod import_review;
pub mod key;
pub mod label;
pub mod language;
pub mod layout;
pub mod local;
pub mod operator;
pub mod outage;
pub mod password;
pub mod patch;
pub mod period;
pub mod photo;
pub mod place;
pub mod placing;
pub mod plan;
pub mod plate;
pub mod policy;
pub mod public_url;
pub mod record;
pub mod report;
pub mod seal;
pub mod secret;
pub mod share;
pub mod slot;
pub mod source;
pub mod stalls;
pub mod statement;
pub mod subscription;
pub mod suggestion;
pub mod tally;
pub mod target;
pub mod task;
pub mod text;
pub mod toilet;
pub mod violation;
pub mod webhook;
pub mod wechat;

pub use draft::Draft;
pub use toilet::Toilet;
pub use violation::{Violation, Violations};

//! Keeping the register over HTTP.

mod imports;
mod journal;
mod once;
mod racing;
mod registering;

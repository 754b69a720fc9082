//! Keeping the register over HTTP.

mod batches;
mod beside;
mod deployments;
mod grades;
mod history;
mod imports;
mod journal;
mod once;
mod operators;
mod outages;
mod positions;
mod racing;
mod registering;

pub(crate) use registering::join_all;

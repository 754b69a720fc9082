//! Taking in other people's files: read by `intake`, merged here, 500 rows to a transaction.

mod report;
mod restore;
pub mod review;
mod run;
mod settle;

pub use report::{ChangeReport, Detail, Report, RowReport};
pub use run::{Input, Options, run};
pub(super) use settle::Batch;

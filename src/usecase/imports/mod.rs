//! Taking in other people's files: read by `intake`, merged here, 500 rows to a transaction.

mod report;
mod restore;
mod run;
mod settle;

pub use report::{Report, RowReport};
pub use run::{Input, Options, run};
pub(super) use settle::Batch;

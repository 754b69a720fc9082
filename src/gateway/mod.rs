//! The outside world: what lies neither in the database nor in a request.

mod keys;

pub use keys::{KeyFileError, create, read};

//! The outside world: what lies neither in the database nor in a request.

mod keys;
pub mod wechat;

pub use keys::{KeyFileError, create, read};

//! The outside world: what lies neither in the database nor in a request.

mod keys;
pub mod objects;
pub mod pictures;
pub mod wechat;

pub use keys::{KeyFileError, create, read};

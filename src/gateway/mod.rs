//! The outside world: what lies neither in the database nor in a request.

mod keys;
pub mod objects;
pub mod outbound;
pub mod pictures;
mod setting;
mod tls;
pub mod wechat;

pub use keys::{KeyFileError, create, read};
pub use setting::Setting;

//! WeChat's server interface: one client for all calls. It holds no state but a circuit breaker; the time is given.
//!
//! WeChat says what went wrong in `errcode`, with status 200, and a gateway before it says it in HTML. So every answer
//! is read by counting, every field is optional, and what is not understood is [`WechatError::Nonsense`].

mod account;
mod answer;
mod breaker;
mod call;
mod client;
mod error;
mod settings;

pub use account::Account;
pub use call::{Call, CodeImage, Message, Picture};
pub use client::{AccessToken, FreshToken, Setup, SetupError, Wechat};
pub use error::WechatError;
pub use settings::{AppSecret, SETTINGS, Settings};

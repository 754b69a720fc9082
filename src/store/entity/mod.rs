//! The rows as the tables hold them. Private to the store: a row becomes a domain value before it leaves.

pub mod answer;
pub mod area;
pub mod area_alias;
pub mod area_outline;
pub mod barrier;
pub mod grade;
pub mod identity;
pub mod imported;
pub mod invitation;
pub mod journal;
pub mod login_counter;
pub mod media_check;
pub mod message_consent;
pub mod operator;
pub mod outage;
pub mod person;
pub mod phone;
pub mod plate;
pub mod ring_key;
pub mod role_grant;
pub mod session;
pub mod source;
pub mod tenure;
pub mod toilet;
pub mod wechat_push;
pub mod wechat_token;

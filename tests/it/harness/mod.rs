//! What the tests stand on: databases of their own, values that are easy to make, the program itself.

pub(crate) mod app;
pub(crate) mod build;
pub(crate) mod logged;
pub(crate) mod make;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod service;
pub(crate) mod stores;

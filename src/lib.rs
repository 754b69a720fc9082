//! Gongce (公厕): the back end that a county, a province, then anyone, runs for its public toilets.
//!
//! The floors, in reading order; imports only ever point down. `ARCHITECTURE.md` has the picture.

pub mod geo;

pub mod domain;

pub mod demo;
pub mod export;
pub mod finder;
pub mod gateway;
pub mod intake;
pub mod store;

pub mod usecase;

pub mod http;

pub mod app;
pub mod cli;
pub mod config;

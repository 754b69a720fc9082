//! The tests of the whole: one binary, so that it links once; a file for each concept. Everything that touches a
//! database runs on SQLite and on PostgreSQL.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod admin;
mod architecture;
mod areas;
mod assignments;
mod barriers;
mod bundles;
mod cleanings;
mod cli;
mod contract;
mod copies;
mod coverage;
mod demo_history;
mod demo_staff;
mod door;
mod events;
mod exports;
mod following;
mod harness;
mod import_reviews;
mod imports;
mod keys;
mod layout;
mod maps;
mod nearest;
mod ogc;
mod outbox;
mod pages;
mod people;
mod photos;
mod plans;
mod plates;
mod policy;
mod problems;
mod real_data;
mod register;
mod reports;
mod rosters;
mod schema;
mod sign_in;
mod slot_lists;
mod slots;
mod substitutes;
mod suggestions;
mod toilets_api;
mod wechat;
mod writes;
mod writing;

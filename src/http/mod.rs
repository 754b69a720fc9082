//! The wire: paths, parameters, JSON, and every failure as a problem.
//!
//! One file for each resource, its shapes beside its handlers. `front` stands before all of them: it is the only
//! place that turns failures into answers, and the only one that writes the headers common to all answers.

mod account;
mod admin;
mod answer;
mod area_reports;
mod area_view;
mod areas;
mod audit;
mod batches;
mod bearer;
mod body;
mod complaint;
mod conditional;
mod credential;
mod deployments;
mod document;
mod documented;
mod door;
mod entry_view;
mod exceptions;
mod exports;
mod faults;
mod fittings_view;
mod fragment;
mod front;
mod grading_view;
mod health;
mod history;
mod instant;
mod invitations;
mod json;
mod language;
mod layout;
mod layout_view;
mod meters;
mod ogc;
mod operators;
mod outages;
mod pages;
mod paths;
mod people_view;
mod plan_view;
mod plans;
mod plate_page;
mod plates;
mod positions;
mod problem;
mod problem_code;
mod query;
mod report_view;
mod reports;
mod request_id;
mod revision;
mod routes;
mod secret;
mod server;
mod sessions;
mod staff;
mod strict;
mod swagger;
mod tag;
mod toilet_facts;
mod toilet_json;
mod toilet_params;
mod toilet_view;
mod toilets;
mod unhandled;
mod wechat;
mod words;
mod written;

#[cfg(test)]
mod tests;

pub use admin::admin;
pub use document::document;
pub use door::{BodyLimit, BodyLimited, Door, LIMITS, Limit, Limits, Network};
pub use fragment::render_fragment;
pub use layout_view::{layout_geojson, layout_json};
pub use problem::Problem;
pub use problem_code::ProblemCode;
pub use routes::{bare_routes, behind_front, routes};
pub use server::serve;

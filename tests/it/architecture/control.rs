//! The control: a checker that finds nothing must be shown to find something.
//!
//! Each line is a file, a made-up text for it, and the fault it must be charged with; `⏎` is a line break.

use super::{MAX_LINES, faults};

const FORBIDDEN: &str = r##"
src/http/toilets.rs | use crate::store::toilets; | :1: http may not import `store::toilets`
src/http/toilets.rs | use crate::{⏎ domain as d,⏎ usecase::{self, x},⏎ store,⏎}; | :4: http may not import `store`
src/http/toilets.rs | fn f() { let x = crate::store::find::<u8>(); } | http may not import `store::find`
src/http/mod.rs | use super::store; | http may not import `store`
src/http/a.rs | use super::super::{usecase::a, store::b}; | http may not import `store::b`
src/http/a.rs | mod tests { use super::*; use super::super::super::store; } | http may not import `store`
src/http/a.rs | mod a { mod b {} } use super::super::store; | http may not import `store`
src/http/a.rs | const A: char = '"'; use crate::store; const B: char = '\''; | http may not import `store`
src/http/a.rs | const A: &str = "\""; const B: &str = r#"""#; use crate::store; | http may not import `store`
src/http/a.rs | fn r<'a>(x: &'a str) -> &'a str { crate::store::x(r#in, '公') } | http may not import `store::x`
src/http/a.rs | macro_rules! m { () => { $crate::store::x } } | http may not import `store::x`
src/finder/mod.rs | #[cfg(test)] mod tests { use crate::store::x; } | finder may not import `store::x`
src/demo/mod.rs | use crate::intake::Draft; | demo may not import `intake::Draft`
src/domain/hours.rs | use crate::usecase::Ctx; | domain may not import `usecase::Ctx`
src/geo/datum.rs | use crate::domain::Toilet; | geo may not import `domain::Toilet`
src/config.rs | use crate::store::Settings; | config may not import `store::Settings`
src/usecase/a.rs | use crate::http::Problem; | usecase may not import `http::Problem`
src/usecase/a.rs | use crate::*; | usecase may not import `*`
src/usecase/a.rs | use crate::store::{entity::toilet, x}; | `store::entity` is private to store
src/cli/db.rs | crate::store::entity::toilet::find(); | `store::entity` is private to store
src/http/a.rs | use sea_orm::EntityTrait; | http may not name `sea_orm`
src/domain/a.rs | #[derive(poem_openapi::Enum)] enum A {} | domain may not name `poem`
src/domain/a.rs | let now = chrono::Utc::now(); | domain may not name `Utc::now`
src/domain/id.rs | use tokio::sync::Mutex; | domain may not name `tokio`
src/geo/a.rs | use std::time::SystemTime; | geo may not name `SystemTime`
src/usecase/a.rs | fn f() -> anyhow::Result<()> { Ok(()) } | usecase may not name `anyhow`
src/helpers.rs | | `helpers` is no floor of the house
"##;

const PERMITTED: &str = r###"
src/http/toilets.rs | use crate::{domain, geo, usecase::{self, a::b as c}, finder::*};
src/http/toilets.rs | //! See [`crate::store`].⏎/* use /* crate::app; */ crate::store; */ use super::page::Page;
src/http/a.rs | const A: &str = "crate::store"; const B: &str = r##""# crate::app::x"##; type C<'a> = &'a str;
src/http/a.rs | pub(crate) mod tests { use super::*; use self::inner::x; } use self::store::b;
src/store/toilets.rs | use super::entity::toilet; use sea_orm::EntityTrait; use crate::store::error;
src/domain/id.rs | impl poem_openapi::types::Type for X {} impl sea_orm::TryGetable for X {}
src/domain/a.rs | use crate::geo::Wgs84; fn poems() {} struct Utc; fn now() {}
src/usecase/a.rs | use crate::store::x; use crate::demo::y; macro_rules! m { () => { $crate::domain::a } }
src/cli/mod.rs | use crate::{app, config, http, store}; use anyhow::Context;
src/main.rs | fn main() -> anyhow::Result<()> { gongce::cli::run() }
migrations/src/lib.rs | use crate::m1::x; use sea_orm_migration::prelude::*;
"###;

fn rows(table: &str) -> impl Iterator<Item = Vec<String>> {
    let cells = |row: &str| row.split('|').map(|cell| cell.trim().replace('⏎', "\n")).collect();
    table.trim().lines().map(cells)
}

#[test]
fn forbidden_texts_are_reported_once() {
    for row in rows(FORBIDDEN) {
        let faults = faults(&row[0], &row[1]);
        assert!(matches!(&faults[..], [fault] if fault.contains(&row[2])), "{row:?}: {faults:?}");
    }
}

#[test]
fn permitted_texts_are_left_alone() {
    for row in rows(PERMITTED) {
        let faults = faults(&row[0], &row[1]);
        assert!(faults.is_empty(), "{row:?}: {faults:?}");
    }
}

#[test]
fn a_file_may_be_as_long_as_the_limit_and_no_longer() {
    let text = |lines| "\n".repeat(lines);

    assert!(faults("tests/it/a.rs", &text(MAX_LINES)).is_empty());
    assert_eq!(faults("tests/it/a.rs", &text(MAX_LINES + 1)).len(), 1);
}

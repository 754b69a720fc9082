//! Taking the register away, and taking it in again.

mod command;
mod over_http;
mod restoring;
mod round_trip;

use std::sync::Arc;

use gongce::export::Format;
use gongce::geo::Crs;
use gongce::intake::Profile;
use gongce::usecase::exports::{Scope, Wanted, begin};
use gongce::usecase::imports::{Input, Options, Report, run};
use gongce::usecase::{Ctx, Failure};

/// All of the register in one format.
async fn taken_away(ctx: &Ctx, format: Format) -> Vec<u8> {
    let (crs, scope, at) = (Crs::Wgs84, Scope::Everything, ctx.clock.now());
    let mut export = begin(ctx, Wanted { format, crs, areas: vec![], kinds: vec![], scope, at }).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = export.next().await.unwrap() {
        bytes.extend(piece);
    }
    bytes
}

/// Takes in a file that the program wrote itself.
async fn take_in(ctx: &Arc<Ctx>, format: Format, bytes: &[u8], options: Options) -> Result<Report, Failure> {
    let profile = Profile::builtin(&format!("gongce-{format}")).unwrap();
    let file = Input { name: format!("toilets.{format}"), bytes: bytes.to_vec() };
    run(ctx, &profile, &[file], options, &|_| {}).await
}

const PLAIN: Options = crate::imports::PLAIN;

/// Compares two texts by their lines, so that a difference can be read.
fn assert_same(one: &[u8], other: &[u8]) {
    let (one_text, other_text) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
    for (line, (one, other)) in one_text.lines().zip(other_text.lines()).enumerate() {
        assert_eq!(one, other, "line {}", line + 1);
    }
    assert!(one == other, "the texts differ in length: {} and {} bytes", one.len(), other.len());
}
